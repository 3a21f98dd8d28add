"""A new extract of the registry beside our listings: what differs waits, is decided by a person, and is undone."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from marketplace.accounts.models import Organisation
from suppliers.models import RegistryDrift, Status, Supplier
from suppliers.registry_drift.reading import compare_with_registry
from tests import factories
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/gestion/suppliers/registre/"
HEADER = "NEQ,NomEntreprise,Adresse,Municipalite,CodePostal,SecteurActivite,FormeJuridique,lat,long"


@pytest.fixture
def listings():
    """Four in one MRC, as the registry had them."""
    rows = {}
    for n, name in enumerate(("Alpha", "Bravo", "Charlie", "Delta"), 1):
        supplier = factories.SupplierFactory(name=f"Atelier {name}", slug=name.lower(), legal_form="obnl")
        Organisation.objects.filter(pk=supplier.organisation_id).update(
            neq=f"114900000{n}", address=f"{n} rue Royale", town="Trois-Rivières", municipality="37067",
            mrc="371", region="04", postal_code="G9A1A1",
        )  # fmt: skip
        rows[name] = supplier
    return rows


def extract(folder, *rows):
    path = folder / "extrait.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return path


def row(n, name, *, address="", form="APE", town="Trois-Rivières (Québec)"):
    return f"114900000{n},{name},{address or f'{n} rue Royale'},{town},G9A1A1,,{form},,"


def same(n, name):
    return row(n, f"ATELIER {name.upper()}")


def test_what_differs_waits_and_nothing_is_written(listings, tmp_path, pole_staff):
    path = extract(
        tmp_path,
        row(1, "ATELIER OMÉGA"),
        row(2, "ATELIER BRAVO", address="99 rue Notre-Dame"),
        row(3, "ATELIER CHARLIE", form="COP"),
    )
    compare_with_registry(path=path, by=pole_staff)
    found = {(d.supplier.slug, d.kind) for d in RegistryDrift.objects.all()}
    assert ("alpha", "renamed") in found
    assert ("bravo", "moved") in found
    assert ("delta", "struck_off") in found
    assert Organisation.objects.get(neq="1149000001").name == "Atelier Alpha"
    assert Supplier.objects.get(slug="delta").status == Status.PUBLISHED
    client = signed_in(pole_staff)
    page = client.get(PAGE)
    rows = {one.drift.supplier.slug: one for one in page.context["rows"]}
    form = {"row": [one.drift.pk for one in rows.values()]}
    for slug, choice in (("alpha", "apply"), ("bravo", "keep"), ("delta", "apply")):
        form |= {f"choice-{rows[slug].drift.pk}": choice, f"seen-{rows[slug].drift.pk}": rows[slug].version}
    done = client.post(PAGE, form)
    assert Organisation.objects.get(neq="1149000001").name == "ATELIER OMÉGA"
    assert Supplier.objects.get(slug="delta").reason == "closed"
    # Kept while the registry says the same; asked again when it says something else.
    compare_with_registry(path=path, by=pole_staff)
    assert RegistryDrift.objects.get(supplier__slug="bravo").state == "kept"
    lot = client.get(done["Location"]).context["last_batch"]
    client.post(PAGE, {"undo": lot})
    assert Organisation.objects.get(neq="1149000001").name == "Atelier Alpha"
    assert Supplier.objects.get(slug="delta").status == Status.PUBLISHED
    assert RegistryDrift.objects.waiting().filter(supplier__slug__in=["alpha", "bravo", "delta"]).count() == 3
    client.post(PAGE, form)
    again = extract(
        tmp_path, same(1, "Alpha"), row(2, "ATELIER BRAVO", address="7 rue Neuve"), same(3, "Charlie")
    )
    compare_with_registry(path=again, by=pole_staff)
    assert RegistryDrift.objects.get(supplier__slug="bravo").state == "waiting"


def test_an_extract_of_elsewhere_strikes_nobody_off(listings, tmp_path, pole_staff, foreign_staff):
    compare_with_registry(
        path=extract(tmp_path, same(1, "Alpha")), by=None
    )  # one of four is not the registry
    assert not RegistryDrift.objects.exists()
    refused = "1149000004,ATELIER DELTA,4 rue Royale,Trois-Rivières,G9A1A1,,FORME INCONNUE ZZZ,,"
    path = extract(tmp_path, same(1, "Alpha"), same(2, "Bravo"), same(3, "Charlie"), refused)
    out = StringIO()
    call_command("compare_registry", str(path), "--pole", "mauricie", stdout=out)
    assert "4 lignes lues, 4 fiches comparées; 0 écart" in out.getvalue().replace("\u00a0", " ")
    compare_with_registry(
        path=extract(tmp_path, row(1, "ATELIER OMÉGA"), same(2, "Bravo"), same(3, "C")), by=foreign_staff
    )
    assert not RegistryDrift.objects.exists()  # none of these listings is theirs


def test_a_decision_about_what_was_not_shown_is_refused(listings, tmp_path, pole_staff, foreign_staff):
    compare_with_registry(path=extract(tmp_path, row(1, "ATELIER OMÉGA")), by=pole_staff)
    drift = RegistryDrift.objects.get(kind="renamed")
    client = signed_in(pole_staff)
    (shown,) = [one for one in client.get(PAGE).context["rows"] if one.drift.kind == "renamed"]
    form = {"row": drift.pk, f"choice-{drift.pk}": "apply", f"seen-{drift.pk}": shown.version}
    signed_in(foreign_staff).post(PAGE, form)
    Organisation.objects.filter(neq="1149000001").update(name="Atelier Alpha et fils")
    client.post(PAGE, form)
    assert Organisation.objects.get(neq="1149000001").name == "Atelier Alpha et fils"
    form[f"seen-{drift.pk}"] = client.get(PAGE).context["rows"][0].version
    client.post(PAGE, form)
    client.post(PAGE, form)  # the second click
    assert Organisation.objects.get(neq="1149000001").name == "ATELIER OMÉGA"
    response = client.post(reverse("suppliers_admin:drift_extract"), {"file": StringIO("a,b\n1,2\n")})
    assert "NEQ" in response.content.decode()

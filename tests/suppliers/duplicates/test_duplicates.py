"""Which listings may be one, kept as pairs; what staff do with them from the pages; whom it concerns."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.accounts.models import Organisation
from suppliers.duplicates import finding
from suppliers.duplicates.finding import find_duplicates
from suppliers.duplicates.scoring import Listing, ListingIndex, domain_key, phone_key, street_key
from suppliers.editing import update_supplier
from suppliers.models import DuplicatePair, Status, Supplier, SupplierMerge
from tests import factories
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db
LIST = "/gestion/suppliers/doublons/"


def test_scores_weigh_what_agrees_and_what_does_not():
    here = {"town": "37067", "mrc": "371", "postal_code": "G9A1A1", "street": "12 royale"}
    listings = [
        Listing(1, "Ressourcerie Zénobie", neq="1149000001", phones=frozenset({"8195550101"}), **here),
        Listing(2, "Resourcerie Zénobie inc.", **here | {"street": "14 royale"}),  # a slip
        Listing(3, "Ressourcerie Zénobie", town="36033", mrc="360"),  # moved away
        Listing(4, "Autre nom", phones=frozenset({"8195550101"}), **here),  # renamed
        Listing(5, "Coopérative Machiche", neq="1149000002", **here | {"street": "15 royale"}),
        Listing(6, "Coopérative Yamachiche", neq="1149000002"),
        Listing(7, "???"),
        *(Listing(n, f"Club {n} de quilles {n}", town="37067") for n in range(8, 60)),
    ]
    found = {(pair.first, pair.second): pair for pair in ListingIndex(listings).every_pair()}
    assert {(1, 2), (1, 3), (1, 4), (5, 6)} <= found.keys()
    assert found[5, 6].reasons == ("same_neq",)
    assert "same_phone" in found[1, 4].reasons
    assert not any(first > 7 for first, _second in found)
    assert {(one.first, one.second) for one in ListingIndex(listings).pairs_of([3])} <= found.keys()
    assert street_key("1216, rue Principale, bureau 2") == street_key("1216 Principale") == "1216 principale"
    assert phone_key("1 (819) 555-0101 poste 3") == "8195550101"
    assert (domain_key("https://www.zenobie.example/fr"), domain_key("a@gmail.com")) == (
        "zenobie.example",
        "",
    )


def twins(**second):
    one = factories.SupplierFactory(name="Ressourcerie Zénobie", slug="une")
    other = factories.SupplierFactory(name="Ressourcerie Zénobie inc.", slug="deux", **second)
    neqs = Organisation.objects.filter(pk=other.organisation_id)
    neqs.update(neq=None, address="12, rue Royale", phone="819 555-0101")
    Organisation.objects.filter(pk=one.organisation_id).update(
        address="12 rue Royale", phone="(819) 555-0101"
    )
    return Supplier.objects.get(slug="une"), Supplier.objects.get(slug="deux")


def test_pairs_follow_what_changes(pole_staff):
    one, other = twins()
    assert find_duplicates(by=None) == 1
    assert find_duplicates(by=None) == 0  # nothing has changed
    pair = DuplicatePair.objects.get()
    client = signed_in(pole_staff)
    client.post(f"{LIST}ecarter/", {"pair": pair.pk})
    Supplier.objects.get(pk=one.pk).save()  # written on, and what was compared is the same
    find_duplicates(by=None)
    assert DuplicatePair.objects.get().state == "dismissed"
    update_supplier(
        supplier=Supplier.objects.get(pk=one.pk), by=pole_staff, changes={"website": "https://z.example"}
    )
    find_duplicates(by=None)
    assert DuplicatePair.objects.get().state == "found"
    update_supplier(
        supplier=Supplier.objects.get(pk=other.pk),
        by=pole_staff,
        changes={"name": "Boulangerie Hector", "phone": "", "address": "", "postal_code": ""},
    )
    find_duplicates(by=None)
    assert not DuplicatePair.objects.exists()


def test_pairs_are_asked_for_without_joining_both_listings(pole_staff, monkeypatch):
    """Joined four times over, the list took minutes where PostgreSQL took a table for empty."""
    rows = DuplicatePair.objects.visible_to(pole_staff).open()
    joined = {one.table_name for key, one in rows.query.alias_map.items() if rows.query.alias_refcount[key]}
    assert joined == {"suppliers_duplicatepair"}
    monkeypatch.setattr(finding, "ALL_AT_ONCE", 0)
    factories.SupplierFactory()
    with CaptureQueriesContext(connection) as asked:
        finding.find_duplicates(by=None)
    assert any(query["sql"].startswith("ANALYZE suppliers_duplicatepair") for query in asked)


def test_two_listings_are_compared_merged_and_unmerged_from_the_pages(pole_staff):
    one, other = twins(status=Status.PROSPECT)
    factories.MembershipFactory(organisation=other.organisation)
    find_duplicates(by=None)
    client = signed_in(pole_staff)
    page = client.get(LIST)
    assert "Même nom, même téléphone, même adresse" in page.content.decode()
    address = reverse("suppliers_admin:compare", args=[one.pk, other.pk])
    html = client.get(address).content.decode()
    assert html.index("/une/") < html.index("/deux/")  # the published one stays
    seen = client.get(address).context["seen"]
    form = {"kept": one.pk, "seen": seen, "decision": "merge", "choice-name": "lost"}
    assert "Confirmez que les personnes" in client.post(address, form).content.decode()
    form["same_people"] = "on"
    assert client.post(address, form | {"seen": ""}).status_code == 409, "without the version that it showed"
    Organisation.objects.filter(pk=other.organisation_id).update(email="nouveau@exemple.test")
    stale = client.post(address, form)
    assert stale.status_code == 409
    assert 'value="lost"\n        checked' in stale.content.decode()
    form["seen"] = stale.context["seen"]
    done = client.post(address, form)
    assert done["Location"] == reverse("admin:suppliers_supplier_change", args=[one.pk])
    assert Supplier.objects.get(pk=one.pk).organisation.name == "Ressourcerie Zénobie inc."
    assert client.post(address, form)["Location"].endswith("?voir=reunies")  # the second click
    assert "y a été" in client.get(done["Location"]).content.decode()
    merge = SupplierMerge.objects.get()
    back = client.post(reverse("suppliers_admin:unmerge", args=[merge.pk]))
    assert back.status_code == 302
    assert client.get(f"{LIST}?voir=reunies").context["merges"] == []
    assert not DuplicatePair.objects.open().exclude(state="found").exists()


def test_across_territories_one_pole_proposes_and_the_other_decides(pole_staff, foreign_staff):
    ours, theirs = twins(status=Status.PROSPECT)
    Supplier.objects.filter(pk=ours.pk).update(status=Status.PROSPECT)
    mrc = {"mrc": "65", "region": "13", "municipality": None, "email": "secret@exemple.test"}
    Organisation.objects.filter(pk=theirs.organisation_id).update(
        mrc_id=mrc["mrc"],
        region_id=mrc["region"],
        municipality=None,
        email=mrc["email"],
        name="Zénobie cachée",
    )
    address = reverse("suppliers_admin:compare", args=[ours.pk, theirs.pk])
    mine, other = signed_in(pole_staff), signed_in(foreign_staff)
    html = mine.get(address).content.decode()
    assert "cachée" not in html
    assert "secret@" not in html
    assert "Proposer la réunion" in html
    merge = {"kept": ours.pk, "decision": "merge"}
    assert "pas dans votre territoire" in mine.post(address, merge).content.decode()
    assert "pas dans votre territoire" in other.post(address, merge).content.decode()
    mine.post(address, {"decision": "propose"})
    shown = other.get(address).content.decode()
    assert "propose de réunir" in shown
    assert "Ressourcerie Zénobie" in shown
    assert "pas dans votre territoire" in mine.post(address, merge).content.decode()  # not both hands
    other.post(address, {"kept": theirs.pk, "decision": "merge", "seen": other.get(address).context["seen"]})
    assert SupplierMerge.objects.get().kept == theirs
    stranger = signed_in(factories.PolePostFactory(pole=factories.pole("estrie")).user)
    assert stranger.get(address).status_code == 404
    assert (
        stranger.get(reverse("suppliers_admin:unmerge", args=[SupplierMerge.objects.get().pk])).status_code
        == 404
    )

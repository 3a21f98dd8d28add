"""A stranger registers an enterprise's NEQ first, with an advertisement for a name, and invites the whole town."""

from __future__ import annotations

from pathlib import Path

from allauth.account.models import EmailAddress
from django.urls import reverse

from marketplace.accounts.models import Invitation, User
from marketplace.outbox.models import Message
from suppliers.models import Registration, Supplier
from suppliers.same_neq import same_neq_rows
from tests import factories
from tests.proofs.outside.site import Fields, Outside, Visitor
from tests.suppliers.import_files import listing_text, load

NEQ = "1167403218"
BAIT = "Gagnez mille dollars"


def someone(outside: Outside, email: str, address: str) -> tuple[User, Visitor]:
    person = factories.UserFactory(email=email)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    visitor = Visitor(outside, address=address)
    visitor.sign_in(email, factories.PASSWORD)
    assert visitor.get("/mon-espace/").status == 200
    return person, visitor


def fill_in(visitor: Visitor, path: str, **typed: str) -> str:
    """What the page answers, with the version that it showed."""
    version = Fields(visitor.get(path).text).values["form_version"]
    return visitor.post(path, {"form_version": version, **typed}).text


def begin(visitor: Visitor) -> None:
    page = f"{reverse('suppliers:register')}?neq={NEQ}"
    visitor.post(reverse("suppliers:register_begin"), {"neq": NEQ}, page=page)


def test_stranger_who_comes_first_holds_shows_and_mails_nothing(outside: Outside, tmp_path: Path) -> None:
    squatter, hostile = someone(outside, "squatteur@exemple.test", "192.0.2.66")
    begin(hostile)
    draft = Supplier.objects.get(registration__started_by=squatter)
    identity = reverse("suppliers:register_step", args=[draft.pk, "identity"])
    page = fill_in(hostile, identity, name="Gagnez sur promo.example.com", town="Shawinigan")
    assert "Écrivez le nom sans adresse de site" in page
    fill_in(hostile, identity, name=BAIT, town="Shawinigan", legal_form="obnl", email="a@exemple.test")
    draft.organisation.refresh_from_db()
    assert draft.organisation.name == BAIT, "there is something to leak"

    team = reverse("accounts:members", args=[draft.organisation_id])
    for number in range(10):
        hostile.post(
            team, {"email": f"victime{number}@exemple.test", "role": "owner"}, page="/mon-espace/alertes/"
        )
    assert not Invitation.objects.exists()
    assert not Message.objects.filter(address__startswith="victime").exists()

    honest, person = someone(outside, "directrice@exemple.test", "192.0.2.7")
    anyone = Visitor(outside, address="192.0.2.8")
    for visitor in (anyone, person):
        for address in (
            f"{reverse('suppliers:register')}?neq={NEQ}",
            reverse("suppliers:claim", args=[draft.slug]),
            reverse("suppliers:supplier", args=[draft.slug]),
            "/fournisseurs/?q=gagnez",
            f"/api/v1/suppliers/?q={NEQ}",
            "/sitemap.xml",
        ):
            assert BAIT not in visitor.get(address).text, address
    assert "Une autre personne a commencé" in person.get(f"{reverse('suppliers:register')}?neq={NEQ}").text
    begin(person)
    assert Registration.objects.filter(claimed_neq=NEQ).count() == 2

    listing = tmp_path / "liste.csv"
    listing.write_text(listing_text({"neq": NEQ, "nom": "Coop véritable"}), encoding="utf-8")
    assert load(listing).created == 1
    staff = factories.PolePostFactory().user
    listed = Supplier.objects.curated_by(staff).get(organisation__neq=NEQ)
    assert str(listed) == "Coop véritable", "its pôle finds the enterprise"
    beside = same_neq_rows(
        listed, staff
    )  # staff sign in with a second factor: their page is tried in the tests
    assert {row.supplier.registration.started_by for row in beside} == {squatter, honest}

"""Two listings become one and two again: nothing is lost, nothing is left over, nobody decides about what is not theirs."""

import random

import pytest
from django.db import IntegrityError, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel
from pghistory.models import Event as HistoryRow

from buyers.models import Buyer
from marketplace.accounts.models import Membership, Organisation
from marketplace.outbox.models import Message
from marketplace.web.carriers import carriers
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.private_files import PrivateFile
from suppliers.curation import reopen_supplier
from suppliers.duplicates.comparing import FIELDS, seen_version
from suppliers.duplicates.merging import Changed, merge_suppliers, unmerge_suppliers
from suppliers.editing import update_supplier
from suppliers.models import Contact, Offer, RegistryRecord, Status, Supplier, SupplierMerge
from suppliers.registration.verbs import supplier_with_neq
from tests import factories
from tests.roles import world
from tests.suppliers.import_files import listing_text, load

pytestmark = pytest.mark.django_db

#: Rows that a merge adds and that tell of it.
ADDED = ("suppliers.Decision", "outbox.Message", "security.SecurityEvent", "suppliers.SupplierMerge")


def foreign_keys(target):
    """Every foreign key to the model, history apart, as « app.Model.field »."""
    for relation in target._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and not issubclass(relation.related_model, HistoryRow):
            yield f"{relation.related_model._meta.label}.{relation.field.name}"


def test_every_foreign_key_says_what_becomes_of_its_rows():
    known = {f"{carrier.label}.{name}" for carrier in carriers() for name in carrier.fields}
    missing = {*foreign_keys(Supplier), *foreign_keys(Organisation)} - known
    assert not missing, "Say in the app's carriers.py what becomes of these rows when two listings merge"


def snapshot(*suppliers):
    """Every column of every row that a carrier knows, of the two listings, of their organisations and of their files."""
    models = {carrier.model for carrier in carriers()} | {Supplier, Organisation, PrivateFile}
    found = {}
    for model in models:
        if model._meta.label in ADDED:
            continue
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "updated_at"]
        for row in model._base_manager.values("pk", *names):
            found[model._meta.label, row.pop("pk")] = row
    return found


def crowd(kept, lost, rng):
    """Copies of the rows of each, on the other: many clash, and stay where they are."""
    made = 0
    for carrier in carriers():
        for name in carrier.fields:
            target = carrier.model._meta.get_field(name).related_model
            if target not in (Supplier, Organisation) or not carrier.moves or carrier.clash:
                continue
            ends = [kept, lost] if target is Supplier else [kept.organisation, lost.organisation]
            rng.shuffle(ends)
            for row in carrier.model._base_manager.filter(**{name: ends[0]})[:2]:
                if rng.random() < 0.3:
                    continue
                row.pk, row._state.adding = None, True
                setattr(row, name, ends[1])
                try:
                    with transaction.atomic():
                        row.save()
                        made += 1
                except (IntegrityError, TypeError, ValueError):
                    continue
    return made


def check_merges(seeds):
    """Merged and unmerged, every row is as it was, whatever is chosen and whatever clashes; what moved."""
    built = world.build()
    kept, lost = Supplier.objects.get(slug="zephirine"), Supplier.objects.get(slug="zenobie")
    RegistryRecord.objects.create(supplier=lost, mapping="req", fingerprint="x")
    moved = set()
    for seed in seeds:
        rng = random.Random(seed)
        with transaction.atomic():
            assert crowd(kept, lost, rng) > 3
            before = snapshot()
            choices = {field.key: rng.choice(["kept", "lost"]) for field in FIELDS}
            merge = merge_suppliers(kept=kept, lost=lost, choices=choices, by=built.people["staff"])
            during = snapshot()
            moved |= set(merge.moved)
            assert during["suppliers.Supplier", lost.pk]["status"] == "archived"
            assert not lost.organisation.memberships.exists()
            unmerge_suppliers(merge=merge, by=built.people["staff"])
            after = snapshot()
            assert during != before
            different = {
                key: (before.get(key), after.get(key))
                for key in before.keys() | after.keys()
                if before.get(key) != after.get(key)
            }
            assert not different
            transaction.set_rollback(True)
    return moved


def test_unmerging_brings_every_field_and_every_link_back():
    moved = check_merges(range(2))
    assert {"matching.Suggestion.supplier", "accounts.JoinRequest.organisation"} <= moved
    assert len(moved) > 12


def two_listings(**lost):
    kept = factories.SupplierFactory(name="Ressourcerie Bois-Francs", slug="kept")
    other = factories.SupplierFactory(name="Ressourcerie des Bois-Francs inc.", slug="lost", **lost)
    return kept, other


def test_what_was_chosen_is_written_and_the_rest_follows(pole_staff):
    kept, lost = two_listings()
    Organisation.objects.filter(pk=kept.organisation_id).update(phone="819 555-0101", email="")
    Organisation.objects.filter(pk=lost.organisation_id).update(phone="819 555-0202", email="b@exemple.test")
    own, other = kept.organisation.neq, lost.organisation.neq
    factories.OfferFactory(supplier=kept, title="Tri de métaux", kind="service")
    twin = factories.OfferFactory(supplier=lost, title="Tri de Métaux", kind="service")
    extra = factories.OfferFactory(supplier=lost, title="Location de bennes")
    member = factories.MembershipFactory(organisation=lost.organisation, role="owner").user
    merge_suppliers(kept=kept, lost=lost, choices={"phone": "lost", "neq": "lost"}, by=pole_staff)
    kept, lost = Supplier.objects.get(slug="kept"), Supplier.objects.get(slug="lost")
    assert (kept.organisation.phone, kept.organisation.email) == ("819 555-0202", "b@exemple.test")
    assert (kept.organisation.neq, lost.organisation.neq) == (other, own)  # the next import finds both
    assert (lost.status, lost.reason, lost.organisation.merged_into) == (
        "archived",
        "duplicate",
        kept.organisation,
    )
    assert set(Offer.objects.filter(supplier=kept)) >= {extra}
    assert Offer.objects.get(pk=twin.pk).supplier == lost
    assert Membership.objects.get(user=member).organisation == kept.organisation
    assert kept.decisions.first().verb == "merge"
    letter = Message.objects.get(recipient=member, kind="members.merged")
    assert "a réuni votre fiche « Ressourcerie des Bois-Francs inc. »" in letter.text.replace("\u00a0", " ")
    with pytest.raises(WrongMove, match="réunie à"):
        reopen_supplier(supplier=lost, by=pole_staff)
    with pytest.raises(WrongMove, match="réunie à"):
        update_supplier(supplier=lost, by=pole_staff, changes={"phone": "1"})


def test_what_was_written_since_stays(pole_staff):
    kept, lost = two_listings()
    phones = kept.organisation.phone
    merge = merge_suppliers(kept=kept, lost=lost, choices={"name": "lost"}, by=pole_staff)
    update_supplier(supplier=kept, by=pole_staff, changes={"phone": "819 555-9999"})
    written = Contact.objects.create(supplier=kept, name="Arrivée depuis")
    unmerge_suppliers(merge=merge, by=pole_staff)
    kept = Supplier.objects.get(pk=kept.pk)
    assert kept.organisation.phone == "819 555-9999" != phones
    assert kept.organisation.name == "Ressourcerie Bois-Francs"
    assert Contact.objects.get(pk=written.pk).supplier == kept
    with pytest.raises(WrongMove, match="déjà annulée"):
        unmerge_suppliers(merge=merge, by=pole_staff)


def test_chains_are_undone_from_their_end(pole_staff):
    a, b = two_listings()
    c = factories.SupplierFactory(name="Ressourcerie", slug="c")
    contact = factories.ContactFactory(supplier=a)
    before = snapshot()
    first = merge_suppliers(kept=b, lost=a, choices={"neq": "lost"}, by=pole_staff)
    second = merge_suppliers(kept=c, lost=b, choices={"neq": "lost", "name": "lost"}, by=pole_staff)
    assert Contact.objects.get(pk=contact.pk).supplier == c
    assert set(c.organisation.merged.all()) == {a.organisation, b.organisation}
    with pytest.raises(WrongMove, match="Annulez d’abord"):
        unmerge_suppliers(merge=first, by=pole_staff)
    unmerge_suppliers(merge=second, by=pole_staff)
    unmerge_suppliers(merge=first, by=pole_staff)
    assert snapshot() == before


def test_a_neq_that_another_has_by_now_is_said_before_anything_is_undone(pole_staff):
    kept, lost = factories.SupplierFactory(), factories.SupplierFactory()
    Organisation.objects.filter(pk=kept.organisation_id).update(neq=None)
    neq = lost.organisation.neq
    kept.refresh_from_db()
    merge = merge_suppliers(kept=kept, lost=lost, choices={"neq": "lost"}, by=pole_staff)
    Organisation.objects.filter(pk=kept.organisation_id).update(neq="1160000017")
    factories.OrganisationFactory(neq=neq)
    with pytest.raises(WrongMove, match="maintenant celui d’une autre organisation"):
        unmerge_suppliers(merge=merge, by=pole_staff)
    Organisation.objects.filter(neq=neq).update(neq=None)
    unmerge_suppliers(merge=merge, by=pole_staff)
    assert Organisation.objects.get(neq=neq).pk == lost.organisation_id


def test_who_may_and_when(pole_staff, foreign_staff, platform_admin):
    kept, lost = two_listings(status=Status.PROSPECT)
    member = factories.MembershipFactory(organisation=kept.organisation).user
    for by in (foreign_staff, member):
        with pytest.raises(NotAllowed):
            merge_suppliers(kept=kept, lost=lost, choices={}, by=by)
    with pytest.raises(WrongMove, match="publiée"):
        merge_suppliers(kept=lost, lost=kept, choices={}, by=pole_staff)
    seen = seen_version(lost, kept)
    update_supplier(supplier=lost, by=pole_staff, changes={"phone": "819 555-7777"})
    with pytest.raises(Changed):
        merge_suppliers(kept=kept, lost=lost, choices={}, seen=seen, by=pole_staff)
    merge = merge_suppliers(kept=kept, lost=lost, choices={}, by=pole_staff)
    with pytest.raises(WrongMove, match="déjà réunies"):  # the second click
        merge_suppliers(kept=kept, lost=lost, choices={}, by=platform_admin)
    with pytest.raises(NotAllowed):
        unmerge_suppliers(merge=merge, by=foreign_staff)
    assert SupplierMerge.objects.standing().count() == 1


def test_a_buyer_goes_along_and_two_are_refused(pole_staff):
    kept, lost = two_listings()
    shop = factories.BuyerFactory(organisation=lost.organisation)
    merge = merge_suppliers(kept=kept, lost=lost, choices={}, by=pole_staff)
    assert Buyer.objects.get(pk=shop.pk).organisation == kept.organisation
    unmerge_suppliers(merge=merge, by=pole_staff)
    assert Buyer.objects.get(pk=shop.pk).organisation == lost.organisation
    factories.BuyerFactory(organisation=kept.organisation)
    with pytest.raises(WrongMove, match="profil d’acheteur"):
        merge_suppliers(kept=kept, lost=lost, choices={}, by=pole_staff)


def test_the_old_address_leads_to_the_listing_that_took_over(client, pole_staff):
    kept, lost = two_listings()
    merge = merge_suppliers(kept=kept, lost=lost, choices={}, by=pole_staff)
    for page in ("", "joindre/", "fiche.pdf", "revendiquer/"):
        response = client.get(f"/fournisseurs/lost/{page}?q=a")
        assert (response.status_code, response["Location"]) == (301, f"/fournisseurs/kept/{page}?q=a")
    assert client.get("/api/v1/suppliers/lost/")["Location"] == "/api/v1/suppliers/kept/"
    Supplier.objects.filter(pk=kept.pk).update(status=Status.SUSPENDED)
    assert client.get("/fournisseurs/lost/").status_code == 404
    Supplier.objects.filter(pk=kept.pk).update(status=Status.PUBLISHED)
    unmerge_suppliers(merge=merge, by=pole_staff)
    assert client.get("/fournisseurs/lost/").status_code == 200


def test_imports_and_awards_find_the_listing_that_stands(pole_staff, tmp_path):
    kept, lost = two_listings()
    merge_suppliers(kept=kept, lost=lost, choices={}, by=pole_staff)
    neqs = [kept.organisation.neq, lost.organisation.neq]
    path = tmp_path / "liste.csv"
    path.write_text(listing_text(*({"neq": neq, "nom": "Tout autre nom"} for neq in neqs)), encoding="utf-8")
    report = load(path)
    assert (report.created, report.held, report.rejected) == (0, 2, [])
    assert not RegistryRecord.objects.filter(supplier=lost).exclude(differs=[]).exists()
    assert Organisation.objects.hold_with_neq(neqs[1]) == kept.organisation
    assert supplier_with_neq(neqs[1]) == kept

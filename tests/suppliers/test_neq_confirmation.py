"""« NEQ à confirmer »: what is proposed, what a confirmation does to the two rows, and what takes it back."""

import pytest

from marketplace.accounts.models import Organisation
from marketplace.accounts.people import erase_person, find_person_traces
from marketplace.accounts.person_marks import PersonMarks
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers.curation import archive_supplier, publish_supplier, reopen_supplier, take_up_supplier
from suppliers.editing import save_activity
from suppliers.models import Decision, ListedRow, NeqProposal, RegistryRecord, Status, Supplier
from suppliers.neq_confirmation import (
    confirm_neq,
    give_typed_neq,
    propose_neqs,
    reject_every_neq,
    reject_neq,
    take_back_neq,
)
from suppliers.undoing import undo_decision
from tests import factories
from tests.accounts.test_forgetting import everywhere
from tests.suppliers.import_files import counts, load, load_pole_list, named

pytestmark = pytest.mark.django_db

RIVAGE = "1149000011,COOPÉRATIVE DE SOLIDARITÉ DU RIVAGE,12 rue X,Shawinigan (Québec),,G9N1A1,CUISINE,COP,46.5,-72.7"
AUTRE = "1149000012,CLUB DE QUILLES DE LA TUQUE INC.,1 rue Y,La Tuque (Québec),,G9X1A1,LOISIRS,APE,47.4,-72.8"
LISTED = "Coop du Rivage,,Shawinigan,,www.rivage.example,819 555-0101,Maude A.,Cuisine collective"


@pytest.fixture
def both(registry, pole_list):
    """The registry's row and the pôle's, not yet one."""
    load(registry(RIVAGE, AUTRE), "req")
    load_pole_list(pole_list(LISTED))
    return named("Coop du Rivage")


@pytest.fixture
def staff():
    return factories.PolePostFactory(pole=factories.pole("mauricie")).user


def test_an_import_proposes_the_registry_row_with_its_reasons(both):
    proposal = NeqProposal.objects.get()

    assert (proposal.supplier, proposal.neq, proposal.state) == (both, "1149000011", "proposed")
    assert proposal.confidence >= 85
    assert "same_town" in proposal.reasons
    assert both.awaits_neq  # nothing is confirmed by itself
    before = NeqProposal.objects.get().pk
    propose_neqs(by=None)
    assert NeqProposal.objects.get().pk == before


def test_rows_of_the_registry_that_come_later_are_proposed_too(registry, pole_list):
    load_pole_list(pole_list(LISTED))
    assert not NeqProposal.objects.exists()

    load(registry(RIVAGE), "req")

    assert NeqProposal.objects.get().neq == "1149000011"


def test_a_confirmation_makes_one_listing_with_the_pole_s_words(both, staff, registry, pole_list):
    confirm_neq(proposal=NeqProposal.objects.get(), by=staff)

    one = Supplier.objects.select_related("organisation").get(organisation__neq="1149000011")
    seat = one.organisation
    assert one.pk == both.pk
    assert (seat.name, seat.website, seat.phone) == (
        "Coop du Rivage",
        "https://www.rivage.example",
        "819 555-0101",
    )
    assert (seat.address, seat.postal_code) == ("12 rue X", "G9N1A1")  # the registry's: the pôle gave none
    assert (one.legal_form, one.activity, one.status) == (
        "coop_solidarite",
        "Cuisine collective",
        Status.PROSPECT,
    )
    assert one.contacts.get().name == "Maude A."
    assert Organisation.objects.count() == Supplier.objects.count() == 2  # the bowling club is the other
    assert one.registry.values["name"].startswith("COOPÉRATIVE DE SOLIDARITÉ")
    assert Decision.objects.filter(supplier=one, verb="confirm_neq", by=staff).exists()
    # The same files again: nothing twice, and the registry takes nothing back.
    assert counts(load(registry(RIVAGE, AUTRE), "req")) == (0, 0, 2, 0)
    assert counts(load_pole_list(pole_list(LISTED.replace("0101", "0199")))) == (0, 1, 0, 0)
    one.organisation.refresh_from_db()
    assert (one.organisation.phone, one.organisation.neq) == ("819 555-0199", "1149000011")
    assert Supplier.objects.count() == 2


def test_a_confirmation_taken_back_gives_the_two_rows_as_they_were(both, staff, pole_list, registry):
    def rows():
        return sorted(
            Supplier.objects.values_list(
                "slug", "status", "source", "legal_form", "activity", "organisation__neq", "organisation__name",
                "organisation__address", "organisation__website", "organisation__town", "organisation__mrc",
            ),
            key=str,
        )  # fmt: skip

    before = rows()
    proposal = NeqProposal.objects.get()
    confirm_neq(proposal=proposal, by=staff)
    assert rows() != before

    take_back_neq(proposal=proposal, by=staff)

    assert rows() == before
    assert RegistryRecord.objects.filter(supplier__organisation__neq="1149000011").exists()
    assert NeqProposal.objects.get().state == "proposed"
    assert named("Coop du Rivage").contacts.count() == 1
    assert counts(load_pole_list(pole_list(LISTED))) == (0, 0, 1, 0)
    assert counts(load(registry(RIVAGE, AUTRE), "req")) == (0, 0, 2, 0)
    confirm_neq(proposal=NeqProposal.objects.get(), by=staff)  # and again
    assert Supplier.objects.count() == 2


def test_what_was_written_after_the_confirmation_survives_its_undoing(both, staff):
    proposal = NeqProposal.objects.get()
    confirm_neq(proposal=proposal, by=staff)
    Organisation.objects.filter(neq="1149000011").update(website="https://nouveau.example")
    Supplier.objects.filter(pk=both.pk).update(activity="Cuisine et traiteur")

    take_back_neq(proposal=proposal, by=staff)

    sheet = named("Coop du Rivage")
    assert (sheet.organisation.website, sheet.activity) == ("https://nouveau.example", "Cuisine et traiteur")


def test_a_listing_that_people_keep_is_joined_and_never_overwritten(both, staff, pole_list):
    known = Supplier.objects.get(organisation__neq="1149000011")
    Supplier.objects.filter(pk=known.pk).update(status=Status.PUBLISHED)
    Organisation.objects.filter(neq="1149000011").update(website="https://la-leur.example")
    proposal = NeqProposal.objects.get()

    confirm_neq(proposal=proposal, by=staff)

    known.refresh_from_db()
    both.refresh_from_db()
    assert (known.organisation.name, known.organisation.website) == (
        "COOPÉRATIVE DE SOLIDARITÉ DU RIVAGE", "https://la-leur.example",
    )  # fmt: skip
    assert (both.status, both.reason) == (Status.ARCHIVED, "duplicate")
    assert both.contacts.count() == 1  # nothing of it is lost
    assert ListedRow.objects.get().supplier == known  # what the list says is read beside the listing
    report = load_pole_list(pole_list(LISTED.replace("0101", "0199")))
    assert (counts(report), report.held) == ((0, 0, 0, 0), 1)

    take_back_neq(proposal=proposal, by=staff)
    both.refresh_from_db()
    assert (both.status, both.reason, ListedRow.objects.get().supplier) == (Status.PROSPECT, "", both)


def test_a_neq_typed_by_hand_is_given_or_joins_the_row_that_has_it(registry, pole_list, staff):
    load_pole_list(pole_list(LISTED, "Atelier Zénith,,La Tuque,,,,,Meubles"))
    load(registry(AUTRE), "req")
    zenith = named("Atelier Zénith")

    with pytest.raises(WrongMove, match="il en faut dix"):
        give_typed_neq(supplier=zenith, neq="114900", by=staff)
    typed = give_typed_neq(supplier=zenith, neq="1149 000 012", by=staff)
    given = give_typed_neq(supplier=named("Coop du Rivage"), neq="1149000099", by=staff)

    assert (typed.outcome, given.outcome) == ("joined", "given")
    assert named("Atelier Zénith").legal_form == "obnl"
    assert named("Coop du Rivage").organisation.neq == "1149000099"
    take_back_neq(proposal=given, by=staff)
    assert named("Coop du Rivage").organisation.neq is None
    assert given.supplier.neq_proposals.get().state == "rejected"


def test_what_was_set_aside_is_not_proposed_again(both, staff):
    reject_neq(proposal=NeqProposal.objects.get(), by=staff)
    propose_neqs(by=None)
    assert not NeqProposal.objects.open().exists()
    take_back_neq(proposal=NeqProposal.objects.get(), by=staff)
    assert NeqProposal.objects.open().exists()
    assert reject_every_neq(supplier=both, by=staff) == 1
    with pytest.raises(WrongMove, match="déjà décidée"):
        confirm_neq(proposal=NeqProposal.objects.get(), by=staff)


def test_a_row_without_a_neq_stays_a_prospect_and_says_why(both, staff):
    for verb in (publish_supplier, take_up_supplier):
        with pytest.raises(WrongMove, match="NEQ"):
            verb(supplier=both, by=staff)
    archive_supplier(supplier=both, by=staff)
    reopen_supplier(supplier=both, by=staff)
    both.refresh_from_db()
    assert both.status == Status.PROSPECT

    member = factories.MembershipFactory(organisation=both.organisation).user
    save_activity(supplier=both, by=member, values={"activity": "Traiteur"})
    both.refresh_from_db()
    assert (both.status, both.activity) == (Status.PROSPECT, "Traiteur")

    give_typed_neq(supplier=both, neq="1149000099", by=staff)
    take_up_supplier(supplier=both, by=staff)
    both.refresh_from_db()
    assert both.status == Status.DRAFT


def test_only_staff_of_both_rows_confirm(both):
    stranger = factories.PolePostFactory(pole=factories.pole("estrie")).user
    proposal = NeqProposal.objects.get()
    assert not NeqProposal.objects.visible_to(stranger).exists()
    with pytest.raises(NotAllowed):
        confirm_neq(proposal=proposal, by=stranger)

    Organisation.objects.filter(neq="1149000011").update(
        mrc="66", region="06"
    )  # the registry's row is in Montréal
    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user
    with pytest.raises(NotAllowed, match="hors de votre territoire"):
        confirm_neq(proposal=proposal, by=staff)
    confirm_neq(proposal=proposal, by=factories.UserFactory(is_superuser=True))


def test_a_supplier_on_its_way_is_not_split(both, staff):
    proposal = NeqProposal.objects.get()
    confirm_neq(proposal=proposal, by=staff)
    publish_supplier(supplier=both, by=staff)

    with pytest.raises(WrongMove, match="publiée"):
        take_back_neq(proposal=proposal, by=staff)


def test_two_rows_of_a_list_that_are_one_enterprise_become_one(registry, pole_list, staff):
    load(registry(RIVAGE), "req")
    rows = (LISTED, "Coopérative de solidarité du Rivage (boutique),,Shawinigan,,,,,Boutique")
    load_pole_list(pole_list(*rows))

    for supplier in Supplier.objects.awaiting_neq().order_by("pk"):
        give_typed_neq(supplier=supplier, neq="1149000011", by=staff)

    assert Supplier.objects.exclude(status=Status.ARCHIVED).count() == 1
    assert ListedRow.objects.filter(supplier__organisation__neq="1149000011").count() == 2
    assert counts(load_pole_list(pole_list(*rows))) == (0, 0, 2, 0)


def test_undoing_what_came_before_the_neq_was_taken_back_leaves_a_prospect(both, staff):
    proposal = NeqProposal.objects.get()
    confirm_neq(proposal=proposal, by=staff)
    one = Supplier.objects.get(organisation__neq="1149000011")
    take_up_supplier(supplier=one, by=staff)
    closed = archive_supplier(supplier=one, by=staff, reason="closed")
    take_back_neq(proposal=proposal, by=staff)

    undo_decision(decision=closed, by=staff)

    one.refresh_from_db()
    assert (one.status, one.awaits_neq) == (Status.PROSPECT, True)


def test_row_of_another_list_goes_back_with_the_registry_s_listing(both, staff):
    other = Supplier.objects.get(organisation__neq="1149000011")
    laval = ListedRow.objects.create(
        supplier=other, pole=factories.pole("laval"), name_key="rivage", mapping="maillage", fingerprint="x"
    )
    proposal = NeqProposal.objects.get()
    confirm_neq(proposal=proposal, by=staff)
    take_back_neq(proposal=proposal, by=staff)

    laval.refresh_from_db()
    assert laval.supplier.organisation.neq == "1149000011"
    assert both.listed_rows.count() == 1


def test_who_was_erased_meanwhile_does_not_come_back_with_the_separated_listing(both, staff):
    Organisation.objects.filter(pk=both.organisation_id).update(email="maude@exemple.test")
    proposal = NeqProposal.objects.get()
    confirm_neq(proposal=proposal, by=staff)
    marks = PersonMarks(email="maude@exemple.test")
    keys = [trace.key for trace in find_person_traces(marks=marks, user=staff)]
    assert f"organisations:{both.organisation_id}" in keys  # which is history alone

    erase_person(marks=marks, keys=keys, channel="email", by=staff)
    take_back_neq(proposal=NeqProposal.objects.get(), by=staff)

    assert everywhere("maude@exemple.test") == []
    assert Organisation.objects.get(pk=both.organisation_id).email == ""

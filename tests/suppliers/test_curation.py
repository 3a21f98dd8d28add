"""What people decide about a sheet: who may, from which state, what it leaves behind."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.accounts.models import Organisation
from marketplace.outbox.models import Event, Message
from marketplace.territories.models import Mrc
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers import states
from suppliers.curation import (
    DecisionNote,
    archive_not_social_economy,
    archive_supplier,
    assign_supplier,
    confirm_supplier,
    publish_supplier,
    reopen_supplier,
    return_supplier,
    submit_supplier,
    suspend_supplier,
    take_up_supplier,
    write_to_supplier,
)
from suppliers.editing import open_supplier, update_supplier
from suppliers.models import Decision, DirectoryEntry, Status, Supplier
from tests import factories

pytestmark = pytest.mark.django_db

VERBS = {
    "take_up": take_up_supplier,
    "submit": submit_supplier,
    "publish": publish_supplier,
    "confirm": confirm_supplier,
    "return_with_message": return_supplier,
    "write": write_to_supplier,
    "suspend": suspend_supplier,
    "archive": archive_supplier,
    "not_social_economy": archive_not_social_economy,
    "reopen": reopen_supplier,
}
# The whole table, written out: what leads where. Everything else is refused.
LEADS = {
    ("take_up", "prospect"): "draft",
    ("submit", "draft"): "submitted",
    ("publish", "prospect"): "published",
    ("publish", "draft"): "published",
    ("publish", "submitted"): "published",
    ("publish", "suspended"): "published",
    ("confirm", "published"): "published",
    ("return_with_message", "submitted"): "draft",
    ("write", "published"): "published",
    ("write", "suspended"): "suspended",
    ("suspend", "published"): "suspended",
    ("reopen", "suspended"): "draft",
    ("reopen", "archived"): "draft",
    **{
        (verb, state): "archived"
        for verb in ("archive", "not_social_economy")
        for state in Status.values[:-1]
    },
}


def sheet(status, **fields):
    return factories.SupplierFactory(status=status, **fields)


def act(verb, supplier, by, **arguments):
    if verb in ("return_with_message", "write"):
        arguments["note"] = DecisionNote("Il manque les lettres patentes.", "phone", "Sylvain Tremblay")
    return VERBS[verb](supplier=supplier, by=by, **arguments)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", Status.values)
def test_move_leads_where_the_table_says_and_nowhere_else(pole_staff, verb, state):
    supplier = sheet(state)
    if target := LEADS.get((verb, state)):
        decision = act(verb, supplier, pole_staff)
        assert Supplier.objects.get(pk=supplier.pk).status == supplier.status == target
        assert (decision.verb, decision.to_status, decision.by) == (verb, target, pole_staff)
    else:
        with pytest.raises(WrongMove):
            act(verb, supplier, pole_staff)
        assert Supplier.objects.get(pk=supplier.pk).status == state
        assert not Decision.objects.exists()


def test_states_offer_exactly_the_moves_of_the_table():
    for state in Status.values:
        offered = {move.verb for move in states.moves_from(state)}
        renewal = {"renew"} if state == "published" else set()  # tested with the attestation that it needs
        assert offered - renewal == {verb for verb, source in LEADS if source == state}


@pytest.mark.parametrize("verb", VERBS)
def test_foreign_staff_strangers_and_members_decide_nothing(foreign_staff, verb):
    state = next(source for name, source in LEADS if name == verb)
    supplier = sheet(state)
    member = factories.MembershipFactory(organisation=supplier.organisation).user
    others = [foreign_staff, factories.UserFactory()] + (
        [member] if verb not in ("submit", "take_up") else []
    )
    for person in others:
        with pytest.raises(NotAllowed):
            act(verb, supplier, person)
    assert Supplier.objects.get(pk=supplier.pk).status == state
    assert not Event.objects.exists()


def test_submit_is_a_members_gesture_too():
    supplier = sheet("draft")
    member = factories.MembershipFactory(organisation=supplier.organisation).user
    submit_supplier(supplier=supplier, by=member)
    assert supplier in Supplier.objects.waiting()


def test_assigned_pole_decides_outside_its_mrcs(pole_staff):
    supplier = sheet("submitted", mrc=Mrc.objects.get(code="65"))
    with pytest.raises(NotAllowed):
        publish_supplier(supplier=supplier, by=pole_staff)
    Organisation.objects.update(pole=factories.pole("mauricie"))
    publish_supplier(supplier=Supplier.objects.get(), by=pole_staff)
    assert Supplier.objects.get().status == "published"


def test_publish_proves_nothing_and_reaches_directory_and_hall(pole_staff):
    supplier = sheet("submitted")
    decision = publish_supplier(supplier=supplier, by=pole_staff)
    supplier.refresh_from_db()
    assert (supplier.verified_on, supplier.verified_until, supplier.verified_by) == (None, None, None)
    assert supplier.curated_at is not None
    assert DirectoryEntry.objects.filter(supplier=supplier).exists()
    event = Event.objects.get(kind="supplier.published")
    assert (event.subject, event.version) == (f"supplier:{supplier.pk}", str(decision.pk))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"activity": " "}, "une activité ou une offre"),
        ({"legal_form": ""}, "une forme juridique"),
        ({"legal_form": "", "activity": ""}, "une forme juridique et une activité ou une offre"),
    ],
)
def test_publish_says_what_is_missing(pole_staff, fields, says):
    supplier = sheet("submitted", **fields)
    with pytest.raises(WrongMove, match=says):
        publish_supplier(supplier=supplier, by=pole_staff)
    assert not DirectoryEntry.objects.exists()


def test_publish_asks_for_a_place(platform_admin):
    supplier = sheet("submitted", mrc=None)
    with pytest.raises(WrongMove, match="un lieu"):
        publish_supplier(supplier=supplier, by=platform_admin)
    Organisation.objects.update(region="04")
    publish_supplier(supplier=supplier, by=platform_admin)


def test_publish_takes_an_offer_for_an_activity(pole_staff):
    supplier = sheet("submitted", activity="", offers=[("Buanderie", "")])
    publish_supplier(supplier=supplier, by=pole_staff)
    assert supplier.status == "published"


@pytest.mark.parametrize("verb", ["suspend", "archive", "not_social_economy"])
def test_leaving_the_public_unpublishes_everywhere(pole_staff, verb):
    supplier = sheet("published")
    assert DirectoryEntry.objects.filter(supplier=supplier).exists()
    decision = act(verb, supplier, pole_staff)
    assert not DirectoryEntry.objects.filter(supplier=supplier).exists()
    assert Event.objects.get().version == str(decision.pk)
    assert Event.objects.get().kind == "supplier.unpublished"


def test_archiving_a_draft_tells_nobody(pole_staff):
    archive_supplier(supplier=sheet("draft"), by=pole_staff, reason="closed")
    assert not Event.objects.exists()


def test_archive_asks_for_a_known_reason(pole_staff):
    supplier = sheet("draft")
    for reason in ("", "parce que"):
        with pytest.raises(WrongMove):
            archive_supplier(supplier=supplier, by=pole_staff, reason=reason)
    archive_supplier(supplier=supplier, by=pole_staff, reason="duplicate")
    assert (supplier.status, supplier.reason) == ("archived", "duplicate")


def test_not_social_economy_keeps_its_reason_until_reopened(pole_staff):
    supplier = sheet("prospect")
    archive_not_social_economy(supplier=supplier, by=pole_staff)
    assert (supplier.status, supplier.reason) == ("archived", "not_social_economy")
    reopen_supplier(supplier=supplier, by=pole_staff)
    assert (supplier.status, supplier.reason) == ("draft", "")


def test_return_mails_every_member_in_the_poles_name(pole_staff):
    supplier = sheet("submitted", name="Cuisine du Cap")
    members = [factories.MembershipFactory(organisation=supplier.organisation).user for _ in range(2)]
    factories.ContactFactory(supplier=supplier)
    return_supplier(supplier=supplier, by=pole_staff, note=DecisionNote("Il manque les lettres patentes."))
    messages = Message.objects.filter(kind="curation.returned")
    assert {m.address for m in messages} == {m.email for m in members}
    for message in messages:
        assert "Il manque les lettres patentes." in message.text
        assert "Cuisine du Cap" in message.title
        assert message.pole_id == "mauricie"


def test_return_without_members_writes_to_the_contact(pole_staff):
    supplier = sheet("submitted")
    contact = factories.ContactFactory(supplier=supplier)
    return_supplier(supplier=supplier, by=pole_staff, note=DecisionNote("Il manque un document."))
    assert Message.objects.get().address == contact.email


def test_return_without_any_address_asks_to_telephone(pole_staff):
    supplier = sheet("submitted")
    with pytest.raises(WrongMove, match="Appelez"):
        return_supplier(supplier=supplier, by=pole_staff, note=DecisionNote("Il manque un document."))
    assert Supplier.objects.get().status == "submitted"
    assert not Decision.objects.exists()
    return_supplier(
        supplier=supplier,
        by=pole_staff,
        note=DecisionNote(message="Dit de vive voix.", channel="phone", on_behalf_of="Sylvain"),
    )
    assert supplier.status == "draft"


def test_return_asks_for_a_message(pole_staff):
    with pytest.raises(WrongMove):
        return_supplier(supplier=sheet("submitted"), by=pole_staff, note=DecisionNote("  "))


def test_by_telephone_is_recorded_with_who_called(pole_staff):
    supplier = sheet("draft")
    with pytest.raises(WrongMove):
        submit_supplier(supplier=supplier, by=pole_staff, note=DecisionNote(channel="phone"))
    decision = submit_supplier(
        supplier=supplier, by=pole_staff, note=DecisionNote(channel="phone", on_behalf_of="Sylvain Tremblay")
    )
    assert (decision.channel, decision.on_behalf_of) == ("phone", "Sylvain Tremblay")
    event = Supplier.pgh_event_model.objects.filter(pgh_obj=supplier).latest("pgh_id")
    said = event.pgh_context.metadata
    assert said["user"] == pole_staff.pk
    assert said["channel"] == "phone"
    assert said["decision"] == decision.pk
    assert said["verb"] == "suppliers.curation.submit_supplier"


def test_update_supplier_writes_both_sides_and_holds_the_sheet(pole_staff):
    supplier = sheet("published")
    update_supplier(
        supplier=supplier, by=pole_staff, changes={"name": "Nouveau nom", "activity": "Traiteur de quartier"}
    )
    supplier = Supplier.objects.select_related("organisation").get()
    assert (supplier.organisation.name, supplier.activity) == ("Nouveau nom", "Traiteur de quartier")
    assert supplier.curated_at is not None
    assert Decision.objects.get().verb == "update"
    assert DirectoryEntry.objects.get().text.name == "Nouveau nom"


def test_update_supplier_refuses_what_would_empty_a_public_sheet(pole_staff):
    supplier = sheet("published")
    with pytest.raises(WrongMove):
        update_supplier(supplier=supplier, by=pole_staff, changes={"activity": ""})
    assert Supplier.objects.get().activity


def test_update_supplier_never_writes_the_state(pole_staff):
    with pytest.raises(TypeError):
        update_supplier(supplier=sheet("draft"), by=pole_staff, changes={"status": "published"})


def test_update_supplier_is_refused_outside_the_territory(foreign_staff):
    with pytest.raises(NotAllowed):
        update_supplier(supplier=sheet("published"), by=foreign_staff, changes={"name": "Vol"})


def test_assign_gives_the_sheet_to_a_pole_and_takes_it_back(platform_admin, foreign_staff):
    supplier = sheet("prospect", mrc=None)
    assert supplier not in Supplier.objects.curated_by(foreign_staff)
    assign_supplier(supplier=supplier, by=platform_admin, pole=factories.pole("laval"))
    assert supplier in Supplier.objects.curated_by(foreign_staff)
    assign_supplier(supplier=supplier, by=platform_admin, pole=None)
    assert supplier not in Supplier.objects.curated_by(foreign_staff)
    assert [d.verb for d in Decision.objects.all()] == ["assign", "assign"]


def test_open_supplier_makes_organisation_and_draft(pole_staff):
    values = {"name": "Le Café du Coin", "neq": "1198765432", "mrc_id": "371"}
    supplier = open_supplier(by=pole_staff, values=values | {"legal_form": "obnl"})
    assert (supplier.status, supplier.slug, supplier.source) == ("draft", "le-cafe-du-coin", "person")
    again = open_supplier(
        by=pole_staff, values={"name": "Le café du coin", "mrc_id": "371", "legal_form": "obnl"}
    )
    assert again.slug == "le-cafe-du-coin-2"


def test_open_supplier_stays_in_the_territory(pole_staff):
    values = {"name": "Ailleurs", "mrc_id": "65", "legal_form": "obnl"}
    with pytest.raises(NotAllowed):
        open_supplier(by=pole_staff, values=values)
    assert not Organisation.objects.filter(name="Ailleurs").exists()
    open_supplier(by=pole_staff, values=values | {"mrc_id": None}, pole=factories.pole("mauricie"))


def test_open_supplier_does_not_name_what_holds_the_neq_elsewhere(pole_staff):
    secret = sheet("prospect", name="Secret de Laval", mrc=Mrc.objects.get(code="65"))
    values = {"name": "Essai", "neq": secret.organisation.neq, "mrc_id": "371"}
    with pytest.raises(WrongMove) as refusal:
        open_supplier(by=pole_staff, values=values | {"legal_form": "obnl"})
    assert "Secret" not in str(refusal.value)


def test_open_supplier_joins_a_buyer_of_the_territory(pole_staff):
    buyer = factories.BuyerFactory(name="Ville de Shawinigan")
    seat = buyer.organisation
    supplier = open_supplier(
        by=pole_staff,
        values={"name": seat.name, "neq": seat.neq, "mrc_id": seat.mrc_id, "legal_form": "obnl"},
    )
    assert supplier.organisation == seat


def test_two_people_deciding_at_once_leave_one_decision(pole_staff):
    supplier = sheet("submitted")
    stale = Supplier.objects.get(pk=supplier.pk)
    publish_supplier(supplier=supplier, by=pole_staff)
    with pytest.raises(WrongMove):
        publish_supplier(supplier=stale, by=pole_staff)
    assert Event.objects.count() == 1


def test_queue_holds_submitted_sheets_of_the_territory_only(pole_staff):
    waiting = sheet("submitted")
    sheet("prospect")
    sheet("submitted", mrc=Mrc.objects.get(code="65"))
    Supplier.objects.filter(pk=waiting.pk).update(status_changed_at=timezone.now() - timedelta(days=3))
    assert list(Supplier.objects.curated_by(pole_staff).waiting()) == [waiting]

"""What was decided about a supplier has its way back, letters included: they wait, and go only if it still stands."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from marketplace.accounts.models import Membership, Organisation
from marketplace.outbox import queue
from marketplace.outbox.batches import claim_batch
from marketplace.outbox.models import Event, Message
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers.criteria import Found, record_findings
from suppliers.curation import (
    DecisionNote,
    archive_not_social_economy,
    assign_supplier,
    confirm_supplier,
    publish_supplier,
    reopen_supplier,
    return_supplier,
    submit_supplier,
    suspend_supplier,
    take_up_supplier,
)
from suppliers.editing import save_answer, save_identity, update_supplier
from suppliers.models import CriterionAnswer, Decision, DirectoryEntry, Registration, Status, Supplier
from suppliers.undoing import undo_decision, undoable_decisions, why_not_undoable
from tests import factories
from tests.outbox.running import send_message

pytestmark = pytest.mark.django_db

MOVES = {
    "take_up": (take_up_supplier, "prospect"),
    "submit": (submit_supplier, "draft"),
    "publish": (publish_supplier, "submitted"),
    "publish a prospect": (publish_supplier, "prospect"),
    "confirm": (confirm_supplier, "published"),
    "return": (return_supplier, "submitted"),
    "suspend": (suspend_supplier, "published"),
    "reopen": (reopen_supplier, "archived"),
    "not social economy": (archive_not_social_economy, "published"),
}


def columns(supplier: Supplier) -> dict[str, object]:
    row = Supplier.objects.values().get(pk=supplier.pk)
    return {name: value for name, value in row.items() if name != "updated_at"}


def send_due(later: timedelta = timedelta()) -> list[str]:
    """Who gets a letter that is due then, by the worker's own way."""
    before = len(mail.outbox)
    with time_machine.travel(timezone.now() + later, tick=True):
        for pk in Message.objects.due().order_by("pk").values_list("pk", flat=True):
            send_message(message_id=pk)
    return sorted(address for sent in mail.outbox[before:] for address in sent.to)


def with_member(**fields):
    supplier = factories.SupplierFactory(**fields)
    return supplier, factories.MembershipFactory(organisation=supplier.organisation).user


@pytest.mark.parametrize("name", MOVES)
def test_each_move_is_undone_to_what_it_was_before(name, pole_staff, platform_admin):
    move, status = MOVES[name]
    supplier, _member = with_member(status=status)
    if status == Status.ARCHIVED:
        Supplier.objects.filter(pk=supplier.pk).update(reason=Supplier.Reason.CLOSED)
    before, indexed = columns(supplier), DirectoryEntry.objects.filter(supplier=supplier).exists()
    decision = move(supplier=supplier, by=pole_staff, note=DecisionNote("Voilà."))
    undo = undo_decision(decision=decision, by=platform_admin)  # whoever did it
    assert columns(supplier) == before
    assert DirectoryEntry.objects.filter(supplier=supplier).exists() == indexed
    assert (undo.undoes, undo.by, Decision.objects.get(pk=decision.pk).undone) == (
        decision,
        platform_admin,
        undo,
    )
    assert send_due(timedelta(minutes=11)) == []


def test_undoing_tells_the_other_apps(pole_staff):
    supplier, _member = with_member(status="submitted")
    undo = undo_decision(decision=publish_supplier(supplier=supplier, by=pole_staff), by=pole_staff)
    assert Event.objects.filter(kind="supplier.unpublished", version=str(undo.pk)).exists()
    supplier, _member = with_member()
    undo = undo_decision(decision=suspend_supplier(supplier=supplier, by=pole_staff), by=pole_staff)
    assert Event.objects.filter(kind="supplier.published", version=str(undo.pk)).exists()


def test_assignment_is_undone_by_itself(pole_staff, platform_admin):
    supplier = factories.SupplierFactory(status="draft")
    decision = assign_supplier(supplier=supplier, by=platform_admin, pole=factories.pole("laval"))
    submit_supplier(supplier=supplier, by=pole_staff)  # another kind of decision: nothing came after
    undo_decision(decision=decision, by=platform_admin)
    supplier.refresh_from_db()
    assert (supplier.organisation.pole_id, supplier.status) == (None, "submitted")


def test_only_the_last_decision_is_undone_and_once(pole_staff):
    supplier = factories.SupplierFactory(status="submitted")
    published = publish_supplier(supplier=supplier, by=pole_staff)
    suspended = suspend_supplier(supplier=supplier, by=pole_staff)
    with pytest.raises(WrongMove, match="Fiche suspendue"):
        undo_decision(decision=published, by=pole_staff)
    undo_decision(decision=suspended, by=pole_staff)
    with pytest.raises(WrongMove, match="déjà annulée"):
        undo_decision(decision=suspended, by=pole_staff)
    undo_decision(decision=published, by=pole_staff)
    supplier.refresh_from_db()
    assert supplier.status == "submitted"


def test_undoable_decisions_are_those_that_undoing_accepts(pole_staff, platform_admin):
    supplier = factories.SupplierFactory(status="submitted")
    publish_supplier(supplier=supplier, by=pole_staff)
    assign_supplier(supplier=supplier, by=platform_admin, pole=factories.pole("laval"))
    undo_decision(decision=suspend_supplier(supplier=supplier, by=pole_staff), by=pole_staff)
    update_supplier(supplier=supplier, by=pole_staff, changes={"activity": "Autre"})
    Decision.objects.create(
        supplier=supplier, verb="archive", to_status="archived"
    )  # from before undoing existed
    decisions = list(Decision.objects.filter(supplier=supplier).select_related("undoing"))
    assert undoable_decisions(decisions) == {d.pk for d in decisions if not why_not_undoable(d)}
    Decision.objects.filter(verb="archive").delete()
    decisions = list(Decision.objects.filter(supplier=supplier).select_related("undoing"))
    assert undoable_decisions(decisions) == {d.pk for d in decisions if not why_not_undoable(d)}
    assert {d.verb for d in decisions if d.pk in undoable_decisions(decisions)} == {"publish", "assign"}


def test_what_was_written_since_stays(pole_staff):
    supplier, member = with_member(status="submitted")
    decision = publish_supplier(supplier=supplier, by=pole_staff)
    save_identity(supplier=supplier, by=member, values={"name": "Un autre nom"})
    undo_decision(decision=decision, by=pole_staff)
    supplier.refresh_from_db()
    assert (supplier.organisation.name, supplier.status, supplier.recheck) == (
        "Un autre nom",
        "submitted",
        [],
    )
    assert supplier.curated_at is not None  # a person holds it now: no import takes that back


def test_confirmation_undone_keeps_what_changed_marked(pole_staff):
    supplier, member = with_member()
    save_identity(supplier=supplier, by=member, values={"name": "Un autre nom"})
    decision = confirm_supplier(supplier=supplier, by=pole_staff)
    undo_decision(decision=decision, by=pole_staff)
    supplier.refresh_from_db()
    assert supplier.recheck == ["name"]
    assert supplier.recheck_since is not None


def test_confirmation_undone_asks_for_no_finding_that_was_given_since(pole_staff):
    supplier, member = with_member(proved=6)
    save_answer(supplier=supplier, by=member, criterion=3, text="Nos membres votent autrement.")
    save_identity(supplier=supplier, by=member, values={"name": "Un autre nom"})
    decision = confirm_supplier(supplier=supplier, by=pole_staff)
    answer = CriterionAnswer.objects.get(supplier=supplier, criterion=3)
    again = Found("proved", basis="call", seen=answer.answered_at)
    record_findings(supplier=supplier, by=pole_staff, findings={3: again})
    undo_decision(decision=decision, by=pole_staff)
    supplier.refresh_from_db()
    assert supplier.recheck == ["name"]
    confirm_supplier(supplier=supplier, by=pole_staff)
    supplier.refresh_from_db()
    assert supplier.recheck == []


def test_others_do_not_undo(pole_staff, foreign_staff):
    supplier, member = with_member(status="submitted")
    decision = publish_supplier(supplier=supplier, by=pole_staff)
    for person in (foreign_staff, member):
        with pytest.raises(NotAllowed):
            undo_decision(decision=decision, by=person)
    assert Message.objects.get().status == "queued"  # a refusal withholds nothing


# --- letters ----------------------------------------------------------------------------------------------------


def test_letters_leave_after_ten_minutes_while_the_decision_stands(pole_staff):
    supplier, member = with_member(status="submitted")
    publish_supplier(supplier=supplier, by=pole_staff)
    assert send_due() == []
    assert send_due(timedelta(minutes=9, seconds=50)) == []
    assert send_due(timedelta(minutes=10, seconds=1)) == [member.email]
    assert send_due(timedelta(minutes=20)) == []


@pytest.mark.parametrize("stands", [True, False])
def test_letter_outlives_a_worker_that_died_before_it_was_due(stands, pole_staff, monkeypatch):
    """No wake was heard, the worker of the first claim died: the sweep finds the letter, and the check still holds."""
    woken: list[str] = []
    monkeypatch.setattr(queue, "wake_queue", lambda task: woken.append(task) or True)
    supplier, member = with_member(status="submitted")
    decision = publish_supplier(supplier=supplier, by=pole_staff)
    letter = Message.objects.get()
    now = timezone.now()
    with time_machine.travel(now + timedelta(minutes=9), tick=False):
        assert "outbox.send" not in queue.sweep_due_rows()
    with time_machine.travel(now + timedelta(minutes=10, seconds=1), tick=False):
        [held] = claim_batch(
            Message.objects.all(), claim=uuid4(), most=5
        ).mails  # and then the worker is killed
        assert held == letter
        if not stands:
            undo_decision(decision=decision, by=pole_staff)
    with time_machine.travel(now + timedelta(minutes=20), tick=False):
        queue.sweep_due_rows()
        assert ("outbox.send" in woken) is stands
        assert send_message(message_id=letter.pk) is stands
    assert [m.to for m in mail.outbox] == ([[member.email]] if stands else [])


@pytest.mark.parametrize("name", ["publish", "return", "suspend", "reopen", "not social economy"])
def test_letter_of_an_undone_decision_never_leaves(name, pole_staff):
    move, status = MOVES[name]
    supplier, _member = with_member(status=status)
    decision = move(supplier=supplier, by=pole_staff, note=DecisionNote("Il manque une pièce."))
    undo_decision(decision=decision, by=pole_staff)
    [letter] = Message.objects.all()
    assert (letter.status, letter.decision) == ("cancelled", decision.cause)
    assert "annulée" in letter.last_error
    assert send_due(timedelta(days=1)) == []


def test_check_at_send_holds_where_the_letter_was_not_withheld(pole_staff):
    """As where the letter is written after the undoing, by a worker that was late."""
    supplier, _member = with_member(status="submitted")
    decision = publish_supplier(supplier=supplier, by=pole_staff)
    undo_decision(decision=decision, by=pole_staff)
    Message.objects.update(status="queued", last_error="")
    assert send_due(timedelta(minutes=11)) == []
    assert Message.objects.get().status == "cancelled"


def test_who_had_the_letter_is_told_that_it_no_longer_stands(pole_staff):
    supplier, member = with_member(status="submitted")
    decision = publish_supplier(supplier=supplier, by=pole_staff)
    assert send_due(timedelta(minutes=11)) == [member.email]
    undo_decision(decision=decision, by=pole_staff, note=DecisionNote("Mauvaise ligne cochée."))
    assert send_due() == [member.email]
    told = mail.outbox[-1]
    assert "une décision est annulée" in told.subject
    assert "Mauvaise ligne cochée." in told.body
    assert "votre fiche est publiée" in told.body


def test_member_hears_why_a_supplier_is_suspended_and_that_it_is_reopened(pole_staff):
    supplier, member = with_member()
    suspend_supplier(supplier=supplier, by=pole_staff, note=DecisionNote("L’adresse n’existe plus."))
    assert send_due(timedelta(minutes=11)) == [member.email]
    assert "L’adresse n’existe plus." in mail.outbox[-1].body
    reopen_supplier(supplier=supplier, by=pole_staff)
    assert send_due(timedelta(minutes=11)) == [member.email]
    assert "rouverte" in mail.outbox[-1].subject


# --- a wrong claim of a NEQ -------------------------------------------------------------------------------------


def registered(neq: str):
    organisation = factories.OrganisationFactory(neq=None, name="Ma coop", website="https://coop.exemple")
    supplier = factories.SupplierFactory(status="submitted", organisation=organisation)
    member = factories.MembershipFactory(organisation=organisation, role="owner").user
    Registration.objects.create(supplier=supplier, claimed_neq=neq, started_by=member)
    return supplier, member


def test_neq_given_by_a_publication_is_declared_again(pole_staff):
    supplier, _member = registered("1199000001")
    decision = publish_supplier(supplier=supplier, by=pole_staff)
    undo_decision(decision=decision, by=pole_staff)
    supplier.refresh_from_db()
    assert supplier.organisation.neq is None
    assert supplier.registration.claimed_neq == "1199000001"


def test_organisation_joined_by_a_wrong_claim_is_separated_again(pole_staff):
    supplier, member = registered("1199000001")
    own = supplier.organisation_id
    known = factories.OrganisationFactory(neq="1199000001", name="La vraie", website="", phone="8195550100")
    holder = factories.MembershipFactory(organisation=known, role="owner").user
    decision = publish_supplier(supplier=supplier, by=pole_staff)
    assert Supplier.objects.get(pk=supplier.pk).organisation == known
    assert not Organisation.objects.filter(pk=own).exists()
    send_due(timedelta(minutes=11))
    undo_decision(decision=decision, by=pole_staff)
    supplier = Supplier.objects.get(pk=supplier.pk)
    assert (supplier.organisation_id, supplier.organisation.name, supplier.status) == (
        own,
        "Ma coop",
        "submitted",
    )
    assert supplier.registration.claimed_neq == "1199000001"
    assert list(Membership.objects.values_list("user", "organisation", "role").order_by("user")) == sorted(
        [(member.pk, own, "owner"), (holder.pk, known.pk, "owner")]
    )
    known.refresh_from_db()
    assert (known.name, known.website, known.phone) == ("La vraie", "", "8195550100")
    assert set(send_due()) == {member.email, holder.email}
    again = publish_supplier(supplier=supplier, by=pole_staff)
    assert again.supplier.organisation == known  # and it may be decided anew


def test_letter_of_a_publication_stays_once_the_supplier_is_suspended(pole_staff):
    supplier, member = with_member(status="submitted")
    publish_supplier(supplier=supplier, by=pole_staff)
    suspended = suspend_supplier(supplier=supplier, by=pole_staff)
    assert send_due(timedelta(minutes=11)) == [member.email]
    assert "votre fiche n’est plus affichée" in mail.outbox[-1].subject
    undo_decision(decision=suspended, by=pole_staff)
    assert send_due() == [member.email]  # « une décision est annulée »
    assert send_due(timedelta(minutes=11)) == [member.email]  # nobody had told them that it is public
    assert "votre fiche est publiée" in mail.outbox[-1].subject


def test_publication_is_told_once_where_it_was_suspended_for_a_moment(pole_staff):
    supplier, member = with_member(status="submitted")
    publish_supplier(supplier=supplier, by=pole_staff)
    undo_decision(decision=suspend_supplier(supplier=supplier, by=pole_staff), by=pole_staff)
    assert send_due(timedelta(minutes=11)) == [member.email]
    assert "votre fiche est publiée" in mail.outbox[-1].subject


def test_publication_undone_and_made_again_is_told_once(pole_staff):
    supplier, member = with_member(status="submitted")
    for _ in range(2):
        undo_decision(decision=publish_supplier(supplier=supplier, by=pole_staff), by=pole_staff)
    publish_supplier(supplier=supplier, by=pole_staff)
    assert send_due(timedelta(minutes=11)) == [member.email]

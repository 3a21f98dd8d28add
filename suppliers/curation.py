"""What people decide about a supplier: one verb for each move of `states.py`, and what each move leaves behind.

Every verb takes `(*, supplier, by, note=NO_NOTE)` and returns the `Decision` that it keeps. `by` None is the system.
A move checks the right and the table, changes the state, indexes the directory and tells the other apps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pghistory
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from marketplace.accounts.claimed_neq import merge_organisation, settle_claimed_neq
from marketplace.accounts.permissions import check_permission
from marketplace.accounts.poles import pole_acting_for
from marketplace.outbox.events import post_event
from marketplace.territories.models import Pole
from marketplace.web.errors import WrongMove
from marketplace.web.private_files import count_files_with
from marketplace.web.verbs import verb
from suppliers import emails, states
from suppliers.directory_index import reindex_suppliers
from suppliers.joined_listings import is_only_imported, replace_prospect
from suppliers.models import Decision, Registration, Status, Supplier
from suppliers.permissions import can_act_for_supplier, can_curate_supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User


@dataclass(frozen=True)
class DecisionNote:
    """What goes with a decision: the message to the enterprise, the channel, and who called where it was by telephone.

    `batch`: decisions of one gesture on many suppliers share it.
    """

    message: str = ""
    channel: str = Decision.Channel.SCREEN
    on_behalf_of: str = ""
    batch: UUID | None = None

    @property
    def by_phone(self) -> bool:
        return self.channel == Decision.Channel.PHONE

    def check(self) -> None:
        """Raises `WrongMove` on an unknown channel, or on a call by nobody."""
        if self.channel not in Decision.Channel.values:
            raise WrongMove(_("Ce moyen n’est pas connu."))
        if self.by_phone and not self.on_behalf_of.strip():
            raise WrongMove(_("Par téléphone : écrivez le nom de la personne qui a appelé."))


NO_NOTE = DecisionNote()


# -- the verbs ---------------------------------------------------------------------------------------------------


@verb
def take_up_supplier(*, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """A prospect becomes a draft: someone is working on it."""
    return change_state(states.TAKE_UP, supplier, by, note)


@verb
def submit_supplier(*, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """A member, or staff for them, asks the pôle to verify the supplier: it joins the queue."""
    return change_state(states.SUBMIT, supplier, by, note)


@verb
def withdraw_supplier(*, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """A member takes a submitted supplier back to correct it; it leaves the queue."""
    return change_state(states.WITHDRAW, supplier, by, note)


@verb
def publish_supplier(*, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """The public sees the supplier, which says how many criteria are proved: to publish proves none (docs/adr/0016)."""
    decision = change_state(states.PUBLISH, supplier, by, note)
    if by is not None:
        pole = pole_acting_for(supplier.organisation, by)
        emails.send_supplier_published(supplier=supplier, decision=decision, pole=pole)
    if decision.before.get("claimed_neq"):
        emails.send_neq_settled(supplier=supplier, decision=decision)
    return decision


@verb
def confirm_supplier(*, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """What the enterprise changed of a published supplier is accepted: its name, its form, its place.

    New answers to criteria wait until each is found. No proof is renewed by this.
    """
    return change_state(states.CONFIRM, supplier, by, note)


@verb
def return_supplier(*, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """Back to draft; what is missing is mailed to the members, else to the contact of the supplier."""
    decision = change_state(states.RETURN, supplier, by, note)
    pole = pole_acting_for(supplier.organisation, by)
    sent = emails.send_supplier_returned(supplier=supplier, decision=decision, pole=pole)
    _check_told(sent, note)
    return decision


@verb
def write_to_supplier(*, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """Ask the enterprise for something; the supplier stays as it is, public where it was."""
    held = hold_supplier(states.WRITE, supplier, by, note)
    decision = record_decision(states.WRITE, held, supplier, by, note)
    pole = pole_acting_for(held.organisation, by)
    sent = emails.send_supplier_written_to(supplier=held, decision=decision, pole=pole)
    _check_told(sent, note)
    return decision


def _check_told(sent: int, note: DecisionNote) -> None:
    if not sent and not note.by_phone:
        raise WrongMove(
            _("Cette fiche n’a ni membre ni courriel. Appelez l’entreprise, puis cochez « par téléphone ».")
        )


@verb
def suspend_supplier(*, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """The public no longer sees the supplier, for a time; its members are told why."""
    decision = change_state(states.SUSPEND, supplier, by, note)
    if by is not None:
        pole = pole_acting_for(supplier.organisation, by)
        emails.send_supplier_suspended(supplier=supplier, decision=decision, pole=pole)
    return decision


@verb
def archive_supplier(
    *,
    supplier: Supplier,
    by: User | None,
    note: DecisionNote = NO_NOTE,
    reason: str = Supplier.Reason.OTHER,
) -> Decision:
    """The supplier is closed, for a reason; imports leave it closed."""
    return _close(states.ARCHIVE, supplier, by, note, reason)


@verb
def archive_not_social_economy(
    *, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE
) -> Decision:
    """Archived because it is not social economy; an import that brings it again changes nothing to that."""
    return _close(states.NOT_SOCIAL_ECONOMY, supplier, by, note, Supplier.Reason.NOT_SOCIAL_ECONOMY)


@verb
def reopen_supplier(*, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """A suspended or archived supplier becomes a draft again, its reason forgotten; its members are told."""
    decision = change_state(states.REOPEN, supplier, by, note)
    if by is not None:
        pole = pole_acting_for(supplier.organisation, by)
        emails.send_supplier_reopened(supplier=supplier, decision=decision, pole=pole)
    return decision


@verb
def assign_supplier(
    *, supplier: Supplier, by: User | None, pole: Pole | None, note: DecisionNote = NO_NOTE
) -> Decision:
    """A pôle also answers for this organisation, wherever it is; None takes the assignment back."""
    held = hold_supplier(states.ASSIGN, supplier, by, note)
    before = {"pole_id": held.organisation.pole_id}
    held.organisation.pole = pole
    said = ". ".join(filter(None, [str(pole) if pole else _("Aucun pôle"), note.message.strip()]))
    told = replace(note, message=said)
    decision = record_decision(states.ASSIGN, held, supplier, by, told, before=before)
    held.organisation.save(update_fields=["pole", "updated_at"])
    return decision


#: The verb behind each button of `states.MOVES`, by `Move.verb`.
VERBS: dict[str, Callable[..., Decision]] = {
    states.TAKE_UP.verb: take_up_supplier,
    states.SUBMIT.verb: submit_supplier,
    states.PUBLISH.verb: publish_supplier,
    states.CONFIRM.verb: confirm_supplier,
    states.RETURN.verb: return_supplier,
    states.WRITE.verb: write_to_supplier,
    states.SUSPEND.verb: suspend_supplier,
    states.REOPEN.verb: reopen_supplier,
    states.ARCHIVE.verb: archive_supplier,
    states.NOT_SOCIAL_ECONOMY.verb: archive_not_social_economy,
}


def _close(
    move: states.Move, supplier: Supplier, by: User | None, note: DecisionNote, reason: str
) -> Decision:
    """Archive, and say so to the members: why, and in whose words."""
    was_public = Supplier.objects.filter(pk=supplier.pk, status=Status.PUBLISHED).exists()
    decision = change_state(move, supplier, by, note, reason=reason)
    if by is not None:
        emails.send_supplier_closed(
            supplier=supplier,
            decision=decision,
            pole=pole_acting_for(supplier.organisation, by),
            was_public=was_public,
        )
    return decision


# -- how a move is made ------------------------------------------------------------------------------------------


def change_state(
    move: states.Move,
    supplier: Supplier,
    by: User | None,
    note: DecisionNote,
    *,
    reason: str = Supplier.Reason.NONE,
) -> Decision:
    """Check the right and the table, change the state, keep the decision, tell the other apps."""
    held = hold_supplier(move, supplier, by, note)
    if move.asks_reason and reason not in set(Supplier.Reason.values) - {""}:
        raise WrongMove(_("Choisissez le motif."))
    was_published = held.status == Status.PUBLISHED
    before = state_of_supplier(held)
    target = check_neq_settled(move, held)
    if target != held.status:
        held.status, held.reason, held.status_changed_at = str(target), reason, timezone.now()
    held.recheck = _left_to_check(held) if move is states.CONFIRM else []
    held.recheck_since = held.recheck_since if held.recheck else None
    if move.settles:
        before |= settle_registration(held, by)
        check_complete(held)
        held.curated_at = held.curated_at or timezone.now()
    decision = record_decision(move, held, supplier, by, note, before=before)
    held.save(update_fields=[*STATE_FIELDS, "updated_at"])
    announce_state(held, decision, was_published=was_published)
    return decision


def announce_state(held: Supplier, decision: Decision, *, was_published: bool) -> None:
    """Index the supplier anew, and tell the other apps where it became public or no longer is."""
    reindex_suppliers(supplier_ids=[held.pk])
    is_published = held.status == Status.PUBLISHED
    if is_published != was_published:
        kind = "supplier.published" if is_published else "supplier.unpublished"
        post_event(kind=kind, subject=f"supplier:{held.pk}", version=str(decision.pk))


def _left_to_check(held: Supplier) -> list[str]:
    """After what changed was accepted: the criteria whose new answers nobody has judged."""
    left = [code for code in held.recheck if code not in states.VOUCHED]
    if held.recheck and left == held.recheck:
        raise WrongMove(
            _("L’entreprise a répondu de nouveau à un critère : donnez votre constat, ou écrivez-lui.")
        )
    return left


#: What a move may write on the supplier.
STATE_FIELDS = (
    "status",
    "reason",
    "status_changed_at",
    "curated_at",
    "organisation",
    "recheck",
    "recheck_since",
)


def state_of_supplier(supplier: Supplier) -> dict[str, Any]:
    """The columns that a move may write, as JSON keeps them: what undoing it brings back."""
    columns = [Supplier._meta.get_field(name) for name in STATE_FIELDS]
    return {column.attname: _plain(getattr(supplier, column.attname)) for column in columns}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def hold_supplier(
    move: states.Move, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE
) -> Supplier:
    """The supplier as it stands, held until the transaction ends, once right, state and note are checked."""
    rows = Supplier.objects.select_for_update(of=("self",)).select_related("organisation")
    held = rows.get(pk=supplier.pk)
    check_permission(
        can_act_for_supplier if move.by_members else can_curate_supplier,
        by,
        held,
        sentence=_("Cette fiche n’est pas dans votre territoire."),
    )
    check_stands_alone(held)
    if not move.leads_from(held.status):
        raise WrongMove(
            _("La fiche est à l’état « %(state)s » : cette action n’est pas possible.")
            % {"state": held.get_status_display()}
        )
    if move.asks_message and not note.message.strip():
        raise WrongMove(_("Écrivez ce qui manque : l’entreprise recevra votre message."))
    note.check()
    return held


def check_stands_alone(held: Supplier) -> None:
    """Raises `WrongMove` where the listing gave way to another: what is typed here would be lost on a closed page."""
    if (into := held.organisation.merged_into) is not None:
        raise WrongMove(
            _(
                "Cette fiche a été réunie à « %(name)s ». Écrivez-le dans celle-là, ou annulez d’abord la réunion."
            )
            % {"name": into.name}
        )


def record_decision(
    move: states.Move,
    held: Supplier,
    supplier: Supplier,
    by: User | None,
    note: DecisionNote,
    *,
    before: dict[str, Any] | None = None,
    undoes: Decision | None = None,
) -> Decision:
    """Keep the decision, name it in the history rows that follow, and bring the caller's instance up to date.

    Who called is named in the decision alone, where an erasure finds it; history points there.
    """
    if supplier is not held:
        for name in STATE_FIELDS:
            setattr(supplier, name, getattr(held, name))
    decision = Decision.objects.create(
        supplier=supplier,
        verb=move.verb,
        to_status=held.status,
        reason=held.reason,
        message=note.message.strip(),
        channel=note.channel,
        on_behalf_of=note.on_behalf_of.strip(),
        by=by,
        before=before or {},
        batch=note.batch,
        undoes=undoes,
    )
    pghistory.context(decision=decision.pk, channel=str(note.channel))
    return decision


def missing_for_publication(supplier: Supplier) -> list[str]:
    """What the supplier lacks before it can be published, as noun phrases in the active language."""
    organisation = supplier.organisation
    lacks = []
    if not supplier.legal_form:
        lacks.append(_("une forme juridique"))
    if not organisation.neq and supplier.awaits_neq:
        lacks.append(_("un NEQ confirmé"))
    if not supplier.activity.strip() and not supplier.offers.exists():
        lacks.append(_("une activité ou une offre"))
    if not organisation.mrc_id and not organisation.region_id:
        lacks.append(_("un lieu (MRC ou région)"))
    return lacks


def settle_registration(supplier: Supplier, by: User | None) -> dict[str, Any]:
    """Give the organisation its NEQ, or the supplier and its members to the organisation that has it.

    What was settled, for `undoing`: the NEQ, and where two became one, what the other got. Called inside the move that publishes, on a locked row; does nothing where no NEQ waits.
    """
    waiting = Registration.objects.select_for_update(of=("self",)).filter(
        supplier=supplier, claimed_neq__gt=""
    )
    if (registration := waiting.first()) is None:
        return {}
    own, neq = supplier.organisation, registration.claimed_neq
    suppliers = Supplier.objects.select_for_update(of=("self",)).filter(organisation__neq=neq)
    standing = suppliers.exclude(organisation=own).first()
    if standing is not None and not is_only_imported(standing):
        raise WrongMove(
            _(
                "Une autre fiche porte maintenant ce NEQ. Refusez cette inscription : l’entreprise revendiquera l’autre fiche."
            )
        )
    into, filled = settle_claimed_neq(organisation=own, neq=neq, by=by)
    registration.claimed_neq = ""
    registration.save(update_fields=["claimed_neq"])
    if into == own:
        own.awaits_review = False
        own.save(update_fields=["awaits_review", "updated_at"])
        return {"claimed_neq": neq}
    replaced = replace_prospect(supplier, standing) if standing is not None else {}
    supplier.organisation = into
    supplier.save(update_fields=["organisation", "updated_at"])
    count_files_with(holder=into, files=supplier.evidence.values("file"))
    moved = merge_organisation(organisation=own, into=into, by=by)
    return {"claimed_neq": neq, "merged": {**moved, "filled": filled}, "replaced": replaced}


def check_neq_settled(move: states.Move, supplier: Supplier) -> str | None:
    """Where the move leads: a row of a list stays a prospect while nobody has confirmed its NEQ. Raises `WrongMove`."""
    target = move.target
    if target in (None, Status.PROSPECT, Status.ARCHIVED) or not supplier.awaits_neq:
        return target
    if move is states.REOPEN:
        return Status.PROSPECT
    raise WrongMove(
        _(
            "Cette fiche vient d’une liste sans NEQ. Confirmez d’abord son NEQ, sous « NEQ à confirmer » : elle reste à démarcher d’ici là."
        )
    )


def check_complete(supplier: Supplier) -> None:
    if lacks := missing_for_publication(supplier):
        raise WrongMove(
            _("Pour être publiée, cette fiche doit avoir %(what)s.") % {"what": get_text_list(lacks, _("et"))}
        )

"""The verbs of the pipeline: take an organisation up, move it on, call it, note what it promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.permissions import check_permission
from marketplace.accounts.poles import pole_acting_for, pole_for
from marketplace.outreach.contact_log.recording import NOT_YOURS, NextAction, log_contact, may_own
from marketplace.outreach.models import Approach, ContactEntry
from marketplace.outreach.permissions import can_log_contact, can_work_approach
from marketplace.outreach.writing.letters import digest_of
from marketplace.territories.models import Pole
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers.models import Status, Supplier, Triage

Stage = Approach.Stage
MOST_AT_ONCE = 500
OTHER_POLE = gettext_lazy("Cette démarche est celle d’un autre pôle.")
#: What a call came to: the result that the log keeps, and the stage that it leads to.
ANSWERS: dict[str, tuple[str, str]] = {
    "no_answer": (ContactEntry.Result.NO_ANSWER, Stage.ASKED),
    "message": (ContactEntry.Result.MESSAGE, Stage.ASKED),
    "interested": (ContactEntry.Result.REACHED, Stage.TALKING),
    "declined": (ContactEntry.Result.REACHED, Stage.DECLINED),
}
#: A call takes nobody back: these stages stand against a later « pas de réponse ».
FURTHER = (Stage.TALKING,)


@verb
def start_approach(
    *,
    organisation: Organisation,
    side: str,
    by: User,
    pole: Pole | None = None,
    source: str = Approach.Source.OTHER,
    owner: User | None = None,
    known: Mapping[str, Any] | None = None,
) -> tuple[Approach, bool]:
    """Take an organisation up; (row, whether it is new). `known`: the contact person, the kind, the batch of a list."""
    check_permission(can_log_contact, by, organisation, sentence=str(NOT_YOURS))
    if pole is None:
        pole = pole_for(organisation) if by.is_superuser else pole_acting_for(organisation, by)
    if pole is None or not (by.is_superuser or pole.pk in by.pole_codes):
        raise NotAllowed(str(NOT_YOURS))
    return Approach.objects.get_or_create(
        pole=pole,
        organisation=organisation,
        defaults={"side": side, "source": source, "owner": owner, "created_by": by, **(known or {})},
    )


@verb
def start_kept_prospects(*, by: User) -> int:
    """Take up the enterprises that triage kept and that no row follows yet, up to `MOST_AT_ONCE`; how many."""
    kept = Supplier.objects.curated_by(by).filter(status=Status.PROSPECT, triage__choice=Triage.Choice.KEEP)
    rows = kept.exclude(
        pk__in=kept.filter(organisation__approaches__in=Approach.objects.visible_to(by)).values("pk")
    )
    started = 0
    for supplier in rows.select_related("organisation").order_by("pk")[:MOST_AT_ONCE]:
        _row, is_new = start_approach(
            organisation=supplier.organisation,
            side=Approach.Side.SELLING,
            source=Approach.Source.TRIAGE,
            by=by,
        )
        started += is_new
    return started


@verb
def move_approach(*, approach: Approach, stage: str, seen: str, by: User, why: str = "") -> None:
    """To another stage; `seen` is the stage on the page: refuses where a colleague moved it meanwhile."""
    held = hold_approach(approach, by)
    if stage not in Stage.values:
        raise WrongMove(_("Cette étape n’existe pas."))
    if held.stage == stage:
        return
    if held.stage != seen:
        raise WrongMove(
            _("%(name)s a changé d’étape entretemps : %(stage)s.")
            % {"name": held.organisation.name, "stage": held.get_stage_display()}
        )
    _set_stage(held, stage, why)


@verb
def note_commitment(*, approach: Approach, on: date, promise: str, by: User) -> None:
    """What was promised, and when. There is no signed declaration here yet: this is what the pôle heard."""
    held = hold_approach(approach, by)
    promise = promise.strip()
    if not promise:
        raise WrongMove(_("Dites à quoi l’organisation s’engage."))
    if on > timezone.localdate():
        raise WrongMove(_("Un engagement ne se note pas d’avance."))
    held.committed_on, held.promise = on, promise[:500]
    held.save(update_fields=["committed_on", "promise"])


def commitment_digest(approach: Approach) -> str:
    return digest_of(str(approach.committed_on), approach.promise)


@verb
def take_back_commitment(*, approach: Approach, seen: str, by: User) -> None:
    """The way back of `note_commitment`; the history keeps what was noted. `seen`: the digest of what the page showed."""
    held = hold_approach(approach, by)
    if seen != commitment_digest(held):
        raise WrongMove(_("L’engagement a changé depuis que vous l’avez lu. Relisez-le, puis retirez-le."))
    held.committed_on, held.promise = None, ""
    held.save(update_fields=["committed_on", "promise"])


@verb
def assign_approach(*, approach: Approach, owner: User | None, by: User) -> None:
    held = hold_approach(approach, by)
    if owner is not None and not may_own(owner, held.pole):
        raise WrongMove(_("Cette personne n’est pas de votre équipe."))
    held.owner = owner
    held.save(update_fields=["owner"])


@dataclass(frozen=True)
class Call:
    """What came of a call: one of `ANSWERS`, what was said, and what is next."""

    answer: str
    said: str = ""
    next_action: NextAction | None = None


@verb
def log_call(*, approach: Approach, call: Call, key: UUID, by: User) -> ContactEntry:
    """One call made: it enters the log, what was due about it is done, and the row moves on. Sent twice, written once."""
    held = hold_approach(approach, by)
    if call.answer not in ANSWERS:
        raise WrongMove(_("Dites ce que l’appel a donné."))
    if ContactEntry.objects.filter(key=key).exists():
        return ContactEntry.objects.get(key=key)
    result, stage = ANSWERS[call.answer]
    now = timezone.now()
    ContactEntry.objects.visible_to(by).with_open_action().filter(
        organisation=held.organisation, pole=held.pole, next_on__lte=timezone.localdate()
    ).update(next_done_at=now, next_done_by=by)
    entry = log_contact(
        organisation=held.organisation,
        pole=held.pole,
        kind=ContactEntry.Kind.CALL,
        direction=ContactEntry.Direction.OUT,
        result=result,
        with_whom=held.contact_name if result == ContactEntry.Result.REACHED else "",
        said=call.said,
        next_action=call.next_action if stage != Stage.DECLINED else None,
        key=key,
        by=by,
    )
    if not (held.stage in FURTHER and stage == Stage.ASKED):
        _set_stage(held, stage, call.said if stage == Stage.DECLINED else "")
    return entry


def next_working_day(days: int) -> date:
    """So many days from today, a Saturday or a Sunday put to Monday."""
    found = timezone.localdate() + timedelta(days=days)
    return found + timedelta(days=max(0, 7 - found.weekday())) if found.weekday() > 4 else found


def hold_approach(approach: Approach, by: User) -> Approach:
    check_permission(can_work_approach, by, approach, sentence=str(OTHER_POLE))
    rows = Approach.objects.select_for_update(of=("self",)).select_related("organisation", "pole")
    return rows.get(pk=approach.pk)


def _set_stage(held: Approach, stage: str, why: str) -> None:
    if held.stage != stage:
        held.stage, held.stage_on = stage, timezone.localdate()
    held.why_declined = why.strip()[:300] if stage == Stage.DECLINED else ""
    held.save(update_fields=["stage", "stage_on", "why_declined"])

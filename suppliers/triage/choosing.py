"""What a person chooses for prospects, fifty at a time: keep, not social economy, later; and the way back of a gesture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.web.errors import NotAllowed, Refused, WrongMove
from marketplace.web.verbs import verb
from suppliers.curation import DecisionNote, archive_not_social_economy
from suppliers.models import Decision, Status, Supplier, Triage
from suppliers.undoing import undo_decision

#: What is put off comes back by itself.
LATER_DAYS = 30
Choice = Literal["keep", "later", "not_social"]
CHOICES: tuple[Choice, ...] = ("keep", "not_social", "later")


@dataclass
class TriageOutcome:
    """One gesture: `batch` names it for its way back; `refused` are sentences, each with the name it is about."""

    batch: UUID
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHOICES, 0))
    refused: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.done.values())


def choose_for_prospects(*, choices: Mapping[int, Choice], opened_at: datetime, by: User) -> TriageOutcome:
    """Each in its own transaction: one that a colleague took meanwhile keeps no other. `opened_at`: of the page."""
    outcome = TriageOutcome(uuid4())
    rows = Supplier.objects.curated_by(by).select_related("organisation").filter(pk__in=choices)
    for supplier in rows.order_by("pk"):
        choice = choices[supplier.pk]
        try:
            choose_for_prospect(
                supplier=supplier, choice=choice, opened_at=opened_at, batch=outcome.batch, by=by
            )
        except Refused as why:
            outcome.refused.append(f"{supplier}\u00a0: {why}")
        else:
            outcome.done[choice] += 1
    return outcome


@verb
def choose_for_prospect(
    *, supplier: Supplier, choice: Choice, opened_at: datetime, batch: UUID, by: User
) -> None:
    """Refuses what is no prospect any more, and what somebody chose since the page was opened."""
    if not Supplier.objects.curated_by(by).filter(pk=supplier.pk).exists():
        raise NotAllowed(_("Cette fiche n’est pas de votre pôle."))
    held = Supplier.objects.select_for_update().get(pk=supplier.pk)
    if held.status != Status.PROSPECT:
        raise WrongMove(_("Cette fiche n’est plus à démarcher."))
    row = (
        Triage.objects.select_for_update(of=("self",))
        .select_related("chosen_by")
        .filter(supplier=held)
        .first()
    )
    if row is not None and row.chosen_at is not None and row.chosen_at > opened_at:
        raise WrongMove(_("%(who)s l’a déjà triée.") % {"who": row.chosen_by or _("Une personne")})
    now = timezone.now()
    if choice == "not_social":
        archive_not_social_economy(supplier=supplier, by=by, note=DecisionNote(batch=batch))
        return
    row = row or Triage(supplier=held, judged_at=held.created_at)
    row.choice, row.chosen_at, row.chosen_by, row.batch = choice, now, by, batch
    row.until = timezone.localdate() + timedelta(days=LATER_DAYS) if choice == "later" else None
    row.save()


@verb
def undo_triage(*, batch: UUID, by: User) -> int:
    """Everything of one gesture is again to be sorted, as far as nobody decided otherwise since; how many."""
    undone = (
        Triage.objects.visible_to(by)
        .filter(batch=batch)
        .update(choice="", chosen_at=timezone.now(), chosen_by=by, until=None, batch=None)
    )
    decisions = Decision.objects.filter(
        batch=batch, undoing=None, supplier__in=Supplier.objects.curated_by(by)
    )
    for decision in decisions.select_related("supplier__organisation").order_by("pk"):
        try:
            undo_decision(decision=decision, by=by)
        except Refused:
            continue
        undone += 1
    return undone

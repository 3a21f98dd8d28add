"""What a person does with what the registry says otherwise: apply it, keep ours, later; and the way back of a gesture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.web.errors import NotAllowed, Refused, WrongMove
from marketplace.web.verbs import verb
from suppliers.curation import DecisionNote, archive_supplier
from suppliers.editing import update_supplier
from suppliers.models import Decision, RegistryDrift, Supplier
from suppliers.registry_drift.comparing import drift_version, ours_of
from suppliers.undoing import undo_decision

LATER_DAYS = 30
Choice = Literal["apply", "keep", "later"]
CHOICES: tuple[Choice, ...] = ("apply", "keep", "later")
Kind, State = RegistryDrift.Kind, RegistryDrift.State


@dataclass
class DriftOutcome:
    """One gesture: `batch` names it for its way back; `refused` are sentences, each with the name it is about."""

    batch: UUID
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHOICES, 0))
    refused: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.done.values())


def decide_drifts(*, choices: Mapping[int, tuple[Choice, str]], by: User) -> DriftOutcome:
    """By key, the choice and the version of what was shown. Each in its own transaction: one refused keeps no other."""
    outcome = DriftOutcome(uuid4())
    rows = RegistryDrift.objects.visible_to(by).select_related("supplier__organisation")
    for drift in rows.filter(pk__in=choices).order_by("pk"):
        choice, seen = choices[drift.pk]
        try:
            decide_drift(drift=drift, choice=choice, seen=seen, batch=outcome.batch, by=by)
        except Refused as why:
            outcome.refused.append(f"{drift.supplier}\u00a0: {why}")
        else:
            outcome.done[choice] += 1
    return outcome


@verb
def decide_drift(*, drift: RegistryDrift, choice: Choice, seen: str, batch: UUID, by: User) -> None:
    """Refuses what somebody decided meanwhile, and what is not what the page showed."""
    if not RegistryDrift.objects.visible_to(by).filter(pk=drift.pk).exists():
        raise NotAllowed(_("Cette fiche n’est pas dans votre territoire."))
    Supplier.objects.select_for_update(of=("self",)).get(pk=drift.supplier_id)
    held = (
        RegistryDrift.objects.select_for_update(of=("self",))
        .select_related("supplier__organisation", "decided_by")
        .get(pk=drift.pk)
    )
    if held.state == State.APPLIED:
        raise WrongMove(_("%(who)s l’a déjà décidé.") % {"who": held.decided_by or _("Une personne")})
    if seen != drift_version(held):
        raise WrongMove(
            _("la fiche ou l’extrait a changé depuis l’ouverture de la page. Regardez de nouveau.")
        )
    if choice == "apply":
        held.before = _apply(held, batch, by)
    held.state = {"apply": State.APPLIED, "keep": State.KEPT, "later": State.LATER}[choice]
    held.until = timezone.localdate() + timedelta(days=LATER_DAYS) if choice == "later" else None
    held.decided_by, held.decided_at, held.batch = by, timezone.now(), batch
    held.save()


@verb
def undo_drifts(*, batch: UUID, by: User) -> int:
    """Everything of one gesture is again to decide, and what it wrote is taken back where nobody wrote since; how many."""
    rows = RegistryDrift.objects.visible_to(by).filter(batch=batch).select_for_update(of=("self",))
    undone = 0
    for drift in rows.select_related("supplier__organisation").order_by("pk"):
        try:
            _undo(drift=drift, by=by)
        except Refused:
            continue
        undone += 1
    return undone


@verb
def _undo(*, drift: RegistryDrift, by: User) -> None:
    if drift.state == State.APPLIED:
        if drift.kind == Kind.STRUCK_OFF:
            undo_decision(decision=Decision.objects.get(pk=drift.before["decision"]), by=by)
        else:
            _bring_back(drift, by)
    drift.state, drift.decided_by, drift.decided_at = State.WAITING, None, None
    drift.until, drift.batch, drift.before = None, None, {}
    drift.save()


def _apply(held: RegistryDrift, batch: UUID, by: User) -> dict[str, Any]:
    """Write it on the listing; what undoing it needs."""
    note = DecisionNote(batch=batch)
    if held.kind == Kind.STRUCK_OFF:
        decision = archive_supplier(supplier=held.supplier, by=by, note=note, reason=Supplier.Reason.CLOSED)
        return {"decision": decision.pk}
    before = ours_of(held.supplier, held.kind, held.said)
    update_supplier(supplier=held.supplier, by=by, changes=held.said, note=note)
    return before


def _bring_back(drift: RegistryDrift, by: User) -> None:
    supplier = Supplier.objects.select_related("organisation").get(pk=drift.supplier_id)
    now = ours_of(supplier, drift.kind, drift.said)
    back = {name: value for name, value in drift.before.items() if now.get(name) == drift.said.get(name)}
    if not back:
        raise WrongMove(_("Cette fiche a été modifiée depuis."))
    update_supplier(supplier=supplier, by=by, changes=back)

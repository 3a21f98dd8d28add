"""What the pôle finds about each criterion: proved, to complete, not met; with a note, dated, by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers import criteria, rules
from suppliers.models import CriterionAnswer, Finding, Status, Supplier

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.accounts.models import User


@dataclass(frozen=True)
class Found:
    """One finding as staff gives it. `seen` is when the answer they read was written."""

    state: str
    note: str
    seen: datetime | None = None


@verb
def record(*, supplier: Supplier, by: User | None, findings: Mapping[int, Found]) -> int:
    """Keep the findings that differ, by number of criterion; returns how many.

    A finding that is not « proved » says why: the enterprise reads the note. What was rewritten since it was read is
    not judged: the whole is refused, and the page shows the new words.
    """
    sheet = (
        Supplier.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=supplier.pk)
    )
    if by is not None and not rules.curates.test(by, sheet):
        raise NotAllowed(_("Cette fiche n’est pas dans votre territoire."))
    if sheet.status == Status.ARCHIVED:
        raise WrongMove(_("La fiche est archivée : rouvrez-la d’abord."))
    answers = {answer.criterion: answer for answer in CriterionAnswer.objects.filter(supplier=sheet)}
    changed = 0
    for number, found in findings.items():
        answer = answers.get(number)
        note = found.note.strip()
        if answer is None or (answer.state == found.state and answer.note == note):
            continue
        _check(answer, found, note)
        answer.state, answer.note = found.state, note
        answer.found_by, answer.found_at = by, timezone.now()
        answer.save(update_fields=["state", "note", "found_by", "found_at"])
        changed += 1
    return changed


def _check(answer: CriterionAnswer, found: Found, note: str) -> None:
    title = f"{answer.criterion}. {criteria.BY_NUMBER[answer.criterion].title}"
    if found.state not in Finding.values:
        raise WrongMove(_("Choisissez un constat de la liste."))
    if found.seen != answer.answered_at:
        raise WrongMove(
            _("%(criterion)s : l’entreprise vient de changer sa réponse. Relisez-la avant de conclure.")
            % {"criterion": title}
        )
    if found.state in (Finding.INCOMPLETE, Finding.NOT_MET) and not note:
        raise WrongMove(_("%(criterion)s : écrivez ce qui manque.") % {"criterion": title})


def to_complete(supplier: Supplier) -> list[tuple[str, str]]:
    """The criteria that the pôle wants completed, each with its note."""
    rows = CriterionAnswer.objects.filter(
        supplier=supplier, state__in=(Finding.INCOMPLETE, Finding.NOT_MET)
    ).values_list("criterion", "note")
    return [(f"{number}. {criteria.BY_NUMBER[number].title}", note) for number, note in rows]

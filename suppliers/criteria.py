"""The six criteria of the Loi sur l’économie sociale (2013): what each asks, what usually proves it, what the pôle finds.

What the software says here is not legal advice: the pôle finds, from evidence, and dates what it found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.permissions import check_permission
from marketplace.web.errors import WrongMove
from marketplace.web.typography import NB, format_moment, format_number
from marketplace.web.verbs import verb
from suppliers.models import Criterion, CriterionAnswer, EvidenceFile, Finding, Status, Supplier
from suppliers.permissions import can_curate_supplier

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from marketplace.accounts.models import User


@dataclass(frozen=True)
class Ask:
    """One criterion for people: `law` is the demand, `question` what the enterprise answers, `proof` what helps."""

    criterion: Criterion
    law: _StrPromise
    question: _StrPromise
    hint: _StrPromise
    proof: _StrPromise

    @property
    def number(self) -> int:
        return self.criterion.value

    @property
    def title(self) -> _StrPromise:
        return self.criterion.label


ASKS = (
    Ask(
        Criterion.NEEDS,
        _("L’entreprise existe pour répondre aux besoins de ses membres ou de la collectivité."),
        _("À quels besoins répondez-vous, et de qui?"),
        _("Votre mission, et les personnes ou le milieu qu’elle sert."),
        _("Lettres patentes ou statuts (les objets), rapport annuel."),
    ),
    Ask(
        Criterion.INDEPENDENCE,
        _("Aucun organisme public ne décide pour elle."),
        _("Qui siège à votre conseil, et qui nomme ces personnes?"),
        _("Dites combien de sièges reviennent à des organismes publics, s’il y en a."),
        _("Règlements généraux, liste des administratrices et administrateurs."),
    ),
    Ask(
        Criterion.DEMOCRACY,
        _("Ses règles prévoient une gouvernance démocratique par les membres."),
        _("Comment vos membres décident-ils?"),
        _("Qui est membre, combien de voix par membre, et la date de la dernière assemblée."),
        _("Règlements généraux, procès-verbal de la dernière assemblée générale."),
    ),
    Ask(
        Criterion.VIABILITY,
        _("Elle vise la viabilité économique."),
        _("D’où viennent vos revenus?"),
        _("La part des ventes, et comment vous prévoyez durer."),
        _("États financiers du dernier exercice, plan d’affaires."),
    ),
    Ask(
        Criterion.SURPLUS,
        _(
            "Ses règles interdisent de distribuer les surplus, ou les partagent entre les membres selon ce que chacun"
            " a fait avec elle."
        ),
        _("Que faites-vous des surplus?"),
        _("Par exemple : réserve, réinvestissement, ristourne aux membres."),
        _("Statuts, règlements généraux (clause sur les surplus)."),
    ),
    Ask(
        Criterion.RESIDUE,
        _("Si elle est dissoute, ce qui reste va à une autre organisation aux buts semblables."),
        _("À qui iraient vos biens en cas de dissolution?"),
        _("Citez la clause et l’article de vos statuts ou de vos lettres patentes."),
        _("Lettres patentes ou statuts (clause de dissolution)."),
    ),
)
BY_NUMBER = {ask.number: ask for ask in ASKS}


def unproved_criteria(supplier: Supplier) -> list[str]:
    """The criteria that are not found proved, by title; empty also where the supplier never answered to any."""
    found = dict(CriterionAnswer.objects.filter(supplier=supplier).values_list("criterion", "state"))
    if not found:
        return []
    return [str(ask.title) for ask in ASKS if found.get(ask.number) != Finding.PROVED]


@dataclass(frozen=True)
class Found:
    """One finding as staff gives it. `seen` is when the answer they read was written."""

    state: str
    note: str
    seen: datetime | None = None


@verb
def record_findings(*, supplier: Supplier, by: User | None, findings: Mapping[int, Found]) -> int:
    """Keep the findings that differ, by number of criterion; returns how many.

    A finding that is not « proved » says why: the enterprise reads the note. What was rewritten since it was read is
    not judged: the whole is refused, and the page shows the new words.
    """
    rows = Supplier.objects.select_for_update(of=("self",)).select_related("organisation")
    held = rows.get(pk=supplier.pk)
    check_permission(
        can_curate_supplier, by, held, sentence=gettext("Cette fiche n’est pas dans votre territoire.")
    )
    if held.status == Status.ARCHIVED:
        raise WrongMove(gettext("La fiche est archivée : rouvrez-la d’abord."))
    answers = {answer.criterion: answer for answer in CriterionAnswer.objects.filter(supplier=held)}
    changed = 0
    for number, found in findings.items():
        answer = answers.get(number)
        note = found.note.strip()
        if answer is None or (answer.state == found.state and answer.note == note):
            continue
        _check_finding(answer, found, note)
        answer.state, answer.note = found.state, note
        answer.found_by, answer.found_at = by, timezone.now()
        answer.save(update_fields=["state", "note", "found_by", "found_at"])
        changed += 1
    return changed


def _check_finding(answer: CriterionAnswer, found: Found, note: str) -> None:
    title = f"{answer.criterion}. {BY_NUMBER[answer.criterion].title}"
    if found.state not in Finding.values:
        raise WrongMove(gettext("Choisissez un constat de la liste."))
    if found.seen != answer.answered_at:
        raise WrongMove(
            gettext("%(criterion)s : l’entreprise vient de changer sa réponse. Relisez-la avant de conclure.")
            % {"criterion": title}
        )
    if found.state in (Finding.INCOMPLETE, Finding.NOT_MET) and not note:
        raise WrongMove(gettext("%(criterion)s : écrivez ce qui manque.") % {"criterion": title})


def criteria_to_complete(supplier: Supplier) -> list[tuple[str, str]]:
    """The criteria that the pôle wants completed, each with its note."""
    rows = CriterionAnswer.objects.filter(
        supplier=supplier, state__in=(Finding.INCOMPLETE, Finding.NOT_MET)
    ).values_list("criterion", "note")
    return [(f"{number}. {BY_NUMBER[number].title}", note) for number, note in rows]


def evidence_facts(kept: EvidenceFile) -> str:
    """« PDF, 412 Ko, déposé le 21 nov. 2026, 14 h 05 »."""
    file = kept.file
    if file.size >= 1_000_000:
        size = gettext("%(n)s Mo") % {"n": format_number(file.size / 1_000_000, 1)}
    else:
        size = gettext("%(n)s Ko") % {"n": format_number(max(1, round(file.size / 1_000)))}
    said = {"kind": file.kind_label, "size": size.replace(" ", NB), "at": format_moment(file.created_at)}
    return gettext("%(kind)s, %(size)s, déposé le %(at)s") % said

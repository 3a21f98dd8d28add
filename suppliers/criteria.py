"""The six criteria of the Loi sur l’économie sociale (2013): what each asks, in our words, and what usually proves it.

What the software says here is not legal advice: the pôle finds, from evidence, and dates what it found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from suppliers.models import Criterion, CriterionAnswer, Finding, Supplier

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


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


def unproved(sheet: Supplier) -> list[str]:
    """The criteria that are not found proved, by title; empty also where the sheet never answered to any."""
    states = dict(CriterionAnswer.objects.filter(supplier=sheet).values_list("criterion", "state"))
    if not states:
        return []
    return [str(ask.title) for ask in ASKS if states.get(ask.number) != Finding.PROVED]

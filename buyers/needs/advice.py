"""How an institution may buy what it needs: paths that rules allow, what to confirm, a look at its needs of the year.

Dated and cited, never a ruling: rules are rows that staff edit (`ProcedureRule`); where none applies, it says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from buyers.models import REGIMES, Need, ProcedureRule, Regime, Tender
from marketplace.web.typography import format_money

YEAR = timedelta(days=365)
Category = Tender.Category


@dataclass(frozen=True)
class Question:
    """What rules are asked by."""

    regime: str
    category: str
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True)
class Advice:
    """What the page shows. `regime` empty: no rule is known for this kind of institution."""

    regime: str
    category: str
    amount: str
    rules: list[ProcedureRule]
    chosen: str
    choice_stands: bool | None  # None: a market sounding commits to nothing, or no rule says anything
    split: str


def advise_on(need: Need) -> Advice:
    """Two SQL queries: the rules, and the institution's needs of the year."""
    regime = REGIMES.get(need.buyer.kind, "")
    low, high = need.amounts
    question = Question(regime, category_of(need.unspsc), low, high)
    standing = list(ProcedureRule.objects.standing().filter(regimes__contains=[regime])) if regime else []
    rules = [rule for rule in standing if rule_applies(rule, question)]
    allowed = {path for rule in rules if rule.in_force != ProcedureRule.InForce.NO for path in rule.paths}
    return Advice(
        regime=str(Regime(regime).label) if regime else "",
        category=capfirst(str(Category(question.category).label)) if question.category else "",
        amount=amount_words(need),
        rules=rules,
        chosen=need.get_method_display(),
        choice_stands=None if need.method == Need.Method.SURVEY or not allowed else need.method in allowed,
        split=split_warning(need, standing) if regime else "",
    )


def rule_applies(rule: ProcedureRule, question: Question) -> bool:
    """Whether a need could fall under a rule: what is not known excludes nothing."""
    if question.regime not in rule.regimes:
        return False
    if rule.category and question.category and rule.category != question.category:
        return False
    if rule.amount_to is not None and question.low is not None and question.low >= rule.amount_to:
        return False
    if rule.amount_from is None or question.high is None:
        return True
    if question.low == question.high:
        return question.high >= rule.amount_from
    return question.high > rule.amount_from


def category_of(codes: Sequence[str]) -> str:
    """Goods, services or works by the segments of UNSPSC; "" where there is no code, or they differ."""
    found = {_category_of_segment(int(code[:2])) for code in codes if code[:2].isdigit()}
    return found.pop() if len(found) == 1 else ""


def _category_of_segment(segment: int) -> str:
    if segment == 72:
        return Category.WORKS
    return Category.SERVICES if 70 <= segment <= 94 else Category.GOODS


def amount_words(need: Need) -> str:
    """« 48 700 $ », « de 25 000 à 50 000 $ »; empty where nothing is said."""
    if need.estimated_amount is not None:
        return format_money(need.estimated_amount)
    return str(need.get_band_display()) if need.band else ""


def split_warning(need: Need, rules: Sequence[ProcedureRule]) -> str:
    """Needs of the same codes within twelve months that add up over an amount from which another path holds.

    What a band says is counted at its least: the sum is never made larger than it is known to be.
    """
    own = need.amounts[0]
    if not need.unspsc or own is None:
        return ""
    around = need.published_at or timezone.now()
    others = (
        Need.objects.filter(buyer=need.buyer, unspsc__overlap=need.unspsc)
        .exclude(pk=need.pk)
        .exclude(status__in=[Need.Status.CANCELLED, Need.Status.DRAFT])
        .exclude(method=Need.Method.SURVEY)
        .filter(submitted_at__gt=around - YEAR)
    )
    amounts = [least for other in others if (least := other.amounts[0])]
    total = own + sum(amounts)
    edges = {
        edge
        for rule in rules
        if rule_applies(rule, Question(rule.regimes[0], category_of(need.unspsc), None, None))
        for edge in (rule.amount_from, rule.amount_to)
        if edge is not None and own < edge <= total
    }
    if not amounts or not edges:
        return ""
    said: dict[str, Any] = {
        "n": len(amounts) + 1,
        "total": format_money(total),
        "edge": format_money(max(edges)),
    }
    return (
        _(
            "Depuis douze mois, votre institution compte ici %(n)s besoins qui portent les mêmes codes, pour au moins %(total)s en "
            "tout : plus de %(edge)s. Il est interdit de diviser un contrat pour éviter une règle. Confirmez qu’il "
            "s’agit de besoins distincts."
        )
        % said
    )

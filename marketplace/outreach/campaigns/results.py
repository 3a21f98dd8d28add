"""What came of a campaign, counted from what happened to its organisations since it began, with the rows behind.

It says what followed, not what was caused: an institution may have come by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, IntegerField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from buyers.models import Need
from marketplace.accounts.models import Membership
from marketplace.dealings.models import NeedDecision
from marketplace.outreach.models import Approach, Campaign, ContactEntry
from marketplace.territories.models import Pole

REACHED, ANSWERED, REGISTERED, COMMITTED, NEEDS, CONTRACTS = (
    "reached", "answered", "registered", "committed", "needs", "contracts",
)  # fmt: skip
#: In the order of the way; of an organisation that did a thing twice, needs and contracts count twice.
STEPS: dict[str, Promise] = {
    REACHED: gettext_lazy("Jointes (appel, courriel, rencontre)"),
    ANSWERED: gettext_lazy("Ont répondu"),
    REGISTERED: gettext_lazy("Inscrites"),
    COMMITTED: gettext_lazy("Engagées"),
    NEEDS: gettext_lazy("Besoins affichés"),
    CONTRACTS: gettext_lazy("Fournisseurs choisis"),
}
SHOWN = 200


@dataclass(frozen=True)
class Scope:
    """Whose rows count, and since when."""

    organisations: Any
    pole: Pole
    since: date


def scope_of(campaign: Campaign) -> Scope:
    chosen = Approach.objects.filter(campaigns__campaign=campaign).order_by().values("organisation")
    return Scope(chosen, campaign.pole, campaign.starts_on)


def _entries(scope: Scope) -> QuerySet[Any]:
    rows = ContactEntry.objects.standing().exclude(kind=ContactEntry.Kind.NOTE)
    return rows.filter(organisation__in=scope.organisations, pole=scope.pole, on__gte=scope.since)


def _answered(scope: Scope) -> QuerySet[Any]:
    Entry = ContactEntry
    return _entries(scope).filter(
        Q(direction=Entry.Direction.IN) | Q(result=Entry.Result.REACHED) | Q(kind=Entry.Kind.MEETING)
    )


def _registered(scope: Scope) -> QuerySet[Any]:
    return Membership.objects.filter(
        organisation__in=scope.organisations, created_at__date__gte=scope.since
    ).exclude(organisation__memberships__created_at__date__lt=scope.since)


def _committed(scope: Scope) -> QuerySet[Any]:
    return Approach.objects.filter(
        organisation__in=scope.organisations, pole=scope.pole, committed_on__gte=scope.since
    )


def _needs(scope: Scope) -> QuerySet[Any]:
    rows = Need.objects.exclude(status__in=Need.UNSEEN)
    return rows.filter(buyer__organisation__in=scope.organisations, published_at__date__gte=scope.since)


def _contracts(scope: Scope) -> QuerySet[Any]:
    """Decided on needs posted here, by an institution of the campaign or for an enterprise of it."""
    theirs = Q(need__buyer__organisation__in=scope.organisations) | Q(organisation__in=scope.organisations)
    return NeedDecision.objects.chosen().filter(theirs, decided_at__date__gte=scope.since)


@dataclass(frozen=True)
class Part:
    """Rows behind a figure. `organisation` leads to whose they are; `once`: an organisation counts once."""

    rows: Callable[[Scope], QuerySet[Any]]
    organisation: str
    at: str
    once: bool


PARTS: dict[str, Part] = {
    REACHED: Part(_entries, "organisation", "on", once=True),
    ANSWERED: Part(_answered, "organisation", "on", once=True),
    REGISTERED: Part(_registered, "organisation", "created_at", once=True),
    COMMITTED: Part(_committed, "organisation", "committed_on", once=True),
    NEEDS: Part(_needs, "buyer__organisation", "published_at", once=False),
    CONTRACTS: Part(_contracts, "need__buyer__organisation", "decided_at", once=False),
}


def count_results(campaign: Campaign) -> dict[str, int]:
    """One statement, whatever the audience."""
    scope = scope_of(campaign)
    counted = []
    for figure, part in PARTS.items():
        what = Count(part.organisation, distinct=True) if part.once else Count("pk", distinct=True)
        rows = part.rows(scope).order_by().annotate(figure=Value(figure, output_field=TextField()))
        counted.append(
            rows.values("figure").annotate(n=Cast(what, IntegerField())).values_list("figure", "n")
        )
    first, *others = counted
    found = dict(first.union(*others, all=True))
    return {figure: found.get(figure, 0) for figure in PARTS}


def rows_behind(campaign: Campaign, figure: str) -> list[dict[str, Any]]:
    """`whose`, `called` and `when` of each row that a figure counts, the newest first; at most `SHOWN`."""
    part = PARTS[figure]
    rows = part.rows(scope_of(campaign)).order_by()
    found = rows.values(
        whose=F(part.organisation), called=F(f"{part.organisation}__name"), when=F(part.at), row=F("pk")
    ).distinct()
    lines: list[dict[str, Any]] = []
    seen: set[int] = set()
    for line in found.order_by("-when", "called")[: SHOWN * 5]:
        if part.once and line["whose"] in seen:
            continue
        seen.add(line["whose"])
        lines.append(line)
    return lines[:SHOWN]

"""The figures of a territory: its enterprises and its institutions summed, and each enterprise that has any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User, curation_q
from marketplace.dealings.outcomes import buyer_counts, counts
from marketplace.dealings.outcomes.buyer_counts import BuyerOutcomes, count_buyer_outcomes
from marketplace.dealings.outcomes.counts import Whose, count_outcomes
from marketplace.dealings.outcomes.pages import BUYER_STEPS, SUPPLIER_STEPS
from marketplace.dealings.outcomes.periods import Period
from suppliers.models import Supplier

#: What the table and the file say of each enterprise.
COLUMNS = (counts.VISITS, *counts.STEPS)


@dataclass(frozen=True)
class EnterpriseRow:
    supplier_id: int
    name: str
    figures: Counter[str]

    @property
    def cells(self) -> list[int]:
        return [self.figures[column] for column in COLUMNS]

    @property
    def labelled(self) -> list[tuple[str, int]]:
        return list(zip(short_labels(), self.cells, strict=True))


@dataclass(frozen=True)
class TerritoryOutcomes:
    """`active`: enterprises with any figure, the furthest on its way first."""

    sums: Counter[str]
    active: list[tuple[int, Counter[str]]]
    enterprises: int
    buyers: BuyerOutcomes


def territory_outcomes(user: User, period: Period) -> TerritoryOutcomes:
    """Five statements, whatever the territory holds."""
    suppliers = Supplier.objects.filter(curation_q(user, "organisation__"))
    found = count_outcomes(Whose.several(suppliers), period)
    sums: Counter[str] = Counter()
    for figures in found.values():
        sums.update(figures)
    return TerritoryOutcomes(
        sums=sums,
        active=sorted(found.items(), key=_furthest),
        enterprises=suppliers.published().count(),
        buyers=count_buyer_outcomes(lambda path: curation_q(user, path), period),
    )


def _furthest(item: tuple[int, Counter[str]]) -> tuple[int, ...]:
    supplier, figures = item
    return (*(-figures[step] for step in reversed(counts.STEPS)), -figures[counts.VISITS], supplier)


def enterprise_rows(rows: Sequence[tuple[int, Counter[str]]]) -> list[EnterpriseRow]:
    """With their names; one statement."""
    names = dict(
        Supplier.objects.filter(pk__in=[pk for pk, _figures in rows]).values_list("pk", "organisation__name")
    )
    return [EnterpriseRow(pk, names[pk], figures) for pk, figures in rows if pk in names]


def column_labels() -> list[str]:
    return [_("Visites de la fiche"), *(str(SUPPLIER_STEPS[step]) for step in counts.STEPS)]


def short_labels() -> list[str]:
    """The same over the columns of a table, whose page says the long ones above."""
    return [
        _("Visites"),
        _("Convenaient"),
        _("Ouverts"),
        _("Intérêts"),
        _("Questions"),
        _("Propositions"),
        _("Contrats"),
    ]


def territory_table(found: TerritoryOutcomes, period: Period) -> Iterator[list[Any]]:
    """The sums, then a row for each enterprise that has a figure: the file of the page."""
    yield [_("Résultats du territoire"), str(period.label), timezone.localdate().isoformat()]
    yield []
    yield [_("Entreprises")]
    for label, column in zip(column_labels(), COLUMNS, strict=True):
        yield [label, found.sums[column]]
    yield []
    yield [_("Institutions")]
    for step in buyer_counts.STEPS:
        yield [str(BUYER_STEPS[step]), found.buyers.needs[step]]
    yield [_("Demandes envoyées"), found.buyers.inquiries]
    yield [_("Réponses reçues"), found.buyers.answered]
    days = found.buyers.median_days
    yield [_("Délai médian de réponse, en jours"), "" if days is None else round(days, 1)]
    yield [_("Attributions publiées"), found.buyers.contracts]
    yield [_("dont à l’économie sociale"), found.buyers.social_contracts]
    yield [_("Montant attribué ($)"), found.buyers.amount]
    yield [_("dont à l’économie sociale ($)"), found.buyers.social_amount]
    yield []
    yield [_("Entreprise"), *column_labels()]
    for row in enterprise_rows(found.active):
        yield [row.name, *row.cells]

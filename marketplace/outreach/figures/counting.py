"""The figures of a period, in all and by MRC: one statement for what happened, one for the states of the listings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.outreach.figures.periods import Period
from marketplace.outreach.figures.sources import FIGURES, Figure
from marketplace.outreach.service_levels.answers import (
    Answer,
    Delays,
    answered_submissions,
    delays_of,
    read_answers,
)
from marketplace.outreach.service_levels.kinds import pole_of_mrc
from marketplace.territories.models import Mrc
from suppliers.models import Status, Supplier

NOWHERE = ""  # the MRC of what lies in none
UNKNOWN = ""  # the state of a listing whose history begins later


@dataclass
class Counted:
    n: int = 0
    total: Decimal = Decimal(0)


@dataclass(frozen=True)
class Figures:
    """`counted` by (figure, MRC); `states` by (MRC, state); `answers` behind the delays. `places`: names of the MRCs."""

    period: Period
    counted: dict[tuple[str, str], Counted]
    states: Counter[tuple[str, str]]
    answers: list[Answer]
    places: dict[str, str]

    def of(self, figure: Figure, mrc: str | None = None) -> Counted:
        found = Counted()
        for (key, place), counted in self.counted.items():
            if key == figure.key and mrc in (None, place):
                found.n += counted.n
                found.total += counted.total
        return found

    def in_state(self, state: str, mrc: str | None = None) -> int:
        return sum(n for (place, known), n in self.states.items() if known == state and mrc in (None, place))

    def delays(self, mrc: str | None = None) -> Delays:
        return delays_of(answer for answer in self.answers if mrc in (None, answer.mrc or NOWHERE))

    @property
    def mrcs(self) -> list[str]:
        """Those with any figure, by name; what lies in none comes last."""
        placed = {figure.key for figure in FIGURES if figure.by_mrc}
        found = {mrc for key, mrc in self.counted if key in placed} | {mrc for mrc, _state in self.states}
        known = sorted((mrc for mrc in found if mrc), key=lambda mrc: self.places.get(mrc, mrc))
        return known + [NOWHERE] * (NOWHERE in found)

    def place(self, mrc: str) -> str:
        return self.places.get(mrc, mrc) if mrc else _("Sans MRC")


def count_figures(period: Period, poles: Collection[str] | None) -> Figures:
    """Four statements, whatever the territory holds."""
    first, *others = [rows for figure in FIGURES for rows in figure.counted(period, poles)]
    counted: dict[tuple[str, str], Counted] = defaultdict(Counted)
    for key, mrc, n, total in first.union(*others, all=True):
        found = counted[key, mrc or NOWHERE]
        found.n += n
        found.total += total
    answers = answered_submissions(period.start, period.end)
    if poles is not None:
        answers = answers.filter(pole_code__in=poles)
    return Figures(
        period=period,
        counted=dict(counted),
        states=_states(period, poles),
        answers=read_answers(answers),
        places=dict(Mrc.objects.values_list("code", "name")),
    )


def _states(period: Period, poles: Collection[str] | None) -> Counter[tuple[str, str]]:
    """Today, or on the last day of a period that is over: then as history has it, for the MRC where each lies today."""
    rows = suppliers_at(period)
    if poles is not None:
        rows = rows.filter(f_pole__in=poles)
    counted = rows.order_by().values_list("organisation__mrc", "state_then").annotate(n=Count("pk"))
    return Counter({(mrc or NOWHERE, state): n for mrc, state, n in counted})


def states_table(period: Period, poles: Collection[str] | None) -> Iterator[list[Any]]:
    """The listings behind the states, one a row."""
    rows = suppliers_at(period)
    if poles is not None:
        rows = rows.filter(f_pole__in=poles)
    labels = {**{str(value): str(label) for value, label in Status.choices}, UNKNOWN: _("inconnu")}
    yield [_("Nom"), _("MRC"), _("État")]
    values = rows.order_by("organisation__name", "pk")
    for name, mrc, state in values.values_list("organisation__name", "organisation__mrc__name", "state_then"):
        yield [name, mrc or "", labels.get(state, state)]


def suppliers_at(period: Period) -> QuerySet[Any]:
    """Listings that existed by the end of the period, with `state_then` and `f_pole`."""
    pole = Cast(Coalesce(F("organisation__pole"), pole_of_mrc("organisation__mrc")), TextField())
    rows = Supplier.objects.annotate(f_pole=pole)
    if not period.is_over:
        return rows.annotate(state_then=F("status"))
    events: Any = Supplier.pgh_event_model
    last = events.objects.filter(pgh_obj=OuterRef("pk"), pgh_created_at__lt=period.end).order_by("-pgh_id")
    return rows.filter(created_at__lt=period.end).annotate(
        state_then=Coalesce(Subquery(last.values("status")[:1]), Value(UNKNOWN), output_field=TextField())
    )


@dataclass(frozen=True)
class MrcRow:
    """`by_state`, `by_figure`: each label with its number."""

    name: str
    by_state: list[tuple[str, int]]
    by_figure: list[tuple[str, int]]
    delays: Delays


def state_labels() -> list[str]:
    return [str(Status(state).label) for state in Status.values]


def mrc_rows(figures: Figures) -> list[MrcRow]:
    return [
        MrcRow(
            name=figures.place(mrc),
            by_state=[(str(label), figures.in_state(state, mrc)) for state, label in Status.choices],
            by_figure=[(str(one.label), figures.of(one, mrc).n) for one in FIGURES if one.by_mrc],
            delays=figures.delays(mrc),
        )
        for mrc in figures.mrcs
    ]


def figures_table(figures: Figures, where: str) -> Iterator[list[Any]]:
    """The file of the page: each figure with its definition, then a row for each MRC."""
    yield [_("Chiffres du pôle"), where, figures.period.days, timezone.localdate().isoformat()]
    yield []
    yield [_("Chiffre"), _("Nombre"), _("Total"), _("Ce qui est compté")]
    for state, label in Status.choices:
        yield [
            _("Fiches : %(state)s") % {"state": label},
            figures.in_state(state),
            "",
            states_definition(figures.period),
        ]
    if unknown := figures.in_state(UNKNOWN):
        yield [_("Fiches dont l’état à cette date n’est pas connu"), unknown, "", ""]
    for figure in FIGURES:
        found = figures.of(figure)
        total = "" if figure.unit == "count" else round(found.total, 2)
        yield [str(figure.label), found.n, total, str(figure.says)]
    delays = figures.delays()
    yield [
        _("Délai médian de réponse, en jours ouvrables"),
        "" if delays.median is None else delays.median,
        "",
        "",
    ]
    yield [
        _("Délai de neuf réponses sur dix, au plus, en jours ouvrables"),
        "" if delays.ninth_decile is None else delays.ninth_decile,
        "",
        "",
    ]
    yield [
        _("Réponses dans le délai promis, en pourcentage"),
        "" if delays.within is None else delays.within,
        "",
        "",
    ]
    yield []
    by_mrc = [str(figure.label) for figure in FIGURES if figure.by_mrc]
    yield [_("MRC"), *state_labels(), *by_mrc, _("Délai médian"), _("Neuf réponses sur dix, au plus")]
    for row in mrc_rows(figures):
        numbers = [n for _label, n in (*row.by_state, *row.by_figure)]
        took = [row.delays.median, row.delays.ninth_decile]
        yield [row.name, *numbers, *("" if days is None else days for days in took)]


def states_definition(period: Period) -> str:
    if period.is_over:
        return _("État au dernier jour de la période, d’après l’historique. La MRC est celle d’aujourd’hui.")
    return _("État d’aujourd’hui.")

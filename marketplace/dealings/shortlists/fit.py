"""What each supplier of a selection delivers of what its search asked: one line for each thing that was understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from django.utils.translation import gettext as _

from marketplace.territories.points import NOWHERE, Place, distance_km
from marketplace.web.typography import format_money
from suppliers.directory import serving_tokens
from suppliers.directory_columns import DirectoryColumns, current_columns
from suppliers.facets import FACETS
from suppliers.search.marking import has_marked_word
from suppliers.search.ordering import NEXT_DOOR, reaching_tokens
from suppliers.search.reading import place_of_token
from suppliers.wording import capacity_text, distance_text, enumerate_names, served_label, served_place

from .searches import filters_of_search

if TYPE_CHECKING:
    from suppliers.models import Supplier
    from suppliers.search.wishes import What, Wishes
    from suppliers.shown_offers import ShownOffer

Verdict = Literal["full", "part", "none"]


@dataclass(frozen=True, kw_only=True)
class FitLine:
    """One thing asked, and what this supplier answers: `full`, `part` (to be confirmed) or `none`."""

    asked: str
    verdict: Verdict
    said: str
    is_written: bool = False  # `said` is the enterprise's own words


class AskedSearch:
    """A kept search, read again today. At most five queries where it has words, for any number of suppliers."""

    def __init__(self, search: str) -> None:
        self.filters = filters_of_search(search)
        self.results = self.filters.results()

    @cached_property
    def wishes(self) -> Wishes:
        return self.results.wishes

    @cached_property
    def place(self) -> Place:
        """Where it is asked for: what the words name, else the first place of the filter."""
        served = self.filters.query["serves"]
        return self.wishes.place or (place_of_token(served[0]) if served else NOWHERE)

    @cached_property
    def columns(self) -> DirectoryColumns:
        return current_columns()

    @property
    def total(self) -> int:
        """How many suppliers of the directory answer today."""
        return self.results.count()

    def lines(self, supplier: Supplier, offers: Sequence[ShownOffer]) -> list[FitLine]:
        found = [
            self._what(number, what, supplier, offers)
            for number, what in enumerate(self.wishes.whats)
            if not what.faint
        ]
        found += self._codes(supplier)
        found += self._where(supplier)
        if self.wishes.people:
            found.append(self._people(offers))
        if self.wishes.amount:
            found.append(self._amount(supplier))
        return [*found, *self._facets(supplier)]

    def _what(self, number: int, what: What, supplier: Supplier, offers: Sequence[ShownOffer]) -> FitLine:
        stems = {*what.stems, *(stem for one, weight in what.alternatives if weight >= 0.5 for stem in one)}
        title = next((offer.title for offer in offers if has_marked_word(offer.title, stems)), "")
        if self._matched(number, supplier):
            said = title or _("D’après sa fiche")
            return FitLine(asked=what.label, verdict="full", said=said, is_written=bool(title))
        if title:
            return FitLine(asked=what.label, verdict="part", said=title, is_written=True)
        return FitLine(asked=what.label, verdict="none", said=_("Ne paraît pas sur sa fiche"))

    def _matched(self, number: int, supplier: Supplier) -> bool:
        hits = self.results.found.hits
        if hits is None or not len(hits):
            return False
        at = int(np.searchsorted(hits.ids, supplier.pk))
        if at == len(hits) or hits.ids[at] != supplier.pk:
            return False
        return bool(hits.matched[at] & np.uint32(1 << number))

    def _codes(self, supplier: Supplier) -> list[FitLine]:
        asked = self.filters.query["offer"]
        if not asked:
            return []
        offers = set(_entry(supplier).codes if _entry(supplier) else ())
        met = [prefix for prefix in asked if prefix in offers]
        label = self.filters.filters["offer"].value_label
        return [
            FitLine(
                asked=enumerate_names([str(label(prefix)) for prefix in asked], last=_("ou")),
                verdict="full" if met else "none",
                said=str(label(met[0])) if met else _("Ce code n’est pas parmi ses offres"),
            )
        ]

    def _where(self, supplier: Supplier) -> list[FitLine]:
        if not self.place:
            return []
        served = self.filters.query["serves"]
        tokens = set(serving_tokens(served)) if served else set(reaching_tokens(self.place))
        entry = _entry(supplier)
        label = self.wishes.place_label or (served_place(served[0]) if served else "")
        asked = _("Livraison\u00a0: %(place)s") % {"place": label}
        reaching = [token for token in (entry.serves if entry else ()) if token in tokens]
        km = km_from(self.place.lat, self.place.lon, supplier)
        far = distance_text(km)
        if reaching:
            token = min(reaching, key=lambda one: (one == "Q", one[0] == "R"))
            said = f"{served_label([token])} {served_place(token)}"
            return [FitLine(asked=asked, verdict="full", said=f"{said}, {far}" if far else said)]
        said = _("livraison à cet endroit non précisée")
        near = km is not None and km <= NEXT_DOOR
        said = f"{far}, {said}" if far else said
        return [FitLine(asked=asked, verdict="part" if near else "none", said=said[:1].upper() + said[1:])]

    def _people(self, offers: Sequence[ShownOffer]) -> FitLine:
        label = next((chip.label for chip in self.wishes.chips if chip.kind == "people"), "")
        output = next((offer.output for offer in offers if offer.output), "")
        said = output or _("Volume non précisé : à confirmer avec l’entreprise")
        return FitLine(asked=label, verdict="part", said=said, is_written=bool(output))

    def _amount(self, supplier: Supplier) -> FitLine:
        amount = self.wishes.amount or 0
        asked = _("Contrat de %(amount)s") % {"amount": format_money(amount)}
        if not supplier.capacity:
            return FitLine(asked=asked, verdict="part", said=_("Capacité non précisée"))
        said = capacity_text(supplier.capacity)
        return FitLine(
            asked=asked,
            verdict="full" if supplier.capacity >= amount else "none",
            said=said[:1].upper() + said[1:],
        )

    def _facets(self, supplier: Supplier) -> list[FitLine]:
        query = self.filters.directory_query
        if not query.facets:
            return []
        columns = self.columns
        rows, known = columns.positions(np.array([supplier.pk], dtype=np.int64))
        found = []
        for facet in FACETS:
            values = query.facets.get(facet.name)
            if not values:
                continue
            said = enumerate_names([str(facet.value_label(value)) for value in values], last=_("ou"))
            meets = bool(known.any()) and bool(facet.meeting(values, columns, rows).any())
            found.append(
                FitLine(
                    asked=f"{facet.title}\u00a0: {said}",
                    verdict="full" if meets else "none",
                    said=_("Oui") if meets else _("Non, d’après sa fiche"),
                )
            )
        return found


def _entry(supplier: Supplier) -> Any:
    """The supplier's row of the directory, None once it is withdrawn."""
    return getattr(supplier, "directory", None)


def km_from(lat: float | None, lon: float | None, supplier: Supplier) -> float | None:
    """As the crow flies from a point to the supplier's seat; None where either is unknown."""
    seat: Any = getattr(_entry(supplier), "facets", None) or supplier.organisation
    if None in (lat, lon, seat.lat, seat.lon):
        return None
    return distance_km(lat or 0.0, lon or 0.0, seat.lat, seat.lon)

"""The directory's questions: SQL finds what a text or a code answers, numpy filters, counts and orders the columns of the
process (docs/adr/0023), and SQL written by hand reads what the page shows.

The facets are in `facets`, the columns in `directory_columns`, the tables are filled by `directory_index`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection
from django.utils import timezone
from django.utils.functional import cached_property

from marketplace.territories.labels import mrcs_by_code
from marketplace.territories.points import NOWHERE, Place
from marketplace.web.packed_arrays import packed, unpack

from .directory_columns import EVERY, DirectoryColumns, Rows, current_columns
from .facets import FACETS
from .models import LegalForm
from .search.asking import Found, search_directory
from .search.hits import ALL, ANY, Hits, find_hits
from .search.ordering import Standing, order_standing, reach_of, stand_hits
from .search.reading import place_of_token
from .search.why import say_why
from .search.wishes import PLACE_BIT, Wishes

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class DirectoryQuery:
    """A clean question: only known codes. Values of one field are alternatives; fields add up."""

    text: str = ""
    offers: tuple[str, ...] = ()  # UNSPSC prefixes without the zeros that pad a level
    serves: tuple[str, ...] = ()  # MRC codes, or « R04 » for a whole region
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # values by the facet's name
    order: str = ""  # relevance, name, recent or capacity; empty: relevance where there is a text, else name


@dataclass(kw_only=True)
class DirectoryCounts:
    """`facets[name]` misses the values counted 0. `seats` counts the answers by MRC, by name, "" where it is unknown.

    `page` holds the ids of the page that was asked along, in order; None where none was.
    """

    total: int
    facets: dict[str, dict[str, int]]
    seats: dict[str, int]
    page: list[int] | None = None


@dataclass(kw_only=True, slots=True)
class DirectoryRow:
    """What the directory shows of one supplier."""

    supplier_id: int
    slug: str
    name: str
    place: str
    legal_form: str
    staff_count: int | None
    verified_on: date | None
    verified_until: date | None
    capacity: int
    serves: list[str]
    proved_until: list[date]
    offers_text: str
    activity: str
    logo: str = ""  # keys of its pictures
    photo: str = ""
    reference_count: int = 0  # confirmed by customers
    sector: str = ""
    codes: list[str] = field(default_factory=list)  # UNSPSC prefixes of every level, without padding zeros
    stems: Collection[str] = ()
    tier: int = 0  # as `search.hits` groups the answers
    distance_km: float | None = None  # from the place that was asked; 0 where it is seated there
    why: tuple[str, ...] = ()  # parts of the sentence that says why it stands here

    @property
    def form(self) -> LegalForm:
        return LegalForm(self.legal_form)


class DirectoryResults:
    """The suppliers that answer, as Django's `Paginator` takes them: counted, then cut.

    `start` and `size`, in rows: the page that will be asked for, if known, which the counting brings along.
    """

    def __init__(self, query: DirectoryQuery, *, start: int = 0, size: int = 0) -> None:
        self.query, self.start, self.size = query, start, size

    @cached_property
    def found(self) -> Found:
        """What the text was understood to ask, and who answers it."""
        return search_directory(self.query.text)

    @property
    def wishes(self) -> Wishes:
        return self.found.wishes

    @cached_property
    def answers(self) -> Answers:
        return find_answers(self.query, self.wishes, self.found.hits)

    @cached_property
    def counts(self) -> DirectoryCounts:
        return count_answers(self.answers, self.start, self.size)

    def count(self) -> int:
        return self.answers.total

    def __getitem__(self, part: slice) -> Sequence[Any]:
        page = self.counts.page if self.size else self.answers.page(part.start, part.stop)
        return tell_rows(read_directory_rows(page or [], self.wishes), self.answers)


class DirectoryIds(DirectoryResults):
    """The same, for who shows the suppliers otherwise: their ids. Nothing is counted but how many there are."""

    def __getitem__(self, part: slice) -> Sequence[Any]:
        return self.answers.page(part.start, part.stop)


def directory_order(query: DirectoryQuery, wishes: Wishes) -> str:
    """The order that holds: relevance needs a text, and is what a text gets unless another order is asked."""
    order = query.order or "relevance"
    return "name" if order == "relevance" and not wishes else order


# --- who answers ------------------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Answers:
    """A question asked of one state of the columns.

    `rows` meet all that has no facet of its own, by rising id; `met` says of each which facets' filters it meets too.
    `hits` are in step with `rows` where a text was asked; only the tiers up to `reach` are listed and counted.
    """

    columns: DirectoryColumns
    wishes: Wishes
    order: str
    rows: Rows
    hits: Hits | None
    met: dict[str, NDArray[np.bool_]]
    place: Place = NOWHERE  # to be near, where the text names none

    @cached_property
    def standing(self) -> Standing | None:
        """How the hits stand: tier, fit with nearness, distance; in step with `rows`."""
        return None if self.hits is None else stand_hits(self.hits, self.columns, self.wishes, self.place)

    @cached_property
    def tiers(self) -> tuple[int, ...]:
        """How many answer in each tier, all filters applied."""
        if self.standing is None:
            return ()
        masks = list(self.met.values())
        tiers = self.standing.tiers[np.logical_and.reduce(masks)] if masks else self.standing.tiers
        return tuple(np.bincount(tiers, minlength=3).tolist())

    @cached_property
    def reach(self) -> int:
        """The last tier that is listed: the first ones are enough where a page has enough of them."""
        return reach_of(self.tiers)

    @cached_property
    def chosen(self) -> NDArray[np.intp] | None:
        """Which of `rows` answer; None: all."""
        return self._meeting()

    @cached_property
    def answering(self) -> Rows:
        return self._rows_at(self.chosen)

    def counted(self, facet: str) -> Rows:
        """The rows that a facet counts: its own filter is left out, so that it says what one more tick would find."""
        return self._rows_at(self._meeting(but=facet)) if facet in self.met else self.answering

    @cached_property
    def total(self) -> int:
        return len(self.columns) if isinstance(self.answering, slice) else len(self.answering)

    def page(self, start: int, stop: int) -> list[int]:
        """Ids from rank `start` (counted from 0) up to `stop`."""
        stop = min(stop, self.total)
        if start >= stop:
            return []
        rows = self.answering
        if self.hits is not None and self.standing is not None and self.order in ("relevance", "distance"):
            kept = EVERY if self.chosen is None else self.chosen
            order = order_standing(
                self.hits.ids[kept], self.standing.take(kept), by_distance=self.order == "distance"
            )
            return self.hits.ids[kept][order[start:stop]].tolist()
        if isinstance(rows, slice) and self.order == "name":
            return self.columns.ids[self.columns.by_name[start:stop]].tolist()
        keys = _sort_keys(self.columns, self.order, rows)
        first = np.argpartition(keys, stop - 1)[:stop] if stop < len(keys) else np.arange(len(keys))
        ordered = first[np.argsort(keys[first])][start:stop]
        return self.columns.ids[ordered if isinstance(rows, slice) else rows[ordered]].tolist()

    def whole_ids(self) -> list[int]:
        """Ids of all that meet everything that is asked, in no order. What only comes near is left out, however few these are."""
        masks = list(self.met.values())
        if self.standing is not None:
            masks.append(self.standing.tiers <= ALL)
        kept = np.flatnonzero(np.logical_and.reduce(masks)) if masks else None
        return self.columns.ids[self._rows_at(kept)].tolist()

    def _meeting(self, but: str = "") -> NDArray[np.intp] | None:
        masks = [mask for name, mask in self.met.items() if name != but]
        if self.standing is not None and self.reach < ANY:
            masks.append(self.standing.tiers <= self.reach)
        return np.flatnonzero(np.logical_and.reduce(masks)) if masks else None

    def _rows_at(self, places: NDArray[np.intp] | None) -> Rows:
        if places is None:
            return self.rows
        return places if isinstance(self.rows, slice) else self.rows[places]


def _sort_keys(columns: DirectoryColumns, order: str, rows: Rows) -> NDArray[np.int64]:
    """One number a row, the least first; no two are the same, for names come last in each order."""
    names = columns.name_rank[rows].astype(np.int64)
    if order == "recent":  # who was never verified has the least of days, and so comes last
        return names - (columns.verified_on[rows].astype(np.int64) << 32)
    if order == "capacity":
        return names - (columns.capacity[rows].astype(np.int64) << 32)
    return names


def find_answers(query: DirectoryQuery, wishes: Wishes, hits: Hits | None = None) -> Answers:
    """Two small SQL queries at most beside the text's own. `hits`: who answers the wishes, where that is known."""
    columns = current_columns()
    rows: Rows = EVERY
    if wishes:
        hits = find_hits(wishes) if hits is None else hits
        rows, known = columns.positions(hits.ids)
        hits = hits.take(known)
    if query.offers:
        offering = columns.keep_rows(("offers", *query.offers), lambda: _read_offering(query.offers))
        rows, hits = _narrowed(rows, hits, offering[rows])
    if query.serves:
        rows, hits = _narrowed(rows, hits, columns.serving(serving_tokens(query.serves), rows))
    met = {
        facet.name: facet.meeting(values, columns, rows)
        for facet in FACETS
        if (values := query.facets.get(facet.name))
    }
    return Answers(
        columns=columns,
        wishes=wishes,
        order=directory_order(query, wishes),
        rows=rows,
        hits=hits,
        met=met,
        place=place_of_token(query.serves[0]) if query.serves else NOWHERE,
    )


def _narrowed(rows: Rows, hits: Hits | None, mask: NDArray[np.bool_]) -> tuple[Rows, Hits | None]:
    kept = np.flatnonzero(mask) if isinstance(rows, slice) else rows[mask]
    return kept, hits.take(mask) if hits is not None else None


def serving_tokens(asked: tuple[str, ...]) -> list[str]:
    """The tokens of whoever serves one of these places: itself, the region around it, or all of Québec."""
    tokens = {"Q", *asked}
    for token in asked:
        if token in mrcs_by_code():
            tokens.add("R" + mrcs_by_code()[token].region)
    return sorted(tokens)


_OFFERING = f"""SELECT {packed("supplier_id")}
FROM (SELECT supplier_id FROM suppliers_directoryentry WHERE codes && %s::varchar[] ORDER BY 1) e"""  # noqa: S608 - ours


def _read_offering(prefixes: tuple[str, ...]) -> NDArray[np.int64]:
    with connection.cursor() as cursor:
        cursor.execute(_OFFERING, [list(prefixes)])
        return unpack(cursor.fetchone()[0], "i8")


# --- how many answer --------------------------------------------------------------------------------------------------


def count_directory(query: DirectoryQuery, wishes: Wishes, start: int = 0, size: int = 0) -> DirectoryCounts:
    """All counts of a directory page, and the page of `size` suppliers from rank `start` if one is asked."""
    return count_answers(find_answers(query, wishes), start, size)


def count_answers(answers: Answers, start: int = 0, size: int = 0) -> DirectoryCounts:
    """A page beyond the end becomes the last."""
    columns = answers.columns
    by_mrc = columns.coded["mrc"].count(answers.answering)
    names = {code: place for place, code in enumerate(mrcs_by_code())}
    page = None
    if size:
        start = min(start, max(0, (answers.total - 1) // size * size))
        page = answers.page(start, start + size)
    return DirectoryCounts(
        total=answers.total,
        facets={
            facet.name: facet.count_values(facet.groups(columns).count(answers.counted(facet.name)))
            for facet in FACETS
        },
        seats=dict(sorted(by_mrc.items(), key=lambda item: names.get(item[0], len(names)))),
        page=page,
    )


# --- what the rows show -----------------------------------------------------------------------------------------------

_ROWS = """
SELECT entry_id AS supplier_id, t.slug, t.name, t.place, f.legal_form, t.staff_count, f.verified_on, f.verified_until,
       f.capacity, e.serves, e.proved_until, t.offers_text, t.activity, t.logo, t.photo, t.reference_count,
       f.sector, e.codes
FROM unnest(%s::bigint[]) WITH ORDINALITY page(entry_id, rank)
JOIN suppliers_directoryfacets f USING (entry_id)
JOIN suppliers_directoryentry e ON e.supplier_id = entry_id
JOIN suppliers_directorytext t USING (entry_id)
ORDER BY page.rank
"""


def read_directory_page(query: DirectoryQuery, wishes: Wishes, start: int, stop: int) -> list[DirectoryRow]:
    """The answers from rank `start` (counted from 0) up to `stop`."""
    answers = find_answers(query, wishes)
    return tell_rows(read_directory_rows(answers.page(start, stop), wishes), answers)


def tell_rows(rows: list[DirectoryRow], answers: Answers) -> list[DirectoryRow]:
    """The rows with their tier, their distance and why they stand here, where a text was asked."""
    hits, standing = answers.hits, answers.standing
    if hits is None or standing is None:
        return rows
    place, today = answers.wishes.place or answers.place, timezone.localdate()
    seated = hits.has(PLACE_BIT)
    for row in rows:
        at = int(np.searchsorted(hits.ids, row.supplier_id))
        row.tier = int(standing.tiers[at])
        km = float(standing.km[at])
        row.distance_km = 0.0 if seated[at] else None if np.isnan(km) else km
        row.why = say_why(row, answers.wishes, place, today, is_there=bool(standing.there[at]))
    return rows


def read_directory_rows(supplier_ids: list[int], wishes: Wishes) -> list[DirectoryRow]:
    """These suppliers, in this order; what is not published is left out."""
    if not supplier_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [supplier_ids])
        names = [column.name for column in cursor.description]
        return [
            DirectoryRow(**dict(zip(names, row, strict=True)), stems=wishes.stems)
            for row in cursor.fetchall()
        ]

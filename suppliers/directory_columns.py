"""The directory as columns of small numbers in this process: what is filtered, counted and ordered by (docs/adr/0023).

Some 45 bytes a supplier. Read from the read model once, then brought up to date by the rows that changed, which
`web.list_versions` names: one small query says whether there are any. Columns are never changed, only replaced, so a page
that began with one state ends with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from django.db import connection, transaction

from marketplace.web.list_versions import VERSION, list_version
from marketplace.web.packed_arrays import packed, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIRECTORY = "suppliers"  # its name among the lists that have versions
FIRST_DAY = date(2000, 1, 1)
NO_DAY = -32768
MOST_FOUND = 50  # questions whose rows are kept: at a million suppliers 125 kB each
CHUNK = 50_000  # rows at a time while all are read: what is in flight stays small
#: Columns of text that hold few different values, of `DirectoryFacets` and of `DirectoryEntry` (its served places).
CODED = ("legal_form", "purposes", "certifications", "region", "mrc", "sector", "serves")
EVERY = slice(None)
#: Which rows: all of them, or positions.
Rows: TypeAlias = "NDArray[np.intp] | slice"


@dataclass(frozen=True)
class Coded:
    """A column of text: one small number a row, and what each number stands for."""

    codes: NDArray[Any]
    values: list[str]

    def among(self, test: Callable[[str], bool], rows: Rows = EVERY) -> NDArray[np.bool_]:
        """Which of these rows have a value that passes; each value is tested once."""
        return np.array([test(value) for value in self.values] or [False], dtype=bool)[self.codes[rows]]

    def count(self, rows: Rows = EVERY) -> dict[str, int]:
        """How many of these rows have each value."""
        return dict(self._counts) if isinstance(rows, slice) else self._counted(self.codes[rows])

    @cached_property
    def _counts(self) -> dict[str, int]:
        return self._counted(self.codes)

    def _counted(self, codes: NDArray[Any]) -> dict[str, int]:
        counted = np.bincount(codes)
        return {self.values[code]: int(counted[code]) for code in np.flatnonzero(counted)}


@dataclass(frozen=True, kw_only=True)
class DirectoryColumns:
    """All published suppliers, by rising id; row n of every column is of the same one.

    `name_rank` says where each stands in the order of names, `by_name` the rows in that order. Days count from
    `FIRST_DAY`, `NO_DAY` where there is none. `coded["serves"]` holds tokens, « 371,R04 »; a set of codes is
    « |environnement|insertion| ». `lat` and `lon` are NaN where the place of the seat is not known.
    """

    version: str
    marks: frozenset[str]  # the changes that are in it
    ids: NDArray[np.int64]
    name_rank: NDArray[np.int32]
    by_name: NDArray[np.int32]
    capacity: NDArray[np.int32]
    verified_on: NDArray[np.int16]
    verified_until: NDArray[np.int16]
    lat: NDArray[np.float32]
    lon: NDArray[np.float32]
    coded: dict[str, Coded]
    kept: dict[Any, Any] = field(default_factory=dict)  # what was worked out from these columns, by its name
    found: dict[Any, NDArray[np.uint8]] = field(
        default_factory=dict
    )  # what was found in SQL for them, as bits

    def __len__(self) -> int:
        return len(self.ids)

    def positions(self, ids: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """The rows of these suppliers, and which of the ids have one; the rows are of these only."""
        if not len(self.ids):
            return np.zeros(0, dtype=np.intp), np.zeros(len(ids), dtype=bool)
        found = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        known = self.ids[found] == ids
        return found[known], known

    def keep(self, name: Any, work_out: Callable[[], Any]) -> Any:
        """What is the same for every question asked of this state is worked out once."""
        if name not in self.kept:
            self.kept[name] = work_out()
        return self.kept[name]

    def keep_rows(self, name: tuple[str, ...], find: Callable[[], NDArray[np.int64]]) -> NDArray[np.bool_]:
        """Which rows are those that SQL finds: asked once for this state, as bits, for so many questions."""
        if name not in self.found:
            rows = np.zeros(len(self), dtype=bool)
            rows[self.positions(find())[0]] = True
            if len(self.found) >= MOST_FOUND:
                self.found.clear()
            self.found[name] = np.packbits(rows)
            return rows
        return np.unpackbits(self.found[name], count=len(self)).view(bool)

    def serving(self, tokens: Collection[str], rows: Rows = EVERY) -> NDArray[np.bool_]:
        """Which of these rows serve one of these places."""
        asked = frozenset(tokens)
        return self.coded["serves"].among(lambda served: not asked.isdisjoint(served.split(",")), rows)

    @property
    def nbytes(self) -> int:
        arrays = (*vars(self).values(), *(coded.codes for coded in self.coded.values()))
        return sum(array.nbytes for array in arrays if isinstance(array, np.ndarray))


def day_number(day: date) -> int:
    return (day - FIRST_DAY).days


def day_of(number: int) -> date | None:
    return None if number == NO_DAY else FIRST_DAY + timedelta(days=int(number))


_lock = threading.Lock()
_current: DirectoryColumns | None = None


def current_columns() -> DirectoryColumns:
    """As of now: one small query where nothing changed, two where few rows did."""
    global _current
    kept = _current
    if kept is not None and kept.marks and kept.version == list_version(DIRECTORY):
        return kept
    with _lock:  # who comes meanwhile waits: reading all of a large directory twice at once helps nobody
        if _current is not None and _current.marks:
            _current = _refreshed(_current) or _read_all()
        else:
            _current = _read_all()
        return _current


def forget_columns() -> None:
    global _current
    _current = None


# --- reading ----------------------------------------------------------------------------------------------------------

_NUMBERS: dict[str, tuple[str, str]] = {
    "ids": ("entry_id", "i8"),
    "capacity": ("capacity", "i4"),
    "verified_on": (f"coalesce(verified_on - DATE '{FIRST_DAY}', {NO_DAY})::smallint", "i2"),
    "verified_until": (f"coalesce(verified_until - DATE '{FIRST_DAY}', {NO_DAY})::smallint", "i2"),
    "lat": ("coalesce(lat, 'NaN')::real", "f4"),
    "lon": ("coalesce(lon, 'NaN')::real", "f4"),
}
_PACKED = ", ".join(
    [
        *(packed(sql) for sql, _ in _NUMBERS.values()),
        *(f"string_agg({column}, E'\\n')" for column in CODED),
    ]
)
_ROW = """SELECT f.*, array_to_string(e.serves, ',') AS serves
FROM suppliers_directoryfacets f JOIN suppliers_directoryentry e ON e.supplier_id = f.entry_id"""
_CHUNK = f"SELECT {_PACKED} FROM ({_ROW} WHERE f.entry_id > %s ORDER BY f.entry_id LIMIT %s) f"  # noqa: S608 - ours
_NAMES = f"""SELECT {packed("entry_id")}
FROM (SELECT entry_id FROM suppliers_directoryfacets ORDER BY sort_name, entry_id) f"""  # noqa: S608
_CHANGES = "SELECT id, mark, row_ids FROM web_listchange WHERE list_name = %(list)s"
_STATE = f"""WITH changes AS MATERIALIZED ({_CHANGES})
SELECT ({VERSION}), (SELECT coalesce(array_agg(mark::text), '{{}}') FROM changes)"""  # noqa: S608
# All that a refresh needs in one statement, and so in one state. « before » is whose name comes just before: known
# already, or among the same rows, which come in the order of names.
_REFRESH = f"""WITH changes AS MATERIALIZED ({_CHANGES}),
fresh AS (SELECT row_ids FROM changes WHERE mark <> ALL(%(known)s::uuid[])),
touched AS MATERIALIZED (SELECT DISTINCT unnest(row_ids) AS id FROM fresh),
named AS MATERIALIZED (
    SELECT f.*, coalesce((
        SELECT p.entry_id FROM suppliers_directoryfacets p WHERE (p.sort_name, p.entry_id) < (f.sort_name, f.entry_id)
        ORDER BY p.sort_name DESC, p.entry_id DESC LIMIT 1), 0) AS before
    FROM ({_ROW} WHERE f.entry_id = ANY(ARRAY(SELECT id FROM touched))) f ORDER BY f.sort_name, f.entry_id
)
SELECT ({VERSION}), (SELECT array_agg(mark::text) FROM changes), (SELECT bool_or(row_ids IS NULL) FROM fresh),
       ARRAY(SELECT id FROM touched ORDER BY id), {packed("before")}, {_PACKED} FROM named
"""  # noqa: S608


@dataclass
class _Read:
    """Rows as they came: numbers by column, texts by column."""

    numbers: dict[str, NDArray[Any]]
    texts: dict[str, list[str]]

    @classmethod
    def read(cls, values: tuple[Any, ...]) -> _Read:
        numbers = {
            name: unpack(data, kind)
            for (name, (_, kind)), data in zip(_NUMBERS.items(), values[: len(_NUMBERS)], strict=True)
        }
        texts = values[len(_NUMBERS) :]
        return cls(
            numbers,
            {c: [] if text is None else text.split("\n") for c, text in zip(CODED, texts, strict=True)},
        )


class _Codes(dict[str, int]):
    """The number of each value, given as they come."""

    def __missing__(self, value: str) -> int:
        self[value] = number = len(self)
        return number


def _narrow(codes: NDArray[Any], values: int) -> NDArray[Any]:
    """In as few bytes as so many values need."""
    return codes.astype(np.uint8 if values <= 1 << 8 else np.uint16 if values <= 1 << 16 else np.uint32)


def _read_all() -> DirectoryColumns:
    if connection.in_atomic_block:
        return _read_state()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _read_state()


def _read_state() -> DirectoryColumns:
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"list": DIRECTORY})
        version, marks = cursor.fetchone()
    numbers: dict[str, list[NDArray[Any]]] = {name: [] for name in _NUMBERS}
    known = {column: _Codes() for column in CODED}
    codes: dict[str, list[NDArray[Any]]] = {column: [] for column in CODED}
    for rows in _chunks():
        for name, part in rows.numbers.items():
            numbers[name].append(part)
        for column, texts in rows.texts.items():
            coded = np.fromiter(map(known[column].__getitem__, texts), dtype=np.int32, count=len(texts))
            codes[column].append(_narrow(coded, len(known[column])))
    whole: dict[str, Any] = {name: np.concatenate(parts) for name, parts in numbers.items()}
    by_name = np.searchsorted(whole["ids"], _names()).astype(np.int32)
    return DirectoryColumns(
        version=version,
        marks=frozenset(marks),
        by_name=by_name,
        name_rank=_ranks(by_name),
        coded={column: Coded(np.concatenate(codes[column]), list(known[column])) for column in CODED},
        **whole,
    )


def _chunks() -> Iterator[_Read]:
    """All rows by rising id, at least one chunk, the last one maybe empty."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_CHUNK, [last, CHUNK])
            rows = _Read.read(cursor.fetchone())
        yield rows
        ids = rows.numbers["ids"]
        if len(ids) < CHUNK:
            return
        last = int(ids[-1])


def _names() -> NDArray[np.int64]:
    with connection.cursor() as cursor:
        cursor.execute(_NAMES)
        return unpack(cursor.fetchone()[0], "i8")


def _ranks(by_name: NDArray[np.int32]) -> NDArray[np.int32]:
    ranks = np.empty_like(by_name)
    ranks[by_name] = np.arange(len(by_name), dtype=np.int32)
    return ranks


# --- what changed -----------------------------------------------------------------------------------------------------


def _refreshed(kept: DirectoryColumns) -> DirectoryColumns | None:
    """The columns with the rows that changed since; None where that cannot be told and all must be read."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"list": DIRECTORY, "known": list(kept.marks)})
        version, marks, anything, touched, before, *values = cursor.fetchone()
    marks = frozenset(marks or ())
    if (
        anything or not kept.marks <= marks
    ):  # some that we knew were forgotten, and maybe some that we did not
        return None
    same = replace(kept, version=version, marks=marks)
    ids = np.array(touched, dtype=np.int64)
    if not len(ids):
        return same
    return _with_rows(replace(same, kept={}, found={}), ids, _Read.read(tuple(values)), unpack(before, "i8"))


def _with_rows(
    kept: DirectoryColumns, touched: NDArray[np.int64], rows: _Read, before: NDArray[np.int64]
) -> DirectoryColumns:
    """Whatever stood for the touched ids goes; `rows`, in the order of names, come."""
    gone, _ = kept.positions(touched)
    fresh, rising = rows.numbers["ids"], np.argsort(rows.numbers["ids"])
    there = np.ones(len(kept), dtype=bool)
    there[gone] = False
    stays = np.array_equal(kept.ids[gone], fresh[rising])  # nobody came or went: each row keeps its place
    at = gone if stays else np.searchsorted(kept.ids[there], fresh[rising])

    def renewed(column: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
        if not stays:
            return np.insert(column[there], at, values[rising])
        column = column.copy()
        column[at] = values[rising]
        return column

    columns: dict[str, Any] = {
        name: renewed(getattr(kept, name), values) for name, values in rows.numbers.items()
    }
    coded = {}
    for name, texts in rows.texts.items():
        known = _Codes({value: number for number, value in enumerate(kept.coded[name].values)})
        codes = np.array([known[text] for text in texts], dtype=np.int64)
        old = kept.coded[name].codes
        wide = _narrow(old, len(known)) if len(known) > 1 << (8 * old.itemsize) else old
        coded[name] = Coded(renewed(wide, codes.astype(wide.dtype)), list(known))
    removed = np.sort(kept.name_rank[gone])
    by_name = np.delete(kept.by_name, removed)
    come = np.empty(len(fresh), dtype=np.int32)  # where each fresh row stands, in the order of names
    come[rising] = at if stays else at + np.arange(len(at))
    if not stays:
        left = np.cumsum(there, dtype=np.int32) - 1
        by_name = (left + np.searchsorted(at, left, side="right").astype(np.int32))[by_name]
    by_name = np.insert(by_name, _places(kept, fresh, before, removed), come)
    return replace(kept, by_name=by_name, name_rank=_ranks(by_name), coded=coded, **columns)


def _places(
    kept: DirectoryColumns, fresh: NDArray[np.int64], before: NDArray[np.int64], removed: NDArray[np.int32]
) -> NDArray[np.intp]:
    """Where in the order of names, less the removed ranks, each fresh one comes: behind the one before it."""
    positions, known = kept.positions(before)
    ranks = kept.name_rank[positions]
    after = ranks - np.searchsorted(removed, ranks) + 1
    place_of = dict(zip(before[known].tolist(), after.tolist(), strict=True))
    places = []
    for one, behind in zip(fresh.tolist(), before.tolist(), strict=True):
        place_of[one] = place_of.get(behind, 0)
        places.append(place_of[one])
    return np.array(places, dtype=np.intp)

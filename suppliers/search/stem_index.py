"""Who has which stems in which field: read from `DirectoryStem` in one statement, put together in numpy.

A term is met by any of its alternatives, an alternative by all of its parts. Each stem's suppliers come as packed offsets in
blocks of 65,536 ids (`indexing`); what changed since a block was packed comes in rows of its own and holds instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from django.db import connection

from marketplace.web.packed_arrays import packed, unpack

from .indexing import BLOCK_BITS, CHANGED, FIELD_NUMBERS, SIGN

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Near(NamedTuple):
    """Two stems one behind the other, with at most two small words between."""

    first: str
    second: str


class Beginning(NamedTuple):
    """Any stem that begins so."""

    letters: str


Part: TypeAlias = str | Near | Beginning
#: Any of these alternatives, each of which wants all of its parts.
Term: TypeAlias = tuple[tuple[Part, ...], ...]


class Asked(NamedTuple):
    """Suppliers that meet a term in a field, or that a statement of its own finds (`entry_id` in its rows)."""

    field: str = ""
    term: Term = ()
    sql: str = ""
    parameters: tuple[Any, ...] = ()


#: What is wanted of a stem: its suppliers, its places, or the suppliers of all that begin so.
_WHO, _WHERE, _BEGINS = 0, 1, 2
_Wanted: TypeAlias = tuple[int, str, int]
APART = 3  # « a <-> b », with up to two words between

_READ = f"""
SELECT -1, 0, {packed("-block")}, NULL::bytea FROM suppliers_directorystem WHERE field = {CHANGED}
UNION ALL
SELECT a.number, p.block, CASE WHEN a.how = {_WHO} THEN p.suppliers END, CASE WHEN a.how = {_WHERE} THEN p.places END
FROM unnest(%s::smallint[], %s::text[], %s::smallint[]) WITH ORDINALITY a(field, stem, how, number) CROSS JOIN LATERAL (
    SELECT * FROM suppliers_directorystem s WHERE s.field = a.field AND s.stem = a.stem ORDER BY s.block OFFSET 0) p
UNION ALL
SELECT %s + a.number, p.block, p.suppliers, NULL
FROM unnest(%s::smallint[], %s::text[]) WITH ORDINALITY a(field, stem, number) CROSS JOIN LATERAL (
    SELECT * FROM suppliers_directorystem s WHERE s.field = a.field AND s.stem >= a.stem AND s.stem < a.stem || chr(1114111)
    OFFSET 0) p
"""  # noqa: S608 - what people type travels apart


def ask_stems(asked: Sequence[Asked]) -> list[NDArray[np.int64]]:
    """The ids that meet each, once each, in no order. One SQL statement."""
    wanted = list(dict.fromkeys(one for ask in asked for one in _wanted(ask)))
    wanted.sort(key=lambda one: one[2] == _BEGINS)
    begun = [one for one in wanted if one[2] == _BEGINS]
    plain = wanted[: len(wanted) - len(begun)]
    own = [(number, ask) for number, ask in enumerate(asked) if ask.sql]
    statement = _READ + "".join(
        f" UNION ALL SELECT {-2 - number}, 0, {packed('entry_id')}, NULL FROM ({ask.sql}) q"  # noqa: S608 - ours
        for number, ask in own
    )
    parameters: list[Any] = [*_columns(plain, 3), len(plain), *_columns(begun, 2)]
    parameters += (parameter for _, ask in own for parameter in ask.parameters)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    found = _Found(rows, wanted)
    return [found.by_sql[number] if ask.sql else found.meeting(ask) for number, ask in enumerate(asked)]


def _columns(rows: list[_Wanted], width: int) -> list[list[Any]]:
    return [[row[column] for row in rows] for column in range(width)]


def _wanted(ask: Asked) -> Iterator[_Wanted]:
    field = FIELD_NUMBERS.get(ask.field, -1)
    for part in (part for parts in ask.term for part in parts):
        if isinstance(part, Near):
            yield from ((field, part.first, _WHERE), (field, part.second, _WHERE))
        elif isinstance(part, Beginning):
            yield field, part.letters, _BEGINS
        else:
            yield field, part, _WHO


class _Found:
    """What the statement brought. A supplier's position is its offset behind those of the blocks before its own."""

    def __init__(self, rows: Iterable[tuple[Any, ...]], wanted: list[_Wanted]) -> None:
        changed = np.zeros(0, dtype=np.int64)
        self.by_sql: dict[int, NDArray[np.int64]] = {}
        blocks: dict[int, list[tuple[int, Any]]] = defaultdict(list)  # packed ones, by what was wanted
        own: dict[int, list[tuple[int, Any]]] = defaultdict(list)
        for number, block, suppliers, places in rows:
            if number == -1:
                changed = unpack(suppliers, "i8")
            elif number < -1:
                self.by_sql[-2 - number] = unpack(suppliers, "i8")
            else:
                (own if block < 0 else blocks)[number - 1].append((block, suppliers or places or b""))
        known = {block for found in blocks.values() for block, _ in found}
        self.blocks = np.array(sorted(known | set((changed >> BLOCK_BITS).tolist())), dtype=np.int64)
        self.size = len(self.blocks) << BLOCK_BITS
        self.base = {int(block): number << BLOCK_BITS for number, block in enumerate(self.blocks)}
        self.stale = np.zeros(self.size, dtype=bool)
        self.any_stale = bool(len(changed))
        self.stale[self._positions(changed)] = True
        self.who: dict[_Wanted, NDArray[np.int32]] = {}
        self.where: dict[_Wanted, NDArray[np.int64]] = {}
        for number, one in enumerate(wanted):
            if one[2] == _WHERE:
                self.where[one] = self._places(blocks[number], own[number])
            else:
                self.who[one] = self._suppliers(blocks[number], own[number])

    def _positions(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        at = np.searchsorted(self.blocks, ids >> BLOCK_BITS)
        return (at << BLOCK_BITS) | (ids & ((1 << BLOCK_BITS) - 1))

    def _suppliers(self, blocks: list[tuple[int, Any]], own: list[tuple[int, Any]]) -> NDArray[np.int32]:
        parts = [
            np.frombuffer(data, dtype=">i2").astype(np.int32) + np.int32(SIGN + self.base[block])
            for block, data in blocks
        ]
        if self.any_stale:
            parts = [part[~self.stale[part]] for part in parts]
        if own:
            ids = np.array([-block for block, _ in own], dtype=np.int64)
            parts.append(self._positions(ids).astype(np.int32))
        return np.concatenate(parts) if len(parts) != 1 and parts else parts[0] if parts else _NOBODY

    def _places(self, blocks: list[tuple[int, Any]], own: list[tuple[int, Any]]) -> NDArray[np.int64]:
        """Position and place in one number, rising."""
        parts = [_NOWHERE]
        for block, data in blocks:
            told = np.frombuffer(data, dtype=">i4").astype(np.int64) + (SIGN << 16) + (self.base[block] << 16)
            parts.append(told[~self.stale[told >> 16]] if self.any_stale else told)
        if own:
            ids = np.array([-block for block, _ in own], dtype=np.int64)
            positions = np.repeat(self._positions(ids), [len(data) // 4 for _, data in own])
            told = np.frombuffer(b"".join(data for _, data in own), dtype=">i4").astype(np.int64)
            parts.append((positions << 16) | (told & 0xFFFF))
        found = np.concatenate(parts)
        return np.sort(found) if own else found

    def meeting(self, ask: Asked) -> NDArray[np.int64]:
        field = FIELD_NUMBERS[ask.field]
        if len(ask.term) == 1:
            (parts,) = ask.term
            positions = self._all_of(field, parts)
            if len(parts) > 1 or not isinstance(parts[0], Beginning):
                return self._ids(positions)
        met = np.zeros(self.size, dtype=bool)
        for parts in ask.term:
            met[self._all_of(field, parts)] = True
        return self._ids(np.flatnonzero(met))

    def _all_of(self, field: int, parts: tuple[Part, ...]) -> NDArray[Any]:
        """The positions of who has all of the parts."""
        found = sorted((self._having(field, part) for part in parts), key=len)
        positions = found[0]
        for other in found[1:]:
            if not len(positions):
                break
            met = np.zeros(self.size, dtype=bool)
            met[other] = True
            positions = positions[met[positions]]
        return positions

    def _having(self, field: int, part: Part) -> NDArray[Any]:
        if isinstance(part, Near):
            first, second = (self.where[field, stem, _WHERE] for stem in part)
            if not len(first) or not len(second):
                return _NOBODY
            following = second[np.minimum(np.searchsorted(second, first, side="right"), len(second) - 1)]
            apart = following - first
            met = first[(apart >= 1) & (apart <= APART)] >> 16
            return met[np.flatnonzero(np.diff(met, prepend=-1))]  # they rise: each once
        if isinstance(part, Beginning):
            return self.who[field, part.letters, _BEGINS]
        return self.who[field, part, _WHO]

    def _ids(self, positions: NDArray[Any]) -> NDArray[np.int64]:
        if not len(positions):
            return _NOWHERE
        return (self.blocks[positions >> BLOCK_BITS] << BLOCK_BITS) | (
            positions & ((1 << BLOCK_BITS) - 1)
        ).astype(np.int64)


_NOBODY = np.zeros(0, dtype=np.int32)
_NOWHERE = np.zeros(0, dtype=np.int64)

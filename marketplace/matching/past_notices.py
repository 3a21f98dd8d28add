"""Past notices as neighbours of a new one: whoever won or bid on the most alike, and whoever bids beside them (docs/adr/0034).

Each process keeps the latest notices that someone is known to have bid on: four letters by four letters, with buyer, place,
method, nature and day, and who won or bid. Brought up to date by what is new or changed when `experience` says that it
learnt something; never more than `MOST_NOTICES`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection

from marketplace.matching import weights
from marketplace.matching.engine import TenderProfile
from marketplace.matching.tenders import BUYER, fill_sql
from marketplace.web.folding import fold_text
from marketplace.web.packed_arrays import packed, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_NOTICES = 60_000
#: So many suppliers may come in by their past alone.
MOST_FOUND = 200
SAYS_NOTHING = frozenset([
    "a", "and", "au", "aux", "avec", "ce", "cette", "d", "dans", "de", "des", "du", "en", "et",
    "for", "l", "la", "le", "les", "n", "no", "of", "ou", "par", "pour", "qu", "que", "qui", "sa",
    "sans", "ses", "son", "sur", "the", "to", "un", "une",
])  # fmt: skip
NO_DAY = 0
DAYS_PER_YEAR = 365.25

# Four letters as one number.
_LETTERS = 37
_BITS = 21
_LOOKUP = np.zeros(256, dtype=np.int64)
_LOOKUP[ord("a") : ord("z") + 1] = np.arange(1, 27)
_LOOKUP[ord("0") : ord("9") + 1] = np.arange(27, 37)

_WHO = fill_sql(
    """
SELECT {tender}, {supplier}, {won} FROM (
    SELECT x.tender_id, x.supplier_id, x.won::int AS won FROM matching_experience x
    JOIN (SELECT t.id FROM buyers_tender t WHERE EXISTS (SELECT FROM matching_experience e WHERE e.tender_id = t.id)
          ORDER BY t.published_at DESC NULLS LAST, t.id DESC LIMIT %(most)s) latest ON latest.id = x.tender_id
    ORDER BY x.tender_id, x.supplier_id) known
""",
    tender=packed("tender_id"),
    supplier=packed("supplier_id"),
    won=packed("won"),
)
_WHICH = fill_sql(
    """
SELECT {id}, {changed} FROM (
    SELECT t.id, (extract(epoch FROM t.changed_at) * 1000000)::bigint AS changed FROM buyers_tender t
    WHERE t.id = ANY(%(ids)s) ORDER BY t.id) known
""",
    id=packed("id"),
    changed=packed("changed"),
)
_NEW = fill_sql(
    """
SELECT t.id, t.title, {buyer}, t.mrc_id, t.region_id, t.method, t.category, least(t.published_at, now())::date
FROM buyers_tender t WHERE t.id = ANY(%(ids)s) ORDER BY t.id
""",
    buyer=BUYER,
)


def cut_titles(titles: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """For each title, each four letters of it once: (whose, which), in this order. Small words are left out."""
    said = [
        f" {' '.join(word for word in fold_text(title).split() if word not in SAYS_NOTHING)} "
        for title in titles
    ]
    sizes = np.array([len(text) for text in said], dtype=np.int64)
    if sizes.sum() < 4:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
    letters = _LOOKUP[np.frombuffer("".join(said).encode("ascii"), dtype=np.uint8)]
    whose = np.repeat(np.arange(len(said), dtype=np.int64), sizes)
    pieces = letters[:-3]
    for step in (1, 2, 3):
        pieces = pieces * _LETTERS + letters[step : len(letters) - 3 + step]
    within = whose[:-3] == whose[3:]
    both = np.unique((whose[:-3][within] << _BITS) | pieces[within])
    return both >> _BITS, (both & ((1 << _BITS) - 1)).astype(np.int32)


def _numbered(values: list[Any], known: dict[Any, int]) -> NDArray[np.int32]:
    """Small numbers for what notices have in common; -1 where a notice does not say."""
    return np.array(
        [known.setdefault(value, len(known)) if value else -1 for value in values], dtype=np.int32
    )


SHARED = ("buyer", "mrc", "region", "method", "nature")


@dataclass(frozen=True, kw_only=True)
class PastNotices:
    """Row n of `ids`, `changed`, `days` and of each of `shared` is one notice; `whose` and `pieces` its title, cut.

    `role_notice`, `role_supplier` (a place in `suppliers`), `role_weight`: who won or bid; a contract or a bid that many
    share says less of each.
    """

    version: str
    database: str
    ids: NDArray[np.int64]
    changed: NDArray[np.int64]
    days: NDArray[np.int32]
    shared: dict[str, NDArray[np.int32]]
    numbers: dict[str, dict[str, int]]
    whose: NDArray[np.int64]
    pieces: NDArray[np.int32]
    suppliers: NDArray[np.int64]
    role_notice: NDArray[np.int32]
    role_supplier: NDArray[np.int32]
    role_weight: NDArray[np.float64]
    # Worked out from these: the notices that hold each four letters, with what these weigh in them.
    known_pieces: NDArray[np.int32]
    starts: NDArray[np.int64]
    holders: NDArray[np.int32]
    worth: NDArray[np.float32]
    rarity: NDArray[np.float64]
    crowd: NDArray[np.float64]
    met: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What past notices say of suppliers (by place in `past.suppliers`); `likeness` is each notice's, before its age."""

    past: PastNotices
    likeness: NDArray[np.float64]
    near: NDArray[np.float64]
    alike: NDArray[np.float64]
    beside: NDArray[np.float64]

    def of(self, supplier_id: int) -> tuple[float, float]:
        return self.of_all(np.array([supplier_id], dtype=np.int64))[0]

    def of_all(self, ids: NDArray[np.int64]) -> list[tuple[float, float]]:
        """What is alike and what beside for each of these suppliers, 0 for who has no past."""
        known = self.past.suppliers
        if not len(known):
            return [(0.0, 0.0)] * len(ids)
        at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        has = known[at] == ids
        alike, beside = np.where(has, self.alike[at], 0.0), np.where(has, self.beside[at], 0.0)
        return list(zip(alike.tolist(), beside.tolist(), strict=True))

    def best(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The suppliers that their past speaks most for, and its worth as the engine will weigh it."""
        worth = weights.TOPIC["alike"] * self.alike + weights.TOPIC["beside"] * self.beside
        best = (
            np.argpartition(-worth, MOST_FOUND)[:MOST_FOUND]
            if len(worth) > MOST_FOUND
            else np.arange(len(worth))
        )
        best = best[worth[best] > 0]
        return self.past.suppliers[best], worth[best]

    def nearest(self, suppliers: list[int]) -> list[int]:
        """For each of these suppliers the notice of its past that is most alike, where it is alike enough to be named."""
        past = self.past
        among = np.isin(past.suppliers[past.role_supplier], suppliers) & (
            self.likeness[past.role_notice] >= weights.ALIKE
        )
        rows = np.flatnonzero(among)
        order = rows[np.argsort(-(self.near[past.role_notice[rows]] * past.role_weight[rows]), kind="stable")]
        _each, first = np.unique(past.role_supplier[order], return_index=True)
        return [int(one) for one in np.unique(past.ids[past.role_notice[order[first]]])]


#: The notice asked of last: its candidates are found first, then its reasons written.
_last: tuple[TenderProfile, Neighbours] | None = None


def find_neighbours(tender: TenderProfile, version: str) -> Neighbours:
    """How much a notice resembles those that each supplier won or bid on; no SQL unless experience changed."""
    global _last
    past = current_past(version)
    if _last is not None and _last[0] is tender and _last[1].past is past:
        return _last[1]
    likeness = _likeness(past, tender.title)
    near = np.zeros(len(past.ids))
    some = np.flatnonzero(likeness > 0.02)
    same = {
        name: past.shared[name][some] == past.numbers[name].get(value, -2)
        for name, value in (
            ("buyer", tender.buyer),
            ("mrc", tender.mrc),
            ("region", tender.regions[0] if len(tender.regions) == 1 else ""),
            ("method", tender.method),
            ("nature", tender.nature),
        )
    }
    years = np.zeros(len(some))
    if tender.on:
        days = past.days[some]
        years = np.where(days == NO_DAY, 5.0, np.clip((tender.on.toordinal() - days) / DAYS_PER_YEAR, 0, 15))
    near[some] = (
        likeness[some]
        * (
            1
            + weights.SAME_BUYER * same["buyer"]
            + weights.SAME_MRC * same["mrc"]
            + weights.SAME_REGION * same["region"]
            + weights.SAME_METHOD * same["method"]
            + weights.SAME_NATURE * same["nature"]
        )
        * np.exp(-years / weights.FADES_IN_YEARS)
    ) ** weights.LIKENESS_POWER
    count = len(past.suppliers)
    mass = np.bincount(past.role_supplier, near[past.role_notice] * past.role_weight, count)
    # Second step: what those who bid on the same notices have of it, less its own part.
    heard = np.bincount(past.role_notice, mass[past.role_supplier], len(past.ids)) / past.crowd
    own = mass[past.role_supplier] / past.crowd[past.role_notice]
    beside = np.bincount(past.role_supplier, heard[past.role_notice] - own, count) / (past.met + 1)
    found = Neighbours(
        past,
        likeness,
        near,
        np.log1p(weights.LIKENESS_SCALE * mass),
        np.log1p(weights.LIKENESS_SCALE * np.maximum(beside, 0.0)),
    )
    _last = (tender, found)
    return found


def _likeness(past: PastNotices, title: str) -> NDArray[np.float64]:
    """The cosine of the titles, rare letters counting more; 0 to 1."""
    pieces = cut_titles([title])[1]
    if not len(pieces) or not len(past.known_pieces):
        return np.zeros(len(past.ids))
    at = np.minimum(np.searchsorted(past.known_pieces, pieces), len(past.known_pieces) - 1)
    known = at[past.known_pieces[at] == pieces]
    unseen = np.log(1 + len(past.ids) / 0.5)
    length = np.sqrt((past.rarity[known] ** 2).sum() + (len(pieces) - len(known)) * unseen**2)
    rows = [slice(past.starts[one], past.starts[one + 1]) for one in known]
    if not rows:
        return np.zeros(len(past.ids))
    holders = np.concatenate([past.holders[row] for row in rows])
    worth = np.concatenate([past.worth[row] * past.rarity[one] for row, one in zip(rows, known, strict=True)])
    return np.bincount(holders, worth, len(past.ids)) / length


# --- Kept in the process ----------------------------------------------------------------------------------------------

_lock = threading.Lock()
_current: PastNotices | None = None


def current_past(version: str) -> PastNotices:
    """As of this version of what was learnt."""
    global _current
    database = str(connection.settings_dict["NAME"])
    kept = _current
    if kept is None or (kept.version, kept.database) != (version, database):
        with _lock:
            kept = _current
            if kept is None or (kept.version, kept.database) != (version, database):
                known = kept if kept is not None and kept.database == database else None
                kept = _current = _read(version, database, known)
    return kept


def _read(version: str, database: str, known: PastNotices | None) -> PastNotices:
    """What is known stays; only notices that are new or changed are read."""
    with connection.cursor() as cursor:
        cursor.execute(_WHO, {"most": MOST_NOTICES})
        tenders, suppliers, won = (
            unpack(column, kind) for column, kind in zip(cursor.fetchone(), ("i8", "i8", "i4"), strict=True)
        )
        wanted = np.unique(tenders)
        cursor.execute(_WHICH, {"ids": wanted.tolist()})
        ids, changed = (unpack(column, "i8") for column in cursor.fetchone())
        numbers: dict[str, dict[str, int]] = {name: {} for name in SHARED}
        stays = np.zeros(0, dtype=np.int64)
        if known is not None and len(known.ids):
            numbers = known.numbers
            at = np.minimum(np.searchsorted(ids, known.ids), max(len(ids) - 1, 0))
            stays = (
                np.flatnonzero((ids[at] == known.ids) & (changed[at] == known.changed)) if len(ids) else stays
            )
        kept_ids = known.ids[stays] if known is not None else np.zeros(0, dtype=np.int64)
        new = np.setdiff1d(ids, kept_ids)
        rows: list[tuple[Any, ...]] = []
        if len(new):
            cursor.execute(_NEW, {"ids": new.tolist()})
            rows = cursor.fetchall()
    whose, pieces = cut_titles([row[1] for row in rows])
    days = np.array([_day(row[7]) for row in rows], dtype=np.int32)
    shared = {
        name: _numbered([row[place] for row in rows], numbers[name]) for place, name in enumerate(SHARED, 2)
    }
    here = np.array([row[0] for row in rows], dtype=np.int64)
    if known is not None and len(stays):
        place = np.full(len(known.ids), -1, dtype=np.int64)
        place[stays] = np.arange(len(stays))
        still = place[known.whose] >= 0
        whose = np.concatenate([place[known.whose[still]], whose + len(stays)])
        pieces = np.concatenate([known.pieces[still], pieces])
        days = np.concatenate([known.days[stays], days])
        shared = {name: np.concatenate([known.shared[name][stays], shared[name]]) for name in SHARED}
        here = np.concatenate([kept_ids, here])
    order = np.argsort(here)
    place = np.empty(len(here), dtype=np.int64)
    place[order] = np.arange(len(here))
    ids = here[order]
    return _worked_out(
        version=version,
        database=database,
        ids=ids,
        changed=changed,
        days=days[order],
        shared={name: column[order] for name, column in shared.items()},
        numbers=numbers,
        whose=place[whose],
        pieces=pieces,
        roles=(tenders, suppliers, won.astype(bool)),
    )


def _day(day: date | None) -> int:
    return day.toordinal() if day else NO_DAY


def _worked_out(
    *, roles: tuple[NDArray[Any], NDArray[Any], NDArray[np.bool_]], **columns: Any
) -> PastNotices:
    tenders, sellers, won = roles
    ids, whose, pieces = columns["ids"], columns["whose"], columns["pieces"]
    notices = len(ids)
    by_piece = np.lexsort((whose, pieces))
    holders = whose[by_piece].astype(np.int32)
    known_pieces, starts, counts = np.unique(pieces[by_piece], return_index=True, return_counts=True)
    rarity = np.log(1 + notices / (counts + 0.5))
    each = np.repeat(rarity, counts)
    length = np.sqrt(np.bincount(holders, each**2, notices))
    worth = (each / np.maximum(length[holders], 1e-9)).astype(np.float32)
    suppliers, role_supplier = np.unique(sellers, return_inverse=True)
    role_notice = np.searchsorted(ids, tenders).astype(np.int32)
    crowd = np.maximum(np.bincount(role_notice, minlength=notices), 1).astype(np.float64)
    winners = np.maximum(np.bincount(role_notice[won], minlength=notices), 1)
    role_weight = np.where(won, 1 / np.sqrt(winners[role_notice]), weights.BID / np.sqrt(crowd[role_notice]))
    met = np.bincount(role_supplier, (crowd[role_notice] - 1) / crowd[role_notice], len(suppliers))
    return PastNotices(
        **columns,
        suppliers=suppliers,
        role_notice=role_notice,
        role_supplier=role_supplier.astype(np.int32),
        role_weight=role_weight,
        known_pieces=known_pieces,
        starts=np.append(starts, len(holders)).astype(np.int64),
        holders=holders,
        worth=worth,
        rarity=rarity,
        crowd=crowd,
        met=met,
    )

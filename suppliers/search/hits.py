"""Who answers wishes, and how well: one statement over the directory's stems and codes, added up in numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from marketplace.web.languages import is_english

from .probes import Probe, probes_of
from .stem_index import ask_stems
from .wishes import NAME_BIT, PLACE_BIT, Wishes

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Every wish, the important ones, any one of them.
ALL, IMPORTANT, ANY = 0, 1, 2
#: From this part of the rarest wish's weight on, a wish is one of the important.
WEIGHTY = 0.6
#: A word found in so few places that its beginnings and its root are looked at too.
FEW = 10
OF_THE_FIELD = 3.0  # what a wish that the lexicon knows weighs at least, however many meet it
BESIDE_THE_FIELD = 0.4  # what rarity counts for where another word of the text is one of the field
MENTION = 0.3  # where a description mentions what only means the same, the wish is not met
DECIDING = 2  # of a sentence, the first two words of the field say what is wished, the others for whom
FAINTLY, OF_THE_FORM = 0.2, 1.2  # what a faint wish weighs, and one for a legal form
SAID, ENOUGH_SAID, LESS = 0.6, 6, 0.7  # where enough say the very word, what only means the same counts less
HEAD, BEHIND = (
    1.4,
    0.7,
)  # what the first of several weighs beside the others: « réparer les chaises de la salle »
MORE_FIELDS = 0.12  # what a hit in another field adds to the best one
NAMED = 0.6  # all words in the name
MUCH_RARER = 3.0  # so many times
SPARSE = 20_000_000  # from the least id to the greatest: beyond, a table of them would be too large


@dataclass(frozen=True, kw_only=True)
class Hits:
    """The suppliers that answer, by rising id; the four arrays are in step.

    `fits`, mostly in ]0, 1], says how well the wishes are met, rare ones counting more. `matched` has bit n set where wish
    n is met, `PLACE_BIT` where it is seated in the place named, `NAME_BIT` where its name has all the words.
    `found` says how many meet each wish, `important` which ones those of the second tier meet.
    """

    ids: NDArray[np.int64]
    tiers: NDArray[np.int8]
    fits: NDArray[np.float32]
    matched: NDArray[np.uint32]
    found: tuple[int, ...] = ()
    important: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def has(self, bit: int) -> NDArray[np.bool_]:
        """Who has that bit of `matched`."""
        return (self.matched & np.uint32(1 << bit)).astype(bool)

    def take(self, kept: NDArray[Any]) -> Hits:
        """Some of them, by mask or by position."""
        return Hits(
            ids=self.ids[kept],
            tiers=self.tiers[kept],
            fits=self.fits[kept],
            matched=self.matched[kept],
            found=self.found,
            important=self.important,
        )


NO_HITS = Hits(
    ids=np.zeros(0, dtype=np.int64),
    tiers=np.zeros(0, dtype=np.int8),
    fits=np.zeros(0, dtype=np.float32),
    matched=np.zeros(0, dtype=np.uint32),
)


def find_hits(wishes: Wishes) -> Hits:
    """Who answers; ask only where `wishes` are true. One SQL statement."""
    probes = probes_of(wishes)
    return add_up(wishes, probes, ask_stems([probe.asked for probe in probes])) if probes else NO_HITS


def add_up(wishes: Wishes, probes: Sequence[Probe], found: Sequence[NDArray[np.int64]]) -> Hits:
    """From what each probe found, how well each supplier meets the wishes. Pure."""
    ids, places = _united(found)
    if not len(ids):
        return Hits(
            ids=ids,
            tiers=NO_HITS.tiers,
            fits=NO_HITS.fits,
            matched=NO_HITS.matched,
            found=(0,) * len(wishes.whats),
        )
    total = len(ids)
    matched = np.zeros(total, dtype=np.uint32)
    scores: list[NDArray[np.float32]] = []
    extra = np.zeros(total, dtype=np.float32)
    counts: list[int] = []
    for number in range(len(wishes.whats)):
        best = np.zeros(total, dtype=np.float32)
        every = np.zeros(total, dtype=np.float32)
        met = np.zeros(total, dtype=bool)
        own = [(probe, at) for probe, at in zip(probes, places, strict=True) if probe.wish == number]
        said = sum(len(at) for probe, at in own if probe.how == "literal" and probe.weight >= SAID)
        meant = LESS if said >= ENOUGH_SAID else 1.0
        for probe, at in own:
            if probe.how in ("literal", "meaning"):
                best[at] = np.maximum(best[at], probe.weight * (meant if probe.how == "meaning" else 1.0))
                every[at] += probe.weight
                if probe.how == "literal" or probe.weight >= MENTION:
                    met[at] = True
        if np.count_nonzero(met) < FEW:
            for probe, at in own:
                if probe.how == "fallback":
                    best[at] = np.maximum(best[at], probe.weight)
                    met[at] = True
        counts.append(int(np.count_nonzero(best >= 0.2)) or int(np.count_nonzero(met)))
        for probe, at in own:
            if probe.how == "part":
                best[at] = np.maximum(best[at], probe.weight)
            elif probe.how == "near":
                extra[at] += probe.weight
        best += np.float32(MORE_FIELDS) * np.clip(every - best, 0.0, 2.0)
        scores.append(best)
        matched |= met.astype(np.uint32) << np.uint32(number)
    fits, weights = _weighed(wishes, scores, counts, total)
    fits += extra
    for probe, at in zip(probes, places, strict=True):
        if probe.how == "aside":
            fits[at] *= np.float32(probe.weight)
    named = np.zeros(total, dtype=np.float32)
    for probe, at in zip(probes, places, strict=True):
        if probe.wish == NAME_BIT:
            named[at] = np.maximum(named[at], probe.weight)
            matched[at] |= np.uint32(1 << NAME_BIT)
        elif probe.wish == PLACE_BIT:
            if probe.weight == 1.0:
                matched[at] |= np.uint32(1 << PLACE_BIT)
            if not wishes.whats:
                fits[at] = np.maximum(fits[at], probe.weight)
    fits += np.float32(NAMED) * named
    important = _important(wishes, weights, counts)
    hits = Hits(
        ids=ids,
        tiers=_tiers(wishes, matched, important, counts),
        fits=fits,
        matched=matched,
        found=tuple(counts),
        important=tuple(important),
    )
    firm = fits > 0
    if any(not what.faint for what in wishes.whats):  # who only has « service » answers nothing
        bits = sum(1 << number for number, what in enumerate(wishes.whats) if not what.faint) | 1 << NAME_BIT
        firm &= (matched & np.uint32(bits)).astype(bool) | _has_part(wishes, scores, total)
    return hits if firm.all() else hits.take(firm)


def _united(found: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], list[NDArray[np.intp]]]:
    """All ids, rising, and where those of each stand among them. Marking them in a table is faster than sorting them."""
    first = min((int(some.min()) for some in found if len(some)), default=0)
    last = max((int(some.max()) for some in found if len(some)), default=-1)
    if last - first > SPARSE:
        ids = np.unique(np.concatenate(found))
        return ids, [np.searchsorted(ids, some) for some in found]
    there = np.zeros(last - first + 1, dtype=bool)
    for some in found:
        there[some - first] = True
    ids = np.flatnonzero(there) + first
    at = np.cumsum(there) - 1
    return ids, [at[some - first] for some in found]


def _has_part(wishes: Wishes, scores: list[NDArray[np.float32]], total: int) -> NDArray[np.bool_]:
    some = np.zeros(total, dtype=bool)
    for what, score in zip(wishes.whats, scores, strict=True):
        if not what.faint:
            some |= score > 0
    return some


def _weighed(
    wishes: Wishes, scores: list[NDArray[np.float32]], counts: list[int], total: int
) -> tuple[NDArray[np.float32], list[float]]:
    """The scores together, rare wishes counting more; and what each wish weighs."""
    size = max(1_000, 2 * max([total, *counts]))
    weights = []
    lexical = any(what.meanings for what in wishes.whats)
    meant = [number for number, what in enumerate(wishes.whats) if what.meanings]
    heads = _heads(wishes, meant, counts)
    for number, (what, count) in enumerate(zip(wishes.whats, counts, strict=True)):
        rarity = float(np.log1p(size / (1 + count)))
        if what.meanings or what.codes:
            rarity = max(rarity, OF_THE_FIELD)
            if len(meant) > 1 and what.meanings:
                rarity = OF_THE_FIELD * (HEAD if number == heads[0] else BEHIND)
        elif lexical:
            rarity *= BESIDE_THE_FIELD
        if what.faint:
            rarity = OF_THE_FORM if what.is_form else FAINTLY
        weights.append(rarity if count or what.faint else 0.0)
    if not any(weights):
        weights = [1.0 for _ in weights]
    fits = np.zeros(total, dtype=np.float32)
    for weight, score in zip(weights, scores, strict=True):
        fits += np.float32(weight) * score
    if weights:
        fits /= np.float32(max(0.2, sum(weights)))
    return fits, weights


def firm_wishes(wishes: Wishes, counts: Sequence[int]) -> list[int]:
    """The wishes that decide: those of the field where there are any; other words then only rank."""
    firm = [number for number, what in enumerate(wishes.whats) if not what.faint]
    of_the_field = [number for number in firm if wishes.whats[number].meanings or wishes.whats[number].codes]
    of_the_field = _heads(wishes, of_the_field, counts)
    quoted = [number for number in firm if wishes.whats[number].exact]
    return sorted({*of_the_field[:DECIDING], *quoted}) if of_the_field else firm


def _heads(wishes: Wishes, numbers: list[int], counts: Sequence[int]) -> list[int]:
    """Those that say what is wished rather than for whom, first those that name it rather than hint at it."""
    own = [number for number in numbers if not wishes.whats[number].for_whom] or list(numbers)
    if len(own) > 1 and is_english():
        own = _last_first(wishes, own, counts)
    return sorted(own, key=lambda number: wishes.whats[number].is_hint)


def _last_first(wishes: Wishes, numbers: list[int], counts: Sequence[int]) -> list[int]:
    """Of English words side by side the last one says what is wished (« church choir » is a choir), unless hardly anyone
    answers another and many that one (« classic car show »)."""
    found: list[list[int]] = []
    for number in numbers:
        before = wishes.asked[wishes.whats[found[-1][-1]].end : wishes.whats[number].start] if found else "."
        if before.strip() or not before:
            found.append([number])
        else:
            found[-1].append(number)
    return [
        number for run in found for number in sorted(run, key=lambda one: (_rarity_step(counts[one]), -one))
    ]


def _rarity_step(count: int) -> int:
    """Who is found by nobody comes last."""
    return int(np.log(1 + count) / np.log(MUCH_RARER)) if count else 99


def _important(wishes: Wishes, weights: list[float], counts: Sequence[int]) -> list[int]:
    """The wishes that weigh nearly as much as the weightiest: rare words and words of the field."""
    firm = firm_wishes(wishes, counts)
    most = max((weights[number] for number in firm), default=0.0)
    return [number for number in firm if 0 < weights[number] >= WEIGHTY * most] or firm


def _tiers(
    wishes: Wishes, matched: NDArray[np.uint32], important: list[int], counts: Sequence[int]
) -> NDArray[np.int8]:
    """All wishes met, the important ones, any. Faint ones ask nothing."""
    firm = firm_wishes(wishes, counts)
    if not firm:
        return np.zeros(len(matched), dtype=np.int8)
    every, some = (np.uint32(sum(1 << number for number in numbers)) for numbers in (firm, important))
    tiers = np.full(len(matched), ANY, dtype=np.int8)
    tiers[(matched & some) == some] = IMPORTANT
    tiers[(matched & every) == every] = ALL
    tiers[(matched & np.uint32(1 << NAME_BIT)).astype(bool)] = ALL
    return tiers

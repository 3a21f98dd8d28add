"""How well a supplier and a tender fit: pure, data in, points and reasons out.

What a tender says is cut into terms: words of its title as stems (« w:menag »), its SEAO category (« c:S9 »), its buyer
(« b:… »), its region (« r:04 »), its method and nature (« m:open », « n:works »), whether the buyer is municipal (« k:1 ») and its UNSPSC
codes at every level (« u:76 », « u:7611 », « u:761115 »). A supplier is
known by what it declares (codes, words, served area, capacity, place) and by the notices that it won or bid on (`Past`).
`weights.py` says what each piece of evidence is worth and where the figures come from (docs/matching.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from marketplace.classification.codes import code_ancestors
from marketplace.matching import weights
from marketplace.matching.weights import Piece
from marketplace.territories.points import distance_km

Verdict = Literal["full", "part", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderProfile:
    """What a tender asks. `parts` are the words of each of its lots with those of its title, empty without lots. `words` are stems in the title's order, `shown` the same as written, `places` those that name a
    town or a region; `codes` carry no zeros that pad a level (« 761115 »); `mrcs` are all MRCs of `regions`; `amount` is in
    dollars; `emphasis` is what a word counts for, 1 where it is not said; `trades` what the title names to be bought, as written, `meaning` what
    the first of them is called in the lexicon; `buyer` is a key; `around` is the place of delivery, or the middle of its region where no place is said."""

    key: str
    title: str = ""
    words: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    places: frozenset[str] = frozenset()
    parts: tuple[frozenset[str], ...] = ()
    emphasis: Mapping[str, float] = field(default_factory=dict)
    trades: tuple[str, ...] = ()
    meaning: str = ""
    codes: tuple[str, ...] = ()
    category: str = ""
    buyer: str = ""
    buyer_name: str = ""
    buyer_kind: str = ""
    method: str = ""
    nature: str = ""
    regions: tuple[str, ...] = ()
    mrc: str = ""
    mrcs: frozenset[str] = frozenset()
    lat: float | None = None
    lon: float | None = None
    around: tuple[float, float] | None = None
    amount: float | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferProfile:
    """`means_it`: its title names what the tender means, be it in other words."""

    title: str
    codes: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    means_it: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTender:
    """A tender that a supplier won, or bid on, and that resembles the one at hand."""

    title: str
    buyer: str
    year: int | None
    won: bool
    same_buyer: bool = False
    similar: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a supplier won (counted 1) or bid on (counted 1/2): by term, in all, in words; and when last."""

    terms: Mapping[str, float] = field(default_factory=dict)
    notices: float = 0.0
    words: float = 0.0
    wins: int = 0
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What a supplier said of one notice by « Ce n’est pas pour nous » (`feedback.models.Lesson`)."""

    kind: str
    codes: tuple[str, ...] = ()
    meaning: str = ""
    km: int | None = None
    region: str = ""
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierProfile:
    """What a supplier offers. `codes` hold every level (« 76 », « 7611 », « 761115 »); `serves` MRC codes, « R04 » for a
    region, « Q » for all of Québec; `only_named` are the words that its name alone says; `capacity` is in dollars per contract, 0 if unknown. `offers` and `similar` only serve
    to explain; they may stay empty to score. `alike` and `beside` are what past notices say of it for the tender at hand
    (`past_notices`), `meant` how well its sheet answers what the tender means (`meanings`)."""

    key: int | str
    codes: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    name_words: frozenset[str] = frozenset()
    only_named: frozenset[str] = frozenset()
    serves: frozenset[str] = frozenset()
    capacity: int = 0
    region: str = ""
    lat: float | None = None
    lon: float | None = None
    past: Past = Past()
    alike: float = 0.0
    beside: float = 0.0
    meant: float = 0.0
    lessons: tuple[Taught, ...] = ()
    offers: tuple[OfferProfile, ...] = ()
    similar: tuple[PastTender, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of the vis-à-vis, language-neutral; `sentences` says it."""

    kind: str
    verdict: Verdict
    params: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "verdict": self.verdict, "params": self.params}


@dataclass(frozen=True, slots=True)
class Match:
    """`points` from 0 to 100; `topic` is the part of the evidence that says what is bought, before any weighing of place."""

    key: int | str
    points: float
    topic: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Statistics:
    """How common the terms are: `counts` of the `notices` known carry each term; their titles hold `words` words in all.

    `spread` says in which share of the directory's texts a word stands: so common it is thought to be before notices tell.
    """

    notices: int = 0
    words: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    spread: Mapping[str, float] = field(default_factory=dict)
    _rarities: dict[str, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def rarity_of_word(self, stem: str) -> float:
        """The usual inverse document frequency, never 0; steadied by imagined notices while few were seen."""
        rarity = self._rarities.get(stem)
        if rarity is None:
            count = self.counts.get(f"w:{stem}", 0) + weights.IMAGINED * self.spread.get(stem, 0.0)
            others = self.notices + weights.IMAGINED - count
            rarity = self._rarities[stem] = math.log(1 + others / (count + 1))
        return rarity

    def rarity_of_code(self, prefix: str) -> float:
        """0 to 1; before any tender was seen, as common as codes of its level usually are."""
        term = f"u:{prefix}"
        rarity = self._rarities.get(term)
        if rarity is None:
            seen = self.counts.get(term, 0) + weights.IMAGINED * weights.USUAL_SHARE[len(prefix)]
            rarity = self._rarities[term] = min(1.0, math.log((self.notices + weights.IMAGINED) / seen) / 6)
        return rarity

    def title_parts(
        self, words: Iterable[str], emphasis: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """Which part of a title each of its words makes up, by rarity and emphasis; together they are 1."""
        counts_for = emphasis or {}
        rarities = {word: self.rarity_of_word(word) * counts_for.get(word, 1.0) for word in words}
        whole = sum(rarities.values())
        return {word: rarity / whole for word, rarity in rarities.items()}

    def share(self, term: str) -> float:
        """Which share of the words, or of the notices, a term makes up; never 0."""
        total = self.words if term.startswith("w:") else self.notices
        share = self.counts.get(term, 0) / total if total else 0.0
        return max(
            share, weights.SMALLEST_SHARE_OF_WORDS if term.startswith("w:") else weights.SMALLEST_SHARE
        )


def term_habit(past: Past, term: str, statistics: Statistics) -> float:
    """How much more often a term stands in a supplier's past notices than in all notices, as a smoothed logarithm."""
    count = past.terms.get(term, 0.0)
    if not count:
        return 0.0
    if term.startswith("w:"):
        size, share = past.words + weights.SMOOTHING_WORDS, statistics.share(term) * 2
    else:
        size, share = past.notices + weights.SMOOTHING, statistics.share(term)
    return math.log1p(count / (size * share))


def word_coverage(
    tender: TenderProfile, supplier: SupplierProfile, statistics: Statistics
) -> tuple[float, float]:
    """Which part of the tender's words, by rarity, its own text and its past notices hold, 0 to 1; of the lot that it fits
    best, where there are lots. Names of places never count: that it names the same town says where it is, not what it sells.
    """
    parts = [_coverage(words, tender, supplier, statistics) for words in tender.parts or (tender.words,)]
    return max(own for own, _past in parts), max(past for _own, past in parts)


def best_part(tender: TenderProfile, worth: Mapping[str, float]) -> float:
    """The worth of the words, places apart; of the lot that is worth most, where there are lots."""
    return max(
        sum(worth.get(word, 0.0) for word in words if word not in tender.places)
        for words in tender.parts or (tender.words,)
    )


def _coverage(
    words: Iterable[str], tender: TenderProfile, supplier: SupplierProfile, statistics: Statistics
) -> tuple[float, float]:
    total = stressed = named = own = past = 0.0
    for word in words:
        rarity = statistics.rarity_of_word(word)
        stress = rarity * tender.emphasis.get(word, 1.0)
        total += rarity
        stressed += stress
        if word in tender.places:
            continue
        if word in supplier.only_named:  # a name tells less well what of a title matters
            named += rarity
        elif word in supplier.words:
            own += stress
        if count := supplier.past.terms.get(f"w:{word}"):
            past += rarity * count / (count + weights.HALF_KNOWN)
    if not total:
        return 0.0, 0.0
    # A title of nothing but the procedure's words is not covered by whoever says these.
    return min(1.0, named / total + own / max(stressed, total / 2)), past / total


def code_nearness(codes: Iterable[str], tender_codes: Iterable[str], statistics: Statistics) -> float:
    """How near the nearest of `codes` (all levels) comes to what is asked: 0 to 1, by depth and rarity of what they share."""
    return max(
        (
            weights.DEPTH[len(prefix)] * statistics.rarity_of_code(prefix)
            for code in tender_codes
            for prefix in code_ancestors(code)
            if prefix in codes
        ),
        default=0.0,
    )


def delivery_distance_km(tender: TenderProfile, supplier: SupplierProfile) -> float | None:
    """From the supplier's place to the place of delivery, as the crow flies; None where either is unknown."""
    if tender.lat is None or tender.lon is None or supplier.lat is None or supplier.lon is None:
        return None
    return distance_km(tender.lat, tender.lon, supplier.lat, supplier.lon)


def area_verdict(tender: TenderProfile, supplier: SupplierProfile) -> Verdict:
    """Whether the supplier delivers where the tender asks; what is unknown on either side passes, to be checked."""
    if "Q" in supplier.serves:
        return "full"
    if not tender.regions or not supplier.serves:
        return "part"
    if any(f"R{region}" in supplier.serves for region in tender.regions) or tender.mrc in supplier.serves:
        return "full"
    if not tender.mrc and supplier.serves & tender.mrcs:
        return "part"
    return "none"


def capacity_verdict(tender: TenderProfile, supplier: SupplierProfile) -> Verdict | None:
    """Whether the contract is of a size that the supplier declares; None where either is unknown."""
    if not tender.amount or not supplier.capacity:
        return None
    if tender.amount <= supplier.capacity * weights.NEAR_CEILING:
        return "full"
    return "part" if tender.amount <= supplier.capacity * weights.PAST_CEILING else "none"


def lesson_applies(lesson: Taught, tender: TenderProfile, supplier: SupplierProfile) -> bool:
    """Whether what a supplier said of another notice holds for this one too; what is unknown teaches nothing."""
    if lesson.kind == "other_trade":
        classes = {code[: weights.CLASS_DIGITS] for code in tender.codes}
        return not classes.isdisjoint(lesson.codes) or (
            bool(lesson.meaning) and lesson.meaning == tender.meaning
        )
    if lesson.kind == "too_far":
        distance = delivery_distance_km(tender, supplier)
        if lesson.km is not None:
            return distance is not None and distance >= weights.NEARLY * lesson.km
        return lesson.region in tender.regions
    if not tender.amount or lesson.amount is None:
        return False
    if lesson.kind == "too_large":
        return tender.amount >= weights.NEARLY * lesson.amount
    return weights.NEARLY * tender.amount <= lesson.amount


def taught_factor(tender: TenderProfile, supplier: SupplierProfile) -> float:
    """What points are multiplied by: each lesson that holds makes them less."""
    held = sum(lesson_applies(lesson, tender, supplier) for lesson in supplier.lessons)
    return weights.TAUGHT**held


def collect_evidence(
    tender: TenderProfile, supplier: SupplierProfile, statistics: Statistics
) -> dict[Piece, float]:
    """What speaks for a match, piece by piece, before any weight; nothing is ever negative."""
    past = supplier.past
    own_words, past_words = word_coverage(tender, supplier, statistics)
    found: dict[Piece, float] = {
        "words": own_words,
        "words_past": past_words,
        "meant": supplier.meant,
        "alike": supplier.alike,
        "beside": supplier.beside,
        "name": best_part(
            tender,
            {
                word: statistics.rarity_of_word(word)
                for word in tender.words
                if word in supplier.name_words
                and (word in supplier.only_named or tender.emphasis.get(word, 1.0) > weights.FAINT)
            },
        )
        / 8,
        "code_offered": code_nearness(supplier.codes, tender.codes, statistics),
        "seat": float(supplier.region in tender.regions) if supplier.region else 0.0,
    }
    if (distance := delivery_distance_km(tender, supplier)) is not None:
        found["near"] = math.exp(-distance / weights.NEAR_KM)
    elif tender.around and supplier.lat is not None and supplier.lon is not None:
        distance = distance_km(*tender.around, supplier.lat, supplier.lon)
    if distance is not None:
        found["reach"] = math.exp(-distance / weights.REACH_KM)
    if not past.notices:
        return found
    known = {term.removeprefix("u:") for term in past.terms if term.startswith("u:")}
    habits = {word: term_habit(past, f"w:{word}", statistics) / 4 for word in tender.words}
    found |= {
        "habit": best_part(tender, habits),
        "places": sum(amount for word, amount in habits.items() if word in tender.places),
        "code_past": code_nearness(known, tender.codes, statistics),
        "segment": max((term_habit(past, f"u:{code[:2]}", statistics) for code in tender.codes), default=0.0),
        "family": max(
            (term_habit(past, f"u:{code[:4]}", statistics) for code in tender.codes if len(code) > 2),
            default=0.0,
        ),
        "category": term_habit(past, f"c:{tender.category}", statistics),
        "buyer": term_habit(past, f"b:{tender.buyer}", statistics),
        "buyer_kind": term_habit(past, f"k:{tender.buyer_kind}", statistics),
        "method": term_habit(past, f"m:{tender.method}", statistics),
        "nature": term_habit(past, f"n:{tender.nature}", statistics),
        "region": max(
            (term_habit(past, f"r:{region}", statistics) for region in tender.regions), default=0.0
        ),
        "wins": math.log1p(past.wins),
    }
    if past.last and tender.on:
        years = min(max((tender.on - past.last).days / 365.25, 0.0), 15.0)
        found["recent"] = math.exp(-years / 2)
    return found


def weigh_evidence(found: Mapping[Piece, float]) -> tuple[float, float]:
    """(all evidence, the part of it that says what is bought). Place and size of a past count as far as the topic fits."""
    topic = sum(
        weights.TOPIC[piece] * found.get(piece, 0.0) for piece in weights.TOPIC if piece not in weights.PAIRED
    )
    # The same word or code, declared and won, is one fact.
    for pair in weights.PAIRS:
        topic += max(weights.TOPIC[piece] * found.get(piece, 0.0) for piece in pair)
    setting = sum(weights.SETTING[piece] * found.get(piece, 0.0) for piece in weights.SETTING)
    return topic + setting * topic / (topic + weights.SETTING_NEEDS), topic


def score_match(tender: TenderProfile, supplier: SupplierProfile, statistics: Statistics) -> Match | None:
    """How well they fit; None where nothing says so. `reasons.match_reasons` adds the reasons.

    Never lower for one more matching code, word or past tender; the order of what is given changes nothing.
    """
    total, topic = weigh_evidence(collect_evidence(tender, supplier, statistics))
    if topic <= 0:
        return None
    points = 100 * (1 - math.exp(-total / weights.SCALE))
    if area_verdict(tender, supplier) == "none":
        points *= weights.ELSEWHERE
    if capacity_verdict(tender, supplier) == "none":
        points *= weights.TOO_LARGE
    if supplier.lessons:
        points *= taught_factor(tender, supplier)
    return Match(supplier.key, points, topic)

"""Which listings may be the same enterprise, and why. No database: listings in, pairs with reasons out.

Two listings are compared where they share a key (`_keys`): a NEQ, a telephone number, an address, a domain, a rare word, two words
of which one may be common, a rare word with a letter less in the same town. The score, in points of 100:

- **The name**, up to 62: how far `name_agreement` finds that they agree, less where it is of common words only, and 16 more where
  the same name says much of its own.
- **What is reached**: same telephone number +32, same address of electronic mail +32, same domain +24 (never gmail.com and
  its like). A number, a domain or an address that many share says less: with each other holder its points are halved.
- **The place**: same street and number +20, same postal code +8, same town +6; another town -8, another MRC -14.
- **What contradicts**: two NEQs -20, two numbers in the names (« section 968 ») no more than 55 for the name, two telephone
  numbers -3. The same NEQ is 99, whatever else.

From `LEAST` on a person is asked; nothing is merged by itself. Measured by `dev.py prove duplicates`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from marketplace.web.folding import fold_text
from suppliers.name_agreement import Because, NameAgreement, numbers_differ
from suppliers.name_words import LEGAL_WORDS, letter_trigrams, name_readings, name_words, one_letter_less

LEAST, LIKELY = 60, 80
NAME_SHARE, OWN_NAME = 0.62, 16
SAME_NEQ_POINTS = 99
LETTERS = 0.6  # of the name points that are needed, the part that shared letters must promise
RARE, CUT = 30, 12  # a word in more names is no key by itself, or none with a letter less
MOST_IN_BLOCK = 60
#: Mail that anyone may have says nothing about who shares it.
SHARED_DOMAINS = frozenset(
    [
        "gmail.com",
        "hotmail.com",
        "hotmail.ca",
        "hotmail.fr",
        "outlook.com",
        "outlook.fr",
        "live.ca",
        "live.com",
        "yahoo.ca",
        "yahoo.com",
        "yahoo.fr",
        "icloud.com",
        "me.com",
        "videotron.ca",
        "videotron.qc.ca",
        "bell.net",
        "sympatico.ca",
        "cgocable.ca",
        "globetrotter.net",
        "msn.com",
        "protonmail.com",
        "facebook.com",
        "m.facebook.com",
        "fr-ca.facebook.com",
        "instagram.com",
        "linkedin.com",
        "ca.linkedin.com",
        "wixsite.com",
        "wordpress.com",
        "sites.google.com",
        "weebly.com",
        "godaddysites.com",
        "blogspot.com",
        "webnode.fr",
        "ville.qc.ca",
        "gouv.qc.ca",
    ]
)
STREET_WORDS = frozenset(
    [
        "rue",
        "avenue",
        "av",
        "ave",
        "boulevard",
        "boul",
        "bd",
        "chemin",
        "ch",
        "route",
        "rte",
        "rang",
        "rg",
        "place",
        "pl",
        "montee",
        "cote",
        "allee",
        "impasse",
        "quai",
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "l",
        "d",
        "saint",
        "sainte",
        "st",
        "ste",
        "bureau",
        "local",
        "suite",
        "app",
        "case",
        "postale",
        "cp",
        "c",
        "p",
        "est",
        "ouest",
        "nord",
        "sud",
        "e",
        "o",
        "n",
        "s",
    ]
)


class Alike(StrEnum):
    """Why two listings are shown together, or doubted; the page has a sentence for each (`wording`)."""

    SAME_NEQ = "same_neq"
    SAME_NAME = "same_name"
    NEAR_NAME = "near_name"
    PART_OF_NAME = "part_of_name"
    SOME_WORDS = "some_words"
    SAME_PHONE = "same_phone"
    SAME_EMAIL = "same_email"
    SAME_DOMAIN = "same_domain"
    SAME_ADDRESS = "same_address"
    SAME_POSTAL_CODE = "same_postal_code"
    SAME_TOWN = "same_town"
    OTHER_NEQ = "other_neq"
    OTHER_TOWN = "other_town"
    OTHER_NUMBER = "other_number"


@dataclass(frozen=True)
class Listing:
    """What is compared. `town` is a municipality's code where known, else folded words; `phones` are ten digits."""

    key: int
    name: str
    neq: str = ""
    town: str = ""
    mrc: str = ""
    postal_code: str = ""
    street: str = ""
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Pair:
    """`first` < `second` are keys; `points` 0 to 99; the strongest reason first."""

    first: int
    second: int
    points: int
    reasons: tuple[Alike, ...]


def street_key(address: str) -> str:
    """« 1216, rue Principale, bureau 2 » is « 1216 principale »; empty without a number."""
    words = fold_text(address).split()
    number = next((re.sub(r"\D.*", "", word) for word in words if word[0].isdigit()), "")
    names = [word for word in words if not word[0].isdigit() and word not in STREET_WORDS]
    return f"{number} {names[0]}" if number and names else ""


def phone_key(phone: str) -> str:
    """Ten digits, without the country and the extension; empty where there are not ten."""
    digits = re.sub(r"\D", "", re.split(r"(?i)poste|ext|#|x", phone)[0])
    digits = digits[1:] if len(digits) > 10 and digits.startswith("1") else digits
    return digits[:10] if len(digits) >= 10 else ""


def domain_key(text: str) -> str:
    """Of a site or of an address of electronic mail, where it is somebody's own; else nothing."""
    host = re.sub(r"(?i)^https?://|^mailto:", "", text.strip()).split("@")[-1]
    host = re.split(r"[/:?#\s]", host)[0].lower().removeprefix("www.")
    return host if "." in host and host not in SHARED_DOMAINS else ""


@dataclass
class _Read:
    listing: Listing
    readings: list[tuple[str, ...]] = field(default_factory=list)


def _letters_shared(first: _Read, second: _Read) -> float:
    """Of the letters in threes of the shorter name, the part that the longer has: dear scores are for those that share some."""
    return max(
        (
            len(mine & theirs) / min(len(mine), len(theirs))
            for mine in map(letter_trigrams, first.readings)
            for theirs in map(letter_trigrams, second.readings)
        ),
        default=0.0,
    )


class ListingIndex:
    """All listings, ready to be asked which may be the same. Reading 11,200 takes about a second."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self.rows: dict[int, _Read] = {}
        counts: Counter[str] = Counter()
        self.holders: Counter[str] = Counter()
        for listing in listings:
            read = _Read(listing, [name_words(text) for text in name_readings(listing.name)])
            self.rows[listing.key] = read
            counts.update({word for words in read.readings for word in words})
            self.holders.update(listing.phones | listing.emails | listing.domains)
            if listing.street and listing.town:
                self.holders[f"{listing.street} {listing.town}"] += 1
        self.agreement = NameAgreement(counts, len(self.rows))
        self.blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for key, read in self.rows.items():
            for block in self._keys(read):
                self.blocks[block].append(key)

    def every_pair(self) -> list[Pair]:
        """Each pair of listings that may be one, the likeliest first."""
        seen = {
            (first, second)
            for rows in self.blocks.values()
            if 1 < len(rows) <= MOST_IN_BLOCK
            for first, second in combinations(sorted(rows), 2)
        }
        return self._kept(seen)

    def pairs_of(self, keys: Iterable[int]) -> list[Pair]:
        """Those that have one of these listings in them."""
        seen = set()
        for key in keys:
            if key not in self.rows:
                continue
            for block in self._keys(self.rows[key]):
                rows = self.blocks[block]
                if len(rows) <= MOST_IN_BLOCK:
                    seen |= {(min(key, other), max(key, other)) for other in rows if other != key}
        return self._kept(seen)

    def _kept(self, pairs: Iterable[tuple[int, int]]) -> list[Pair]:
        found = (self._compare(self.rows[first], self.rows[second]) for first, second in pairs)
        return sorted(
            (pair for pair in found if pair), key=lambda pair: (-pair.points, pair.first, pair.second)
        )

    # -- which are compared ------------------------------------------------------------------------------------------

    def _keys(self, read: _Read) -> Iterator[tuple[str, ...]]:
        one = read.listing
        if one.neq:
            yield ("neq", one.neq)
        for kind, said in (("phone", one.phones), ("email", one.emails), ("domain", one.domains)):
            for text in said:
                yield (kind, text)
        if one.street and (one.town or one.postal_code):
            yield ("street", one.street, one.town or one.postal_code)
        told: set[tuple[str, ...]] = set()
        for words in read.readings:
            own = [word for word in words if word not in LEGAL_WORDS and len(word) > 1]
            own.sort(key=lambda word: (self.agreement.counts.get(word, 0), word))
            for word in own[:4]:
                if self.agreement.counts.get(word, 0) <= RARE:
                    told.add(("word", word))
            for pair in combinations(sorted(own[:5]), 2):
                told.add(("words", *pair))
            if own:
                told.add(("name", *sorted(own), one.town))
                for word in own[:3]:
                    if self.agreement.counts.get(word, 0) <= CUT:
                        told |= {("cut", cut, one.town) for cut in one_letter_less(word)}
                letters = "".join(own_word for own_word in words if own_word not in LEGAL_WORDS)
                if len(letters) >= 8:
                    told |= {("start", letters[:10], one.mrc), ("end", letters[-10:], one.mrc)}
        yield from told

    # -- one against one ---------------------------------------------------------------------------------------------

    def _compare(self, first: _Read, second: _Read) -> Pair | None:
        one, other = first.listing, second.listing
        if one.neq and one.neq == other.neq:
            return Pair(one.key, other.key, SAME_NEQ_POINTS, (Alike.SAME_NEQ,))
        reached, ways = self._reached(one, other)
        place, where = self._place(one, other)
        against: list[Alike] = []
        if one.neq and other.neq:
            place -= 20
            against.append(Alike.OTHER_NEQ)
        # What the name could bring at most: most pairs end here, before their words are weighed.
        needed = (LEAST - OWN_NAME - reached - place) / NAME_SHARE
        if needed > 100 or _letters_shared(first, second) < LETTERS * needed / 100:
            return None
        name, reason = self._names(first, second)
        if name > 55 and numbers_differ(first.readings[0], second.readings[0]):
            name = 55.0
            against.append(Alike.OTHER_NUMBER)
        points = name * NAME_SHARE + reached + place
        if reason is Because.SAME_NAME and name > 90:
            points += OWN_NAME * min(1.0, self._weight(first.readings[0]) / 2)
        reasons = [Alike(reason.value)] if name >= 45 else []
        if points < LEAST or not (reasons or ways):
            return None
        reasons += ways
        return Pair(one.key, other.key, min(98, round(points)), (*reasons, *where, *against))

    def _names(self, first: _Read, second: _Read) -> tuple[float, Because]:
        best, why = 0.0, Because.SOME_WORDS
        for i, mine in enumerate(first.readings):
            for j, theirs in enumerate(second.readings):
                found, reason = self.agreement.names(mine, theirs)
                weight = min(self._weight(mine), self._weight(theirs))
                found *= min(1.0, 0.7 + 0.3 * weight)
                if i or j:  # a part of a name: worth less, and near nothing where it is a town's
                    found *= 0.94 ** ((i > 0) + (j > 0)) * min(1.0, weight / 1.2)
                    reason = Because.NEAR_NAME if reason is Because.SAME_NAME else reason
                if found > best:
                    best, why = found, reason
        return best, why

    def _weight(self, words: tuple[str, ...]) -> float:
        return sum(map(self.agreement.weight, words))

    def _reached(self, one: Listing, other: Listing) -> tuple[float, list[Alike]]:
        points, ways = 0.0, []
        for most, mine, theirs, reason in (
            (32, one.phones, other.phones, Alike.SAME_PHONE),
            (32, one.emails, other.emails, Alike.SAME_EMAIL),
            (24, one.domains, other.domains, Alike.SAME_DOMAIN),
        ):
            both = mine & theirs
            if both and not (reason is Alike.SAME_DOMAIN and Alike.SAME_EMAIL in ways):
                points += most * max(self._own(text) for text in both)
                ways.append(reason)
        if one.phones and other.phones and not one.phones & other.phones:
            points -= 3
        return points, ways

    def _own(self, text: str) -> float:
        """1 for what these two alone have, halved with each other holder."""
        return float(0.5 ** max(0, self.holders[text] - 2))

    def _place(self, one: Listing, other: Listing) -> tuple[float, list[Alike]]:
        points, where = 0.0, []
        same_town = bool(one.town) and one.town == other.town
        if (
            one.street
            and one.street == other.street
            and (same_town or one.postal_code == other.postal_code != "")
        ):
            points += 20 * self._own(f"{one.street} {one.town}") ** 0.5
            where.append(Alike.SAME_ADDRESS)
        if one.postal_code and one.postal_code == other.postal_code:
            points += 8
            where += [] if where else [Alike.SAME_POSTAL_CODE]
        if same_town:
            points += 6
            where += [] if where else [Alike.SAME_TOWN]
        elif one.town and other.town and not where:
            points -= 14 if one.mrc and other.mrc and one.mrc != other.mrc else 8
            where.append(Alike.OTHER_TOWN)
        return points, where

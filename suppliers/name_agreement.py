"""How far two names agree, and what of them does. Words weigh by how rare they are among the names at hand. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import StrEnum

from suppliers.name_words import ENDINGS, LEGAL_WORDS, OTHER_BODIES, YEAR, letter_trigrams, word_likeness

YEAR_WEIGHT, LEGAL_WEIGHT = 0.1, 0.08


class Because(StrEnum):
    """Why a row is proposed, or doubted; the page has a sentence for each."""

    SAME_NAME = "same_name"
    NEAR_NAME = "near_name"
    PART_OF_NAME = "part_of_name"
    SOME_WORDS = "some_words"
    INITIALS = "initials"
    SAME_POSTAL_CODE = "same_postal_code"
    SAME_TOWN = "same_town"
    OTHER_TOWN = "other_town"
    OTHER_NUMBER = "other_number"
    CLOSE_SECOND = "close_second"
    WANTED_TWICE = "wanted_twice"


class NameAgreement:
    """`counts`: in how many of the `count` names each word stands."""

    def __init__(self, counts: Mapping[str, int], count: int) -> None:
        self.counts = counts
        self.count = count
        self.scale = math.log(count + 2)
        self.weights: dict[str, float] = {}

    def weight(self, word: str) -> float:
        """1 for a word that no name or one name has, less the more have it; legal words and years near nothing."""
        if (known := self.weights.get(word)) is not None:
            return known
        if word in LEGAL_WORDS:
            weight = LEGAL_WEIGHT
        elif YEAR.fullmatch(word):
            weight = YEAR_WEIGHT
        else:
            rarity = math.log((self.count + 2) / (self.counts.get(word, 0) + 1))
            weight = max(0.05, rarity / (self.scale - math.log(2) or 1))
        self.weights[word] = weight
        return weight

    def names(self, mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[float, Because]:
        """0 to 100, and what agrees."""
        if set(mine) - ENDINGS == set(theirs) - ENDINGS and set(mine) - ENDINGS:
            return 100.0, Because.SAME_NAME
        agreed, only_mine, only_theirs = self._agreement(mine, theirs)
        mine_weight, their_weight = sum(map(self.weight, mine)), sum(map(self.weight, theirs))
        share = 2 * agreed / (mine_weight + their_weight)
        conflict = min(max(only_mine, default=0.0), max(only_theirs, default=0.0))
        points, reason = 100 * share - 30 * conflict, Because.NEAR_NAME
        # All of the shorter stands in the longer: as sure as the shorter says something of its own. Where the list
        # says more than the registry does, it may be of another.
        own = min(1.0, min(mine_weight, their_weight) / 2)
        if agreed / min(mine_weight, their_weight) > 0.9:
            part = (51 if mine_weight <= their_weight else 46) + 28 * own
            if part > points:
                points, reason = part, Because.PART_OF_NAME
        letters = _letters_agree(mine, theirs)
        if letters > 0.6 and (tight := 100 * letters - 30 * conflict * (letters < 0.95)) > points:
            points, reason = tight, Because.NEAR_NAME
        if (set(mine) ^ set(theirs)) & OTHER_BODIES:
            points -= 20
        if points < 70 and reason is Because.NEAR_NAME:
            reason = Because.SOME_WORDS
        return points, reason

    def _agreement(
        self, mine: tuple[str, ...], theirs: tuple[str, ...]
    ) -> tuple[float, list[float], list[float]]:
        """The weight that agrees, and the weights of the words that stand on one side only."""
        both = set(mine) & set(theirs)
        agreed = sum(map(self.weight, both))
        left = [word for word in theirs if word not in both]
        only_mine = []
        for word in mine:
            if word in both:
                continue
            like, other = 0.0, ""
            for known in left:
                if (found := word_likeness(word, known)) > like:
                    like, other = found, known
            if like > 0:
                agreed += like * (self.weight(word) + self.weight(other)) / 2
                left.remove(other)
            else:
                only_mine.append(self.weight(word))
        return agreed, only_mine, [self.weight(word) for word in left]


def _letters_agree(mine: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    """The part of letters in threes that both share, blanks apart; 0 where a name is too short to say."""
    a, b = letter_trigrams(mine), letter_trigrams(theirs)
    return 2 * len(a & b) / (len(a) + len(b)) if min(len(a), len(b)) >= 4 else 0.0


def numbers_differ(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    a, b = (
        {word for word in words if re.search(r"\d", word) and not YEAR.fullmatch(word)}
        for words in (mine, theirs)
    )
    return bool(a and b and not a & b)

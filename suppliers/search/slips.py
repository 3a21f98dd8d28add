"""Slips of the fingers: how far a typed word is from a known one, and whether it is clearly meant. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from marketplace.web.folding import fold_text

_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"[^\W_]+")
#: Another letter in the place of one makes another word sooner than a letter left out, doubled or swapped.
OTHER_LETTER = 1.5
SWAPPED = 0.8  # the commonest slip
MOST_CANDIDATES = 40
#: Letters and how they sound, in order; « ch » as in « chorale », so that who hears a k is understood.
_SOUNDS = (
    ("ph", "f"), ("qu", "k"), ("ch", "k"), ("ce", "se"), ("ci", "si"), ("c", "k"), ("h", ""), ("z", "s"), ("y", "i"),
    ("eau", "o"), ("au", "o"), ("ai", "e"), ("ei", "e"), ("en", "an"), ("em", "am"),
)  # fmt: skip


def slip_distance(a: str, b: str, other_letter: float = 1.0) -> float:
    """Slips between two words: letters added, left out, replaced, or two neighbours swapped."""
    before: list[float] = []
    row: list[float] = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (other_letter if x != y else 0))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + SWAPPED)
            row.append(cost)
    return row[-1]


def sounded(word: str) -> str:
    """A word nearly as it sounds: « sérigrafie » and « sérigraphie » are one.

    >>> sounded("serigraphie") == sounded("serigrafie"), sounded("imprimmerie")
    (True, 'imprimerie')
    >>> sounded("orkestre") == sounded("orchestre"), sounded("otisme") == sounded("autisme")
    (True, True)
    """
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    return re.sub(r"(.)\1", r"\1", word)


def slips_between(typed: str, word: str) -> float:
    """How many slips lead from what was typed to a word; one that sounds the same is half a slip away at most."""
    distance = slip_distance(typed, word, OTHER_LETTER)
    said, meant = sounded(typed), sounded(word)
    if distance >= 1 and said[:1] == meant[:1]:
        return min(distance, 0.5 + slip_distance(said, meant, OTHER_LETTER))
    return distance


def allowed_slips(word: str) -> float:
    """How many slips still leave no doubt: « femme » is not « ferme », « graphisme » not « graphique ».

    >>> allowed_slips("cle"), allowed_slips("femme"), allowed_slips("traiteur"), allowed_slips("consiergerie")
    (0.0, 1.0, 1.5, 2.0)
    """
    return 0.0 if len(word) < 4 else 1.0 if len(word) < 6 else 1.5 if len(word) < 9 else 2.0


def is_clear(typed: str, word: str) -> bool:
    """
    >>> is_clear("entretein", "entretien"), is_clear("bios", "bois"), is_clear("femme", "ferme")
    (True, True, False)
    >>> is_clear("graphisme", "graphique"), is_clear("cles", "iles")
    (False, False)
    """
    return slips_between(typed, word) <= allowed_slips(typed)


def one_slip_away(word: str) -> set[str]:
    """Every word at one deletion, insertion, replacement or swap of neighbours from this one."""
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    return (
        {a + b[1:] for a, b in splits if b}
        | {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
        | {a + c + b[1:] for a, b in splits if b for c in _ALPHABET}
        | {a + c + b for a, b in splits for c in _ALPHABET}
    ) - {word}


class Vocabulary:
    """Words that may be meant, by the pairs of letters that they share with what was typed, and by their sound."""

    def __init__(self, shown: Mapping[str, str]) -> None:
        self.shown = dict(shown)  # folded → as written
        self.pairs: dict[str, list[str]] = defaultdict(list)
        self.sounds: dict[str, str] = {}
        for word in self.shown:
            self.sounds.setdefault(sounded(word), word)
            for pair in _pairs(word):
                self.pairs[pair].append(word)

    @classmethod
    def of(cls, texts: Iterable[str], least: int = 4) -> Vocabulary:
        """The words of these texts, none shorter than `least`, none with a digit."""
        shown: dict[str, str] = {}
        for text in texts:
            for word in _WORD.findall(text):
                folded = fold_text(word)
                if len(folded) >= least and folded.isalpha():
                    shown.setdefault(folded, word.lower())
        return cls(shown)

    def sounding(self, typed: str) -> str:
        """A word that sounds like the typed one, "" if there is none."""
        return self.sounds.get(sounded(typed), "") if len(typed) > 4 else ""

    def close(self, typed: str) -> list[str]:
        """Words of about the same length that share most pairs of letters with the typed one."""
        wanted = _pairs(typed)
        counted: Counter[str] = Counter()
        for pair in wanted:
            counted.update(self.pairs.get(pair, ()))
        return [word for word, _n in counted.most_common(MOST_CANDIDATES) if abs(len(word) - len(typed)) <= 2]


def _pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[at : at + 2] for at in range(len(framed) - 1)}


def replace_words(text: str, corrected: Mapping[str, str]) -> str:
    """The text as typed, its wrong words replaced."""
    return _WORD.sub(lambda match: corrected.get(fold_text(match[0]), match[0]), text)

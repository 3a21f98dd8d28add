"""Marking what answered, in texts shown to people: pure; the text is escaped here."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from marketplace.web.folding import fold_text

_ANY_WORD = re.compile(r"[^\W_]+")
_folded = lru_cache(maxsize=20_000)(fold_text)  # the same words come back on every page
# What may stand inside one mark: « entretien d’espaces verts » is one answer, not three.
_SMALL = frozenset(("d", "de", "des", "du", "la", "le", "les", "l", "et", "en", "a", "au", "aux"))
_LINK = re.compile(r"[\s’'-]*(?:(?:d|de|des|du|la|le|les|l|et|en|à|au|aux)[\s’'-]+)*", re.IGNORECASE)

MOST_WORDS = 2_000  # of the texts of one question


def mark_text(text: str, stems: Collection[str]) -> SafeString:
    """The text as HTML, with <mark> around the words that begin, once folded, like one of the stems.

    Several stems with spaces between are a phrase: « gestion evenement » marks neither of its words alone.
    """
    pieces: list[str] = []
    end = 0
    for start, stop in _runs(text, stems):
        pieces += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    return mark_safe("".join(pieces) + escape(text[end:]))  # noqa: S308 - each piece is escaped above


def has_marked_word(text: str, stems: Collection[str]) -> bool:
    """Whether some word of the text would be marked."""
    return bool(_runs(text, stems))


def excerpt_text(text: str, stems: Collection[str], length: int = 160) -> str:
    """The part of a long text around its first marked word, at most `length` characters and two ellipses."""
    if len(text) <= length:
        return text
    runs = _runs(text, stems)
    start = max(0, runs[0][0] - length // 3) if runs else 0
    if start:
        start = text.rfind(" ", 0, start) + 1
    stop = start + length
    if stop >= len(text):
        return ("… " if start else "") + text[start:]
    return (
        ("… " if start else "") + text[start : max(text.rfind(" ", start, stop), start + length // 2)] + "…"
    )


def _runs(text: str, stems: Collection[str]) -> tuple[tuple[int, int], ...]:
    """Where the marks begin and end; neighbours are one."""
    return _runs_of(text, tuple(stems)) if stems else ()


@lru_cache(maxsize=2_000)  # a page asks the same of a title several times
def _runs_of(text: str, stems: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    phrases = _phrases(stems)
    words = list(_ANY_WORD.finditer(text))
    folded = [_folded(word[0]) for word in words]
    marked: set[int] = set()
    for first, word in enumerate(folded):
        for phrase in phrases.beginning_with(word):
            marked.update(_places(folded, first, phrase))
    runs: list[tuple[int, int]] = []
    for place in sorted(marked):
        start, end = words[place].span()
        if runs and _LINK.fullmatch(text, runs[-1][1], start):
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return tuple(runs)


class _Phrases:
    """What is marked, by the stem that it begins with; which phrases a word begins is worked out once."""

    def __init__(self, stems: tuple[str, ...]) -> None:
        self.by_first: dict[str, list[tuple[str, ...]]] = {}
        for stem in stems:
            if phrase := tuple(stem.split()):
                self.by_first.setdefault(phrase[0], []).append(phrase)
        self.of_word: dict[str, tuple[tuple[str, ...], ...]] = {}

    def beginning_with(self, word: str) -> tuple[tuple[str, ...], ...]:
        if (known := self.of_word.get(word)) is None:
            known = tuple(
                phrase for first, some in self.by_first.items() if word.startswith(first) for phrase in some
            )
            if len(self.of_word) < MOST_WORDS:
                self.of_word[word] = known
        return known


_phrases = lru_cache(maxsize=256)(_Phrases)


def _places(folded: list[str], first: int, phrase: tuple[str, ...]) -> list[int]:
    """Where the words of a phrase that begins at `first` stand, with at most two others before each; none if not all do."""
    places: list[int] = []
    at = first
    for stem in phrase:
        others = 0
        while at < len(folded) and not folded[at].startswith(stem):
            others += folded[at] not in _SMALL
            if not places or others > 2:
                return []
            at += 1
        if at >= len(folded):
            return []
        places.append(at)
        at += 1
    return places

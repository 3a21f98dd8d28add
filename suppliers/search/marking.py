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
_LINK = re.compile(r"[\s’'-]*(?:(?:d|de|des|du|la|le|les|l|et|en|à|au|aux)[\s’'-]+)*", re.IGNORECASE)


def mark_text(text: str, stems: Collection[str]) -> SafeString:
    """The text as HTML, with <mark> around the words that begin, once folded, like one of the stems."""
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


def _runs(text: str, stems: Collection[str]) -> list[tuple[int, int]]:
    """Where the marks begin and end; neighbours are one."""
    starts = tuple(stem for stem in stems if stem)
    runs: list[tuple[int, int]] = []
    if not starts:
        return runs
    for word in _ANY_WORD.finditer(text):
        if not _folded(word[0]).startswith(starts):
            continue
        if runs and _LINK.fullmatch(text, runs[-1][1], word.start()):
            runs[-1] = (runs[-1][0], word.end())
        else:
            runs.append((word.start(), word.end()))
    return runs

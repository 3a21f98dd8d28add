"""A text cut into words, each with where it stands in what was typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.web.folding import fold_text

MOST_TOKENS = 40
_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r"[\"“”«]\s*([^\"“”«»]*?)\s*[\"“”»]")


@dataclass(frozen=True, slots=True)
class Token:
    """`key` is the word folded; `start` and `end` are where it stands in the text."""

    key: str
    start: int
    end: int


def split_tokens(text: str, offset: int = 0) -> list[Token]:
    """The words of a text, in order; « ½ » or « ① » fold to what they say, or to nothing and are left out.

    >>> [token.key for token in split_tokens("L’Œuvre d'à côté, 4x4")]
    ['l', 'oeuvre', 'd', 'a', 'cote', '4x4']
    """
    found = []
    for match in _WORD.finditer(text):
        key = fold_text(match[0]).replace(" ", "")[:60]
        if key:
            found.append(Token(key, match.start() + offset, match.end() + offset))
    return found[:MOST_TOKENS]


def split_quoted(text: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The text with what stands in quotes blanked out, and the quoted parts with where they stand."""
    quoted = [(match[1], match.start(), match.end()) for match in _QUOTED.finditer(text)]
    for _said, start, end in quoted:
        text = text[:start] + " " * (end - start) + text[end:]
    return text, quoted


def text_without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text less some of its parts, tidied.

    >>> text_without("traiteur pour 120 personnes, à Shawinigan", [(9, 27)])
    'traiteur, à Shawinigan'
    """
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + " " + text[end:]
    return re.sub(r"\s+([,;.])", r"\1", " ".join(text.split())).strip(" ,;")

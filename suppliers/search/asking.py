"""A text asked of the directory: read, looked for, and where a word is found nowhere, mended or offered to be."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.classification.code_words import code_words
from marketplace.classification.lexicon.words import word_form
from marketplace.web.folding import fold_text

from .corrections import correct_words
from .hits import Hits, find_hits
from .meanings import prepared_lexicon
from .reading import read_wishes
from .slips import replace_words
from .wishes import Wishes


@dataclass(frozen=True, kw_only=True)
class Found:
    """`read_as` is the text with its slips mended, where that was done; `suggestion` where it is only offered.

    `exact` is what to type so that nothing is mended; `unknown` are words found nowhere that resemble none.
    """

    asked: str = ""
    wishes: Wishes
    hits: Hits | None = None
    read_as: str = ""
    suggestion: str = ""
    exact: str = ""
    unknown: tuple[str, ...] = ()
    without_unknown: str = ""

    def __bool__(self) -> bool:
        return bool(self.wishes)

    @property
    def found_nobody(self) -> bool:
        return bool(self.wishes) and self.hits is not None and not len(self.hits)

    @property
    def message(self) -> str:
        return self.wishes.message


def search_directory(text: str) -> Found:
    """Two SQL queries where every word is found, at most five."""
    wishes = read_wishes(text)
    if not wishes:
        return Found(asked=wishes.asked, wishes=wishes)
    hits = find_hits(wishes)
    asked = wishes.asked
    missing = missing_words(wishes, hits)
    corrections = correct_words(missing) if missing else {}
    clear = {typed: one.shown for typed, one in corrections.items() if one.clear}
    offered = {typed: one.shown for typed, one in corrections.items() if not one.clear}
    read_as = suggestion = exact = ""
    if offered and not clear and not len(hits):  # better than nothing, and it is said
        clear, offered = offered, {}
    if clear:
        read_as = replace_words(asked, clear)
        exact = '"' + asked.replace('"', " ").strip() + '"'
        wishes = read_wishes(read_as)
        hits = find_hits(wishes)
    if offered:
        suggestion = replace_words(read_as or asked, offered)
    unknown = tuple(word for word in missing if word not in corrections)
    return Found(
        asked=asked,
        wishes=wishes,
        hits=hits,
        read_as=read_as,
        suggestion=suggestion,
        exact=exact,
        unknown=unknown,
        without_unknown=" ".join(word for word in asked.split() if fold_text(word) not in unknown)
        if unknown
        else "",
    )


def missing_words(wishes: Wishes, hits: Hits) -> list[str]:
    """Words that neither the lexicon nor the codes know, and that no supplier is found by, or only by others of their root
    while a word of the lexicon sounds the same (« résidance »)."""
    vocabulary = prepared_lexicon().vocabulary
    known = vocabulary.shown
    return [
        what.keys[0]
        for what, count in zip(wishes.whats, hits.found, strict=True)
        if len(what.keys) == 1
        and (not count or vocabulary.sounding(what.keys[0]))
        and not what.meanings
        and not what.exact
        and what.keys[0] not in known
        and word_form(what.keys[0]) not in code_words().by_form
    ]

"""The words by which published enterprises can be found today: titles of offers, and the lexicon's meanings that these have.

Read in one SQL statement, then kept ten minutes for every process: what is proposed while typing, and the examples that pages
show, find somebody.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from django.utils.translation import get_language

from marketplace.classification.lexicon.reading import Meaning, read_lexicon
from marketplace.web.folding import fold_text
from marketplace.web.process_cache import cached_in_process

TITLES_KEPT = 3_000
LAST = 600  # seconds
EXAMPLES = 4
LONGEST_EXAMPLE = 22  # characters: an example is a word or two

_TITLES = """
SELECT o.title, count(*) FROM suppliers_offer o JOIN suppliers_directoryentry e USING (supplier_id)
GROUP BY o.title ORDER BY 2 DESC, 1 LIMIT %s
"""


@dataclass(frozen=True)
class OfferedWords:
    """Titles with their folded text, the most offered first; and for each meaning, how many offers have it."""

    titles: list[tuple[str, str]]
    meanings: dict[str, int]

    def says(self, words: str) -> bool:
        """Whether some title has these folded words in it."""
        return any(f" {words} " in f" {folded} " for _title, folded in self.titles)


@cached_in_process
def offered_words() -> OfferedWords:
    found: OfferedWords = cache.get_or_set("suppliers.offered_words", _read, LAST)
    return found


def _read() -> OfferedWords:
    titles: dict[str, str] = {}
    meanings: dict[str, int] = {}
    lexicon = read_lexicon()
    with connection.cursor() as cursor:
        cursor.execute(_TITLES, [TITLES_KEPT])
        for title, count in cursor.fetchall():
            titles.setdefault(fold_text(title), title)
            for key in {found.senses[0].meaning.key for found in lexicon.find(title, "fr")}:
                meanings[key] = meanings.get(key, 0) + count
    return OfferedWords([(title, folded) for folded, title in titles.items()], meanings)


def offered_meanings() -> list[Meaning]:
    """The meanings that some offer has, the most offered first."""
    lexicon, counts = read_lexicon(), offered_words().meanings
    known = [meaning for meaning in lexicon if meaning.key in counts]
    return sorted(known, key=lambda meaning: (-counts[meaning.key], meaning.key))


@cached_in_process
def offered_terms() -> dict[str, list[list[tuple[str, str]]]]:
    """By language, the terms of each of these meanings in that order, each with its folded text."""
    terms: dict[str, list[list[tuple[str, str]]]] = {}
    for meaning in offered_meanings():
        by_language: dict[str, list[tuple[str, str]]] = {}
        for term in meaning.terms:
            by_language.setdefault(term.language, []).append((term.text, fold_text(term.text)))
        for language, some in by_language.items():
            terms.setdefault(language, []).append(some)
    return terms


def search_examples() -> list[str]:
    """Some words that find somebody, in the reader's language: those of what is offered most."""
    examples: list[str] = []
    for meaning in offered_meanings():
        if len(examples) == EXAMPLES:
            break
        if word := _example(meaning):
            examples.append(word)
    return examples


def _example(meaning: Meaning) -> str:
    """A short term of the reader's language; in French one that stands in an offer as it is."""
    language = (get_language() or "fr")[:2]
    said = offered_words()
    for term in meaning.terms:
        short = term.language == language and len(term.text) <= LONGEST_EXAMPLE
        if short and (language != "fr" or said.says(fold_text(term.text))):
            return term.text
    return ""

"""What the words of a text mean, by the lexicon: terms that say the same in both languages, and codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.classification.lexicon.reading import Lexicon, Meaning, Sense, read_lexicon
from marketplace.web.folding import fold_text

from .slips import Vocabulary
from .small_words import EMPTY
from .stems import stem_words
from .wishes import Stems

MOST_SENSES = 4
#: What a meaning that another leads to keeps of its weight.
LED = 0.8


@dataclass(frozen=True)
class Alternatives:
    terms: tuple[tuple[Stems, float], ...]
    codes: tuple[tuple[str, float], ...]


class _Prepared:
    """A lexicon with the stems of its terms, and what each meaning may be looked for by."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        texts = {term.text: fold_text(term.text).split() for meaning in lexicon for term in meaning.terms}
        stems = stem_words(word for words in texts.values() for word in words)
        self.stems: dict[str, Stems] = {
            text: tuple(stem for word in words if word not in EMPTY and (stem := stems[word]))
            for text, words in texts.items()
        }
        self.words: frozenset[str] = frozenset(
            word for words in texts.values() if len(words) == 1 for word in words
        ) | frozenset(
            word for meaning in lexicon for term in meaning.entries for word in [fold_text(term.text)]
        )

        self.vocabulary = Vocabulary.of(
            term.text for meaning in lexicon for term in (*meaning.terms, *meaning.entries)
        )

    def alternatives(self, senses: Iterable[Sense]) -> Alternatives:
        terms: dict[Stems, float] = {}
        codes: dict[str, float] = {}

        def add(meaning: Meaning, weight: float) -> None:
            for term in meaning.terms:
                if stems := self.stems.get(term.text):
                    terms[stems] = max(terms.get(stems, 0.0), weight * term.weight)
            for rank, code in enumerate(meaning.codes):
                codes[code] = max(codes.get(code, 0.0), weight * (1.0, 0.7, 0.5, 0.4)[min(rank, 3)])

        for sense in senses:
            add(sense.meaning, sense.weight)
            for lead in sense.meaning.leads_to:
                if target := self.lexicon.by_key.get(lead.key):
                    add(target, sense.weight * lead.weight * LED)
        return Alternatives(tuple(terms.items()), tuple(codes.items()))


_last: _Prepared | None = None


def prepared_lexicon() -> _Prepared:
    """Worked out again only where someone edited the lexicon."""
    global _last
    lexicon = read_lexicon()
    if _last is None or _last.lexicon is not lexicon:
        _last = _Prepared(lexicon)
    return _last

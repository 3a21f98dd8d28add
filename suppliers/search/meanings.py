"""What the words of a text mean, by the lexicon: terms that say the same in both languages, and codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from marketplace.classification.lexicon.reading import Lexicon, Meaning, Sense, read_lexicon
from marketplace.classification.lexicon.words import JOINING
from marketplace.web.folding import fold_text

from .slips import Vocabulary
from .stems import stem_words
from .wishes import Stems

MOST_SENSES = 4
#: What a meaning that another leads to keeps of its weight.
LED = 0.8
ENGLISH = 0.7  # hardly any listing is written in English


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
        # Words that ask nothing alone stay: « centre de recherche » is not « centre ».
        said = {text: [word for word in words if word not in JOINING] for text, words in texts.items()}
        self.stems: dict[str, Stems] = {
            text: tuple(stem for word in words if (stem := stems[word])) for text, words in said.items()
        }
        #: Stemmed as French, an English word may pass for another: « logs » for « logis », « plays » for « plaies »;
        #: unless French has it too (« sculpture »).
        self.unsafe = {
            term.text
            for meaning in lexicon
            for term in meaning.terms
            if term.language == "en" and len(words := texts[term.text]) == 1 and stems[words[0]] != words[0]
        } - {term.text for meaning in lexicon for term in meaning.terms if term.language == "fr"}
        #: So may what is left of several words: « fil » for « sans fil ».
        self.unsafe |= {text for text, words in said.items() if len(self.stems[text]) == 1 < len(words)}
        self.words: frozenset[str] = frozenset(
            word for words in texts.values() if len(words) == 1 for word in words
        ) | frozenset(
            word for meaning in lexicon for term in meaning.entries for word in [fold_text(term.text)]
        )

        every = [term for meaning in lexicon for term in (*meaning.terms, *meaning.entries)]
        self.vocabulary = Vocabulary.of(term.text for term in every)
        french, english = (
            {word for term in every if term.language == language for word in fold_text(term.text).split()}
            for language in ("fr", "en")
        )
        #: Words of the other language alone, by the reader's.
        self.foreign: dict[str, frozenset[str]] = {
            "fr": frozenset(english - french),
            "en": frozenset(french - english),
        }

    def alternatives(self, senses: Iterable[Sense]) -> Alternatives:
        terms: dict[Stems, float] = {}
        codes: dict[str, float] = {}

        def add(meaning: Meaning, weight: float) -> None:
            for term in meaning.terms:
                if term.text not in self.unsafe and (stems := self.stems.get(term.text)):
                    own = term.weight * (ENGLISH if term.language == "en" else 1.0)
                    terms[stems] = max(terms.get(stems, 0.0), weight * own)
            for rank, code in enumerate(meaning.codes):
                codes[code] = max(codes.get(code, 0.0), weight * (1.0, 0.7, 0.5, 0.4)[min(rank, 3)])

        for sense in senses:
            add(sense.meaning, sense.weight)
            for lead in sense.meaning.leads_to:
                if target := self.lexicon.by_key.get(lead.key):
                    add(target, sense.weight * lead.weight * LED)
        telling = tuple(
            (stems, weight) for stems, weight in terms.items() if not _said_shorter(stems, weight, terms)
        )
        return Alternatives(telling, tuple(codes.items()))

    def senses(self, said: str, senses: Iterable[Sense]) -> list[Sense]:
        """Those that a word has in its own language: « plaies » is not the English “plays”, though both are spelled alike
        once their endings are off."""
        return [sense for sense in senses if " " in said or _is_said(said, sense.meaning)]


def _said_shorter(stems: Stems, weight: float, terms: dict[Stems, float]) -> bool:
    """Whether fewer of its words are looked for as well and say as much: « nettoyage » finds « nettoyage de bureaux »."""
    if len(stems) == 1:
        return False
    parts: list[Stems] = [(stem,) for stem in stems]
    if len(stems) > 2:
        parts += combinations(stems, 2)
    return any(terms.get(part, 0.0) >= weight for part in parts)


def _is_said(word: str, meaning: Meaning) -> bool:
    """Whether some term of the meaning begins as the word does: nearly all of it where the term is English."""
    terms = [
        (term.language, key)
        for term in (*meaning.terms, *meaning.entries)
        if " " not in (key := fold_text(term.text)) and key[:2] == word[:2]
    ]
    apart = [(language, min(len(key), len(word)) - _shared(key, word)) for language, key in terms]
    return any(missing <= (1 if language == "en" else 2) for language, missing in apart) or not any(
        missing <= 2 for _language, missing in apart
    )


def _shared(a: str, b: str) -> int:
    """How many letters both begin with."""
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


_last: _Prepared | None = None


def prepared_lexicon() -> _Prepared:
    """Worked out again only where someone edited the lexicon."""
    global _last
    lexicon = read_lexicon()
    if _last is None or _last.lexicon is not lexicon:
        _last = _Prepared(lexicon)
    return _last

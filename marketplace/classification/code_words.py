"""From words to UNSPSC codes, by what the codes are called in either language. In memory; 20,000 labels take some 15 MB.

The lexicon says what people mean; this finds what the official list names and the lexicon does not (« stérilisateur à
plasma »). A label that shares one common word with the text (« services de… ») is no candidate.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from typing import NamedTuple

from django.db import connection

from marketplace.web.process_cache import cached_in_process

from .labelled import in_reader_language
from .lexicon.words import text_forms
from .models import UnspscCode

#: A label that shares less than this part of the meaning with the text says nothing.
LEAST = 0.3
#: Words that stand in every other label and name no good or service.
EMPTY = frozenset(
    text_forms(
        "autre autres divers diverses produit produits service services fourniture fournitures accessoire accessoires"
        " matériel équipement other product supplies supply equipment accessories related"
    )
)


class CodeCandidate(NamedTuple):
    """A code in eight digits, its label in the reader's language, and how much of the words and the label meet, in ]0, 1]."""

    code: str
    label: str
    fit: float


@dataclass(frozen=True, slots=True)
class CodeWords:
    """Labels by the forms of their words. A code has an entry for each language that names it."""

    codes: tuple[str, ...]
    by_form: Mapping[str, array[int]]
    totals: array[float]
    labels: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, str]]) -> CodeWords:
        """From (code, French label, English label)."""
        entries: list[tuple[str, frozenset[str]]] = []
        labels: dict[str, tuple[str, str]] = {}
        for code, french, english in rows:
            labels[code] = (french, english)
            for label in (french, english):
                if words := frozenset(text_forms(label)) - EMPTY:
                    entries.append((code, words))
        by_form: dict[str, array[int]] = {}
        for at, (_code, words) in enumerate(entries):
            for word in words:
                by_form.setdefault(word, array("l")).append(at)
        known = cls(tuple(code for code, _words in entries), by_form, array("d"), labels)
        known.totals.extend(sum(map(known.weight, words)) for _code, words in entries)
        return known

    def label_of(self, code: str) -> str:
        """In the reader's language; "" for a code that none names."""
        return in_reader_language(*self.labels[code]) if code in self.labels else ""

    def weight(self, form: str) -> float:
        """A rare word says more."""
        return log(2 + len(self.codes) / (1 + len(self.by_form.get(form, ()))))

    def candidates(self, text: str, least: float = LEAST) -> list[tuple[str, float]]:
        """Codes whose label meets the text, the best first; of equals, the broader."""
        asked = set(text_forms(text)) - EMPTY
        whole = sum(map(self.weight, asked))
        shared: dict[int, float] = {}
        for form in asked:
            weight = self.weight(form)
            for at in self.by_form.get(form, ()):
                shared[at] = shared.get(at, 0.0) + weight
        fits: dict[str, float] = {}
        for at, common in shared.items():
            fit = common / (whole + self.totals[at] - common)
            if fit >= least:
                code = self.codes[at]
                fits[code] = max(fit, fits.get(code, 0.0))
        return sorted(fits.items(), key=lambda found: (-found[1], found[0]))


_STATE = "SELECT concat_ws(' ', count(*), sum(hashtext(code || label || '/' || label_en))) FROM classification_unspsccode"
_last: tuple[str, CodeWords] = ("", CodeWords.of(()))


@cached_in_process
def code_words() -> CodeWords:
    """The labels, looked at again after a minute and read again only where one changed."""
    global _last
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        state = str(cursor.fetchone()[0])
    if _last[0] != state:
        rows = UnspscCode.objects.exclude(label="", label_en="").order_by("code")
        _last = (state, CodeWords.of(rows.values_list("code", "label", "label_en")))
    return _last[1]


def code_candidates(text: str) -> list[CodeCandidate]:
    """The codes whose labels meet these words, in either language, the best first; [] where no label does."""
    known = code_words()
    return [CodeCandidate(code, known.label_of(code), fit) for code, fit in known.candidates(text)]

"""The UNSPSC codes of what a text means, by the lexicon: for an offer that an enterprise writes, for a need of a buyer."""

from __future__ import annotations

from marketplace.web.folding import fold_text

from .lexicon.reading import Lexicon
from .lexicon.words import text_forms

#: A word that only leads to a meaning (« parc » to green spaces) says less than one that names it; so does a customer.
LEADING = 0.4
#: What follows says for whom.
FOR_WHOM = ("pour", "for", "chez")


def meant_codes(text: str, lexicon: Lexicon) -> dict[str, int]:
    """The points of the codes of what the text means. A term of more words says more; so does what is named first, and what
    is named before « pour » (« buanderie pour hôtels » lets no room); of a meaning, its first code."""
    words = fold_text(text).split()
    whom = min((words.index(word) for word in FOR_WHOM if word in words), default=len(words))
    found = lexicon.find(text)
    points: dict[str, int] = {}
    for place, term in enumerate(found):
        sure = min(len(text_forms(term.words)), 3) * (0.9**place) * (LEADING if term.start > whom else 1.0)
        for sense in term.senses[:2]:
            if not sense.both_ways and len(found) > 1:
                continue
            weight = sense.weight * sure * (1.0 if sense.both_ways else LEADING)
            for rank, code in enumerate(sense.meaning.codes[:3]):
                whole = code.ljust(8, "0")
                points[whole] = max(points.get(whole, 0), round(2000 * weight) - 300 * rank)
    least = max(points.values(), default=0) / 2
    return {code: n for code, n in points.items() if n >= least}

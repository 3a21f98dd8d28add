"""Words as the lexicon compares them, French and English alike: folded, singular, without the words that only join. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from marketplace.web.folding import fold_text

_JOINING = """
a an and at au aux avec by ce ces cet cette chez d dans de des du en et for from il in l la le les leur leurs n nos notre of
on or ou our par pour qu que qui s sa se ses sur to un une vos votre with your
"""
#: Words that join others and mean nothing by themselves. Not « son » (« technicien de son ») nor *the* (« thé »).
JOINING = frozenset(_JOINING.split())
#: Singular as they are: « cours » is no « cour », « fils » no « fil ».
_WHOLE = frozenset(
    {"bus", "chaux", "cours", "deux", "faux", "fils", "gas", "gaz", "plus", "pres", "sous", "taux"}
)
_AUX_OF_AU = frozenset({"boyaux", "joyaux", "noyaux", "tuyaux"})


@lru_cache(maxsize=20_000)
def word_form(word: str) -> str:
    """A folded word, singular, without the « e » of the feminine or of the ending: what two spellings share.

    >>> word_form("bureaux"), word_form("locaux"), word_form("travaux"), word_form("menageres")
    ('bureau', 'local', 'travail', 'menager')
    >>> word_form("supplies") == word_form("supply"), word_form("lunches") == word_form("lunch")
    (True, True)
    >>> word_form("cours"), word_form("cour"), word_form("femme"), word_form("ferme")
    ('cours', 'cour', 'fem', 'ferm')
    """
    if len(word) < 4 or word in _WHOLE or not word.isalpha():
        return word
    if word == "travaux":
        return "travail"
    if word.endswith("x"):
        if word.endswith("aux") and not word.endswith("eaux") and word not in _AUX_OF_AU:
            word = word[:-2] + "l"
        elif word.endswith(("eaux", "eux", "oux", "yaux")):
            word = word[:-1]
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 3 and word.endswith("y"):
        word = word[:-1] + "i"
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word


def text_forms(text: str) -> tuple[str, ...]:
    """The forms of the words of a text that mean something, in their order.

    >>> text_forms("L’entretien des espaces verts")
    ('entretien', 'espac', 'vert')
    """
    return word_forms(fold_text(text).split())


def word_forms(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word_form(word) for word in words if word not in JOINING)

"""Words as the lexicon compares them, French and English alike: folded, singular, without the words that only join. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from marketplace.web.folding import fold_text

_JOINING = """
a an and at au aux avec by ce ces cet cette chez d dans de des du en et for from il in l la le les leur leurs n nos notre of
on ou our par pour qu que qui s sa se ses sur to un une vos votre with your
"""
#: Words that join others and mean nothing by themselves. Not « son » (« technicien de son »), *the* (« thé »)
#: nor *or* (« âge d’or »).
JOINING = frozenset(_JOINING.split())
#: Singular as they are: « cours » is no « cour », « fils » no « fil ».
_WHOLE = frozenset(
    {"bus", "chaux", "cours", "deux", "faux", "fils", "gas", "gaz", "plus", "pres", "sous", "taux"}
)
_AUX_OF_AU = frozenset({"boyaux", "joyaux", "noyaux", "tuyaux"})


#: Endings by number and gender, then what they become: the first that a word has is changed.
_PLURALS = (
    ("eaux", "eau"),
    ("aux", "al"),
    ("eux", "eu"),
    ("oux", "ou"),
    ("ss", "ss"),
    ("us", "us"),
    ("s", ""),
)
_GENDERS = (
    ("elle", "el"),
    ("enne", "en"),
    ("ale", "al"),
    ("ere", "er"),
    ("ive", "if"),
    ("ee", "e"),
    ("che", "ch"),
    ("she", "sh"),
    ("sse", "ss"),
    ("xe", "x"),
    ("ie", "i"),
    ("y", "i"),
)


@lru_cache(maxsize=20_000)
def word_form(word: str) -> str:
    """A folded word, singular and masculine where the ending tells: what spellings of one word share, in both languages.

    >>> word_form("bureaux"), word_form("locaux"), word_form("travaux"), word_form("menageres")
    ('bureau', 'local', 'travail', 'menager')
    >>> word_form("bakeries") == word_form("bakery"), word_form("lunches") == word_form("lunch")
    (True, True)
    >>> word_form("cours"), word_form("cour"), word_form("portes"), word_form("ports")
    ('cours', 'cour', 'porte', 'port')
    """
    if len(word) < 4 or word in _WHOLE or not word.isalpha():
        return word
    if word == "travaux":
        return "travail"
    if word in _AUX_OF_AU:
        return word[:-1]
    for endings in (_PLURALS, _GENDERS):
        for ending, instead in endings:
            if word.endswith(ending) and len(word) - len(ending) >= 2:
                word = word.removesuffix(ending) + instead
                break
    return word


def text_forms(text: str) -> tuple[str, ...]:
    """The forms of the words of a text that mean something, in their order.

    >>> text_forms("L’entretien des espaces verts")
    ('entretien', 'espace', 'vert')
    """
    return word_forms(fold_text(text).split())


def word_forms(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word_form(word) for word in words if word not in JOINING)

"""How many people, how many dollars: numbers that a text says, which never make a search empty. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from .small_words import ABOUT, MONEY, PEOPLE, PEOPLE_OF_A_KIND
from .tokens import Token

MOST_PEOPLE, MOST_DOLLARS = 100_000, 2_000_000_000
_NUMBER = r"\d{1,3}(?:[\s\u00a0\u202f.,]\d{3})+(?!\d)|\d+"
_AMOUNT = re.compile(
    rf"(?P<before>\$\s?|cad\s?)?(?P<number>{_NUMBER})(?:[.,]\d{{1,2}})?(?!\w*-)\s?"
    r"(?P<times>k|m|mille|millions?(?:\s+de)?)?\b\s?(?P<after>\$|dollars?\b|piastres\b|cad\b)?",
    re.IGNORECASE,
)
_TIMES = {"k": 1_000, "mille": 1_000, "m": 1_000_000, "million": 1_000_000, "millions": 1_000_000}
_BEFORE_AMOUNT = frozenset(
    [
        "pour",
        "de",
        "d",
        "a",
        "maximum",
        "max",
        "moins",
        "budget",
        "under",
        "up",
        "to",
        "about",
        "for",
        "of",
        "environ",
        "moins",
    ]
)


class Number(NamedTuple):
    """`start` and `end`: the words that said it, in the text. `kind`: what it counts is left to be read as a wish."""

    value: int
    start: int
    end: int
    kind: bool = False


def read_amount(text: str) -> Number | None:
    """« 50 000 $ », « $50,000 », « 50 k$ », « 50000 dollars ».

    >>> read_amount("déneigement 50 000 $")
    Number(value=50000, start=12, end=20, kind=False)
    >>> read_amount("ISO 9001") is None
    True
    """
    for match in _AMOUNT.finditer(text):
        if not (match["before"] or match["after"]):
            continue
        times = _TIMES.get((match["times"] or "").lower().split()[0] if match["times"] else "", 1)
        value = int(re.sub(r"\D", "", match["number"])[:12]) * times
        return Number(min(value, MOST_DOLLARS), match.start(), match.end())
    return None


def read_people(text: str, tokens: list[Token]) -> Number | None:
    """« 120 personnes », « 120 couverts », « 40 guests », « groupe de 30 ».

    >>> from .tokens import split_tokens
    >>> text = "traiteur pour 120 personnes"
    >>> read_people(text, split_tokens(text))
    Number(value=120, start=14, end=27, kind=False)
    """
    for at, token in enumerate(tokens):
        first, last = at, at
        if token.key in ABOUT:
            value = str(ABOUT[token.key])
            last += at + 1 < len(tokens) and tokens[at + 1].key in ("de", "d", "of")
        elif token.key.isdigit() and len(token.key) <= 7:
            value = token.key
        else:
            continue
        if at + 1 < len(tokens) and tokens[at + 1].key.isdigit() and len(tokens[at + 1].key) == 3:
            value, last = value + tokens[at + 1].key, at + 1  # « 1 200 personnes »
        after = tokens[last + 1].key if last + 1 < len(tokens) else ""
        if after in PEOPLE_OF_A_KIND:
            return Number(min(int(value), MOST_PEOPLE), tokens[first].start, tokens[last].end, kind=True)
        if after in PEOPLE:
            last += 1
        elif not (
            at >= 2 and tokens[at - 1].key in ("de", "of") and tokens[at - 2].key in ("groupe", "group")
        ):
            continue
        return Number(min(int(value), MOST_PEOPLE), tokens[first].start, tokens[last].end)
    return None


def is_number(key: str) -> bool:
    return key.isdigit() or key in MONEY

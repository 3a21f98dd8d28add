"""UNSPSC codes as digits: levels, ancestors and distance. Pure; what the codes are called is in `labels`.

A code has eight digits, two for each level: segment, family, class, commodity. Zeros at the end say that it stops
at a level; a *prefix* is the code without them (« 5610 » for « 56100000 »).
"""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2014\u00a0\u202f]")
_PREFIX = re.compile(r"(?!00)\d\d(?:(?!00)\d\d){0,3}", re.ASCII)
_ENDING_PAIRS = re.compile(r"(?:00)+$")

#: Between codes of two segments: further than any two of one (6 at most).
APART = 8


def code_prefix(code: str) -> str:
    """A code without the zero pairs at its end.

    >>> code_prefix("56101600"), code_prefix("56000000"), code_prefix("561016")
    ('561016', '56', '561016')
    """
    pairs = code[: len(code) // 2 * 2]
    return _ENDING_PAIRS.sub("", pairs)


def normalise_code(text: str) -> str | None:
    """Eight digits for a code of any level as people and feeds write it; None for what is no code.

    >>> normalise_code("5610 16 00"), normalise_code("56.10"), normalise_code("56")
    ('56101600', '56100000', '56000000')
    >>> normalise_code("0"), normalise_code("561"), normalise_code("56001600"), normalise_code("meubles")
    (None, None, None, None)
    """
    tight = _SEPARATORS.sub("", text)
    if len(tight) % 2 or len(tight) > 8:
        return None
    digits = code_prefix(tight)
    return digits.ljust(8, "0") if _PREFIX.fullmatch(digits) else None


def parse_code_prefix(text: str) -> str | None:
    """The prefix of a code as people write it; None for what is no code.

    >>> parse_code_prefix("5610 16 00"), parse_code_prefix("meubles")
    ('561016', None)
    """
    code = normalise_code(text)
    return code_prefix(code) if code else None


def code_level(code: str) -> int:
    """2 for a segment, 4 for a family, 6 for a class, 8 for a commodity.

    >>> code_level("56000000"), code_level("5610"), code_level("56101703")
    (2, 4, 8)
    """
    return len(code_prefix(code))


def code_ancestors(code: str) -> list[str]:
    """The prefixes from the segment down to the code itself: what the code is a kind of.

    >>> code_ancestors("56101600")
    ['56', '5610', '561016']
    """
    digits = code_prefix(code)
    return [digits[:length] for length in range(2, len(digits) + 1, 2)]


def parent_code(code: str) -> str | None:
    """The eight digits one level up; None above a segment.

    >>> parent_code("56101600"), parent_code("56000000")
    ('56100000', None)
    """
    digits = code_prefix(code)
    return digits[:-2].ljust(8, "0") if len(digits) > 2 else None


def code_distance(a: str, b: str) -> int:
    """Steps between two codes in the tree: 0 the same, 1 parent and child, 2 siblings… 8 in different segments.

    >>> code_distance("56101703", "56101700"), code_distance("56101703", "56101704"), code_distance("56101703", "56120000")
    (1, 2, 4)
    >>> code_distance("56000000", "43000000")
    8
    """
    first, second = code_prefix(a), code_prefix(b)
    if first[:2] != second[:2]:
        return APART
    shared = 0
    while shared < min(len(first), len(second)) and first[shared : shared + 2] == second[shared : shared + 2]:
        shared += 2
    return (len(first) + len(second)) // 2 - shared

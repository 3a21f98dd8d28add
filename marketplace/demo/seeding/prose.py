"""Sentences made of fragments, so that eleven thousand enterprises do not say the same thing.

In a fragment, `[a|b|c]` is one of several; `{10-60}` a number that grows with the enterprise, `{24~32}` any number in the
range (with decimals where the fragment has some); `{year}`, `{de_town}` and the like are what the writer gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

from marketplace.web.typography import NB

#: From who writes, what is known and the size (0 to 1) to words.
Words = Mapping[str, str]
Fragment = Callable[[Random, Words, float], str]
_TOKEN = re.compile(r"[\[\]|]|\{[^{}]+\}|[^\[\]|{}]+")
_RANGE = re.compile(r"\{([\d.]+)([-~])([\d.]+)\}")
_SIGNS = re.compile(r" (?=[:%$»])|(?<=«) |(?<=[\d}]) (?=(?:000|m²|m³|M\$|km|kg|kW|h|ans|cm|mm|lb|ppp|pi)\b)")


def fragment(text: str) -> Fragment:
    """What a fragment writes, read once. Raises ValueError where its brackets do not close."""
    pieces = _TOKEN.findall(_SIGNS.sub(NB, text))
    written, end = _sequence(pieces, 0)
    if end != len(pieces):
        raise ValueError(f"brackets do not match: {text}")
    return written


def _sequence(pieces: list[str], start: int) -> tuple[Fragment, int]:
    """Parts that follow each other, up to « | », « ] » or the end."""
    parts: list[str | Fragment] = []
    place = start
    while place < len(pieces) and pieces[place] not in "|]":
        word = pieces[place]
        if word == "[":
            choices = []
            while word != "]":
                choice, place = _sequence(pieces, place + 1)
                choices.append(choice)
                if place == len(pieces):
                    raise ValueError(f"a bracket is not closed: {''.join(pieces)}")
                word = pieces[place]
            parts.append(_one_of(choices))
        elif word.startswith("{"):
            after = pieces[place + 1] if place + 1 < len(pieces) else ""
            parts.append(_value(word, after))
        else:
            parts.append(word)
        place += 1
    if len(parts) == 1 and not isinstance(parts[0], str):
        return parts[0], place
    return _joined(parts), place


def _joined(parts: list[str | Fragment]) -> Fragment:
    def write(rng: Random, words: Words, size: float) -> str:
        return "".join([part if isinstance(part, str) else part(rng, words, size) for part in parts])

    return write


def _one_of(choices: list[Fragment]) -> Fragment:
    count = len(choices)

    def write(rng: Random, words: Words, size: float) -> str:
        return choices[int(rng.random() * count)](rng, words, size)

    return write


def _value(word: str, after: str) -> Fragment:
    found = _RANGE.fullmatch(word)
    if found is None:
        name = word[1:-1]
        return lambda _rng, words, _size: words[name]
    low, how, high = found.groups()
    if "." in low + high:
        return _decimal(float(low), float(high))
    least, most = int(low), int(high)
    if least == 1 and not after.startswith((NB, " 000", " M", " ans")):
        least = 2  # what follows is in the plural
    if how == "~":
        step = _step(most)
        return lambda rng, _words, _size: _grouped(round(rng.uniform(least, most) / step) * step or least)
    return _with_size(least, most)


def _with_size(least: int, most: int) -> Fragment:
    geometric = most > 3 * least

    def write(rng: Random, _words: Words, size: float) -> str:
        share = min(1.0, max(0.0, size + rng.uniform(-0.08, 0.08)))
        amount = least * (most / least) ** share if geometric else least + (most - least) * share
        step = _step(amount)
        return _grouped(max(least, round(amount / step) * step))

    return write


def _decimal(least: float, most: float) -> Fragment:
    step = 0.25 if most > 2 else 0.05

    def write(rng: Random, _words: Words, _size: float) -> str:
        amount = f"{round(rng.uniform(least, most) / step) * step:.2f}".replace(".", ",")
        return amount.removesuffix(",00")

    return write


def _step(amount: float) -> int:
    """As people round: 7, 45, 350, 2 500, 40 000."""
    if amount <= 30:
        return 1
    return 5 if amount <= 200 else 50 if amount <= 2_000 else 500 if amount <= 20_000 else 5_000


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", NB)

"""How well the search answers the labelled queries: through the public API, which asks as the page does."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from unittest import mock

from django.test import Client
from django.urls import reverse

from marketplace.api.throttling import AddressThrottle
from tests.bench.pages import HOST

from .facts import Facts
from .labels import KINDS, LANGUAGES, Asked, Query, ask

GOAL = 0.90  # P@10, in each language
FIRST = 10
POOR = 0.5  # below: worth a look


@dataclass(frozen=True)
class Answer:
    """What the search gave for one query: slugs and names of the first ten, in order."""

    asked: Asked
    slugs: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """Somebody is right for it in this directory."""
        return bool(self.asked.right)

    @property
    def precision(self) -> float:
        """Right answers among the first ten over as many as there can be; 0 to 1."""
        return precision(self.slugs, self.asked.right)

    @property
    def is_empty(self) -> bool:
        return not self.slugs


def precision(slugs: Iterable[str], right: frozenset[str]) -> float:
    found = sum(slug in right for slug in list(slugs)[:FIRST])
    return found / min(FIRST, len(right)) if right else 0.0


@dataclass(frozen=True)
class Figures:
    queries: int
    precision: float
    empty: int
    unanswerable: int  # nobody is right for them here: not in `queries`


def figures(answers: Iterable[Answer]) -> Figures:
    answers = list(answers)
    counted = [answer for answer in answers if answer.counts]
    mean = sum(answer.precision for answer in counted) / len(counted) if counted else 0.0
    empty = sum(answer.is_empty for answer in counted)
    return Figures(len(counted), mean, empty, len(answers) - len(counted))


def search(text: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Slugs and names of the first ten suppliers, as anyone gets them."""
    headers = {"accept-language": language, "host": HOST}
    response = Client().get(reverse("api:suppliers"), {"q": text, "page_size": FIRST}, headers=headers)
    if response.status_code != 200:
        raise RuntimeError(f"the API answered {response.status_code} to {text!r}")
    rows = response.json()["results"]
    return tuple(row["slug"] for row in rows), tuple(row["name"] for row in rows)


def measure(queries: Iterable[Query], directory: list[Facts]) -> list[Answer]:
    """Asks faster than people may, and without a line of the log for each request."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        with mock.patch.object(AddressThrottle, "allow_request", return_value=True):
            return [
                Answer(asked, *search(asked.text, asked.query.language))
                for asked in (ask(query, directory) for query in queries)
            ]
    finally:
        logging.disable(before)


def as_table(answers: list[Answer]) -> str:
    """Figures by language, and by kind within each, in Markdown: what docs/search.md shows."""
    lines = ["| language | kind | queries | P@10 | empty |", "|---|---|---:|---:|---:|"]
    for language in LANGUAGES:
        of_language = [answer for answer in answers if answer.asked.query.language == language]
        by_kind: dict[str, list[Answer]] = defaultdict(list)
        for answer in of_language:
            if answer.counts:
                by_kind[answer.asked.query.kind].append(answer)
        if not by_kind:
            continue
        lines.append(_line(language, "**all**", figures(of_language)))
        told = {kind: figures(by_kind[kind]) for kind in KINDS if by_kind[kind]}
        lines += [_line(language, kind, found) for kind, found in told.items()]
        mean = sum(found.precision for found in told.values()) / len(told)
        lines.append(f"| {language} | mean of the kinds | | {mean:.2f} | |")
    unanswerable = figures(answers).unanswerable
    return "\n".join([*lines, "", f"Not counted: {unanswerable} queries for which nobody is right here."])


def _line(language: str, kind: str, found: Figures) -> str:
    return f"| {language} | {kind} | {found.queries} | {found.precision:.2f} | {found.empty} |"


def as_failures(answers: Iterable[Answer], *, below: float = POOR) -> str:
    """The queries that went badly, the worst first, with the first five names and how many were right."""
    poor = sorted(
        (a for a in answers if a.counts and a.precision < below),
        key=lambda a: (a.precision, a.asked.query.id),
    )
    return "\n".join(
        f"{a.precision:4.2f} {a.asked.query.id} {a.asked.query.kind:9} « {a.asked.text} »"
        f"  [{a.asked.query.rule}: {len(a.asked.right)}]\n     {' · '.join(a.names[:5]) or 'nothing'}"
        for a in poor
    )


def which_set(directory: list[Facts]) -> str:
    """The demo's NEQs begin with 1199, and nobody else's."""
    return "seed" if any(facts.neq.startswith("1199") for facts in directory) else "extract"


def as_labels(asked: list[Asked], directory: list[Facts]) -> str:
    names = {facts.slug: facts.own_name for facts in directory}
    return "\n".join(
        f"{one.query.id} {len(one.right):5} « {one.text} » [{one.query.rule}] "
        + " · ".join(names[slug] for slug in sorted(one.right)[:4])
        for one in asked
    )

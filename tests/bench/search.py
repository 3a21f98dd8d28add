"""Whether the search finds who is right: the labelled queries of `tests/search`, over the bench's own directory."""

from __future__ import annotations

from collections.abc import Iterator

from tests.search.facts import read_facts
from tests.search.labels import LANGUAGES, read_queries
from tests.search.measure import GOAL, figures, measure

from .rows import Row


def search_rows() -> Iterator[Row]:
    """The lower of the two languages, each of them, and what stayed empty although somebody is right for it."""
    answers = measure(read_queries("seed"), read_facts())
    told = {
        language: figures(answer for answer in answers if answer.asked.query.language == language)
        for language in LANGUAGES
    }
    lower = min(one.precision for one in told.values())
    yield Row("search", round(lower, 3), "P@10", None, GOAL, at_least=True)
    for language, one in told.items():
        yield Row(f"search.{language}", round(one.precision, 3), "P@10", None, None)
    yield Row("search.empty", sum(one.empty for one in told.values()), "", None, 0)

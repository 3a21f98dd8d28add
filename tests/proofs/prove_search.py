"""`dev.py prove search -s`: right answers among the first ten, over the demo's directory and over the registry extract.

Prints the figures by kind (docs/search.md shows them) and lists the queries that went badly, with the first five names.
Those held out are counted and never listed, unless HELD=1: they are what tells whether the search was tuned or learnt.
"""

from __future__ import annotations

import os
import random

import pytest
from django.utils import timezone

from marketplace.demo.seeding.enterprise_rows import seed_enterprises
from suppliers.directory_index import reindex_suppliers
from tests.search.extract import publish_extract
from tests.search.facts import read_facts
from tests.search.labels import LANGUAGES, read_queries
from tests.search.measure import GOAL, as_failures, as_table, figures, measure

pytestmark = [pytest.mark.django_db]

SUPPLIERS = int(os.environ.get("SUPPLIERS", "11200"))
SHOW_HELD = os.environ.get("HELD") == "1"


def prove(name: str) -> None:
    """The whole set, then what is held out by itself; each language must reach the goal, none empty that has an answer."""
    answers = measure(read_queries(name), read_facts())
    listed = [answer for answer in answers if SHOW_HELD or not answer.asked.query.held]
    held = [answer for answer in answers if answer.asked.query.held]
    print(f"\n{name}\n\n{as_failures(listed)}\n\n{as_table(answers)}\n\nheld out:\n{as_table(held)}")  # noqa: T201 (run to read this)
    told = {
        language: figures(answer for answer in answers if answer.asked.query.language == language)
        for language in LANGUAGES
    }
    assert {language: one.empty for language, one in told.items()} == dict.fromkeys(LANGUAGES, 0)
    assert min(one.precision for one in told.values()) >= GOAL, told


def test_search_finds_the_enterprises_of_the_demo():
    seed_enterprises(
        count=SUPPLIERS, rng=random.Random(1), day=timezone.localdate(), progress=lambda *_: None, start=0
    )
    reindex_suppliers(supplier_ids=None)
    prove("seed")


@pytest.mark.shared_data
def test_search_finds_the_enterprises_of_the_registry(shared):
    publish_extract(shared)
    prove("extract")

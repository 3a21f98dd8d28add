"""The directory page, as a browser asks for it, beside the least SQL that yields the same suppliers and counts."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.http import QueryDict
from django.template import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext, instrumented_test_render, override_settings
from django.urls import reverse
from django.utils import timezone

from marketplace.demo.seeding.bulk_copy import label_history, without_index
from marketplace.demo.seeding.enterprise_rows import seed_enterprises
from suppliers.directory_index import reindex_suppliers
from suppliers.filters import DirectoryPageFilterSet
from suppliers.models import DirectoryEntry, DirectoryText
from suppliers.search.hits import find_hits
from suppliers.search.ordering import order_standing

from .floor import ENTRY, Answer, Question, answer, ask, cards_sql, counting_sql
from .pages import client
from .rows import Row, paired, percentile

CEILING, TIMES_FLOOR, BESIDE_FLOOR = 60, 3, 25  # milliseconds, times, milliseconds
GROWN_CEILING = 250  # milliseconds
MOST = 1_000_000

QUESTIONS = (
    Question(name="all", address=""),
    Question(name="text", address="?q=entretien+menager", text="entretien menager"),
    Question(name="typo", address="?q=entretein+mennager", text="entretein mennager"),
    Question(
        name="text_region_form",
        address="?q=entretien&region=16&forme=coop",
        text="entretien",
        filters={"region": "f.region = '16'", "forme": "f.legal_form LIKE 'coop%'"},
    ),
    Question(name="offer", address="?offre=7611", joins=ENTRY, narrowed="e.codes && '{7611}'::varchar[]"),
    Question(
        name="served", address="?territoire=371", joins=ENTRY, narrowed="e.serves && '{Q,R04,371}'::varchar[]"
    ),
    Question(
        name="facets",
        address="?region=03&region=06&forme=obnl&finalite=insertion&secteur=56&capacite_min=50000",
        filters={
            "region": "f.region IN ('03', '06')",
            "forme": "f.legal_form = 'obnl'",
            "finalite": "f.purposes LIKE '%|insertion|%'",
            "secteur": "f.sector = '56'",
            "capacite_min": "f.capacity >= 50000",
        },
    ),
    Question(
        name="capacity",
        address="?capacite_min=100000",
        filters={"capacite_min": "f.capacity >= 100000"},
    ),
    Question(name="page_20", address="?page=20", page=20),
    Question(
        name="by_date",
        address="?tri=recent",
        order="f.verified_on DESC NULLS LAST, f.sort_name",
    ),
    Question(name="by_capacity", address="?tri=capacite", order="f.capacity DESC, f.sort_name"),
    Question(
        name="text_by_name",
        address="?q=entretien+menager&tri=nom",
        text="entretien menager",
        order="f.sort_name",
    ),
)


class Asked:
    """One question, ready to be asked of the page and of the floor."""

    def __init__(self, question: Question, browser: Client) -> None:
        self.question, self.browser = question, browser
        self.url = reverse("suppliers:directory") + question.address
        self.finding: tuple[str, ...] = ()
        self.counted = self.shown = question
        if question.text:
            self.find()
        self.counting, self.cards = counting_sql(self.counted), cards_sql(self.shown, question.page)

    def find(self) -> None:
        """Who answers a text, and in which order, is the search's to say: the floor runs its statement too, then takes
        its answer. Everything else the floor works out."""
        asked = QueryDict(self.question.address.removeprefix("?"))
        answers = DirectoryPageFilterSet(asked, is_french=True).results().answers
        if answers.hits is None or answers.standing is None:
            raise RuntimeError(f"{self.url} asks no text")
        with CaptureQueriesContext(connection) as captured:
            find_hits(answers.wishes)
        self.finding = tuple(query["sql"] for query in captured.captured_queries)
        listed = np.flatnonzero(answers.standing.tiers <= answers.reach)
        ids = answers.hits.ids[listed]
        best = _array(ids[order_standing(ids, answers.standing.take(listed))].tolist())
        self.counted = self.shown = replace(self.question, narrowed=f"f.entry_id = ANY('{best}'::bigint[])")
        if not self.question.order:
            ranked = f" JOIN unnest('{best}'::bigint[]) WITH ORDINALITY hit(id, rank) ON hit.id = f.entry_id"
            self.shown = replace(self.question, joins=ranked, order="hit.rank")

    def page(self) -> None:
        response = self.browser.get(self.url)
        if response.status_code != 200:
            raise RuntimeError(f"{self.url}: {response.status_code}")

    def floor(self) -> None:
        ask(self.counting, self.cards, *self.finding)

    def check(self) -> None:
        """Both must say the same; a floor that yields something else would be no floor. Warms both up."""
        with contexts_kept():
            shown, number = shown_by_page(self.browser, self.url)
        self.cards = cards_sql(self.shown, number)  # few suppliers have no page 20: the page shows their last
        floor = answer(*ask(self.counting, self.cards))
        for what in ("total", "slugs", "counts"):
            if getattr(shown, what) != getattr(floor, what):
                raise RuntimeError(
                    f"{self.url}: the page and the floor differ in {what}:\n"
                    f"page  {getattr(shown, what)}\nfloor {getattr(floor, what)}"
                )


def _array(ids: list[int]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"


@contextmanager
def contexts_kept() -> Iterator[None]:
    """Templates tell the client what they were given, as in tests. That takes time: never while measuring."""
    render = Template._render
    Template._render = instrumented_test_render
    try:
        yield
    finally:
        Template._render = render


def shown_by_page(browser: Client, url: str) -> tuple[Answer, int]:
    """What the page says, and the number of the page it shows."""
    context: Any = browser.get(url).context
    prefix = reverse("suppliers:directory")
    counts = {
        facet["name"]: {
            option["value"]: n
            for option in facet["options"]
            if (n := int(re.sub(r"\D", "", option["count"])))
        }
        for facet in context["facets"]
    }
    cards = [card for group in context["groups"] for card in group["cards"]]
    slugs = [card["url"].removeprefix(prefix).strip("/") for card in cards]
    return Answer(slugs=slugs, total=context["total"], counts=counts), context["page_obj"].number


def measure(times: int) -> dict[str, tuple[list[float], list[float]]]:
    """Milliseconds of the page and of the floor, by question; every question is checked and warm."""
    browser = client()
    asked = [Asked(question, browser) for question in QUESTIONS]
    for one in asked:
        one.check()
    figures: dict[str, tuple[list[float], list[float]]] = {q.name: ([], []) for q in QUESTIONS}
    for _ in range(
        2
    ):  # twice through all, so that a busy minute of the machine is not one question's bad luck
        for one in asked:
            one.page()
            one.floor()
            pages, floors = paired(one.page, one.floor, times)
            figures[one.question.name][0].extend(pages)
            figures[one.question.name][1].extend(floors)
    return figures


def kept_pages(times: int) -> list[float]:
    """The first page as all but its first reader get it; everywhere else the bench has each page made anew."""
    with override_settings(KEEP_PUBLIC_PAGES=True):
        one = Asked(QUESTIONS[0], client())
        one.page()
        pages, _ = paired(one.page, one.floor, times)
    return pages


def directory_rows(times: int) -> Iterator[Row]:
    """Each question asked 2 × `times` times."""
    figures = measure(times)
    value = median(ms for pages, _ in figures.values() for ms in pages)
    floor = median(ms for _, floors in figures.values() for ms in floors)
    budget = min(CEILING, max(TIMES_FLOOR * floor, floor + BESIDE_FLOOR))
    yield Row("directory", round(value, 1), "ms", round(floor, 1), round(budget, 1))
    yield Row("directory.kept", *_reported(median(kept_pages(times)), floor))
    medians = {name: (median(pages), median(floors)) for name, (pages, floors) in figures.items()}
    worst = max(medians, key=lambda name: medians[name][0] - medians[name][1])
    yield Row(f"directory.worst ({worst})", *_reported(*medians[worst]))
    for name, (page, beside) in medians.items():
        yield Row(f"directory.{name}", *_reported(page, beside))


def _reported(value: float, reference: float) -> tuple[float, str, float, None]:
    return round(value, 1), "ms", round(reference, 1), None


def growth_rows(count: int, times: int) -> Iterator[Row]:
    """The same questions once `count` suppliers are published; nothing where that many cannot be made."""
    if not grow(min(count, MOST)):
        return
    figures = measure(times)
    pages = [ms for page_figures, _ in figures.values() for ms in page_figures]
    floors = [ms for _, floor_figures in figures.values() for ms in floor_figures]
    slow, slow_floor = percentile(pages, 0.95), percentile(floors, 0.95)
    yield Row("directory_growth", round(slow, 1), "ms", round(slow_floor, 1), GROWN_CEILING)
    yield Row("directory_growth.median", *_reported(median(pages), median(floors)))
    medians = {name: (median(both[0]), median(both[1])) for name, both in figures.items()}
    worst = max(medians, key=lambda name: medians[name][0])
    yield Row(f"directory_growth.worst ({worst})", *_reported(*medians[worst]))


def grow(count: int) -> bool:
    """Seed more suppliers into this database until `count` are published; whether any were missing."""
    missing = count - DirectoryEntry.objects.count()
    if missing <= 0:
        return False
    with transaction.atomic():
        label_history("demo.bench")
        seed_enterprises(
            count=missing,
            rng=random.Random(9),  # repeatable, not secret
            day=timezone.localdate(),
            progress=lambda *_: None,
            start=1,
        )
        with without_index(DirectoryText, "directory_search"):
            reindex_suppliers(supplier_ids=None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return True

"""The labelled queries are well written, and the measure counts what it says."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from marketplace.web.folding import fold_text
from tests import factories
from tests.search.facts import read_facts
from tests.search.labels import HELD_SHARE, KINDS, LANGUAGES, SLOTS, Query, ask, is_drawn, read_queries
from tests.search.measure import Answer, as_failures, as_table, figures, measure, precision
from tests.search.rules import NOBODY, BadRule, Rule, read_groups

LEAST = {("seed", "fr"): 170, ("seed", "en"): 70, ("extract", "fr"): 100, ("extract", "en"): 30}
WRITTEN_BLIND = {
    "second": {"fr": 62, "en": 40},
    "third": {"fr": 132, "en": 63},
    "fourth": {"fr": 120, "en": 61},
    "fifth": {"fr": 125, "en": 63},
}
QUERIES = [query for directory in ("seed", "extract") for query in read_queries(directory)]


def test_sets_are_large_enough_and_a_third_is_held_out_by_chance():
    assert len({query.id for query in QUERIES}) == len(QUERIES)
    for set_name, of_each in WRITTEN_BLIND.items():
        assert Counter(query.language for query in QUERIES if query.set_name == set_name) == of_each
    for (directory, language), least in LEAST.items():
        of_set = [q for q in QUERIES if (q.directory, q.language) == (directory, language)]
        assert len([q for q in of_set if q.rule != NOBODY]) >= least
        assert sum(q.held for q in of_set) / len(of_set) == pytest.approx(HELD_SHARE, abs=0.12)
        texts = [(fold_text(q.text), q.pick) for q in of_set]
        assert len(set(texts)) == len(texts)
    assert all(query.held == is_drawn(query.id) for query in QUERIES)
    assert {query.kind for query in QUERIES} == set(KINDS)
    assert {query.language for query in QUERIES} == set(LANGUAGES)


def test_every_rule_can_be_asked(db):
    """Places are known, patterns compile, slots exist."""
    factories.SupplierFactory()
    facts = read_facts()
    for query in QUERIES:
        ask(query, facts)
        Rule(query.pick or NOBODY).right(facts)
        slots = [part.partition("}")[0] for text in (query.text, query.rule) for part in text.split("{")[1:]]
        assert set(slots) <= SLOTS.keys()
        assert query.pick or not slots
    used = {name for query in QUERIES for name in re.findall(r"group=(\w+)", query.rule)}
    assert used == read_groups().keys()


@pytest.mark.parametrize("text", ["trade", "colour=red", "offer~(", "capacity=3"])
def test_rule_written_otherwise_is_refused(text):
    with pytest.raises(BadRule):
        Rule(text)


@pytest.fixture
def facts(db):
    """A caterer in Trois-Rivières that serves all of Mauricie, and a printer there that serves nobody."""
    factories.SupplierFactory(
        name="La Louche", slug="louche", offers=[("Banquets et réceptions", "90101600")], serves=["R04"]
    )
    factories.SupplierFactory(
        name="Caractères", slug="caracteres", activity="Imprimerie", offers=[("Impression numérique et offset", "82121503")]
    )  # fmt: skip
    return sorted(read_facts(), key=lambda one: one.slug, reverse=True)


@pytest.mark.parametrize(
    ("rule", "caterer", "printer"),
    [
        ("trade=traiteur", True, False),
        ("trade=traiteur or trade=imprimerie", True, True),
        ("trade=traiteur or trade=imprimerie, and offer~impression", False, True),
        ("not trade=traiteur", False, True),
        ("offer~receptions", True, False),
        ("offer~eceptions", False, False),  # a pattern is found at the beginning of a word
        ("text~imprimerie", False, True),
        ("code=9010", True, False),
        ("form=coop, and capacity>=100000", True, True),
        ("at=Trois-Rivières", True, True),  # the same MRC
        ("at=Shawinigan", True, False),  # served
        ("in=Trois-Rivières", False, False),  # the factory gives them no municipality
        ("is=picked", True, False),
        (NOBODY, False, False),
    ],
)
def test_rule_holds_of_whom_it_says(facts, rule, caterer, printer):
    assert [Rule(rule).holds(one, facts[0]) for one in facts] == [caterer, printer]


def query(text, rule, **values):
    return Query("q1", "seed", "fr", "word", text, rule, **values)


def test_query_is_written_from_a_supplier_that_it_picks(facts):
    asked = ask(query("{lower} {neq}", "name~{word}", pick="trade=traiteur"), facts)
    assert asked.text == f"la louche {facts[0].neq}"
    assert asked.right == {"louche"}
    assert not ask(query("{own}", "is=picked", pick="trade=funeraire"), facts).right


@pytest.mark.parametrize(
    ("slugs", "right", "expected"),
    [
        ("abc", "a", 1.0),  # one is right and found: all that can be
        ("xabc", "abcd", 0.75),
        ("abcdefghij" + "k", "k", 0.0),  # beyond the first ten
        ("abcdefghij", "abcdefghijklm", 1.0),
        ("", "a", 0.0),
    ],
)
def test_precision_is_of_the_first_ten_over_what_can_be_right(slugs, right, expected):
    assert precision(list(slugs), frozenset(right)) == expected


def test_figures_leave_out_what_nobody_answers(facts):
    found = ask(query("louche", "trade=traiteur"), facts)
    nobody = ask(query("dentiste", NOBODY), facts)
    answers = [Answer(found, ("louche",), ("La Louche",)), Answer(found, (), ()), Answer(nobody, (), ())]
    told = figures(answers)
    assert (told.queries, told.precision, told.empty, told.unanswerable) == (2, 0.5, 1, 1)
    assert "| fr | **all** | 2 | 0.50 | 1 |" in as_table(answers)
    assert as_failures(answers).count("« louche »") == 1


def test_measure_asks_the_api_in_the_language_of_the_query(facts):
    (answer,) = measure([query("{own}", "is=picked", pick="trade=imprimerie")], facts)
    assert answer.names == ("Caractères",)
    assert answer.precision == 1

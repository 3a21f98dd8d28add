"""The bench prints what it promises, and a figure that would be measured beside the point stops it."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from marketplace.demo.seeding.enterprise_rows import seed_enterprises
from suppliers import directory as suppliers_directory
from suppliers.directory_index import reindex_suppliers
from suppliers.models import DirectoryEntry
from tests import factories
from tests.bench import directory, importing, pages, regions
from tests.bench.command import Command
from tests.bench.rows import Row, paired, percentile
from tests.search.labels import read_queries

PROMISED = {
    "sql_per_page",
    "directory",
    "match_one",
    "imports",
    "page_bytes",
    "match_night",
    "schedule",
    "search",
}
FIELDS = {"name", "value", "unit", "reference", "ratio", "budget", "holds"}


def check_every_promise(settings, monkeypatch):
    """One line of JSON with every promise. `dev.py prove bench` asks: it takes as long as a hundred tests."""
    settings.REQUIRE_STAFF_MFA = True  # `dev.py bench` runs outside the demo
    monkeypatch.setattr("tests.bench.search.read_queries", lambda name: read_queries(name)[::20])
    out, errors = StringIO(), StringIO()
    options = {"suppliers": 40, "growth": 2, "notices": 5, "releases": 40, "times": 1, "json": True}
    with suppress(SystemExit):  # a busy machine may miss a budget; that is not what is tested here
        call_command(Command(), stdout=out, stderr=errors, **options)
    (line,) = out.getvalue().splitlines()
    rows = {row["name"]: row for row in json.loads(line)["rows"]}

    assert rows.keys() >= PROMISED | {"directory_growth"}
    assert ("notice_region" in rows) == regions.SHARED.is_dir()  # needs the real data
    assert all(row.keys() == FIELDS for row in rows.values())
    assert rows["sql_per_page"]["holds"]
    assert rows["page_bytes"]["holds"]
    assert rows["directory"]["reference"] > 0
    assert rows["directory"]["ratio"] == pytest.approx(
        rows["directory"]["value"] / rows["directory"]["reference"], abs=0.01
    )
    assert "répertoire" in errors.getvalue()


def test_bench_refuses_a_database_with_organisations_of_its_own(db):
    factories.OrganisationFactory()
    with pytest.raises(CommandError, match="une neuve"):
        call_command(Command(), suppliers=40, stdout=StringIO(), stderr=StringIO())


@pytest.fixture
def three_hundred(db) -> None:
    seed_enterprises(
        count=300, rng=random.Random(4), day=timezone.localdate(), progress=lambda *_: None, start=0
    )
    reindex_suppliers(supplier_ids=None)


def test_growth_leaves_out_the_numbers_that_others_hold(three_hundred):
    held = factories.OrganisationFactory(neq="1199000400")
    assert directory.grow(500)
    assert DirectoryEntry.objects.count() == 500
    assert not hasattr(held, "supplier")
    assert not directory.grow(500)


@pytest.mark.parametrize("question", directory.QUESTIONS, ids=lambda question: question.name)
def test_floor_says_what_the_page_says(three_hundred, question):
    asked = directory.Asked(question, pages.client())
    asked.check()
    with directory.contexts_kept():
        shown, _ = directory.shown_by_page(asked.browser, asked.url)
    assert shown.total > 0, "a question that finds nobody proves nothing"
    assert shown.slugs


@pytest.mark.parametrize("what", ["total", "slugs", "counts"])
def test_bench_stops_where_page_and_floor_differ(three_hundred, monkeypatch, what):
    count, rows = suppliers_directory.count_answers, suppliers_directory.read_directory_rows

    def one_more(*asked):
        counted = count(*asked)
        if what == "total":
            counted.total += 1
        elif what == "counts":
            counted.facets["region"]["04"] = counted.facets["region"].get("04", 0) + 1
        return counted

    monkeypatch.setattr(suppliers_directory, "count_answers", one_more)
    if what == "slugs":
        monkeypatch.setattr(suppliers_directory, "read_directory_rows", lambda *args: rows(*args)[::-1])
    asked = directory.Asked(directory.QUESTIONS[0], pages.client())
    with pytest.raises(RuntimeError, match=f"differ in {what}"):
        asked.check()


def test_regions_without_the_real_data_are_not_measured_and_the_reason_is_said(tmp_path, capsys):
    assert list(regions.region_rows(tmp_path / "absent")) == []
    assert "non mesuré" in capsys.readouterr().err


def test_import_that_did_nothing_is_no_figure():
    with pytest.raises(RuntimeError, match="created = 0, not 40"):
        importing.expect({"created": 0, "rejected": []}, created=40, rejected=[])


def test_row_holds_within_its_budget_and_says_its_ratio():
    assert Row("a", 40, "ms", 16, 48).ratio == 2.5
    assert Row("a", 40, "ms", None, 50).ratio == 0.8
    assert Row("a", 40, "ms", None, None).ratio is None
    assert Row("a", 48, "ms", 16, 48).holds
    assert not Row("a", 48.1, "ms", 16, 48).holds
    assert Row("a", 1e9, "ms", 16, None).holds
    assert Row("a", 0.9, "P@10", None, 0.9, at_least=True).holds
    assert not Row("a", 0.89, "P@10", None, 0.9, at_least=True).holds


def test_paired_measures_in_turn():
    calls: list[str] = []
    first, second = paired(lambda: calls.append("page"), lambda: calls.append("floor"), 3)
    assert calls == ["page", "floor"] * 3
    assert len(first) == len(second) == 3


def test_percentile_is_the_value_that_few_exceed():
    assert percentile(list(range(1, 101)), 0.95) == 96
    assert percentile([5], 0.95) == 5


def test_weight_counts_every_style_sheet_and_script_once():
    html = """<link href="/a.css" rel="stylesheet"><link rel="icon" href="/i.svg"><script src="/b.js" defer></script>
    <link rel="preload" href="/c.css"><script src="/b.js"></script><link rel="alternate stylesheet" href="/d.css">"""
    assert pages.Assets(html).found == {"/a.css", "/b.js", "/d.css"}


def test_asset_of_another_host_stops_the_weighing(db, monkeypatch, client):
    monkeypatch.setattr(
        pages.Assets, "__init__", lambda self, html: setattr(self, "found", {"https://cdn.example/a.js"})
    )
    with pytest.raises(RuntimeError, match="not ours"):
        pages.weigh("/conditions/")

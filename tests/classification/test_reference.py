"""The codes that every installation starts with."""

import csv
import re
from importlib import import_module

import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, transaction

from marketplace.classification.labels import (
    certification_labels,
    purpose_labels,
    seao_category_labels,
    sector_names,
    sector_spans,
)
from marketplace.classification.models import Certification, Purpose, SeaoCategory, Sector, UnspscCode
from marketplace.web.process_cache import clear_process_caches

pytestmark = pytest.mark.django_db
load = import_module("marketplace.classification.migrations.0002_reference").load


def test_reference_holds_segments_and_families_with_labels():
    assert UnspscCode.objects.filter(level=2).count() == 58
    assert UnspscCode.objects.filter(level=4).count() == 375
    assert not UnspscCode.objects.filter(level__lte=4, label="").exists()
    for family in UnspscCode.objects.filter(level=4):
        assert family.parent_id == family.code[:2] + "000000"


def test_reference_labels_are_whole_and_typed_as_ours():
    # Codes without a label are those that tests made.
    for label in UnspscCode.objects.exclude(label="").values_list("label", flat=True):
        assert re.match(r"[A-ZÉÈÀÎŒ]", label), label
        assert not re.search(r"'|  |[,;:]$|\b(et|de|des|à|pour|and|of)$", label), label


def test_reference_labels_of_one_level_differ():
    for level in (2, 4):
        labels = list(UnspscCode.objects.filter(level=level).values_list("label", flat=True))
        assert len(labels) == len(set(labels))


def test_reference_holds_the_other_lists():
    assert SeaoCategory.objects.count() == 55
    assert Sector.objects.count() == 20
    assert Purpose.objects.count() == 10
    assert Certification.objects.count() == 15


def test_reference_sector_is_the_beginning_of_its_span():
    for code, span in sector_spans().items():
        assert span.startswith(code)
    assert sector_spans()["31"] == "31-33"


def test_choices_are_labels_by_code_in_order():
    assert list(sector_names())[:3] == ["11", "21", "22"]
    assert sector_names()["31"] == "Fabrication"
    assert next(iter(purpose_labels())) == "insertion"
    assert certification_labels()["rbq"].startswith("Licence RBQ")
    assert seao_category_labels()["G17"] == "Ameublement"


def test_choices_ask_the_database_nothing_once_warm(django_assert_num_queries):
    lists = [
        sector_names,
        sector_spans,
        purpose_labels,
        certification_labels,
        seao_category_labels,
    ]
    for each in lists:
        each()
    with django_assert_num_queries(0):
        for each in lists:
            each()


def test_reference_loaded_twice_changes_nothing_and_keeps_edits():
    Purpose.objects.filter(code="insertion").update(label="Insertion")
    UnspscCode.objects.filter(code="56000000").update(label="Meubles")
    before = UnspscCode.objects.count()
    load(apps, None)
    assert UnspscCode.objects.count() == before
    assert Purpose.objects.get(code="insertion").label == "Insertion"
    assert UnspscCode.objects.get(code="56000000").label == "Meubles"


def test_reference_names_a_code_that_a_notice_brought_without_a_label():
    UnspscCode.objects.filter(code="56100000").update(label="", source="none")
    load(apps, None)
    code = UnspscCode.objects.get(code="56100000")
    assert (code.label, code.source) == ("Mobilier d’habitation et d’hébergement", "reference")


@pytest.mark.parametrize("code", ["5610", "5610160A", "561016000", ""])
def test_database_refuses_a_code_without_eight_digits(code):
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        UnspscCode.objects.create(code=code, level=2)
    assert not UnspscCode.objects.filter(code=code).exists()


def test_choices_show_an_edit_once_forgotten():
    purpose_labels()
    Purpose.objects.create(code="numerique", label="Numérique", position=99)
    assert "numerique" not in purpose_labels()
    clear_process_caches()
    assert list(purpose_labels())[-1] == "numerique"


@pytest.mark.shared_data
def test_reference_covers_the_published_segments_families_and_categories(shared):
    with (shared / "unspsc" / "unspsc_fr_en_v7.csv").open(encoding="utf-8-sig") as file:
        listed = {row["code"] for row in csv.DictReader(file) if row["level"] in ("segment", "family")}
    assert listed <= set(UnspscCode.objects.values_list("code", flat=True))
    with (shared / "seao" / "categories_seao.csv").open(encoding="utf-8-sig") as file:
        categories = {row["code"] for row in csv.DictReader(file, delimiter=";")}
    assert categories == set(SeaoCategory.objects.values_list("code", flat=True))

"""The lists in English, French where there is no English, and nothing lost of what someone edited."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import translation

from marketplace.classification.labels import (
    certification_labels,
    code_label,
    learn_code_labels,
    purpose_labels,
    seao_category_labels,
    sector_names,
)
from marketplace.classification.models import Certification, Purpose, SeaoCategory, Sector, UnspscCode
from marketplace.web.languages import OnlyFrench
from marketplace.web.process_cache import clear_process_caches
from marketplace.web.templatetags.web import lang_of

pytestmark = pytest.mark.django_db
load = import_module("marketplace.classification.migrations.0004_english").load
LISTS = (Certification, Purpose, SeaoCategory, Sector)


@pytest.fixture(autouse=True)
def _fresh():
    clear_process_caches()
    yield
    clear_process_caches()


def test_every_reference_label_has_its_english():
    for model in LISTS:
        assert not model.objects.filter(label_en="").exists(), model
    assert not UnspscCode.objects.filter(level__lte=4, label_en="").exists()
    assert not UnspscCode.objects.filter(label_en__regex=r"'|  |[,;:]$").exists()


def test_english_labels_of_one_level_differ():
    for level in (2, 4):
        names = list(UnspscCode.objects.filter(level=level).values_list("label_en", flat=True))
        assert len(names) == len(set(names))


def test_choices_follow_the_reader():
    assert sector_names()["31"] == "Fabrication"
    with translation.override("en"):
        assert sector_names()["31"] == "Manufacturing"
        assert purpose_labels()["insertion"] == "Work integration"
        assert seao_category_labels()["G17"] == "Furniture"
        names = list(certification_labels().values())
        assert names == sorted(names, key=str.casefold)
        assert str(SeaoCategory.objects.get(code="G17")) == "G17, Furniture"
    assert str(SeaoCategory.objects.get(code="G17")) == "G17, Ameublement"


def test_code_is_named_in_english_and_falls_back_to_french_that_says_so():
    learn_code_labels([("56109900", "Meubles de cuisine d’été")])
    clear_process_caches()
    with translation.override("en"):
        assert code_label("5610") == "Accommodation furniture"
        assert lang_of(code_label("5610")) == ""
        learnt = code_label("56109900")
        assert learnt == "Meubles de cuisine d’été"
        assert isinstance(learnt, OnlyFrench)
        assert lang_of(learnt) == ' lang="fr-CA"'
    assert lang_of(code_label("56109900")) == ""


def test_list_that_someone_adds_to_in_french_stays_whole():
    Purpose.objects.create(code="numerique", label="Numérique", position=99)
    clear_process_caches()
    with translation.override("en"):
        assert purpose_labels()["numerique"] == "Numérique"
        assert lang_of(purpose_labels()["numerique"]) == ' lang="fr-CA"'


def test_english_loaded_again_keeps_edits():
    Purpose.objects.filter(code="insertion").update(label_en="Integration through work")
    load(apps, None)
    assert Purpose.objects.get(code="insertion").label_en == "Integration through work"


def test_english_costs_no_sql_once_warm(django_assert_num_queries):
    with translation.override("en"):
        sector_names(), purpose_labels(), code_label("5610")
        with django_assert_num_queries(0):
            sector_names(), purpose_labels(), code_label("5610")

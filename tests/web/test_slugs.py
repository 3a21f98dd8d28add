"""Addresses made from names."""

import pytest

from cohorts.models import Cohort
from marketplace.web.slugs import LENGTH, free_slug
from tests.cohorts import factories

pytestmark = pytest.mark.django_db


def slug_of(name, **kwargs):
    return free_slug(name, rows=Cohort.objects.all(), otherwise="cohorte", **kwargs)


def test_free_slug_is_ascii_and_no_longer_than_its_column():
    assert slug_of("L’été à Bécancour") == "lete-a-becancour"
    assert len(slug_of("a" * 200)) == LENGTH


def test_free_slug_numbers_what_is_taken_or_reserved():
    factories.CohortFactory(slug="atelier")
    factories.CohortFactory(slug="atelier-2")
    assert slug_of("Atelier") == "atelier-3"
    assert slug_of("Calendrier", reserved={"calendrier"}) == "calendrier-2"


def test_free_slug_of_a_name_without_letters():
    assert slug_of("!!!") == "cohorte"

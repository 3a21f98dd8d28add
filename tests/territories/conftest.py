"""What is remembered per process must not travel from one test to the next."""

import functools

import pytest

from marketplace.territories.places import Gazetteer
from marketplace.web.process_cache import clear_process_caches


@pytest.fixture(autouse=True)
def _forget():
    clear_process_caches()
    yield
    clear_process_caches()


@functools.cache
def of_the_reference_data() -> Gazetteer:
    return Gazetteer.load()


@pytest.fixture
def places(db) -> Gazetteer:
    """The gazetteer of the reference data, loaded once: no test may change it."""
    return of_the_reference_data()

"""What is remembered per process must not travel from one test to the next."""

import functools

import pytest

from marketplace.territories.places import Gazetteer
from marketplace.web.remembered import forget_all


@pytest.fixture(autouse=True)
def _forget():
    forget_all()
    yield
    forget_all()


@functools.cache
def of_the_reference_data() -> Gazetteer:
    return Gazetteer.load()


@pytest.fixture
def places(db) -> Gazetteer:
    """The gazetteer of the reference data, loaded once: no test may change it."""
    return of_the_reference_data()

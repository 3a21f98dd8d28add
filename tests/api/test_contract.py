"""The answers are those that the schema describes; `dev.py prove api` asks many more."""

import pytest

from tests import factories

from . import contract

pytestmark = pytest.mark.django_db


def test_answers_are_what_the_schema_describes():
    factories.SupplierFactory(offers=[("Lavage de vitres", "76111504")])
    factories.AwardFactory()
    found = []
    for result in contract.load().get_all_operations():
        found += contract.faults_of(result.ok(), examples=4)
    assert not found, "\n\n".join(found)

"""The API held against its schema by schemathesis: many examples of every operation, and walks from one to the next."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.api import contract
from tests.cohorts import factories as cohorts
from tests.events.factories import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled() -> None:
    for _ in range(3):
        factories.SupplierFactory(offers=[("Lavage de vitres", "76111504")])
        factories.AwardFactory()
    cohorts.CohortFactory()
    opened()


def test_every_answer_is_what_the_schema_describes(filled):
    found, seen = [], 0
    for result in contract.load().get_all_operations():
        seen += 1
        found += contract.faults_of(result.ok(), examples=100)
    assert seen >= 6
    assert not found, "\n\n".join(found[:10])


def test_what_one_answer_names_the_next_one_knows(filled):
    """Stateful: slugs and numbers of the lists lead to the pages of one."""

    class Walk(contract.load().as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return contract.asked()

    Walk.run(settings=contract.hypothesis_settings(40))

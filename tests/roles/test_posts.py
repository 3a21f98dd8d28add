"""Every address that accepts a POST, posted to as every role: what is refused writes nothing.

A sample; `dev.py prove roles` posts to all of them, and every form of every page.
"""

from __future__ import annotations

import pytest

from . import posting
from . import world as worlds
from .table import MODELS, expected_posts


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["anonymous", "enterprise", "foreign_staff"])
def test_posts_are_answered_as_the_table_says_and_what_is_refused_writes_nothing(role):
    world = worlds.build()
    table = expected_posts()
    of_models = {f"admin:{model}_{page}" for model in MODELS for page in ("add", "delete", "history")}
    shown = [one for one in posting.posted_addresses() if one.key not in of_models]
    wrong = posting.faults_of_empty_posts(world, role, shown, table)
    assert not wrong, "say in tests/roles/table.py (POSTS, CHANGED_BY, GET_ONLY) who may post"

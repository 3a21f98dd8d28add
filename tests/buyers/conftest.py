"""A feed of notices."""

import pytest

from tests.buyers.releases import Feed


@pytest.fixture
def feed(tmp_path, db) -> Feed:
    return Feed(tmp_path)

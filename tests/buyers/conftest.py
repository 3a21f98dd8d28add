"""A feed of notices."""

import pytest

from tests.buyers.ocds_files import Feed


@pytest.fixture
def feed(tmp_path, db) -> Feed:
    return Feed(tmp_path)

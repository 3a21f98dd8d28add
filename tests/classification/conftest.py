"""What is remembered per process must not travel from one test to the next."""

import pytest

from marketplace.web.process_cache import clear_process_caches


@pytest.fixture(autouse=True)
def _forget():
    clear_process_caches()
    yield
    clear_process_caches()

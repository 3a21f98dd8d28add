import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _fresh_figures():
    """The home page keeps its figures ten minutes; a test starts without them."""
    cache.clear()

"""Counters in Valkey, as on the site."""

import uuid
from collections.abc import Iterator

import pytest
from django.core.cache import BaseCache, cache


@pytest.fixture
def valkey(settings) -> Iterator[BaseCache]:
    """The site's own cache, under a prefix that no other test uses."""
    settings.CACHES = {
        "default": {
            "BACKEND": "marketplace.web.caching.ForgivingCache",
            "LOCATION": settings.REDIS_URL.replace("redis+socket://", "unix://").replace(
                "virtual_host=", "db="
            ),
            "KEY_PREFIX": f"test-{uuid.uuid4().hex}",
        }
    }
    yield cache
    cache.clear()


@pytest.fixture
def no_valkey(settings) -> None:
    """A cache whose server is gone."""
    settings.CACHES = {
        "default": {
            "BACKEND": "marketplace.web.caching.ForgivingCache",
            "LOCATION": "unix:///var/tmp/there-is-none.sock",
        }
    }

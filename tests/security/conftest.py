"""Counters in Valkey, as on the site."""

import pytest


@pytest.fixture
def no_valkey(settings) -> None:
    """A cache whose server is gone."""
    settings.CACHES = {
        "default": {
            "BACKEND": "marketplace.web.caching.ForgivingCache",
            "LOCATION": "unix:///var/tmp/there-is-none.sock",
        }
    }

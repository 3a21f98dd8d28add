"""Shared fixtures: real PostgreSQL, people of every role, and a client that fails on what users must never see."""

import os
from pathlib import Path

import pytest
from django.conf import settings

from tests import factories

# Playwright's synchronous API runs an event loop in this thread; Django would refuse the ORM beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

SHARED = Path(settings.BASE_DIR).parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("shared_data") and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason="the real data files are not beside this checkout"))


@pytest.fixture
def shared() -> Path:
    """The folder of real data; only in tests marked `shared_data`."""
    return SHARED


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def mauricie(db):
    """The Mauricie pôle, as the reference data has it."""
    return factories.pole("mauricie")


@pytest.fixture
def platform_admin(db):
    return factories.UserFactory(is_superuser=True)


@pytest.fixture
def pole_staff(db):
    """Staff of the Mauricie pôle."""
    return factories.PolePostFactory(pole=factories.pole("mauricie")).user


@pytest.fixture
def foreign_staff(db):
    """Staff of a pôle that has nothing to do with Mauricie."""
    return factories.PolePostFactory(pole=factories.pole("laval")).user

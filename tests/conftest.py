"""Shared fixtures: real PostgreSQL, people of every role, and a client that fails on what users must never see."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import BaseCache, cache
from django.db import connection, transaction
from django.test import TransactionTestCase, override_settings
from django.utils import translation
from playwright.sync_api import Browser
from whitenoise.middleware import WhiteNoiseMiddleware

from marketplace.web import process_cache
from tests import databases, factories
from tests.browsers import chromium

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


@pytest.fixture(scope="session")
def _model(
    request,
    django_db_keepdb,
    django_db_createdb,
    django_db_modify_db_settings_parallel_suffix,
    django_db_blocker,
) -> str:
    """The name of the database that this run's workers copy; empty where a kept test database stands."""
    with django_db_blocker.unblock():
        kept = django_db_keepdb and not django_db_createdb and databases.is_kept()
    return "" if kept else f"test_model_{_run(request.config) or os.getpid()}"


@pytest.fixture(scope="session")
def _turn(request, tmp_path_factory, _model) -> Iterator[ExitStack]:
    """Held while a worker's database is made; a run in one process has no need of it."""
    with ExitStack() as turn:
        if _model and _run(request.config):
            turn.enter_context(databases.alone(tmp_path_factory.getbasetemp().parent))
        yield turn


@pytest.fixture(scope="session")
def django_db_modify_db_settings(_turn, _model, django_db_modify_db_settings, django_db_blocker) -> None:
    if _model:
        with django_db_blocker.unblock():
            databases.take_model(_model)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, _turn, _model, django_db_blocker) -> Iterator[None]:
    if _model:
        with django_db_blocker.unblock():
            databases.leave_model(_model)
    _turn.close()
    yield
    if _model:
        with django_db_blocker.unblock():
            databases.drop_model(_model)


def _run(config: pytest.Config) -> str:
    """The name of this run, where it has several workers."""
    return getattr(config, "workerinput", {}).get("testrunuid", "")


#: Tables that migrations fill: a test that commits must leave them for the tests after it.
# A full machine is slow to invent inputs; that says nothing of the code.
hypothesis.settings.register_profile("maillage", suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("maillage")

REFERENCE = (
    "territories_",
    "classification_",
    "buyers_procedurerule",
    "buyers_authorisationrule",
    "buyers_clause",
    "buyers_noticesource",
    "suppliers_triagesign",
    "django_migrations",
    "django_content_type",
    "auth_permission",
)


# The migrations' sources stay; a test's own have addresses that nobody has.
_TESTS_SOURCES = "DELETE FROM buyers_noticesource WHERE address LIKE '%.example/%'"


def _empty_what_tests_write(test: TransactionTestCase) -> None:
    """Delete from the tables that hold rows: a TRUNCATE of all of them makes some hundred files anew, in a second."""
    tables = [t for t in connection.introspection.table_names() if not t.startswith(REFERENCE)]
    with transaction.atomic(), connection.cursor() as cursor:
        held = ", ".join(f'EXISTS (SELECT FROM "{table}")' for table in tables)
        cursor.execute(f"SELECT {held}, current_setting('is_superuser')::boolean")
        *filled, superuser = cursor.fetchone()
        if (
            not superuser
        ):  # on a developer's own server: its triggers, which guard rows and write history, stay
            cursor.execute("TRUNCATE {} RESTART IDENTITY".format(", ".join(f'"{table}"' for table in tables)))
            cursor.execute(_TESTS_SOURCES)
            return
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, no order among tables
        cursor.execute(_TESTS_SOURCES)
        for table, has_rows in zip(tables, filled, strict=True):
            if has_rows:
                cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 (our own tables)


@pytest.fixture(autouse=True, scope="session")
def _keep_reference_data():
    """Django's own flush would empty the regions, MRCs and codes that every later test stands on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _empty_what_tests_write)
        yield


@pytest.fixture(autouse=True, scope="session")
def _list_static_files_once() -> Iterator[None]:
    """Each client of a test builds the middleware anew; listing the static files took a tenth of what tests of pages take."""
    listing, listed = WhiteNoiseMiddleware.add_files_from_finders, {}

    def add_files(self: WhiteNoiseMiddleware) -> None:
        if not listed:
            listing(self)
            listed.update(self.files)
        self.files.update(listed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files)
        yield


@pytest.fixture(scope="session")
def _chromium() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def browser(_chromium: Browser) -> Iterator[Browser]:
    """One chromium for all tests of a worker; what a test opened in it is closed with the test."""
    yield _chromium
    for context in _chromium.contexts:
        context.close()


@pytest.fixture(autouse=True)
def _in_french():
    """A page asked for in English leaves its language behind in the thread; the next test starts in French."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True, scope="session")
def _as_tests_need_it(tmp_path_factory):
    """Tests at the same moment must not count each other's requests, and staff enter by their password alone.

    tests/security counts in Valkey, and asks staff for what the site asks for. What tests hand over as evidence lies
    in a folder of their own, never in the checkout's.
    """
    root = str(tmp_path_factory.getbasetemp() / "private")
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": root}}
    with override_settings(
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        REQUIRE_STAFF_MFA=False,
        KEEP_PUBLIC_PAGES=False,  # a page is asked for to see how it is made
        STORAGES={**settings.STORAGES, "private": private},
    ):
        yield


@pytest.fixture(autouse=True)
def _counters_of_its_own() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _half_a_minute_of_its_own() -> None:
    """What a process keeps for a minute is read again before a test, hardly ever between two counts of its statements."""
    now = time.monotonic()
    for cached in process_cache._all:
        if cached._kept is not None and now - cached._kept[0] > cached.seconds / 2:
            cached.forget()


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

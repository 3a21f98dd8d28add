"""PostgreSQL's advisory locks: jobs that must not run at the same time, and have no row of their own to hold."""

from __future__ import annotations

from django.db import connection


def hold_lock(number: int) -> None:
    """Wait for the lock of that number, and hold it until the transaction ends. Each job's `LOCK` is a number of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])

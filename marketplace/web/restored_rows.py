"""What comes back with a backup and must not live again: sessions, mails that waited, links that served once.

An app says so for its own tables, in SQL: the rows may be of an older version than the code, and `migrate` comes later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from django.utils.functional import Promise


@dataclass(frozen=True)
class RestoredRows:
    """`label`: what the command says after the number of rows. `sql` may use columns that were there from the first."""

    table: str
    label: str | Promise
    sql: str
    params: Sequence[str | Promise] = ()


_declared: dict[tuple[str, str], RestoredRows] = {}


def settle_after_restore(
    table: str, *, label: str | Promise, sql: str, params: Sequence[str | Promise] = ()
) -> None:
    """Called from an app's `ready`; a second call with the same words replaces the first (reloads)."""
    _declared[table, sql] = RestoredRows(table, label, sql, params)


def settle_rows(rows: psycopg.Connection) -> list[tuple[str, int]]:
    """Do it all on a database that was just loaded; what, and how many rows."""
    done = []
    for each in _declared.values():
        if rows.execute("SELECT to_regclass(%s)", [f"public.{each.table}"]).fetchone()[0] is None:
            continue  # an older backup, from before that table
        touched = rows.execute(each.sql, [str(value) for value in each.params]).rowcount
        done.append((str(each.label), touched))
    return done

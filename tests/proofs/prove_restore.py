"""`dev.py prove restore`: a seeded site is backed up, lost whole, and brought back by the commands themselves.

Every row of every table, every sequence and every file is compared, in ways that share nothing with the backup's own.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql

from marketplace.web.backup_database import Database
from tests.production.conftest import Site

SUPPLIERS, TENDERS, FILES = 300, 60, 40


@pytest.fixture
def site(django_db_setup, django_db_blocker, tmp_path) -> Iterator[Site]:
    with django_db_blocker.unblock():
        database = Database.of_settings()
    connections.close_all()
    folders = {name: tmp_path / name for name in ("media", "private")}
    for folder in folders.values():
        folder.mkdir()
    name = sql.Identifier(f"{database.name}_restore")
    with replace(database, name="postgres").connect(autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield Site(replace(database, name=f"{database.name}_restore"), folders)
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def manage(site: Site, *args: str, code: int = 0) -> str:
    env = {
        **os.environ,
        "DATABASE_URL": site.url,
        **{f"{name.upper()}_ROOT": str(folder) for name, folder in site.folders.items()},
    }
    run = subprocess.run(
        [sys.executable, Path(settings.BASE_DIR) / "manage.py", *args],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == code, f"{args}: {run.returncode}\n{run.stdout[-2000:]}\n{run.stderr[-2000:]}"
    return run.stdout + run.stderr


def everything(site: Site) -> dict[str, object]:
    """Written without the module that makes backups: text of whole rows in order, sequences, bytes of files."""
    found: dict[str, object] = {}
    with site.database.connect() as connection:
        connection.execute("SET timezone = 'UTC'")
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            found[table] = connection.execute(
                sql.SQL(
                    "SELECT count(*), md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\"), '')) FROM {} t"
                ).format(sql.Identifier(table))
            ).fetchone()
        for name, last in connection.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"):
            found[f"sequence {name}"] = last
        for kind, query in {
            # Conditions are written differently once they have been read back (casts); that they are there is what counts.
            "indexes": "SELECT tablename, indexname, split_part(indexdef, ' WHERE ', 1), position(' WHERE ' in indexdef) > 0 "
            "FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
            "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
            "constraints": "SELECT conrelid::regclass::text, conname, contype, "
            "CASE WHEN contype <> 'c' THEN pg_get_constraintdef(oid) END FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
            "functions": "SELECT proname, md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2",
        }.items():
            found[kind] = connection.execute(query).fetchall()
    for name, folder in site.folders.items():
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                found[f"{name}/{path.relative_to(folder)}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@pytest.mark.django_db
def test_restore(site, tmp_path):
    manage(site, "migrate", "--no-input")
    manage(site, "seed_demo", "--suppliers", str(SUPPLIERS), "--tenders", str(TENDERS))
    for number in range(FILES):
        site.add_private_file(f"Preuve {number}".encode() * 5_000)
        logo = site.folders["media"] / "logos" / f"{number % 4}" / f"été {number}.png"
        logo.parent.mkdir(parents=True, exist_ok=True)
        logo.write_bytes(os.urandom(20_000))
    before = everything(site)
    rows = sum(value[0] for value in before.values() if isinstance(value, tuple))
    assert rows > 10 * SUPPLIERS
    files = sum("/" in name for name in before)
    assert files >= 2 * FILES, "and those that the seed makes"

    backups = tmp_path / "backups"
    backups.mkdir()
    manage(site, "backup", str(backups), "--keep", "3")
    (archive,) = backups.iterdir()
    manage(site, "restore", str(archive), code=1)  # not over a site that is there
    assert everything(site) == before

    # All is lost.
    site.run("DROP SCHEMA public CASCADE")
    for folder in site.folders.values():
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    assert not list(site.folders["media"].iterdir())

    told = manage(site, "restore", str(archive))
    assert everything(site) == before
    manage(site, "migrate", "--check")
    manage(site, "check")
    seen = manage(
        site, "shell", "-v", "0", "-c",
        "from django.test import Client; from django.conf import settings; settings.ALLOWED_HOSTS = ['*'];"
        "page = Client().get('/fournisseurs/', secure=True); print(page.status_code, page.content.count(b'<article'))",
    )  # fmt: skip
    assert "200" in seen

    # In place of what has changed since, too; and the drill says the same without touching the site.
    site.run("DELETE FROM outbox_message")
    site.run("ALTER TABLE suppliers_supplier ADD COLUMN later text")
    manage(site, "restore", str(archive), "--wipe")
    assert everything(site) == before
    manage(site, "restore_drill", str(backups))
    assert everything(site) == before

    # One byte is enough for the drill to fail.
    text = bytearray(archive.read_bytes())
    text[len(text) // 3] ^= 1
    archive.write_bytes(text)
    manage(site, "restore_drill", str(archive), code=1)
    tables = sum(isinstance(value, tuple) for value in before.values())
    print(f"\n{rows} rows of {tables} tables and {files} files: {told}")  # noqa: T201 (`-s` is for reading this)

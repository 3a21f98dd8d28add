"""A site of its own to back up and bring back: a copy of the test's database, two folders."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.storage import FileSystemStorage, Storage
from django.db import connections
from psycopg import sql

from marketplace.web import backups
from marketplace.web.backup_database import Database, Table, count_tables
from marketplace.web.private_files.storage import PrivateStorage
from tests.web.bucket.fixtures import bucket, bucket_server  # noqa: F401 - pytest finds them here


@dataclass
class Site:
    database: Database
    folders: dict[str, Path]

    @property
    def url(self) -> str:
        """As DATABASE_URL says it."""
        given = self.database.params
        host = quote(given.get("host", ""), safe="")
        port = f":{given['port']}" if "port" in given else ""
        return f"postgresql://{given['user']}:{given.get('password', '')}@{host}{port}/{self.database.name}"

    @property
    def files(self) -> dict[str, Storage]:
        return {
            "media": FileSystemStorage(location=self.folders["media"]),
            "private": PrivateStorage(location=str(self.folders["private"])),
        }

    def run(self, query: str, *values: object) -> None:
        with self.database.connect() as connection:
            connection.execute(query, values or None)

    def everything(self) -> tuple[list[Table], dict[str, bytes]]:
        with self.database.connect() as connection:
            rows = count_tables(connection)
        files = {
            path.relative_to(folder.parent).as_posix().replace(folder.name, name, 1): path.read_bytes()
            for name, folder in self.folders.items()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        return rows, files

    def add_private_file(self, text: bytes) -> Path:
        key = uuid.uuid4()
        path = self.folders["private"] / key.hex[:2] / key.hex
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)
        self.run(
            "INSERT INTO web_privatefile (id, name, content_type, size, sha256, created_at) "
            "VALUES (%s, 'preuve.pdf', 'application/pdf', %s, %s, now())",
            key,
            len(text),
            hashlib.sha256(text).hexdigest(),
        )
        return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest-django makes its database only where a test is marked as using it, and ours is a copy of that."""
    for item in items:
        if "site" in getattr(item, "fixturenames", ()) and "production" in item.path.parts:
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="session")
def site(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Site]:
    """One for all tests, for it takes seconds to make: each says what it found before it changed anything."""
    with django_db_blocker.unblock():
        database = Database.of_settings()
        assert database.name.startswith("test_"), "never a copy of a developer's own"
    connections.close_all()  # a database that is in use cannot be copied
    folders = {name: tmp_path_factory.mktemp(name) for name in ("media", "private")}
    (folders["media"] / "logos").mkdir()
    (folders["media"] / "logos" / "été.png").write_bytes(b"\x89PNG" * 50_000)
    names = sql.Identifier(f"{database.name}_site"), sql.Identifier(database.name)
    with replace(database, name="postgres").connect(autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(names[0]))
        # Threads of a live server that tests left behind keep their connection; they open another when they need it.
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [database.name],
        )
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        try:
            found = Site(replace(database, name=f"{database.name}_site"), folders)
            found.add_private_file("Les statuts de la coopérative".encode())
            yield found
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(names[0]))


@pytest.fixture(autouse=True)
def _folders_of_the_site(request, monkeypatch) -> None:
    if "site" in request.fixturenames:
        site = request.getfixturevalue("site")
        monkeypatch.setattr(backups, "site_storages", lambda: site.files)


@pytest.fixture(scope="session")
def kept(site, tmp_path_factory) -> Path:
    """A backup of the site."""
    destination = tmp_path_factory.mktemp("kept") / "one.tar"
    return backups.make_backup(destination=destination, database=site.database, files=site.files).path

"""Backups: one tar file with the rows (pg_dump), the files of both storages and, last, a manifest of what must be in it.

A restore loads the rows into a new database beside the site's, compares them with the manifest and only then puts it in
the place of the old one; a drill stops before that. docs/operations.md tells how and when.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import secrets
import tarfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.web.backup_database import (
    TABLES,
    Database,
    Table,
    count_tables,
    replace_database,
    run_postgres,
    scratch_database,
)
from marketplace.web.errors import Refused
from marketplace.web.private_files import PrivateFile
from marketplace.web.restored_rows import settle_rows

FORMAT = 2
DUMP = "database.dump"
MANIFEST = "manifest.json"
FILE_NAME = "maillage-{:%Y%m%d-%H%M%S}.tar"  # universal time: sorted names are in order of time
FILE_NAMES = "maillage-[0-9]*-[0-9]*.tar"
UNFINISHED = ".maillage-"
LOCK = 4_117_300_021  # number of a PostgreSQL advisory lock: one backup at a time
DAY_SECONDS = 86_400
CHUNK = 1 << 20  # bytes


@dataclass(frozen=True)
class Member:
    """A file of the archive: `database.dump`, `media/…` or `private/…`; size in bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    made_at: str  # ISO 8601
    site: str
    version: str  # of the image
    migrations: list[tuple[str, str]]
    tables: list[Table]
    members: list[Member]
    missing: list[str]  # private files that a row names and that were not in their storage

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def files(self) -> int:
        return len(self.members) - 1  # the dump is none


@dataclass(frozen=True)
class Backup:
    path: Path
    manifest: Manifest
    removed: list[Path]


@dataclass(frozen=True)
class Restored:
    """What came back, and what of it does not live again, with how many rows."""

    manifest: Manifest
    settled: list[tuple[str, int]]


def make_backup(
    *,
    destination: Path,
    keep: int | None = None,
    database: Database | None = None,
    files: Mapping[str, Storage] | None = None,
) -> Backup:
    """Write a backup into a folder, under a name that says when, or to a file that does not exist yet.

    Rows are those of one instant; files are those found just after, so that none of a row is missing. `keep` removes all
    but that many of the folder's backups, once this one is there. Raises Refused.
    """
    into_folder = destination.is_dir()
    path = destination / FILE_NAME.format(timezone.now()) if into_folder else destination
    if path.exists():
        raise Refused(_("%(path)s existe déjà.") % {"path": path})
    if not path.parent.is_dir():
        raise Refused(_("Il n’y a pas de dossier %(path)s.") % {"path": path.parent})
    remove_unfinished_backups(path.parent)
    try:
        with unfinished_file(path, ".dump") as dump, unfinished_file(path, ".tar") as tar:
            manifest = write_archive(database or Database.of_settings(), files or site_storages(), dump, tar)
            os.replace(tar, path)
    except OSError as error:
        raise Refused(
            _("La sauvegarde ne s’écrit pas dans %(path)s (%(error)s).")
            % {"path": path.parent, "error": error.strerror or error}
        ) from None
    older = sorted(path.parent.glob(FILE_NAMES))[:-keep] if into_folder and keep else []
    for old in older:
        old.unlink(missing_ok=True)
    return Backup(path, manifest, older)


def restore_backup(
    *,
    path: Path,
    wipe: bool = False,
    database: Database | None = None,
    files: Mapping[str, Storage] | None = None,
) -> Restored:
    """Bring a backup back into an empty database and empty storages, or, with `wipe`, in place of what is there.

    The site must be stopped. The archive is read whole before anything is written. The old database stays until every row
    and every file is back; a restore that broke off is run again. Sessions, waiting mails and one-time links do not live
    again (`restored_rows`). Raises Refused.
    """
    database, files = database or Database.of_settings(), files or site_storages()
    with opened_archive(path) as (tar, manifest):
        check_archive(tar, manifest)
        refuse_newer_version(manifest)
        refuse_used_or_full(database, files, wipe=wipe)
        with scratch_database(database) as scratch:
            load_rows(tar, manifest, scratch)
            try:
                put_files(tar, manifest, files)
            except OSError as error:
                raise Refused(
                    _("Les fichiers ne s’écrivent pas (%(error)s) : relancez la commande avec --wipe.")
                    % {"error": error.strerror or error}
                ) from None
            with scratch.connect() as rows:
                settled = settle_rows(rows)
            replace_database(database, scratch)
        restored = {member.name for member in manifest.members}
        for folder, storage in files.items():
            for name in list(stored_names(storage)):
                if f"{folder}/{name}" not in restored:
                    storage.delete(name)
    return Restored(manifest, settled)


def drill_backup(*, path: Path, database: Database | None = None) -> Manifest:
    """Read a backup whole, load its rows into a database made for it and compare everything. Raises Refused."""
    with opened_archive(path) as (tar, manifest):
        check_archive(tar, manifest)
        with scratch_database(database or Database.of_settings()) as scratch:
            load_rows(tar, manifest, scratch)
    return manifest


def site_storages() -> dict[str, Storage]:
    """Where the site's files lie, by their folder in a backup; a bucket and a disk are asked alike."""
    return {"media": storages["default"], "private": storages["private"]}


def newest_backup_age(folder: Path) -> float | None:
    """How many seconds ago the last backup of a folder was made; None where there is none."""
    times = [path.stat().st_mtime for path in folder.glob(FILE_NAMES)]
    return time.time() - max(times) if times else None


# --- Making one


class Hashing(io.RawIOBase):
    """A file that notes the size and the hash of what is read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sha256, self.size = file, hashlib.sha256(), 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        read = self.file.read(size)
        self.sha256.update(read)
        self.size += len(read)
        return read

    def as_member(self, name: str) -> Member:
        return Member(name, self.size, self.sha256.hexdigest())


def write_archive(database: Database, files: Mapping[str, Storage], dump: Path, tar_path: Path) -> Manifest:
    """Dump and counts are of one snapshot; the manifest comes last, so that an archive that has it is whole."""
    with database.connect() as rows:
        rows.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        rows.read_only = True
        if not rows.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK]).fetchone()[0]:
            raise Refused(_("Une autre sauvegarde est en cours."))
        snapshot = rows.execute("SELECT pg_export_snapshot()").fetchone()[0]
        options = ["--format=custom", f"--snapshot={snapshot}", f"--file={dump}"]
        if error := run_postgres("pg_dump", options, database, rows):
            raise Refused(_("pg_dump a échoué : %(error)s") % {"error": error})
        migrations = rows.execute("SELECT app, name FROM public.django_migrations ORDER BY id").fetchall()
        private = [
            PrivateFile(id=key).place for (key,) in rows.execute("SELECT id FROM public.web_privatefile")
        ]
        tables = count_tables(rows)
    members: list[Member] = []
    with tarfile.open(tar_path, "w", format=tarfile.PAX_FORMAT) as tar:
        with dump.open("rb") as file:
            members.append(add_member(tar, DUMP, file, dump.stat().st_size))
        dump.unlink()  # its space: the archive holds it now
        for folder, storage in files.items():
            for name in stored_names(storage):
                # What is deleted this instant goes with its row; if not, `missing` says so.
                with contextlib.suppress(FileNotFoundError), storage.open(name) as file:
                    members.append(add_member(tar, f"{folder}/{name}", file, storage.size(name)))
        held = {member.name for member in members}
        manifest = Manifest(
            made_at=timezone.now().isoformat(timespec="seconds"),
            site=settings.SITE_URL,
            version=os.environ.get("MAILLAGE_VERSION", ""),
            migrations=[(app, name) for app, name in migrations],
            tables=tables,
            members=members,
            missing=sorted(place for place in private if f"private/{place}" not in held),
        )
        text = json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1).encode()
        add_member(tar, MANIFEST, io.BytesIO(text), len(text))
    with tar_path.open("rb") as file:
        os.fsync(file.fileno())
    return manifest


def add_member(tar: tarfile.TarFile, name: str, file: Any, size: int) -> Member:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    hashing = Hashing(file)
    tar.addfile(info, hashing)
    return hashing.as_member(name)


def stored_names(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of a storage, in order; what begins with a point is somebody's work in progress."""
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(name for name in names if name and not name.startswith(".")):
        yield f"{folder}{name}"
    for name in sorted(name for name in folders if not name.startswith(".")):
        yield from stored_names(storage, f"{folder}{name}/")


@contextlib.contextmanager
def unfinished_file(path: Path, suffix: str) -> Iterator[Path]:
    """A file beside the one to come, readable by its owner alone; gone at the end, whatever happened."""
    beside = path.parent / f"{UNFINISHED}{secrets.token_hex(4)}{suffix}"
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def remove_unfinished_backups(folder: Path) -> None:
    """What a process that was killed left a day ago or more: it holds personal data."""
    for path in folder.glob(f"{UNFINISHED}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > DAY_SECONDS:
                path.unlink()


# --- Reading one


@contextlib.contextmanager
def opened_archive(path: Path) -> Iterator[tuple[tarfile.TarFile, Manifest]]:
    """The archive and its manifest; nothing of it is trusted before `check_archive`. Raises Refused."""
    with contextlib.ExitStack() as stack:
        try:
            tar = stack.enter_context(tarfile.open(path, "r:"))
            given = json.loads(read_member(tar, MANIFEST).read())
            if given.pop("format") != FORMAT:
                raise ValueError("another format")
            given["migrations"] = [tuple(migration) for migration in given["migrations"]]
            given["tables"] = [Table(**table) for table in given["tables"]]
            given["members"] = [Member(**member) for member in given["members"]]
            manifest = Manifest(**given)
        except (OSError, tarfile.TarError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused(
                _("%(path)s n’est pas une sauvegarde complète de Maillage.") % {"path": path}
            ) from error
        yield tar, manifest


def read_member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    file = tar.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file


def check_archive(tar: tarfile.TarFile, manifest: Manifest) -> None:
    """Refuse an archive in which a byte, a file or a name is not as the manifest has it."""
    names = [member.name for member in manifest.members]
    if sorted(tar.getnames()) != sorted([*names, MANIFEST]) or DUMP not in names:
        raise Refused(_("La sauvegarde ne contient pas exactement les fichiers que nomme son manifeste."))
    for member in manifest.members:
        if not is_safe_name(member.name) or not tar.getmember(member.name).isreg():
            raise Refused(
                _("La sauvegarde contient un nom de fichier interdit : %(name)s.") % {"name": member.name}
            )
        hashing = Hashing(read_member(tar, member.name))
        while hashing.read(CHUNK):
            pass
        if hashing.as_member(member.name) != member:
            raise Refused(_("La sauvegarde est abîmée : %(name)s a changé.") % {"name": member.name})


def is_safe_name(name: str) -> bool:
    folder, *rest = name.split("/")
    return name == DUMP or (
        folder in ("media", "private")
        and bool(rest)
        and not any(part in ("", ".", "..") or part.startswith(".") for part in rest)
    )


def refuse_newer_version(manifest: Manifest) -> None:
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    apps = {app for app, _name in known}
    newer = [f"{app}.{name}" for app, name in manifest.migrations if app in apps and (app, name) not in known]
    if newer:
        raise Refused(
            _(
                "La sauvegarde vient d’une version plus récente de Maillage (%(migrations)s) : mettez d’abord Maillage à jour."
            )
            % {"migrations": ", ".join(newer[:3])}
        )


def refuse_used_or_full(database: Database, files: Mapping[str, Storage], *, wipe: bool) -> None:
    with database.connect() as rows:
        full = rows.execute(TABLES).fetchone()
        others = rows.execute(
            "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
    if others and others[0]:
        raise Refused(
            _("La base est utilisée (%(count)s connexions) : arrêtez d’abord le site (web, worker et beat).")
            % {"count": others[0]}
        )
    if full and not wipe:
        raise Refused(_("La base n’est pas vide : --wipe remplace tout ce qu’elle contient."))
    for folder, storage in files.items():
        if not wipe and next(stored_names(storage), None) is not None:
            raise Refused(
                _("Le dossier %(path)s n’est pas vide : --wipe remplace son contenu.") % {"path": folder}
            )


def load_rows(tar: tarfile.TarFile, manifest: Manifest, scratch: Database) -> None:
    """The dump into an empty database, compared table by table with the manifest. Raises Refused."""
    with scratch.connect() as rows, read_member(tar, DUMP) as dump:
        error = run_postgres(
            "pg_restore", ["--exit-on-error", f"--dbname={scratch.name}"], scratch, rows, source=dump
        )
    if not error:
        with scratch.connect() as rows:
            restored = {table.name: table for table in count_tables(rows)}
        expected = {table.name: table for table in manifest.tables}
        wrong = sorted(
            name for name in restored.keys() | expected.keys() if restored.get(name) != expected.get(name)
        )
        error = ", ".join(f"{name} ({restored[name].rows if name in restored else 0})" for name in wrong[:3])
    if error:
        raise Refused(_("La base est restée comme elle était : %(error)s") % {"error": error})


def put_files(tar: tarfile.TarFile, manifest: Manifest, files: Mapping[str, Storage]) -> None:
    """The new ones first: a disk that is full by then has lost nothing of what was there."""
    replacing = []
    for member in manifest.members:
        folder, _slash, name = member.name.partition("/")
        if member.name == DUMP:
            continue
        if files[folder].exists(name):
            replacing.append((files[folder], name, member))
        else:
            put_file(tar, files[folder], name, member)
    for storage, name, member in replacing:
        storage.delete(name)
        put_file(tar, storage, name, member)


def put_file(tar: tarfile.TarFile, storage: Storage, name: str, member: Member) -> None:
    if storage.save(name, File(read_member(tar, member.name))) != name or storage.size(name) != member.size:
        raise OSError(_("Le fichier %(name)s n’a pas été restauré en entier.") % {"name": member.name})

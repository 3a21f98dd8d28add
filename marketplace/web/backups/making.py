"""`make`: one archive of everything, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.web.backups import content, places
from marketplace.web.backups.archive import DUMP, Manifest, Writing
from marketplace.web.backups.postgres import Database, programs
from marketplace.web.bucket.faults import BucketFault
from marketplace.web.errors import Refused

NAME = "maillage-{:%Y%m%d-%H%M%S}.tar"  # universal time: the names of one night are in order
NAMES = "maillage-[0-9]*-[0-9]*.tar"
UNFINISHED = ".maillage-"
ONE_AT_A_TIME = 4_117_300_021  # an advisory lock's number, ours alone
A_DAY = 86_400  # seconds


@dataclass(frozen=True)
class Made:
    path: Path
    manifest: Manifest
    removed: list[Path]


def make(*, destination: Path, keep: int | None = None, database: Database | None = None) -> Made:
    """Write a backup into a folder, under a name that says when, or to a file that does not exist yet.

    Rows are those of one instant; files are those found just after, so that none of a row is missing. `keep` removes all
    but the newest of the folder's backups, once this one is there. Raises Refused.
    """
    into_folder = destination.is_dir()
    path = destination / NAME.format(timezone.now()) if into_folder else destination
    if path.exists():
        raise Refused(_("%(path)s existe déjà.") % {"path": path})
    if not path.parent.is_dir():
        raise Refused(_("Il n’y a pas de dossier %(path)s.") % {"path": path.parent})
    sweep(path.parent)
    try:
        with unfinished(path, ".dump") as dump, unfinished(path, ".tar") as tar:
            manifest = write(database or Database.of_settings(), dump, tar)
            os.replace(tar, path)
    except BucketFault as fault:
        raise Refused(
            _("Le compartiment ne répond pas comme il faut (%(error)s).") % {"error": fault}
        ) from None
    except OSError as error:
        raise Refused(
            _("La sauvegarde ne s’écrit pas dans %(path)s (%(error)s).")
            % {"path": path.parent, "error": error.strerror or error}
        ) from error
    flush_folder(path.parent)
    return Made(path, manifest, thin_out(path.parent, keep) if into_folder and keep else [])


def write(database: Database, dump: Path, tar: Path) -> Manifest:
    with database.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        if not connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME]).fetchone()[0]:  # type: ignore[index]
            raise Refused(_("Une autre sauvegarde est en cours."))
        dump_database(connection, database, dump)
        tables = content.tables(connection)
        migrations = content.migrations(connection)
        named = content.private_files(connection)
        server = connection.info.server_version
    with tar.open("wb") as file:
        writing = Writing(file)
        with places.Folder(dump.parent).open(dump.name) as opened:
            writing.add(opened, DUMP)
        dump.unlink()  # space: the archive holds it now
        for name, place in places.of_settings().items():
            writing.add_all(place, name)
        there = {member.name for member in writing.members}
        manifest = Manifest(
            made_at=timezone.now().isoformat(timespec="seconds"),
            site=settings.SITE_URL,
            version=os.environ.get("MAILLAGE_VERSION", ""),
            postgresql=f"{server // 10_000}.{server % 10_000}",
            migrations=migrations,
            tables=tables,
            members=writing.members,
            missing=sorted(place for place in named if f"private/{place}" not in there),
        )
        writing.finish(manifest)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def dump_database(connection: psycopg.Connection, database: Database, dump: Path) -> None:
    """In the caller's snapshot, so that dump and counts are of the same instant."""
    snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]  # type: ignore[index]
    run = subprocess.run(  # noqa: S603 (PostgreSQL's own program, arguments of ours, no shell)
        [
            programs(connection.info.server_version // 10_000)["pg_dump"], "--format=custom", "--no-owner",
            "--no-privileges", "--no-comments", "--no-password", f"--snapshot={snapshot}", f"--file={dump}",
        ],
        env=database.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if run.returncode:
        raise Refused(_("pg_dump a échoué : %(error)s") % {"error": run.stderr.strip()[-500:]})


@contextlib.contextmanager
def unfinished(path: Path, suffix: str) -> Iterator[Path]:
    """A file beside the one to come, for its owner's eyes only; gone at the end, whatever happened."""
    beside = path.parent / f"{UNFINISHED}{secrets.token_hex(4)}{suffix}"
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """What a process that was killed left behind: it holds personal data."""
    for path in folder.glob(f"{UNFINISHED}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > A_DAY:
                path.unlink()


def thin_out(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest; their names are in order of time."""
    older = sorted(folder.glob(NAMES))[:-keep]
    for path in older:
        path.unlink(missing_ok=True)
    return older


def newest(folder: Path) -> float | None:
    """How many seconds ago the last backup of a folder was made."""
    times = [path.stat().st_mtime for path in folder.glob(NAMES)]
    return time.time() - max(times) if times else None


def flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

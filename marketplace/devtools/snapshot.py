"""What the migrations make, kept as SQL: they run once, and every new database after that is restored from it.

Running them takes about a minute, restoring a second. A snapshot lies in DEMO_HOME under the hash of what the
migrations are made of, so a changed migration has none until it has run. Where one cannot be written or restored
(a server of the developer's own, older or newer than the embedded one), the migrations run as they would without.
"""

import hashlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from .processes import Argv

PACKAGES = ("marketplace", "suppliers", "buyers", "cohorts")
FOLDERS = ("migrations", "reference")
"""The migrations, and the tables of codes and places that they load."""
FILES = ("requirements.txt", "marketplace/settings.py")
"""Which other apps' migrations run."""
KEPT = 5


def snapshot_path(checkout: Path, home: Path) -> Path:
    """Where the snapshot of this checkout's migrations lies, or will lie."""
    digest = hashlib.sha256()
    for source in _sources(checkout):
        content = source.read_bytes()
        digest.update(f"{source.relative_to(checkout)}\0{len(content)}\0".encode())
        digest.update(content)
    return home / "snapshots" / f"{digest.hexdigest()[:16]}.sql"


def _sources(checkout: Path) -> Iterator[Path]:
    for package in PACKAGES:
        for folder, inner, names in os.walk(checkout / package):
            inner.sort()
            if Path(folder).name in FOLDERS:
                yield from (Path(folder, name) for name in sorted(names))
    yield from (checkout / name for name in FILES)


def save_snapshot(path: Path, database: str, *, binaries: Path, env: Mapping[str, str]) -> bool:
    """Dump `database` (a libpq connection string), which the migrations have just filled; false where that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    argv: Argv = [
        binaries / "pg_dump",
        "--no-owner",
        "--no-privileges",
        "--file",
        unfinished,
        "--dbname",
        database,
    ]
    saved = subprocess.run(argv, env=dict(env), check=False, capture_output=True).returncode == 0
    if not saved:
        unfinished.unlink(missing_ok=True)
        return False
    unfinished.replace(path)
    for old in sorted(path.parent.glob("*.sql"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
    return True


def restore_snapshot(path: Path, database: str, *, binaries: Path, env: Mapping[str, str]) -> bool:
    """Fill an empty database, or leave it empty and return false."""
    if not path.exists():
        return False
    argv: Argv = [
        binaries / "psql",
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set",
        "ON_ERROR_STOP=1",
    ]
    argv += ["--file", path, "--dbname", database]
    run = subprocess.run(argv, env=dict(env), check=False, capture_output=True, stdin=subprocess.DEVNULL)
    return run.returncode == 0


def is_empty(database: str, *, binaries: Path, env: Mapping[str, str]) -> bool:
    """Whether no migration has run there; false where it cannot be asked."""
    query = "select to_regclass('django_migrations') is null"
    argv: Argv = [
        binaries / "psql",
        "--no-psqlrc",
        "--tuples-only",
        "--no-align",
        "--command",
        query,
        "--dbname",
        database,
    ]
    run = subprocess.run(argv, env=dict(env), check=False, capture_output=True, stdin=subprocess.DEVNULL)
    return run.stdout.strip() == b"t"

"""Where the embedded services live, and as whom they run.

PostgreSQL refuses to run as root, and the account it then runs as may not reach the checkout (a 0700 home).
Nobody's folder modes are ever widened for it: what it needs goes to a folder of ours under /var/tmp.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .console import Failed
from .processes import Account, pause_or_stop

SOCKET_PATH_BYTES = 100
"""A Unix socket's path has at most 107 bytes on Linux and 103 on macOS."""
LONGEST_SOCKET = ".s.PGSQL.5432.lock"
ELSEWHERE = Path("/var/tmp")  # noqa: S108 (folders of 0700 or 0711 there, checked to be ours)
UNPRIVILEGED = ("postgres", "nobody", "daemon")
PLAIN = re.compile(r"[\w./ +=@~^-]+")
"""Paths that initdb's shell commands and connection strings take as they are."""
PLAIN_IN_URL = re.compile(r"[A-Za-z0-9._/-]+")


def server_account(*clusters: Path) -> Account | None:
    """None: the services run as we do. Else we are root, and this is who they run as.

    The owner of a cluster made earlier (by the same developer without sudo, say) goes first.
    """
    if os.geteuid() != 0:
        return None
    for cluster in clusters:
        with contextlib.suppress(OSError, KeyError):
            if owner := cluster.stat().st_uid:
                return Account(owner, pwd.getpwuid(owner).pw_gid)
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise Failed(
        "PostgreSQL does not run as root, and this system has none of the accounts "
        f"{', '.join(UNPRIVILEGED)}: add one, run dev.py as an ordinary user, or set DATABASE_URL."
    )


def is_reachable(path: Path, account: Account | None, mode: int) -> bool:
    if account is None:
        return os.access(path, mode)
    child = os.fork()  # not a subprocess: our Python may itself be out of that account's reach
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
            os._exit(0 if os.access(path, mode) else 1)
        except BaseException:
            os._exit(2)
    return os.waitpid(child, 0)[1] == 0


def make_folder(folder: Path, *, mode: int, account: Account | None = None) -> Path:
    """A folder that is ours, or the account's; refuses one that someone else put there."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    mine = {os.geteuid()} | ({account.uid} if account else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in mine:
        raise Failed(f"{folder} belongs to someone else: remove it, or set DEMO_HOME to another folder.")
    if account and found.st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(mode)
    return folder


def state_root(home: Path, account: Account | None) -> Path:
    """The folder for data: `home`, or where that does not do one under /var/tmp, written down in `home`."""
    record = home / "state-folder"
    with contextlib.suppress(OSError):
        moved = Path(record.read_text().strip())
        owner = (moved / "home").read_text().strip()
        # A copied checkout gets a state of its own; a checkout that moved keeps its state.
        if moved.lstat().st_uid == os.geteuid() and (owner == str(home) or not Path(owner).exists()):
            (moved / "home").write_text(str(home))
            return moved
    if PLAIN.fullmatch(str(home)) and is_reachable(home, account, os.X_OK):
        return home
    base = ELSEWHERE if os.access(ELSEWHERE, os.W_OK) else Path(tempfile.gettempdir())
    moved = make_folder(base / f"maillage-{os.geteuid()}-{_short(home)}", mode=0o711)
    (moved / "home").write_text(str(home))
    record.write_text(str(moved))
    return moved


def socket_folder(state: Path) -> Path:
    """Where the sockets of that state go: a path that is short and plain enough."""
    folder = state / "run"
    if is_socket_path_too_long(folder) or not PLAIN_IN_URL.fullmatch(str(folder)):
        folder = Path("/tmp") / f"maillage-{os.geteuid()}-{_short(state)}"  # noqa: S108 (0700, and checked to be ours)
    return folder


def is_socket_path_too_long(folder: Path) -> bool:
    return len(os.fsencode(folder / LONGEST_SOCKET)) > SOCKET_PATH_BYTES


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def runnable_package(package: Path, copies: Path, account: Account | None) -> Path:
    """An installed package of binaries, or a copy of it in `copies` if the account cannot run it in place."""
    binaries = [path for path in package.glob("*/*/*") if path.name in {"postgres", "valkey-server"}]
    if PLAIN.fullmatch(str(package)) and all(
        is_reachable(path, account, os.R_OK | os.X_OK) for path in binaries
    ):
        return package
    made = max(path.stat().st_mtime_ns for path in [package, *binaries])
    copy = make_folder(copies, mode=0o711) / f"{package.name}-{_short(Path(f'{package}:{made}'))}"
    with locked_folder(copies):
        if not copy.exists():
            _copy(package, copy)
    return copy / package.name


def _copy(package: Path, copy: Path) -> None:
    for old in copy.parent.glob(f"{package.name}-*"):
        shutil.rmtree(old, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix="copying-", dir=copy.parent))
    shutil.copytree(package, unfinished / package.name, symlinks=True)
    libraries = package.with_name(package.name + ".libs")  # found by the binaries beside their package
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name)
    for path in [unfinished, *unfinished.rglob("*")]:
        if not path.is_symlink():  # whatever the umask was at installation
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    unfinished.rename(copy)  # a killed copy is never taken for a whole one


@contextlib.contextmanager
def locked_folder(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock on a folder, waiting for it. The lock is the kernel's: no file stays, whoever is killed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        while not try_lock(descriptor, shared=shared):
            pause_or_stop(0.05)
        yield
    finally:
        os.close(descriptor)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

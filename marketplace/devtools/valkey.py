"""One embedded Valkey on a Unix socket. Its caller holds the lock of its state folder."""

import contextlib
import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import processes
from .console import Failed, StepProgress, log_tail
from .environment import read_record, write_record
from .placement import make_folder

START_SECONDS = 60.0


@dataclass
class Valkey:
    folder: Path
    socket: Path
    record: Path
    package: Callable[[], Path]
    """Where its wheel can be run from; may copy it there, so asked only to start."""
    log: Path
    account: processes.Account | None
    durable: bool
    _child: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self, progress: StepProgress) -> None:
        """Have it answer; nothing to do if it already does."""
        while running := self.process():
            if self._answers():
                return
            if progress.seconds > START_SECONDS:
                processes.signal_group(running.pid, signal.SIGKILL)
            processes.pause_or_stop(0.05)  # it may be loading its file
            progress.tick()
        options: processes.Argv = ["--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"]
        options += ["--maxmemory-policy", "noeviction", "--save", ""]
        options += ["--appendonly", "yes" if self.durable else "no"]
        self._child = processes.spawn_process(
            [self._binary(), *options],
            dies_with_us=None if self.durable else signal.SIGKILL,
            log=self.log,
            env={"LC_ALL": "C", "TZ": "UTC"},
            cwd=make_folder(self.folder, mode=0o700, account=self.account),
            account=self.account,
        )
        write_record(self.record, processes.process_record(self._child.pid))
        while not self._answers():
            if self._child.poll() is not None or progress.seconds > START_SECONDS:
                raise Failed(f"Valkey did not start. Its last words:\n{log_tail(self.log)}")
            processes.pause_or_stop(0.02)
            progress.tick()

    def stop(self) -> None:
        for signum, seconds in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 1.0)):
            if server := self.process():
                processes.signal_group(server.pid, signum)
                processes.wait_until_gone(server, seconds, self._child)
        if self._child:
            processes.end_processes([self._child], seconds=0)
            self._child = None
        for left in (self.record, self.socket):
            left.unlink(missing_ok=True)

    def process(self) -> processes.Process | None:
        if self._child:
            self._child.poll()  # else a dead child stays a zombie
        record = read_record(self.record)
        return processes.still_running(record) if record else None

    def _binary(self) -> Path:
        package = self.package()
        for found in package.glob("_binaries/*/valkey-server"):
            return found
        raise Failed(
            f"{package} holds no Valkey for this system: set REDIS_URL to a Valkey or Redis of yours."
        )

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            client.connect(str(self.socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False

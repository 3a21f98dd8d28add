"""Starting, naming and ending processes, and the signals that ask us to end.

A signal only leaves a note: every wait of ours reads it, so that we stop at known points and never between
starting a process and writing down that we did.
"""

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PROC = Path("/proc/self/stat").exists()
PR_SET_PDEATHSIG = 1
TO_DIE = 2.0  # seconds that a busy machine may take to be rid of a killed process


Argv = list[str | Path]


@dataclass(frozen=True)
class Account:
    """Whom to run a process as."""

    uid: int
    gid: int


class Stopped(BaseException):
    """A signal asked us to stop; `signum` says which."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


_asked: int | None = None


def _note(signum: int, frame: object) -> None:
    global _asked
    _asked = signum


def catch_stop_signals() -> None:
    """Take over SIGINT and SIGTERM, also where our parent had them ignored or blocked."""
    mine = [signal.SIGINT, signal.SIGTERM]
    if (
        signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    ):  # under nohup, a closed terminal is meant to be survived
        mine.append(signal.SIGHUP)
    for signum in mine:
        signal.signal(signum, _note)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, mine)
    # A parent that ignores SIGCHLD would have the exit codes of our children thrown away.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def received_stop_signal() -> int | None:
    return _asked


def raise_if_stopped() -> None:
    if _asked is not None:
        raise Stopped(_asked)


def pause_or_stop(seconds: float) -> None:
    raise_if_stopped()
    time.sleep(seconds)
    raise_if_stopped()


# --- Which process is it?


@dataclass(frozen=True)
class Process:
    pid: int
    group: int
    started: str
    """Opaque; with the pid it names one process, where a pid alone may have been given to another."""
    alive: bool
    command: str


def _from_proc(pid: int) -> Process | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return None
    return Process(pid, int(fields[2]), fields[19], fields[0] not in "ZX", command.strip())


_PS_LINE = re.compile(r"\s*(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+\S+\s+\d+)\s+(.*)")


def _from_ps(*which: str) -> Iterator[Process]:
    columns = [part for name in ("pid", "pgid", "stat", "lstart", "command") for part in ("-o", f"{name}=")]
    answer = subprocess.run(["ps", *which, *columns], capture_output=True, text=True, check=False)
    for line in answer.stdout.splitlines():
        if found := _PS_LINE.match(line):
            pid, group, state, started, command = found.groups()
            yield Process(int(pid), int(group), started, state[0] != "Z", command)


def find_process(pid: int) -> Process | None:
    if PROC:
        return _from_proc(pid)
    return next(_from_ps("-p", str(pid)), None)


def all_processes() -> Iterator[Process]:
    if not PROC:
        yield from _from_ps("-A")
        return
    for name in os.listdir("/proc"):
        if name.isdigit() and (process := _from_proc(int(name))):
            yield process


def process_record(pid: int) -> dict[str, Any]:
    """What to write down about a process of ours so that `still_running` recognises it later."""
    process = find_process(pid)
    return {"pid": pid, "started": process.started if process else ""}


def still_running(named: Mapping[str, Any]) -> Process | None:
    process = find_process(named["pid"])
    return process if process and process.alive and process.started == named["started"] else None


def group_members(group: int) -> list[Process]:
    return [process for process in all_processes() if process.group == group and process.alive]


# --- Starting


def _die_with_parent(signum: int) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def set_it() -> None:
        prctl(PR_SET_PDEATHSIG, signum)
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signum)

    return set_it


def spawn_process(
    argv: Sequence[str | Path],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | str | None = None,
    account: Account | None = None,
    dies_with_us: int | None = None,
    stdin: IO[Any] | int | None = subprocess.DEVNULL,
    own_session: bool = True,
) -> "subprocess.Popen[bytes]":
    """Start a process, by default in a session of its own so that a Ctrl-C in the terminal reaches only us.

    `account` is whom to run it as; `dies_with_us` the signal it gets should we die without stopping it.
    """
    as_account: dict[str, Any] = {}
    if account:
        as_account = {"user": account.uid, "group": account.gid, "extra_groups": []}
    with contextlib.ExitStack() as stack:
        # Opened by us: where the account differs, it may write to its log but need not reach the folder.
        out = stack.enter_context(log.open("ab")) if log else None
        return subprocess.Popen(
            [str(part) for part in argv],
            stdin=stdin,
            stdout=out,
            stderr=subprocess.STDOUT if out else None,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=own_session,
            preexec_fn=_die_with_parent(dies_with_us) if dies_with_us else None,
            **as_account,
        )


def wait_for_process(process: "subprocess.Popen[bytes]", watch: Callable[[], None] | None = None) -> int:
    """Wait for a process of a session of its own; if we are asked to stop, end it and all it started."""
    try:
        while process.poll() is None:
            pause_or_stop(0.05)
            if watch:
                watch()
    except BaseException:
        end_processes([process], seconds=3)
        raise
    return process.returncode


# --- Ending


def signal_group(group: int, signum: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signum)


def end_processes(started: Iterable["subprocess.Popen[bytes]"], *, seconds: float) -> None:
    """Ask these processes to end; kill what is left of their groups once they did, or after that many seconds."""
    started = list(started)
    for process in started:
        # Not the group: a leader lets its workers finish what they hold.
        process.terminate()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(process.poll() is None for process in started):
        time.sleep(0.02)
    for process in started:
        # Also where the leader ended well: a helper of its own may have stayed.
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
    _wait_until_groups_gone([process.pid for process in started], time.monotonic() + TO_DIE)


def _wait_until_groups_gone(groups: Iterable[int], deadline: float) -> None:
    groups = list(groups)
    while time.monotonic() < deadline and any(group_members(group) for group in groups):
        time.sleep(0.02)


def wait_until_gone(process: Process, seconds: float, child: "subprocess.Popen[bytes] | None") -> bool:
    """Wait for a process to end; `child` is its handle if it is a child of ours (a zombie until asked)."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child:
            child.poll()
        now = find_process(process.pid)
        if not now or not now.alive or now.started != process.started:
            return True
        time.sleep(0.02)
    return False


def end_leftovers(named: Iterable[Mapping[str, Any]], *, marker: str, seconds: float = 5) -> int:
    """End process groups that an earlier run wrote down and could not end itself; return how many.

    A group is ours if its leader is the very process written down, or a member's command line has `marker`.
    """
    groups = []
    for record in named:
        left = group_members(record["pid"])
        if any(process.started == record["started"] or marker in process.command for process in left):
            groups.append(record["pid"])
    for group in groups:
        leader = find_process(group)
        if leader and leader.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(group, signal.SIGTERM)
        else:
            signal_group(group, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    _wait_until_groups_gone(groups, deadline)
    for group in groups:
        signal_group(group, signal.SIGKILL)
    _wait_until_groups_gone(groups, deadline + TO_DIE)
    return len(groups)

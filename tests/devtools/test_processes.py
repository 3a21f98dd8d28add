import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from marketplace.devtools import processes
from tests.devtools.conftest import CHECKOUT

Sleeper = "subprocess.Popen[bytes]"

IGNORES_TERM = (
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
)


def test_still_running_recognises_a_process_by_its_start(sleeper: Sleeper) -> None:
    named = processes.process_record(sleeper.pid)
    assert processes.still_running(named)

    assert not processes.still_running({**named, "started": "another"})


def test_still_running_is_false_for_a_zombie(sleeper: Sleeper) -> None:
    named = processes.process_record(sleeper.pid)
    sleeper.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while processes.still_running(named) and time.monotonic() < deadline:
        time.sleep(0.01)

    assert sleeper.returncode is None  # nobody has waited for it: it is still in the table
    assert processes.find_process(sleeper.pid) is not None
    assert not processes.still_running(named)


def test_end_leftovers_spares_a_stranger_that_got_the_pid(sleeper: Sleeper) -> None:
    named = {"pid": sleeper.pid, "started": "when an earlier process began"}

    assert processes.end_leftovers([named], marker="/checkout/.dev/venv/bin/python", seconds=1) == 0
    assert sleeper.poll() is None


def test_end_leftovers_ends_the_process_that_was_written_down(sleeper: Sleeper) -> None:
    assert (
        processes.end_leftovers([processes.process_record(sleeper.pid)], marker="none such", seconds=2) == 1
    )
    assert sleeper.wait(5) == -signal.SIGTERM


def test_end_leftovers_ends_workers_whose_leader_is_gone(tmp_path: Path) -> None:
    marker = f"marker-{tmp_path.name}"
    leader = f"""
import subprocess, sys
worker = subprocess.Popen([sys.executable, "-c", {IGNORES_TERM!r}, {marker!r}], stdout=subprocess.PIPE)
worker.stdout.readline()
print(worker.pid, flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", leader], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    process.wait()
    left = processes.find_process(worker)
    assert left is not None
    assert left.alive

    gone = {"pid": process.pid, "started": "before"}
    assert processes.end_leftovers([gone], marker=marker, seconds=0.5) == 1

    left = processes.find_process(worker)
    assert left is None or not left.alive


def test_end_kills_what_does_not_listen() -> None:
    stubborn = subprocess.Popen(
        [sys.executable, "-c", IGNORES_TERM], stdout=subprocess.PIPE, start_new_session=True
    )
    assert stubborn.stdout is not None
    stubborn.stdout.readline()
    began = time.monotonic()

    processes.end_processes([stubborn], seconds=0.3)

    assert stubborn.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 3


def test_end_lets_a_leader_see_to_its_workers(tmp_path: Path) -> None:
    worker = "import time; print('up', flush=True); time.sleep(60)"
    leader = f"""
import signal, subprocess, sys
worker = subprocess.Popen([sys.executable, "-c", {worker!r}], stdout=subprocess.PIPE)
worker.stdout.readline()
def finish(*_):
    open({str(tmp_path / "seen")!r}, "w").write(str(worker.poll()))
    sys.exit()
signal.signal(signal.SIGTERM, finish)
print("up", flush=True)
signal.pause()
"""
    process = subprocess.Popen([sys.executable, "-c", leader], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()

    processes.end_processes([process], seconds=5)

    assert (tmp_path / "seen").read_text() == "None"  # the worker was alive when the leader was asked
    assert processes.group_members(process.pid) == []


def _run(code: str, **options: object) -> "subprocess.Popen[bytes]":
    setting = f"import sys\nsys.path.append({str(CHECKOUT / 'marketplace')!r})\n"
    return subprocess.Popen([sys.executable, "-c", setting + code], stdout=subprocess.PIPE, **options)


LISTENER = """
from devtools import processes
processes.catch_stop_signals()
print("up", flush=True)
try:
    while True:
        processes.pause_or_stop(0.05)
except processes.Stopped as stopped:
    print("asked", stopped.signum, flush=True)
"""


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_listen_hears_a_signal_that_the_parent_had_ignored_and_blocked(signum: signal.Signals) -> None:
    def deaf() -> None:
        signal.signal(signum, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signum])

    listener = _run(LISTENER, preexec_fn=deaf)
    assert listener.stdout is not None
    assert listener.stdout.readline() == b"up\n"
    listener.send_signal(signum)

    assert listener.communicate(timeout=5)[0] == f"asked {signum.value}\n".encode()


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells children of a parent's death"
)
def test_spawn_ends_a_child_that_should_die_with_us() -> None:
    code = """
import os, signal, time
from devtools import processes
child = processes.spawn_process([sys.executable, "-c", "import time; time.sleep(60)"], dies_with_us=signal.SIGTERM)
print(child.pid, flush=True)
time.sleep(60)
"""
    parent = _run(code)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert processes.find_process(child)
    parent.kill()
    parent.communicate()

    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and (left := processes.find_process(child)) and left.alive:
        time.sleep(0.02)
    assert left is None or not left.alive


def test_spawn_gives_children_their_usual_signals_back() -> None:
    code = """
from devtools import processes
processes.catch_stop_signals()
child = processes.spawn_process([sys.executable, "-c", "import signal; print(signal.getsignal(15).name)"])
child.wait()
"""
    run = _run(code, preexec_fn=lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN))

    assert run.communicate(timeout=10)[0] == b"SIG_DFL\n"


def test_members_are_found_by_their_group(sleeper: Sleeper) -> None:
    assert [process.pid for process in processes.group_members(sleeper.pid)] == [sleeper.pid]
    assert os.getpid() not in {process.pid for process in processes.group_members(sleeper.pid)}

"""The virtual environment: made once, from the locked and hashed requirements, and again when they change."""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from . import processes
from .console import Failed, StepProgress, log_tail, print_line, print_step
from .environment import Places, base_environment, python_version
from .placement import try_lock

REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
PATIENCE_SECONDS = 10.0


def wanted_stamp(where: Places, python: str) -> str:
    """Changes whenever the environment has to be made anew."""
    digest = hashlib.sha256(f"{where.venv}\n{python}\n".encode(errors="surrogateescape"))
    for name in REQUIREMENTS:
        with contextlib.suppress(FileNotFoundError):
            digest.update((where.checkout / name).read_bytes())
    return digest.hexdigest()


def is_ready(where: Places) -> bool:
    with contextlib.suppress(OSError):
        if (where.venv / "stamp").read_text() == wanted_stamp(where, python_version()):
            # A system upgrade may have taken away the Python it was made with.
            run = subprocess.run([where.python, "-c", ""], capture_output=True, check=False)
            return run.returncode == 0
    return False


@contextlib.contextmanager
def ready_virtualenv(where: Places) -> Iterator[None]:
    """Have the environment, and keep it from being remade as long as the block runs."""
    descriptor = os.open(where.home, os.O_RDONLY)
    try:
        _share(descriptor, where)
        yield
    finally:
        os.close(descriptor)


def _share(descriptor: int, where: Places) -> None:
    # A shared lock while it is used, an exclusive one while it is made: several starts at once make it once,
    # and a `git pull` with new requirements does not pull the floor from under a running demo.
    used_since = None
    waiting = None
    while True:
        if try_lock(descriptor, shared=True):
            if is_ready(where):
                return
            if try_lock(descriptor):
                _make(where)
                used_since = None
                continue
            used_since = used_since or time.monotonic()
            if time.monotonic() - used_since > PATIENCE_SECONDS:
                raise Failed(
                    f"The requirements or the Python version changed, but {where.venv} is in use by "
                    "a running demo or test. Stop that and start again."
                )
        elif waiting is None:
            waiting = StepProgress("Waiting for another start")
            print_line("Waiting for another start to install the dependencies…")
        else:
            waiting.tick()
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        processes.pause_or_stop(0.2)


def _make(where: Places) -> None:
    if not importlib.util.find_spec("ensurepip") or not importlib.util.find_spec("venv"):
        raise Failed(
            f"This Python ({sys.executable}) cannot make virtual environments: its ensurepip is missing. "
            "On Debian and Ubuntu: apt install python3-venv."
        )
    requirements = where.checkout / "requirements-dev.txt"
    if not requirements.exists():
        raise Failed(
            f"{requirements} is missing: the checkout is not whole. `git status` tells what was removed."
        )
    log = where.logs / "install.log"
    log.write_bytes(b"")
    env = base_environment(os.environ, drop=())
    with print_step(f"Making the virtual environment ({where.venv})") as progress:
        shutil.rmtree(where.venv, ignore_errors=True)
        made = processes.spawn_process([sys.executable, "-m", "venv", where.venv], log=log, env=env)
        if processes.wait_for_process(made, progress.tick):
            raise Failed(f"The virtual environment could not be made.\n{log_tail(log)}")
    total = _pins(requirements)
    with print_step(f"Installing {total} locked dependencies") as progress:
        if _install_with_uv(where, requirements, log, env, progress):
            progress.tick(lambda: "uv could not; pip goes on")
            installing = processes.spawn_process(
                [*_pip(where), "-r", requirements], log=log, env=env, cwd=where.checkout
            )
            if processes.wait_for_process(installing, lambda: progress.tick(lambda: _installed(log, total))):
                raise Failed(
                    "pip could not install the dependencies. Check that a package index can be reached and that "
                    f"the disk has 1 GB free, then start again.\n{log_tail(log)}"
                )
    (where.venv / "stamp").write_text(wanted_stamp(where, python_version()))


# Every pin is in the file with its hash, so nothing is resolved; wheels only, so nothing is compiled.
LOCKED = ("--no-deps", "--require-hashes", "--only-binary=:all:")


def _pip(where: Places) -> processes.Argv:
    quietly = ("--disable-pip-version-check", "--no-input", "--progress-bar", "off")
    return [where.python, "-m", "pip", "install", *LOCKED, *quietly]


def _install_with_uv(
    where: Places, requirements: Path, log: Path, env: dict[str, str], progress: StepProgress
) -> int:
    """Install uv with pip, and everything with uv, in a quarter of pip's time; not 0 where that fails."""
    pin = re.search(r"^uv==.*?(?=^\w|\Z)", requirements.read_text(), re.MULTILINE | re.DOTALL)
    if not pin:
        return 1
    alone = where.logs / "uv.txt"
    alone.write_text(pin.group())
    getting = processes.spawn_process([*_pip(where), "-r", alone], log=log, env=env, cwd=where.checkout)
    if code := processes.wait_for_process(getting, progress.tick):
        return code
    uv: processes.Argv = [where.venv / "bin" / "uv", "--no-config", "--no-progress", "pip", "install"]
    # As pip does, take a release from whichever index has it: the hashes say that it is the one.
    uv += [*LOCKED, "--index-strategy", "unsafe-best-match", "--python", where.python, "-r", requirements]
    index = _index_of_pip(where, env)
    installing = processes.spawn_process(uv, log=log, env={**env, **index}, cwd=where.checkout)
    return processes.wait_for_process(installing, progress.tick)


OF_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}


def _index_of_pip(where: Places, env: dict[str, str]) -> dict[str, str]:
    """The package index that this machine has pip use, as uv wants to be told of it."""
    asked: processes.Argv = [where.python, "-m", "pip", "config", "list"]
    answer = subprocess.run(asked, env=env, check=False, capture_output=True, text=True).stdout
    settings = (line.partition("=") for line in answer.splitlines())
    found = {OF_UV.get(name.rpartition(".")[2], ""): value.strip("'\"") for name, _, value in settings}
    found.pop("", None)
    if "UV_FIND_LINKS" in found:
        found["UV_FIND_LINKS"] = found["UV_FIND_LINKS"].replace(" ", ",")
    return found


def _pins(requirements: Path) -> int:
    return len(re.findall(r"^[\w.-]+==", requirements.read_text(), re.MULTILINE))


def _installed(log: Path, total: int) -> str:
    text = log.read_text(errors="replace")
    if "\nInstalling collected packages" in text:
        return "unpacking"
    return f"{min(total, len(re.findall(r'^Collecting ', text, re.MULTILINE)))} of {total} fetched"

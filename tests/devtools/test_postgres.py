import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from marketplace.devtools.console import Failed, StepProgress
from marketplace.devtools.postgres import Postgres


def _nowhere() -> Path:
    raise AssertionError("nothing of this asks for the binaries")


@pytest.fixture
def postgres(tmp_path: Path) -> Postgres:
    cluster = tmp_path / "pg"
    cluster.mkdir()
    return Postgres(
        cluster=cluster,
        sockets=tmp_path / "run",
        package=_nowhere,
        log=tmp_path / "postgres.log",
        account=None,
        durable=True,
    )


@pytest.fixture
def server(tmp_path: Path) -> "Callable[[str], subprocess.Popen[bytes]]":
    started = []

    def start(*args: str) -> "subprocess.Popen[bytes]":
        started.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", *args]))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_pid_file_of_a_program_that_got_the_number_later_is_stale(postgres: Postgres, server) -> None:
    stranger = server("-D", "/somewhere/else")
    (postgres.cluster / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.cluster}\n")

    assert postgres.process() is None
    postgres.stop()
    assert stranger.poll() is None
    assert not (postgres.cluster / "postmaster.pid").exists()


def test_pid_file_is_believed_if_the_command_line_names_the_cluster(postgres: Postgres, server) -> None:
    ours = server("-D", str(postgres.cluster))
    (postgres.cluster / "postmaster.pid").write_text(f"{ours.pid}\n{postgres.cluster}\n")

    found = postgres.process()

    assert found is not None
    assert found.pid == ours.pid


@pytest.mark.parametrize("text", ["", "garbage\n", "99999999\n"])
def test_pid_file_that_makes_no_sense_is_stale(postgres: Postgres, text: str) -> None:
    (postgres.cluster / "postmaster.pid").write_text(text)

    assert postgres.process() is None


def test_start_that_fails_shows_the_log_and_what_to_do(postgres: Postgres, tmp_path: Path) -> None:
    (postgres.cluster / "PG_VERSION").write_text("3\n")
    binaries = tmp_path / "pginstall" / "bin"
    binaries.mkdir(parents=True)
    for name, body in {"postgres": "echo too old; exit 1", "pg_isready": "exit 2"}.items():
        (binaries / name).write_text(f"#!/bin/sh\n{body}\n")
        (binaries / name).chmod(0o755)
    postgres.package = lambda: tmp_path

    with pytest.raises(Failed, match="remove") as failure:
        postgres.start(StepProgress("Starting"))

    assert "too old" in str(failure.value)
    assert str(postgres.log) in str(failure.value)

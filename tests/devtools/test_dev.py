import ast
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.devtools import demo, gate, placement, virtualenv
from marketplace.devtools.console import Failed
from marketplace.devtools.environment import Places, write_record
from marketplace.devtools.services import Wanted
from tests.devtools.conftest import CHECKOUT


def dev(*args: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, CHECKOUT / "dev.py", *args],
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_devtools_import_only_the_standard_library() -> None:
    files = [CHECKOUT / "dev.py", *(CHECKOUT / "marketplace" / "devtools").glob("*.py")]
    assert len(files) > 5
    imported = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add((node.module or "").partition(".")[0])

    assert imported - set(sys.stdlib_module_names) == {"devtools"}


@pytest.mark.parametrize("args", [(), ("frobnicate",), ("demo", "now"), ("prove",)])
def test_dev_explains_itself_when_misused(args: tuple[str, ...], tmp_path: Path) -> None:
    answer = dev(*args, DEMO_HOME=str(tmp_path))

    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr
    assert answer.stdout + answer.stderr


@pytest.mark.parametrize("command", ["demo", "manage"])
def test_dev_refuses_a_port_that_is_none(command: str, tmp_path: Path) -> None:
    answer = dev(command, PORT="eighty", DEMO_HOME=str(tmp_path))

    assert answer.returncode == 1
    assert "PORT is 'eighty'" in answer.stderr
    assert not (tmp_path / "venv").exists()


def test_prove_lists_the_proofs_there_are(where: Places) -> None:
    folder = where.checkout / "tests" / "proofs"
    folder.mkdir(parents=True)
    (folder / "prove_chaos.py").touch()

    with pytest.raises(Failed, match="There are: chaos"):
        gate.check_proof(where, "replay")
    gate.check_proof(where, "chaos")


def test_port_that_is_taken_is_seen() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert not demo.port_is_free(taken.getsockname()[1])


def test_second_demo_says_where_the_first_is(where: Places, capfd: pytest.CaptureFixture[str]) -> None:
    write_record(where.demo_record, {"address": "http://localhost:8123/", "port": 8123})
    assert demo.running_port(where) is None  # the record of a demo that was killed

    with placement.locked_folder(where.logs):
        assert demo.running_port(where) == 8123
        assert demo.serve_demo(where, {}, port=8000, wanted=Wanted()) == 1

    assert where.demo_record.exists()


def test_environment_is_made_anew_when_the_requirements_change(where: Places) -> None:
    where.checkout.mkdir()
    stamps = {virtualenv.wanted_stamp(where, "3.11")}
    (where.checkout / "requirements.txt").write_text("django==5.2.19\n")
    stamps.add(virtualenv.wanted_stamp(where, "3.11"))
    (where.checkout / "requirements-dev.txt").write_text("pytest==9.2.0\n")
    stamps.add(virtualenv.wanted_stamp(where, "3.11"))
    stamps.add(virtualenv.wanted_stamp(where, "3.12"))

    assert len(stamps) == 4


def test_python_without_ensurepip_is_told_what_to_install(
    where: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtualenv.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(Failed, match="apt install python3-venv"), virtualenv.ready_virtualenv(where):
        pass


def _check(name: str, code: str) -> gate.Check:
    return gate.Check(name, [sys.executable, "-c", code], remedy=f"mend {name}")


def test_lint_runs_every_linter_and_shows_what_failed(
    where: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    where.checkout.mkdir()
    wanted = [
        _check("bad", "print('line 3 is wrong'); raise SystemExit(1)"),
        _check("good", ""),
        _check("late", ""),
    ]
    monkeypatch.setattr(gate, "lint_checks", lambda where: wanted)
    monkeypatch.setattr(gate, "print_line", print)

    done = gate.run_linters(where, where.logs, dict(os.environ))

    assert {check.name: check.failed for check in done} == {"bad": True, "good": False, "late": False}
    said = capsys.readouterr().out
    assert "line 3 is wrong" in said
    assert "mend bad" in said
    assert "mend good" not in said

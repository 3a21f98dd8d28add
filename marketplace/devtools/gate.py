"""`dev.py test`: the linters, then the tests, each with how long it took."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import processes, project
from .console import Failed, StepProgress, print_line
from .environment import Places
from .snapshot import snapshot_path

AT_ONCE = 2
IMPORT_LINTER = "from importlinter.cli import lint_imports_command as c; c(['--no-logo'])"


@dataclass
class Check:
    name: str
    argv: Sequence[str | Path]
    failed: bool = False
    seconds: float = 0.0
    remedy: str = ""
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)


def lint_checks(where: Places) -> list[Check]:
    """The longest first: the others then run beside it."""
    python: processes.Argv = [where.python, "-m"]
    manage: processes.Argv = [where.python, "manage.py", "makemigrations", "--check", "--dry-run"]
    ruff: processes.Argv = [*python, "ruff"]
    briefly = ["--output-format", "concise", "."]
    found = [
        Check("mypy", [*python, "mypy", "--no-error-summary"]),
        Check("missing migrations", manage, remedy="python3 dev.py manage makemigrations"),
        Check("import-linter", [where.python, "-c", IMPORT_LINTER]),
        Check("ruff", [*ruff, "check", *briefly], remedy="ruff check --fix"),
        Check("ruff format", [*ruff, "format", "--check", *briefly], remedy="ruff format"),
    ]
    if not snapshot_path(where.checkout, where.home).exists():
        # One processor's work, which every test would otherwise wait for.
        found.insert(0, Check("migrations", [*python, "tests.databases"]))
    if pages := template_files(where):
        djade: processes.Argv = [where.venv / "bin" / "djade", "--check", "--target-version", "5.2", *pages]
        found.append(Check("djade", djade, remedy="djade --target-version 5.2 with the files named"))
    return found


def template_files(where: Places) -> list[Path]:
    folders = [where.checkout / "templates", *where.checkout.glob("*/templates")]
    folders += where.checkout.glob("marketplace/*/templates")
    return sorted(path for folder in folders for path in folder.rglob("*.html"))


def run_linters(where: Places, logs: Path, env: Mapping[str, str]) -> list[Check]:
    """Run every linter, also after one has failed."""
    waiting = lint_checks(where)
    running: list[Check] = []
    done: list[Check] = []
    progress = StepProgress("linters")
    print_line(f"Linters: {', '.join(check.name for check in waiting)}")
    clocks: dict[str, StepProgress] = {}
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                check = waiting.pop(0)
                clocks[check.name] = StepProgress(check.name)
                log = _log(logs, check)
                check.process = processes.spawn_process(check.argv, log=log, env=env, cwd=where.checkout)
                running.append(check)
            processes.pause_or_stop(0.05)
            progress.tick(lambda: f"running {', '.join(check.name for check in running)}")
            for check in [check for check in running if check.process and check.process.poll() is not None]:
                running.remove(check)
                done.append(check)
                check.seconds = clocks[check.name].seconds
                _report(check, _log(logs, check))
    finally:
        processes.end_processes([check.process for check in running if check.process], seconds=2)
    return done


def _log(logs: Path, check: Check) -> Path:
    return logs / f"lint-{check.name.replace(' ', '-')}.log"


def _report(check: Check, log: Path) -> None:
    check.failed = check.process is not None and check.process.returncode != 0
    print_line(f"  {'FAILED' if check.failed else 'ok'}  {check.name} ({check.seconds:.1f} s)")
    if check.failed:
        print_line(log.read_text(errors="replace").rstrip())
        if check.remedy:
            print_line(f"  To mend: {check.remedy}")


def run_pytest(where: Places, args: Sequence[str], env: Mapping[str, str]) -> Check:
    # A debugger needs the terminal, which parallel workers do not have.
    # One more than there are processors, for many tests wait: for a browser, a worker, a server of their own.
    # Stealing: a module's tests stay together, so what they share is made once, and browsers wait beside what computes.
    at_once = ["-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal"]
    slowest = ["--durations", "10"]
    workers = [] if {"--pdb", "--trace"} & set(args) else at_once
    argv: processes.Argv = [where.python, "-m", "pytest", *workers, *slowest, *args]
    check, clock = Check("pytest", argv), StepProgress("pytest")
    code = project.run_in_foreground(argv, env=env, cwd=where.checkout, patience=8)
    processes.raise_if_stopped()
    check.failed, check.seconds = code != 0, clock.seconds
    return check


def run_gate(where: Places, scratch: Path, args: Sequence[str], env: Mapping[str, str]) -> int:
    done = [*run_linters(where, scratch, env), run_pytest(where, args, env)]
    total = sum(check.seconds for check in done)
    print_line(
        f"\n{', '.join(f'{check.name} {check.seconds:.0f} s' for check in done)}; {total:.0f} s of work"
    )
    if failed := [check.name for check in done if check.failed]:
        print_line(f"Failed: {', '.join(failed)}")
        return 1
    return 0


def proof_files(where: Places) -> dict[str, Path]:
    """The slow proofs by name."""
    found = sorted((where.checkout / "tests" / "proofs").glob("prove_*.py"))
    return {path.stem.removeprefix("prove_"): path for path in found}


def run_proof(where: Places, name: str, args: Sequence[str], env: Mapping[str, str]) -> int:
    argv: processes.Argv = [where.python, "-m", "pytest", proof_files(where)[name], *args]
    code = project.run_in_foreground(argv, env=env, cwd=where.checkout, patience=8)
    processes.raise_if_stopped()
    return code


def check_proof(where: Places, name: str) -> None:
    if name not in (known := proof_files(where)):
        raise Failed(f"There is no proof named {name!r}. There are: {', '.join(known) or 'none yet'}.")

"""What the developer reads while something runs."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

EVERY_SECONDS = 3.0
LATER_SECONDS = 10.0
"""Between the lines of a step that has lasted longer than this."""

_stream: TextIO = sys.stdout


class Failed(Exception):
    """A step failed. The message says what failed and what to do, and is all the developer sees."""


def use_standard_error() -> None:
    """Keep standard output for the command's own answer (JSON must stay clean)."""
    global _stream
    _stream = sys.stderr


def print_line(text: str = "") -> None:
    # A reader that went away (`dev.py demo | head`) must not keep us from stopping what we started.
    with contextlib.suppress(OSError, ValueError):
        print(text, file=_stream, flush=True)


class StepProgress:
    """One line at the start of a step, one every few seconds while it lasts, one at the end of a long one."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.began = self._spoke = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def tick(self, done: Callable[[], str] | None = None) -> None:
        """To be called often; `done` says how far it is, and is asked only when a line is due."""
        pause = EVERY_SECONDS if self.seconds < LATER_SECONDS else LATER_SECONDS
        if time.monotonic() - self._spoke < pause:
            return
        self._spoke = time.monotonic()
        detail = done() if done else ""
        print_line(f"  … {self.seconds:.0f} s{', ' + detail if detail else ''}")


@contextlib.contextmanager
def print_step(title: str, *, quiet: bool = False) -> Iterator[StepProgress]:
    """A step named on its first line; a quiet one, which will hardly take time, is named nowhere."""
    progress = StepProgress(title)
    if not quiet:
        print_line(f"{title}…")
    yield progress
    if progress.seconds > 2:
        print_line(f"  done in {progress.seconds:.0f} s")


def log_tail(log: Path, lines: int = 15) -> str:
    """The end of a log, indented, with its path; an empty log gives only the path."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        text = ""
    kept = [f"    {line}" for line in text.splitlines() if line.strip()][-lines:]
    return "\n".join([*kept, f"  The whole log: {log}"])

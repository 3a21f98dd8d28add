"""What every page reads and almost nobody changes: kept per process, read again after a minute.

A page on a warm process costs no SQL for it, and an edit in the admin shows everywhere within the minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

SECONDS = 60.0
_all: list[ProcessCache] = []


class ProcessCache(Generic[T]):
    """Calling it gives what `load` gave, at most `seconds` ago. Treat it as read-only: it is shared."""

    def __init__(self, load: Callable[[], T], seconds: float = SECONDS) -> None:
        self.load = load
        self.seconds = seconds
        self._kept: tuple[float, T] | None = None  # replaced whole, so threads see the old or the new
        self.__doc__ = load.__doc__
        self.__name__ = getattr(load, "__name__", type(self).__name__)
        _all.append(self)

    def __call__(self) -> T:
        kept = self._kept
        if kept is None or time.monotonic() - kept[0] >= self.seconds:
            kept = self._kept = (time.monotonic(), self.load())
        return kept[1]

    def forget(self) -> None:
        """Read again at the next call."""
        self._kept = None


def cached_in_process(load: Callable[[], T]) -> ProcessCache[T]:
    """Decorator: `@cached_in_process def regions() -> dict[str, str]: …`."""
    return ProcessCache(load)


def clear_process_caches() -> None:
    """For tests that change reference data, and for commands that just did."""
    for one in _all:
        one.forget()

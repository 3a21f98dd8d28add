"""A database for one run: made beside the configured one, migrated, and dropped whatever happens."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

from django.core.management import call_command
from django.db import connection

from marketplace.web.process_cache import clear_process_caches

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def evaluation_database() -> Iterator[str]:
    """Everything inside runs against an empty, migrated database; the configured one is not touched.

    A signal to stop becomes SystemExit, so that the database is dropped then too. Not inside a transaction.
    """
    configured = connection.settings_dict["NAME"]
    name = f"maillage_evaluation_{os.getpid()}_{secrets.token_hex(3)}"
    with _stopped_by_signals():
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            _turn_to(name)
            _in_child(partial(call_command, "migrate", verbosity=0, interactive=False))
            clear_process_caches()
            yield name
        finally:
            _turn_to(configured)
            clear_process_caches()
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _in_child(work: Callable[[], object]) -> None:
    """In a process of its own, which gives back what it took: the migrations hold some 60 MB that the ranking needs."""
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join()
    if child.exitcode:
        raise RuntimeError(f"The migrations ended with {child.exitcode}.")


def _turn_to(name: str) -> None:
    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool:
        close_pool()
    connection.settings_dict["NAME"] = name


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """SystemExit with the shell's code for the signal, also where the parent had it ignored; once: a second one waits."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in STOPPING:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    before: dict[signal.Signals, Any] = {}
    try:
        for each in STOPPING:
            before[each] = signal.signal(each, stop)
    except ValueError:  # not in the main thread, where no signal arrives either
        pass
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

"""`dev.py prove chaos`: no mail is lost and hardly one doubled, whatever is killed; and how fast it goes when nothing is.

Ten thousand mails while worker, beat and Valkey are killed with -9 fifty times at random, PostgreSQL is restarted five times
(two of them as in a crash), and the mail server puts 5 % off. `CHAOS_SEED` repeats a run's chances. Some fifteen minutes.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.proofs.chaos.sink import Sink
from tests.proofs.chaos.site import ChaosSite, chaos_site

MAILS = int(os.environ.get("CHAOS_MAILS", "10000"))
KILLS, RESTARTS = 50, 5
#: Seconds between two kills, on average: a worker takes about that long to start.
PACE = float(os.environ.get("CHAOS_PACE", "9"))
REFUSED = 0.05
BURST, STEADY, PER_SECOND = 2_000, 2_000, 25.0
#: Seconds before a kill within which a mail may have been accepted without being recorded: the machine is busy.
MOMENT = 1.0
#: How long after the beginning of a restart of PostgreSQL everything is written again.
BACK = 15.0


@pytest.fixture(scope="module")
def chance() -> random.Random:
    seed = int(os.environ.get("CHAOS_SEED", time.time_ns() % 100_000))
    print(f"\n    CHAOS_SEED={seed}")  # noqa: T201
    return random.Random(seed)


@pytest.fixture(scope="module")
def sink(chance) -> Iterator[Sink]:
    with Sink(chance) as sink:
        yield sink


@pytest.fixture(scope="module")
def site(sink, tmp_path_factory) -> Iterator[ChaosSite]:
    with chaos_site(tmp_path_factory.mktemp("chaos"), sink.port) as site:
        yield site


def say(text: str) -> None:
    print(f"    {text}")  # noqa: T201 - what one runs this for


def until(holds: Callable[[], bool], seconds: float, site: ChaosSite) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s\n{site.log()}"
        time.sleep(0.2)


def write(site: ChaosSite, first: int, count: int, per_second: float) -> subprocess.Popen[bytes]:
    return site.run("-m", "tests.proofs.chaos.writer", str(first), str(count), str(per_second))


def done(site: ChaosSite, first: int, count: int) -> int:
    numbered = "SELECT count(*) FROM outbox_message WHERE status = 'done' AND substring(subject from 6)::int BETWEEN %s AND %s"
    return int(site.ask(numbered, first, first + count - 1)[0][0])


def test_nothing_is_killed(site: ChaosSite, sink: Sink) -> None:
    """How fast a burst leaves, and how soon a steady stream."""
    assert write(site, 0, 10, 0).wait() == 0
    until(lambda: done(site, 0, 10) == 10, 60, site)  # the worker is up
    connections = sink.connections
    assert write(site, 100_000, BURST, 0).wait() == 0
    until(lambda: done(site, 100_000, BURST) == BURST, 300, site)
    took = [
        float(s) for (s,) in site.ask("SELECT extract(epoch FROM done_at) FROM outbox_message WHERE id > 10")
    ]
    rate = BURST / (max(took) - min(took))
    say(f"a burst of {BURST}: {rate:.0f} mails a second over {sink.connections - connections} connections")

    assert write(site, 200_000, STEADY, PER_SECOND).wait() == 0
    until(lambda: done(site, 200_000, STEADY) == STEADY, 120, site)
    rows = site.ask(
        "SELECT message_id, extract(epoch FROM created_at) FROM outbox_message "
        "WHERE substring(subject from 6)::int >= 200000"
    )
    delays = sorted(sink.accepted[name][0] - float(due) for name, due in rows)
    assert len(delays) == STEADY
    worst = delays[int(len(delays) * 0.999)]
    say(
        f"a stream of {PER_SECOND:.0f} a second: half within {delays[len(delays) // 2]:.2f} s, 99.9 % within {worst:.2f} s, "
        f"all within {delays[-1]:.2f} s"
    )
    assert all(len(times) == 1 for times in sink.accepted.values())
    assert worst < 10


def test_chaos(site: ChaosSite, sink: Sink, chance: random.Random, tmp_path: Path) -> None:
    sink.accepted.clear()
    sink.refused.clear()
    sink.refusing = REFUSED
    first = 500_000
    events = sorted(
        [(chance.uniform(0, KILLS * PACE), chance.choice(["worker", "beat", "valkey"])) for _ in range(KILLS)]
        + [((n + chance.random()) * KILLS * PACE / RESTARTS, "postgres") for n in range(RESTARTS)]
    )
    began, began_at = time.monotonic(), time.time()
    done_at: list[tuple[float, str]] = []  # for who has to understand a failure
    writing = write(site, first, MAILS, MAILS / (KILLS * PACE * 1.02))
    # When a mail may have been cut off between acceptance and record: from when on, until when.
    breaks: list[tuple[float, float]] = []
    away = (
        0.0  # since when PostgreSQL could not be written to, where a kill may have come before it could again
    )
    restarts = [signal.SIGINT, signal.SIGQUIT] * RESTARTS
    for at, what in events:
        time.sleep(max(0.0, began + at - time.monotonic()))
        done_at.append((time.time(), what))
        if what == "postgres":
            away = time.time()
            site.restart_postgres(restarts.pop(0))
            breaks.append((away - MOMENT, time.time()))
        else:
            site.kill(what)
            if what == "worker":
                # An answer is kept in hand while PostgreSQL is away, and for some seconds more until it is written.
                now = time.time()
                breaks.append((away if now - away < BACK else now - MOMENT, now + MOMENT))
            if what != "valkey":
                site.start(what)
    last_kill = time.time()
    assert writing.wait() == 0, site.log()
    assert done(site, first, MAILS) < MAILS, "nothing was left to do after the last kill"
    until(lambda: done(site, first, MAILS) == MAILS, 1200, site)

    rows = site.ask(
        "SELECT message_id, address, extract(epoch FROM done_at), extract(epoch FROM created_at) FROM outbox_message "
        "WHERE substring(subject from 6)::int >= %s",
        first,
    )
    assert len(rows) == MAILS
    # Every message was accepted at least once, and none is recorded as sent before it was.
    assert {name for name, *_rest in rows} == set(sink.accepted)
    assert not [name for name, _to, at, _due in rows if sink.accepted[name][0] > float(at) + 0.05]
    twice = {name: times for name, times in sink.accepted.items() if len(times) > 1}
    copies = sum(len(times) - 1 for times in twice.values())
    unexplained = [
        times
        for times in twice.values()
        for at in times[:-1]
        if not any(since <= at <= until for since, until in breaks)
    ]
    refused = {address for _name, address, *_rest in rows if address in sink.refused}
    last = max(sink.accepted[name][0] for name, *_rest in rows)
    # The tail: of what was due before the last kill and that the server itself never put off.
    last_unrefused = max(
        sink.accepted[name][0]
        for name, address, _at, due in rows
        if address not in refused and due < last_kill
    )
    kinds = {
        name: sum(what == name for _at, what in events) for name in ("worker", "beat", "valkey", "postgres")
    }
    say(f"{MAILS} mails, killed or restarted: {kinds}; {len(refused)} put off by the mail server")
    say(f"doubled: {copies} ({copies / MAILS:.3%}), all between acceptance and record: {not unexplained}")
    for times in unexplained:
        said = ", ".join(
            f"{at - began_at:.2f} {what}" for at, what in done_at if times[0] - 20 < at < times[-1] + 1
        )
        say(f"unexplained: accepted at {', '.join(f'{at - began_at:.2f}' for at in times)} s; {said}")
    say(
        f"the last mail {max(0.0, last - last_kill):.0f} s after the last kill; of those that were due before it and that the server never put off "
        f"{max(0.0, last_unrefused - last_kill):.0f} s; {sink.connections} connections"
    )
    assert not unexplained
    assert copies < MAILS / 1000
    assert last_unrefused - last_kill < 60

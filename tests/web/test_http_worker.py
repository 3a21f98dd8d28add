"""Who drips never reaches a thread and is let go of; who is slow but honest is served. `dev.py prove outside` does it all.

The test turns the server's loop and the clock by itself: how busy the machine is changes nothing.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from marketplace.web import http_worker
from marketplace.web.arrival import WHOLE_AT


@dataclass
class Site:
    """A server with one thread and little patience, and the bodies that reached its application."""

    port: int
    sockets: dict[int, Any]
    clock: time_machine.Traveller
    asked: list[bytes]

    def turn(self, times: int = 3) -> None:
        for _ in range(times):
            wasyncore.loop(timeout=0.01, map=self.sockets, use_poll=True, count=1)

    def connect(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), 5)
        self.turn()
        return client

    def send(self, client: socket.socket, *parts: bytes, pause: float = 0.0) -> None:
        """Say it in parts; the server hears each before its clock moves on."""
        client.setblocking(False)
        for part in parts:
            with contextlib.suppress(ConnectionError):
                while part:
                    with contextlib.suppress(BlockingIOError):
                        part = part[client.send(part) :]
                    self.turn(1)
            self.turn()
            self.clock.shift(pause)
            self.turn()

    def answer(self, client: socket.socket) -> bytes:
        """What comes back within five real seconds; nothing where the connection closes without a word."""
        end = time.monotonic() + 5
        while not select.select([client], [], [], 0)[0]:
            assert time.monotonic() < end, "no answer, and not closed"
            self.turn(1)
        try:
            return client.recv(4096)
        except ConnectionError:
            return b""

    def say(self, *parts: bytes, pause: float = 0.0) -> bytes:
        with self.connect() as client:
            self.send(client, *parts, pause=pause)
            return self.answer(client)


@pytest.fixture
def site(monkeypatch) -> Iterator[Site]:
    for name in ("HEADER_SECONDS", "BODY_PAUSE_SECONDS"):
        monkeypatch.setattr(http_worker, name, 0.4)
    monkeypatch.setattr(http_worker, "HELD_MOST_BYTES", 300_000)
    asked: list[bytes] = []

    def application(environ, start_response):
        asked.append(environ["wsgi.input"].read())
        assert 0 <= time.monotonic() - environ[WHOLE_AT] < 60
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    listener = socket.create_server(("127.0.0.1", 0))
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(1)
    sockets: dict[int, Any] = {}
    with time_machine.travel("2026-11-30 09:00", tick=False) as clock:
        http_worker.Server(
            application, sockets, True, listener, dispatcher=dispatcher, adj=Adjustments(cleanup_interval=0),
            bind_socket=False, sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
        )  # fmt: skip
        yield Site(listener.getsockname()[1], sockets, clock, asked)
        wasyncore.close_all(sockets)
    dispatcher.shutdown()


def post(size: int) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size


def test_drips_are_let_go_of_and_honest_bodies_come_through(site):
    drips = {
        "headers": (b"POST / HTTP/1.1\r\n", *[b"A: b\r\n"] * 9),
        "body": (post(1000), *[b"a"] * 9),
        "chunks": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\na\r\n"] * 9),
    }
    for name, parts in drips.items():
        assert site.say(*parts, pause=0.1).startswith(b"HTTP/1.1 408"), name
    with site.connect() as silent:
        site.clock.shift(0.5)
        assert site.answer(silent) == b"", "silence is closed"
    assert site.asked == []
    # 20 kB in a second, which is longer than any drip may last.
    assert site.say(post(20_000), *[b"a" * 2_000] * 10, pause=0.1).startswith(b"HTTP/1.1 200")
    assert [len(body) for body in site.asked] == [20_000]


def test_head_brings_no_body_that_the_next_request_would_be_given(site):
    head, get = (method + b" / HTTP/1.1\r\nHost: a\r\n\r\n" for method in (b"HEAD", b"GET"))
    with site.connect() as client:
        site.send(client, head)
        assert site.answer(client).endswith(b"\r\n\r\n")
        site.send(client, get)
        assert site.answer(client).endswith(b"\r\n\r\nok")


def test_what_waits_is_bounded_and_who_is_silent_goes_first(site, monkeypatch):
    monkeypatch.setattr(http_worker, "BODY_PAUSE_SECONDS", 5)
    with site.connect() as hoarder:
        site.send(hoarder, post(500_000), b"a" * 250_000, pause=0.2)
        assert site.say(post(250_000), b"b" * 125_000, b"b" * 125_000, pause=0.05).startswith(b"HTTP/1.1 200")
        assert site.answer(hoarder).startswith(b"HTTP/1.1 408")
    assert [body[:1] for body in site.asked] == [b"b"]

"""Who drips never reaches a thread and is let go of; who is slow but honest is served. `dev.py prove outside` does it all."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from marketplace.web import http_worker


@pytest.fixture
def asked() -> list[bytes]:
    """The bodies that reached the application."""
    return []


@pytest.fixture
def port(asked, monkeypatch) -> Iterator[int]:
    """A server with one thread and little patience."""
    for name in ("HEADER_SECONDS", "BODY_PAUSE_SECONDS"):
        monkeypatch.setattr(http_worker, name, 0.4)
    monkeypatch.setattr(http_worker, "HELD_MOST_BYTES", 300_000)

    def application(environ, start_response):
        asked.append(environ["wsgi.input"].read())
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    listener = socket.create_server(("127.0.0.1", 0))
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(1)
    sockets: dict = {}
    http_worker.Server(
        application, sockets, True, listener, dispatcher=dispatcher, adj=Adjustments(cleanup_interval=0), bind_socket=False,
        sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
    )  # fmt: skip
    over = threading.Event()

    def turn() -> None:
        while not over.is_set():
            wasyncore.loop(timeout=0.02, map=sockets, use_poll=True, count=1)

    thread = threading.Thread(target=turn)
    thread.start()
    yield listener.getsockname()[1]
    over.set()
    thread.join()
    wasyncore.close_all(sockets)
    dispatcher.shutdown()


def say(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """What comes back for a request that is said in parts."""
    with socket.create_connection(("127.0.0.1", port), 5) as client:
        with contextlib.suppress(OSError):
            for part in parts:
                client.sendall(part)
                time.sleep(pause)
        with contextlib.suppress(OSError):
            return client.recv(4096)
    return b""


def post(size: int) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size


def test_drips_are_let_go_of_and_honest_bodies_come_through(port, asked):
    drips = {
        "headers": (b"POST / HTTP/1.1\r\n", *[b"A: b\r\n"] * 9),
        "body": (post(1000), *[b"a"] * 9),
        "chunks": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\na\r\n"] * 9),
    }
    for name, parts in drips.items():
        assert say(port, *parts, pause=0.1).startswith(b"HTTP/1.1 408"), name
    assert say(port) == b"", "silence is closed"
    assert asked == []
    # 20 kB in a second, which is longer than any drip may last.
    assert say(port, post(20_000), *[b"a" * 2_000] * 10, pause=0.1).startswith(b"HTTP/1.1 200")
    assert [len(body) for body in asked] == [20_000]


def test_what_waits_is_bounded_and_who_is_silent_goes_first(port, asked, monkeypatch):
    monkeypatch.setattr(http_worker, "BODY_PAUSE_SECONDS", 5)
    with socket.create_connection(("127.0.0.1", port), 5) as hoarder:
        hoarder.sendall(post(500_000) + b"a" * 250_000)
        time.sleep(0.2)
        assert say(port, post(250_000), b"b" * 125_000, b"b" * 125_000, pause=0.05).startswith(
            b"HTTP/1.1 200"
        )
        assert hoarder.recv(100).startswith(b"HTTP/1.1 408")
    assert [body[:1] for body in asked] == [b"b"]

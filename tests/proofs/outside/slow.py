"""Forty slow clients at once, through the proxy and straight: headers that drip, bodies that drip."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import pytest

from tests.proofs.outside.site import HOST, LATE, Outside

CLIENTS = 40
SECONDS = 12.0
#: Within this, whoever drips is shown the door (http_worker.py, docker-compose.yml).
DISMISSED = 50.0


class Drips:
    """Clients that say a little every half second, until they are shown the door."""

    def __init__(self, site: Outside, *, straight: bool, first: bytes, then: bytes) -> None:
        self.site, self.straight, self.first, self.then = site, straight, first, then
        self.over = threading.Event()
        self.gone: list[float] = []
        self.threads = [threading.Thread(target=self.drip, daemon=True) for _ in range(CLIENTS)]

    def drip(self) -> None:
        began = time.monotonic()
        with contextlib.suppress(OSError), self.site.connect(straight=self.straight, timeout=60) as client:
            client.sendall(self.first)
            client.settimeout(0.5)
            while not self.over.is_set():
                try:
                    client.recv(4096)  # an answer, or the end: either is the door
                    break
                except TimeoutError:
                    client.sendall(self.then)
        if not self.over.is_set():
            self.gone.append(time.monotonic() - began)

    def __enter__(self) -> Drips:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(1)

    def all_gone(self, within: float) -> bool:
        end = time.monotonic() + within
        while len(self.gone) < CLIENTS and time.monotonic() < end:
            time.sleep(0.2)
        return len(self.gone) == CLIENTS


HEADERS = f"POST /compte/connexion/ HTTP/1.1\r\nHost: {HOST}\r\n".encode()
BODY = HEADERS + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nlogin=a"
CHUNKED = (
    HEADERS
    + b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nlogi\r\n"
)


@pytest.mark.parametrize("straight", [False, True], ids=["proxy", "straight"])
def test_forty_slow_clients_stop_nobody(outside: Outside, straight: bool) -> None:
    """A page is served while they drip, and each of them is shown the door by itself."""
    assert outside.ask("/", straight=straight).status == 200, "warm"
    with (
        Drips(outside, straight=straight, first=HEADERS, then=b"X-A: b\r\n") as headers,
        Drips(outside, straight=straight, first=BODY, then=b"a") as bodies,
        Drips(outside, straight=straight, first=CHUNKED, then=b"1\r\na\r\n") as chunked,
        Drips(outside, straight=straight, first=b"", then=b"") as silent,
    ):
        slowest, end = 0.0, time.monotonic() + SECONDS
        while time.monotonic() < end:
            asked = time.monotonic()
            assert outside.ask("/", straight=straight).status == 200
            slowest = max(slowest, time.monotonic() - asked)
            time.sleep(0.5)
        kinds = {"headers": headers, "silent": silent}
        if (
            straight
        ):  # the proxy answers once a small body is there: it holds a connection for that, and nothing else
            kinds |= {"bodies": bodies, "chunked bodies": chunked}
        for name, drips in kinds.items():
            assert drips.all_gone(DISMISSED - SECONDS), f"{name}: {len(drips.gone)} of {CLIENTS} were let go"
            print(f"    {name}: let go after {min(drips.gone):.0f} to {max(drips.gone):.0f} s")  # noqa: T201
    print(f"    the first page meanwhile: {slowest:.2f} s at most")  # noqa: T201
    assert slowest < 2 * LATE


def test_honest_slow_upload_comes_through(outside: Outside) -> None:
    """A pôle on a poor line, with a pause in a tunnel: longer than any drip may last, and answered."""
    size = 600_000
    for straight in (False, True):
        with outside.connect(straight=straight) as client:
            head = f"POST /compte/connexion/ HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n"
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {size}\r\n\r\n"
            client.sendall(head.encode())
            for part in range(12):
                client.sendall(b"a" * (size // 12))
                time.sleep(6 if part == 5 else 0.3)
            assert client.recv(20).startswith(b"HTTP/1.1 403"), "no token: our own page says so"


def test_many_connections_that_say_nothing(outside: Outside) -> None:
    """Three hundred at each door."""
    with contextlib.ExitStack() as opened:
        for straight in (True, False):
            for _ in range(300):
                port = outside.straight if straight else outside.proxy
                opened.enter_context(socket.create_connection(("127.0.0.1", port), 5))
        time.sleep(5)
        assert outside.ask("/", straight=False).status == 200

"""The gunicorn worker of the site: a request comes in whole before a thread takes it (docs/adr/0021).

gunicorn's own threads read from the connection: a dozen that drip, and nobody is served. Here waitress's loop gathers
requests and sends answers, thousands at a time, to the disk where they are large; gunicorn keeps the processes.
"""

from __future__ import annotations

import logging
import os
import re
import resource
import time
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest

from .arrival import WHOLE_AT
from .warming import warm_process

#: A new connection says all its headers within this.
HEADER_SECONDS = 10
HEADER_MOST_BYTES = 128 << 10
#: A body may pause so long in all, and else comes at this many bytes a second: a modem does, a drip does not.
BODY_PAUSE_SECONDS = 30
BODY_LEAST_RATE = 2048
#: Who takes nothing of an answer for so long is gone.
READING_PAUSE_SECONDS = 60
#: How long a connection is kept for another request; the proxy keeps none (docker-compose.yml).
KEPT_SECONDS = 75
#: The proxy cuts at 60 MB; what comes straight, here. Views say what they take.
BODY_MOST_BYTES = 64 << 20
#: What connections of one worker may hold between them: /tmp is memory in the container.
HELD_MOST_BYTES = 160 << 20
#: Of a chunked body: what is looked at together, and the most that is said beside it.
PIECE_BYTES = 4096
FOLDED = re.compile(rb"\r\n[ \t]")
ANSWER_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class RequestParser(HTTPRequestParser):
    """waitress's, that refuses what two programs would read as two requests, or what only costs us time to read."""

    whole_at = 0.0

    def received(self, data: bytes) -> int:
        """Chunks are taken apart in small pieces: each copies what is left of the piece."""
        if not self.chunked:
            return self._received(data)
        taken = 0
        while taken < len(data) and not self.completed:
            taken += self._received(data[taken : taken + PIECE_BYTES])
        return taken

    def _received(self, data: bytes) -> int:
        taken: int = super().received(data)
        if self.chunked and self._is_mostly_about_chunks():
            self.error, self.completed = BadRequest("The chunks say too much of themselves"), True
        if self.completed and not self.whole_at:
            self.whole_at = time.monotonic()
        if self.error or self.body_rcv is None:
            # « 100 Continue » to who sends nothing more: waitress would read the next request into this one.
            self.expect_continue = False
        return taken

    def _is_mostly_about_chunks(self) -> bool:
        """Sizes, extensions and trailers: without an end, or more than a tenth of what came."""
        body, came = self.body_rcv, self.body_bytes_received
        beside = len(body.control_line) + len(body.trailer)
        return beside > PIECE_BYTES or (came > 16 * PIECE_BYTES and (came - len(body)) * 10 > came)

    def parse_header(self, header_plus: bytes) -> None:
        if FOLDED.search(header_plus):
            raise ParsingError("A header goes on in the next line")
        try:
            super().parse_header(header_plus)
        except ValueError as fault:  # a length of thousands of figures, « http://[ »
            raise ParsingError("The request cannot be read") from fault
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("The body has two lengths")


class Task(WSGITask):  # type: ignore[misc]
    """A request that a thread has taken; the site is told since when it was whole."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ[WHOLE_AT] = self.request.whole_at or time.monotonic()
        return environ


class Connection(HTTPChannel):
    """One client's connection, and since when it has been sending the request that is not whole yet."""

    parser_class = RequestParser
    task_class = Task
    gathered: HTTPRequestParser | None = None
    since = 0.0

    def received(self, data: bytes) -> bool:
        told: bool = super().received(data)
        self.note_beginning()
        return told

    def note_beginning(self) -> None:
        if self.request is not self.gathered:
            self.gathered, self.since = self.request, time.time()

    @property
    def held(self) -> int:
        """Bytes of requests and answers that wait here."""
        with self.requests_lock:
            requests = [*self.requests, self.request]
        bodies = sum(request.body_bytes_received for request in requests if request is not None)
        return int(bodies + self.total_outbufs_len)

    def has_had_its_time(self, now: float) -> bool:
        if self.request is not None:
            allowed = HEADER_SECONDS
            if self.request.headers_finished:
                allowed = BODY_PAUSE_SECONDS + self.request.body_bytes_received / BODY_LEAST_RATE
            return bool(now - self.since > allowed)
        if self.total_outbufs_len:
            return bool(now - self.last_activity > READING_PAUSE_SECONDS)
        is_new = self.last_activity == self.creation_time
        idle: float = now - self.last_activity
        return not self.requests and idle > (HEADER_SECONDS if is_new else KEPT_SECONDS)

    def dismiss(self) -> None:
        """Whoever still sends is told why; then the connection closes, and a thread that writes to it is let go."""
        if self.request is None or self.requests or self.total_outbufs_len:
            self.handle_close()
            return
        with self.outbuf_lock:
            self.outbufs[-1].append(ANSWER_TOO_SLOW)
            self.total_outbufs_len += len(ANSWER_TOO_SLOW)
        self.close_when_flushed = True


def bodiless_to_head(application: Any) -> Any:
    """HEAD is told what a GET would bring, and brings nothing. waitress and Django each leave that to the other: sent
    along, a page would be read as the answer to the connection's next request."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        if hasattr(body, "close"):
            body.close()
        return []

    return answer


class Server(TcpWSGIServer):
    """One listening socket; its connections are looked over every second."""

    channel_class = Connection
    active_channels: dict[int, Connection]
    taken = 0

    def __init__(self, application: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(bodiless_to_head(application), *args, **kwargs)

    def add_task(self, task: Connection) -> None:
        self.taken += 1
        super().add_task(task)

    def maintenance(self, now: float) -> None:
        open_now = list(self.active_channels.values())
        for connection in open_now:
            if connection.has_had_its_time(now):
                connection.dismiss()
        held = {connection: size for connection in open_now if (size := connection.held)}
        over = sum(held.values()) - HELD_MOST_BYTES
        silent_longest = sorted((c for c in held if c.request is not None), key=lambda c: c.last_activity)
        for connection in silent_longest:
            if over <= 0:
                break
            over -= held[connection]
            connection.dismiss()

    def let_go(self) -> int:
        """Take no more, close what is idle; how many connections still have something to finish."""
        self.accepting = False
        busy = 0
        for connection in list(self.active_channels.values()):
            if connection.requests or connection.total_outbufs_len:
                busy += 1
            elif connection.request is not None:
                connection.request.connection_close = True
                busy += 1
            else:
                connection.handle_close()
        return busy


class GatheringWorker(Worker):  # type: ignore[misc]
    """gunicorn's processes, signals, heartbeat and graceful stop around waitress's loop; `--threads` threads."""

    def run(self) -> None:
        quiet_waitress()
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (hard, hard)
        )  # a file for each connection, and for what it holds
        warm_process(self.wsgi, between=self.notify)
        sockets: dict[int, Any] = {}
        self.dispatcher = ThreadedTaskDispatcher()
        self.dispatcher.set_thread_count(self.cfg.threads)
        adjustments = Adjustments(
            ident=None, clear_untrusted_proxy_headers=False, asyncore_use_poll=True, cleanup_interval=1,
            connection_limit=self.cfg.worker_connections, recv_bytes=1 << 16, max_request_body_size=BODY_MOST_BYTES,
            outbuf_high_watermark=BODY_MOST_BYTES, backlog=self.cfg.backlog, max_request_header_size=HEADER_MOST_BYTES,
        )  # fmt: skip
        servers = [
            Server(
                self.wsgi, sockets, True, listener.sock, dispatcher=self.dispatcher, adj=adjustments, bind_socket=False,
                sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            )
            for listener in self.sockets
        ]  # fmt: skip
        while self.alive and self.ppid == os.getppid():
            self.turn(sockets, 1.0)
            if sum(server.taken for server in servers) >= self.max_requests:
                self.log.info("Autorestarting worker after %s requests.", self.max_requests)
                self.alive = False
        end = time.monotonic() + self.cfg.graceful_timeout
        while sum([server.let_go() for server in servers]) and time.monotonic() < end:
            self.turn(sockets, 0.2)
        self.dispatcher.shutdown(timeout=1)

    def turn(self, sockets: dict[int, Any], seconds: float) -> None:
        self.notify()
        wasyncore.loop(timeout=seconds, map=sockets, use_poll=True, count=1)


def quiet_waitress() -> None:
    """It logs the path that it was serving, and how many wait. A path may hold a token."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    logger = logging.getLogger("waitress")
    logger.setLevel(logging.WARNING)
    logger.addFilter(without_path)


def without_path(record: logging.LogRecord) -> bool:
    text = record.getMessage()
    if " while serving " in text:
        record.msg, record.args = text.partition(" while serving ")[0] + " while serving", None
    return True

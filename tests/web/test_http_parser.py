"""What two programs could read as two requests is refused, and what is said beside a body is bounded."""

import pytest
from waitress.adjustments import Adjustments

from marketplace.web.http_worker import PIECE_BYTES, RequestParser

CHUNKED = b"Transfer-Encoding: chunked\r\n"
REFUSED = {
    "two lengths": (CHUNKED + b"Content-Length: 6\r\n", b"0\r\n\r\n"),
    "a folded header": (b"X: a\r\n b\r\n", b""),
    "a length of six thousand figures": (b"Content-Length: " + b"9" * 6000 + b"\r\n", b""),
    "a trailer without end": (CHUNKED, b"0\r\nA: " + b"b" * 2 * PIECE_BYTES),
    "an extension without end": (CHUNKED, b"3;" + b"a" * 2 * PIECE_BYTES),
    "one byte a chunk": (CHUNKED, b"1\r\na\r\n" * 4 * PIECE_BYTES),
}


def parsed(said: bytes) -> RequestParser:
    parser = RequestParser(Adjustments())
    while said and not parser.completed:
        said = said[parser.received(said) :]
    return parser


@pytest.mark.parametrize("name", REFUSED)
def test_requests_that_no_honest_program_sends(name):
    headers, body = REFUSED[name]
    assert parsed(b"POST / HTTP/1.1\r\nHost: a\r\n" + headers + b"\r\n" + body).error.code == 400


def test_a_body_in_chunks_comes_whole():
    body = b"".join(b"%x;a=b\r\n%s\r\n" % (size, b"a" * size) for size in (1, 700, 9000, 3)) + b"0\r\n\r\n"
    parser = parsed(b"POST / HTTP/1.1\r\nHost: a\r\n" + CHUNKED + b"\r\n" + body)
    assert (parser.error, parser.headers["CONTENT_LENGTH"]) == (None, "9704")


def test_who_expects_to_go_on_and_has_nothing_to_send_is_not_waited_for():
    """The next request would be read into this one."""
    parser = parsed(b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")
    assert parser.completed
    assert not parser.expect_continue
    assert parsed(
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    ).expect_continue

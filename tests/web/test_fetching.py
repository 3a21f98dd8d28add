"""Fetching reaches the public network only, and ends whatever the other side does."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from marketplace.web import fetching
from marketplace.web.fetching import FetchError, fetched, is_public

PUBLIC = "93.184.215.14"


@pytest.fixture
def site(monkeypatch):
    """A server that answers with `site.pages[path](handler)`; every public name leads to it, through the real checks."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            server.seen.append((self.headers["Host"], self.path))
            server.pages[self.path](self)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.pages, server.seen, server.names, server.dialled = {}, [], {}, []

    def resolve(host, port, **kwargs):
        addresses = server.names.get(host, [PUBLIC])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    def dial(address, host):
        server.dialled.append(address)
        plain = socket.socket()
        plain.settimeout(fetching.STEP_SECONDS)
        plain.connect(server.server_address)
        return plain

    monkeypatch.setattr(fetching.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(fetching, "dial", dial)
    monkeypatch.setattr(fetching, "PAUSE", 0.0)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def body(content: bytes, **headers: str):
    def answer(handler):
        handler.send_response(200)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def redirect(target: str):
    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def test_fetched_gives_the_body_in_a_file_that_goes_away(site):
    site.pages["/semaine.json?v=2"] = body(b'{"releases": []}')

    with fetched("https://donnees.example/semaine.json?v=2") as path:
        assert path.read_bytes() == b'{"releases": []}'

    assert not path.exists()
    assert site.seen == [("donnees.example", "/semaine.json?v=2")]


def test_fetched_connects_to_the_very_address_it_judged(site, monkeypatch):
    site.pages["/"] = body(b"ok")
    answers = iter([[PUBLIC], ["127.0.0.1"]])  # a name that answers otherwise the second time
    judged = fetching.socket.getaddrinfo

    def rebinding(host, port, **kwargs):
        site.names[host] = next(answers)
        return judged(host, port, **kwargs)

    monkeypatch.setattr(fetching.socket, "getaddrinfo", rebinding)
    with fetched("https://donnees.example/"):
        pass

    assert site.dialled == [PUBLIC]


@pytest.mark.parametrize(
    "url",
    [
        "http://donnees.example/",
        "ftp://donnees.example/",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@donnees.example/",
        "https://donnees.example:8443/",
        "https://donnees.example:99999/",
        "https://donnees.example/a b",
        "https://donnees.example/a\r\nX: y",
        "https://[::1/",
        "pas une adresse",
    ],
)
def test_fetched_refuses_addresses_that_are_not_plain_https(site, url):
    with pytest.raises(FetchError), fetched(url):
        pass

    assert site.seen == []


@pytest.mark.parametrize("answers", [["10.0.0.5"], [PUBLIC, "192.168.1.1"], ["127.0.0.1"], []])
def test_fetched_refuses_a_name_with_a_private_address_among_its_own(site, answers):
    site.names["intranet.example"] = answers

    with pytest.raises(FetchError, match="réseau public"), fetched("https://intranet.example/"):
        pass

    assert site.dialled == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104 - an address to refuse, not to bind
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2002:0a00:0001::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "nonsense", "",
    ],
)  # fmt: skip
def test_is_public_refuses_every_way_inside(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "::ffff:8.8.8.8"])
def test_is_public_accepts_the_open_network(address):
    assert is_public(address)


def test_fetched_follows_redirections(site):
    site.pages["/a"] = redirect("/b")
    site.pages["/b"] = redirect("https://autre.example/c")
    site.pages["/c"] = body(b"fin")

    with fetched("https://donnees.example/a") as path:
        assert path.read_bytes() == b"fin"


@pytest.mark.parametrize(
    "target", ["http://donnees.example/b", "https://intranet.example/", "file:///etc/passwd", "//10.0.0.1/"]
)
def test_fetched_judges_every_redirection(site, target):
    site.names["intranet.example"] = ["10.0.0.5"]
    site.names["10.0.0.1"] = ["10.0.0.1"]
    site.pages["/a"] = redirect(target)
    site.pages["/b"] = site.pages["/"] = body(b"secret")

    with pytest.raises(FetchError), fetched("https://donnees.example/a"):
        pass

    assert [path for _, path in site.seen] == ["/a"]


def test_fetched_stops_turning_in_circles(site):
    site.pages["/a"] = redirect("/a")

    with pytest.raises(FetchError, match="redirige"), fetched("https://donnees.example/a"):
        pass

    assert len(site.seen) == 6


@pytest.mark.parametrize("status", [403, 404, 500])
def test_fetched_names_the_status_it_got(site, status):
    site.pages["/"] = lambda handler: handler.send_error(status)

    with pytest.raises(FetchError, match=str(status)), fetched("https://donnees.example/"):
        pass


def test_fetched_refuses_a_body_past_the_limit_announced_or_not(site):
    def unannounced(handler):
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(b"x" * 5000)
        handler.close_connection = True

    site.pages["/a"] = body(b"x" * 5000)
    site.pages["/b"] = unannounced
    for path in ("/a", "/b"):
        with pytest.raises(FetchError, match="dépasse"), fetched(f"https://d.example{path}", max_bytes=4999):
            pass
    with fetched("https://d.example/a", max_bytes=5000) as kept:
        assert kept.stat().st_size == 5000


def test_fetched_refuses_a_body_cut_short(site):
    def cut(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"x" * 40)
        handler.close_connection = True

    site.pages["/"] = cut

    with pytest.raises(FetchError), fetched("https://donnees.example/"):
        pass


def test_fetched_refuses_a_compressed_answer(site):
    site.pages["/"] = body(b"\x1f\x8b", Content_Encoding="gzip")

    with pytest.raises(FetchError, match="comprimé"), fetched("https://donnees.example/"):
        pass


def test_fetched_gives_up_on_a_server_that_drips(site):
    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    site.pages["/"] = drip
    started = time.monotonic()

    with pytest.raises(FetchError, match="trop lent"), fetched("https://donnees.example/", seconds=0.4):
        pass

    assert time.monotonic() - started < 3


def test_fetched_says_when_a_name_leads_nowhere(monkeypatch):
    def nowhere(*args, **kwargs):
        raise socket.gaierror("no such name")

    monkeypatch.setattr(fetching.socket, "getaddrinfo", nowhere)

    with pytest.raises(FetchError, match="introuvable"), fetched("https://nulle-part.example/"):
        pass

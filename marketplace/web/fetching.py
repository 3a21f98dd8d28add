"""Fetching a public file by https without ever reaching the inside of our own network.

The address is resolved once, judged, and that very address is connected to (a second look-up could answer otherwise);
each redirection goes through the same gate.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils.formats import number_format
from django.utils.translation import gettext as _

MAX_BYTES = 300 * 1024 * 1024
MAX_REDIRECTS = 5
STEP_SECONDS = 20.0  # to connect, and between two blocks
WHOLE_SECONDS = 600.0
BLOCK = 256 * 1024
REDIRECTS = {301, 302, 303, 307, 308}
BUSY = {429, 502, 503, 504}
TRIES = 4  # of one body, where its transfer is cut
PAUSE = 2.0  # seconds before the second try, twice as long before the third
LONGEST_WAIT = 24 * 3600  # seconds that a server may ask us to stay away


class FetchError(Exception):
    """The file was not fetched; the argument is a sentence for the person who asked."""


class ServerBusy(FetchError):
    """The server asks to come back later; `seconds` from now, where it says when."""

    def __init__(self, sentence: str, seconds: int | None) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class Interrupted(FetchError):
    """The body broke off. What came of it stands in the target; `part` names it, where something does."""

    part: Fetched | None = None


@dataclass(frozen=True)
class Fetched:
    """What the server said of a body. `is_same`: it is still what `etag` or `modified` named, and nothing was written."""

    etag: str = ""
    modified: str = ""
    is_same: bool = False

    @property
    def strong(self) -> str:
        """What names exactly these bytes, so that the rest of them can be asked for; "" where nothing does."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified


@dataclass(frozen=True)
class _Answer:
    """Of one request: where it sends us, or what it brought."""

    location: str = ""
    fetched: Fetched = Fetched()


@contextmanager
def fetched(url: str, *, max_bytes: int = MAX_BYTES, seconds: float = WHOLE_SECONDS) -> Iterator[Path]:
    """The body behind an https address, in a temporary file that goes away at the end. Raises `FetchError`."""
    with tempfile.TemporaryDirectory(prefix="maillage-") as folder:
        target = Path(folder) / "body"
        download(url, target, max_bytes=max_bytes, seconds=seconds)
        yield target


def download(
    url: str,
    target: Path,
    *,
    known: Fetched = Fetched(),
    hosts: Collection[str] = (),
    max_bytes: int = MAX_BYTES,
    seconds: float = WHOLE_SECONDS,
) -> Fetched:
    """Write the body behind an https address to `target`, unless it is still the `known` one. Raises `FetchError`.

    Only servers named in `hosts` are asked, any where it is empty; each redirection is judged anew. A transfer that is
    cut goes on from where it stopped where the server can do so, else from the beginning, `TRIES` times at most.
    """
    deadline = time.monotonic() + seconds
    target.unlink(missing_ok=True)
    part = Fetched()
    for attempt in range(1, TRIES + 1):
        try:
            at = url
            for _hop in range(MAX_REDIRECTS + 1):
                asked = _Ask(known=known, part=part, hosts=hosts, max_bytes=max_bytes, deadline=deadline)
                answer = fetch_once(at, target, asked)
                if not answer.location:
                    return answer.fetched
                at = answer.location
            raise FetchError(_("Cette adresse redirige plus de %(limit)s fois.") % {"limit": MAX_REDIRECTS})
        except Interrupted as cut:
            part = cut.part or Fetched()
            if attempt == TRIES or time.monotonic() >= deadline:
                raise
            time.sleep(min(PAUSE * attempt, max(0.0, deadline - time.monotonic())))
    raise AssertionError  # the last try returns or raises


@dataclass(frozen=True)
class _Ask:
    """`part`: what names the bytes that stand in the target already, where a transfer broke off."""

    known: Fetched
    part: Fetched
    hosts: Collection[str]
    max_bytes: int
    deadline: float

    def headers(self, target: Path) -> dict[str, str]:
        said = {"User-Agent": "Maillage", "Accept-Encoding": "identity", "Accept": "*/*"}
        if self.part.strong and target.exists():
            return said | {"Range": f"bytes={target.stat().st_size}-", "If-Range": self.part.strong}
        if self.known.etag:
            said["If-None-Match"] = self.known.etag
        if self.known.modified:
            said["If-Modified-Since"] = self.known.modified
        return said


def fetch_once(url: str, target: Path, ask: _Ask) -> _Answer:
    """One request: write the body to `target`, or say where the answer sends us."""
    parts = permitted(url)
    host = parts.hostname or ""
    if ask.hosts and host not in ask.hosts:
        raise FetchError(
            _("Le serveur %(host)s n’est pas parmi ceux que cette source permet.") % {"host": host}
        )
    connection = PinnedConnection(host, public_address(host))
    watch = threading.Timer(max(0.0, ask.deadline - time.monotonic()), connection.abort)
    watch.daemon = True
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers=ask.headers(target))
        response = connection.getresponse()
        said = Fetched(
            etag=(response.getheader("ETag") or "")[:200],
            modified=(response.getheader("Last-Modified") or "")[:100],
        )
        if response.status in REDIRECTS:
            return _Answer(location=urljoin(url, response.getheader("Location") or ""))
        if response.status == 304:
            return _Answer(fetched=replace(said, is_same=True))
        if response.status in BUSY:
            raise ServerBusy(
                _("Le serveur %(host)s est occupé (%(status)s).") % {"host": host, "status": response.status},
                _seconds_of(response.getheader("Retry-After")),
            )
        if response.status == 416:  # nothing is left of it, or it is another by now
            target.unlink(missing_ok=True)
            raise Interrupted(_("La lecture de %(host)s s’est interrompue. Réessayez.") % {"host": host})
        if response.status not in (200, 206):
            raise FetchError(
                _("Le serveur %(host)s répond %(status)s.") % {"host": host, "status": response.status}
            )
        goes_on = response.status == 206
        if goes_on and not _continues(response, target):
            target.unlink(missing_ok=True)
            raise Interrupted(_("La lecture de %(host)s s’est interrompue. Réessayez.") % {"host": host})
        try:
            write_body(response, target, host=host, ask=ask, goes_on=goes_on)
        except Interrupted as cut:
            cut.part = said
            raise
        return _Answer(fetched=said)
    except (OSError, HTTPException, ValueError) as error:
        if time.monotonic() >= ask.deadline:
            raise FetchError(_("Le serveur %(host)s est trop lent.") % {"host": host}) from error
        raise FetchError(
            _("La lecture de %(host)s a échoué (%(error)s).") % {"host": host, "error": type(error).__name__}
        ) from error
    finally:
        watch.cancel()
        connection.close()


def _continues(response: HTTPResponse, target: Path) -> bool:
    """Whether a partial answer begins where the target ends."""
    said = re.match(r"bytes ([0-9]+)-", response.getheader("Content-Range") or "")
    return bool(said and target.exists() and int(said[1]) == target.stat().st_size)


def _seconds_of(retry_after: str | None) -> int | None:
    """« 120 », or a date: how long to wait, within a day."""
    said = (retry_after or "").strip()
    if said.isdigit():
        return min(int(said[:9]), LONGEST_WAIT)
    with suppress(TypeError, ValueError):
        at = parsedate_to_datetime(said)
        return min(max(0, int(at.timestamp() - time.time())), LONGEST_WAIT)
    return None


def write_body(response: HTTPResponse, target: Path, *, host: str, ask: _Ask, goes_on: bool) -> None:
    if response.getheader("Content-Encoding", "identity") != "identity":
        raise FetchError(
            _("Le serveur %(host)s envoie un fichier comprimé sans qu’on le lui demande.") % {"host": host}
        )
    size = target.stat().st_size if goes_on else 0
    whole = None if response.length is None else size + response.length
    with target.open("ab" if goes_on else "wb") as out:
        try:
            while size <= ask.max_bytes and (whole is None or whole <= ask.max_bytes):
                block = response.read1(BLOCK)
                if not block:
                    break
                size += len(block)
                out.write(block)
            is_cut = whole is not None and size < min(whole, ask.max_bytes)
        except (OSError, HTTPException):
            is_cut = True
    if max(size, whole or 0) > ask.max_bytes:
        raise FetchError(
            _("Ce fichier dépasse %(limit)s Mo.") % {"limit": number_format(ask.max_bytes // 1_048_576)}
        )
    if is_cut:
        if time.monotonic() >= ask.deadline:
            raise FetchError(_("Le serveur %(host)s est trop lent.") % {"host": host})
        raise Interrupted(_("La lecture de %(host)s s’est interrompue. Réessayez.") % {"host": host})


def permitted(url: str) -> SplitResult:
    """The parts of an https address on the usual port, without a name or password in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError) as error:
        raise FetchError(_("Cette adresse n’est pas valable.")) from error
    if parts.scheme != "https":
        raise FetchError(_("Seules les adresses https sont lues."))
    if not host or parts.username or parts.password or port not in (None, 443):
        raise FetchError(_("Cette adresse n’est pas valable."))
    if any(ord(character) <= 32 or ord(character) >= 127 for character in parts.path + parts.query):
        raise FetchError(_("Cette adresse contient un caractère qui doit être encodé."))
    return parts._replace(netloc=host)


def public_address(host: str) -> str:
    """The address to connect to. One private address among the answers is enough to refuse."""
    try:
        answers = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(_("Le serveur %(host)s est introuvable.") % {"host": host}) from error
    addresses = [str(answer[4][0]) for answer in answers]
    if not addresses or not all(is_public(address) for address in addresses):
        raise FetchError(_("Le serveur %(host)s n’est pas sur le réseau public.") % {"host": host})
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address stands on the public Internet, also when an IPv6 form wraps an IPv4 one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if wrapped := wrapped_ipv4(ip):
            return is_public(str(wrapped))
        if ip.teredo is not None or ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def wrapped_ipv4(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside a mapped, compatible, 6to4 or NAT64 one."""
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    if ip in ipaddress.ip_network("64:ff9b::/96") or ip in ipaddress.ip_network("::/96"):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


class PinnedConnection(HTTPConnection):
    """Speaks TLS with `host` at one given address, whatever its name resolves to by now."""

    default_port = 443

    def __init__(self, host: str, address: str) -> None:
        super().__init__(host, 443, timeout=STEP_SECONDS)
        self.address = address

    def connect(self) -> None:
        self.sock = dial(self.address, self.host)

    def abort(self) -> None:
        """Wake whoever waits for this connection: a server that drips bytes never times out by itself."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def dial(address: str, host: str) -> socket.socket:
    """A verified TLS socket to one address. Tests put their own server in its place."""
    plain = socket.create_connection((address, 443), timeout=STEP_SECONDS)
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise

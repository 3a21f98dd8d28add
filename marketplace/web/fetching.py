"""Fetching a public file by https without ever reaching the inside of our own network.

The address is resolved once, judged, and that very address is connected to (a second look-up could answer otherwise);
each redirection goes through the same gate.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


class FetchError(Exception):
    """The file was not fetched; the argument is a sentence for the person who asked."""


@contextmanager
def fetched(url: str, *, max_bytes: int = MAX_BYTES, seconds: float = WHOLE_SECONDS) -> Iterator[Path]:
    """The body behind an https address, in a temporary file that goes away at the end. Raises `FetchError`."""
    deadline = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="maillage-") as folder:
        target = Path(folder) / "body"
        for _hop in range(MAX_REDIRECTS + 1):
            following = fetch_once(url, target, max_bytes=max_bytes, deadline=deadline)
            if following is None:
                yield target
                return
            url = following
        raise FetchError(_("Cette adresse redirige plus de %(limit)s fois.") % {"limit": MAX_REDIRECTS})


def fetch_once(url: str, target: Path, *, max_bytes: int, deadline: float) -> str | None:
    """Write the body to `target`, or return where the answer sends us."""
    parts = permitted(url)
    host = parts.hostname or ""
    connection = PinnedConnection(host, public_address(host))
    watch = threading.Timer(max(0.0, deadline - time.monotonic()), connection.abort)
    watch.daemon = True
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(
            "GET", path, headers={"User-Agent": "Maillage", "Accept-Encoding": "identity", "Accept": "*/*"}
        )
        response = connection.getresponse()
        if response.status in REDIRECTS:
            return urljoin(url, response.getheader("Location") or "")
        if response.status != 200:
            raise FetchError(
                _("Le serveur %(host)s répond %(status)s.") % {"host": host, "status": response.status}
            )
        write_body(response, target, host=host, max_bytes=max_bytes, deadline=deadline)
    except (OSError, HTTPException, ValueError) as error:
        if time.monotonic() >= deadline:
            raise FetchError(_("Le serveur %(host)s est trop lent.") % {"host": host}) from error
        raise FetchError(
            _("La lecture de %(host)s a échoué (%(error)s).") % {"host": host, "error": type(error).__name__}
        ) from error
    finally:
        watch.cancel()
        connection.close()
    return None


def write_body(response: HTTPResponse, target: Path, *, host: str, max_bytes: int, deadline: float) -> None:
    announced = response.length
    if response.getheader("Content-Encoding", "identity") != "identity":
        raise FetchError(
            _("Le serveur %(host)s envoie un fichier comprimé sans qu’on le lui demande.") % {"host": host}
        )
    size = 0
    with target.open("wb") as out:
        while size <= max_bytes and (announced is None or announced <= max_bytes):
            block = response.read1(BLOCK)
            if not block:
                break
            size += len(block)
            out.write(block)
    if max(size, announced or 0) > max_bytes:
        raise FetchError(
            _("Ce fichier dépasse %(limit)s Mo.") % {"limit": number_format(max_bytes // 1_048_576)}
        )
    if announced is not None and size < announced:
        if time.monotonic() >= deadline:
            raise FetchError(_("Le serveur %(host)s est trop lent.") % {"host": host})
        raise FetchError(_("La lecture de %(host)s s’est interrompue. Réessayez.") % {"host": host})


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

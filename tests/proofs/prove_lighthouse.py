"""`dev.py prove lighthouse`: the four marks of every main page, phone and desktop, French and English (docs/quality.md).

Lighthouse comes from npm and is not one of our dependencies: `npm install lighthouse` anywhere, then put its command on
the PATH or name it in LIGHTHOUSE. The site runs as in production: gunicorn, collected and compressed files.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import BrowserContext, sync_playwright

from cohorts.models import Cohort
from marketplace.accounts.models import User
from marketplace.demo.screens import pages_to_shoot
from marketplace.events.models import MatchmakingEvent
from tests.browsers import FLAGS
from tests.outbox.running import run_handlers

LEAST = 95
TRIES = 5  # at a run: a trace that got lost is not a mark
RUNS = 3  # of a page under the mark: a busy machine slows one run, not the median
MARKS = ("performance", "accessibility", "best-practices", "seo")
LIGHTHOUSE = os.environ.get("LIGHTHOUSE") or shutil.which("lighthouse")
CHROMIUM = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("chromium-browser")
ONLY = os.environ.get("LIGHTHOUSE_ONLY", "")  # part of an address, to look at one page again
MORE = (
    "tenders:list",
    "buyers:list",
    "account_login",
    "account_signup",
    "buyers:register",
    "pages:contact",
    "pages:privacy",
    "api:docs",
)

pytestmark = [
    pytest.mark.urls("tests.demo.gallery_urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not LIGHTHOUSE, reason="lighthouse is not here: npm install lighthouse, then LIGHTHOUSE=…"
    ),
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine"),
]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The seeded site behind gunicorn; its address."""
    call_command("seed_demo", suppliers=300, tenders=60)
    run_handlers()  # no worker runs here, and a notice's page shows its reasons
    database = connection.settings_dict
    host = str(database["HOST"]).replace("/", "%2F")
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    collected = tmp_path / "static"
    collected.mkdir()
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{database['USER']}@{host}/{database['NAME']}",
        "STATIC_ROOT": str(collected),
        "SITE_URL": base,
        "DEMO": "1",
    }
    here = {"cwd": settings.BASE_DIR, "env": environment}
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], check=True, **here)
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "marketplace.wsgi",
        "--worker-class",
        "marketplace.web.http_worker.GatheringWorker",
        "-b",
        f"127.0.0.1:{port}",
        "-w",
        "2",
        "--threads",
        "4",
    ]
    process = subprocess.Popen(command, **here)
    try:
        _wait_for(f"{base}/healthz")
        yield base
    finally:
        process.terminate()
        process.wait()


def pages() -> Iterator[tuple[str, str]]:
    """(address, session key or nothing) of every main page, in both languages."""
    for language in ("fr", "en"):
        with translation.override(language):
            for shot in pages_to_shoot():
                yield shot.address(), _session(shot.person) if shot.person else ""
            for name in MORE:
                yield reverse(name), ""
            yield reverse("events:event", args=[MatchmakingEvent.objects.earliest("pk").slug]), ""
            yield reverse("cohorts:cohort", args=[Cohort.objects.earliest("pk").slug]), ""


@pytest.fixture
def chrome(tmp_path: Path) -> Iterator[tuple[int, BrowserContext]]:
    """A chromium that Lighthouse drives by its port, and its cookies: a header would not reach scripts and styles."""
    port = _free_port()
    command = [str(CHROMIUM), "--headless=new", *FLAGS, f"--remote-debugging-port={port}"]
    process = subprocess.Popen([*command, f"--user-data-dir={tmp_path / 'profile'}", "about:blank"])
    try:
        _wait_for(f"http://127.0.0.1:{port}/json/version")
        with sync_playwright() as playwright:
            yield port, playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}").contexts[0]
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(address: str) -> None:
    for _ in range(120):
        try:
            urlopen(address, timeout=5)  # noqa: S310 - our own address
            return
        except OSError:  # not there yet, or still too busy to answer
            time.sleep(0.25)
    pytest.fail(f"nothing answers at {address}")


def _session(email: str) -> str:
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def marks(address: str, port: int, form: str, to: Path) -> dict[str, float]:
    """The marks of one run, 0 to 100."""
    command = [str(LIGHTHOUSE), address, "--quiet", "--output=json", f"--output-path={to}"]
    command += [f"--port={port}", "--disable-storage-reset"]
    command += ["--only-categories=" + ",".join(MARKS)]
    if form == "desktop":
        command.append("--preset=desktop")
    for _ in range(TRIES):
        to.unlink(missing_ok=True)
        done = subprocess.run(command, check=False)
        report = json.loads(to.read_text()) if to.exists() else {}
        if done.returncode == 0 and not report.get("runtimeError"):
            return {name: 100 * (report["categories"][name]["score"] or 0) for name in MARKS}
    pytest.fail(f"Lighthouse cannot read {address}: {report.get('runtimeError')}")


def test_every_main_page_has_its_four_marks(site, chrome, tmp_path):
    port, context = chrome
    low = []
    for address, session in pages():
        if ONLY not in address:
            continue
        context.clear_cookies()
        if session:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
        for form in ("mobile", "desktop"):
            runs = [marks(site + address, port, form, tmp_path / "report.json")]
            while min(runs[0].values()) < LEAST and len(runs) < RUNS:
                runs.append(marks(site + address, port, form, tmp_path / "report.json"))
            got = {name: statistics.median(run[name] for run in runs) for name in MARKS}
            line = " ".join(f"{got[name]:.0f}" for name in MARKS)
            print(f"{form:7} {line}  {address}", flush=True)  # noqa: T201 - the figures are what one runs it for
            if min(got.values()) < LEAST:
                low.append(f"{form} {address}: {line}")
    assert not low, "\n".join(low)

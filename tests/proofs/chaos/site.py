"""PostgreSQL, Valkey, a worker and a beat of our own, each killed and started again as one likes."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from django.conf import settings

from marketplace.devtools.console import StepProgress
from marketplace.devtools.environment import find_places
from marketplace.devtools.placement import make_folder, server_account, state_root
from marketplace.devtools.services import Services, Wanted
from tests.proofs.outside.site import environment

WORKER = ["worker", "--concurrency", "2", "--loglevel", "WARNING"]


class ChaosSite:
    """What the demo starts, less the web. Services write to the disk as in production (`durable`)."""

    def __init__(self, services: Services, folder: Path, mail_port: int) -> None:
        self.services, self.folder = services, folder
        self.env = {
            **environment(
                folder, EMAIL_URL=f"smtp://127.0.0.1:{mail_port}", CELERY_QUEUE="chaos", READ_SOURCES="0"
            ),
            **services.urls,
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, *argv: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *argv], cwd=settings.BASE_DIR, env=self.env, stdout=log, stderr=log, start_new_session=True
            )  # fmt: skip

    def start(self, name: str) -> None:
        celery = ["-m", "celery", "-A", "marketplace"]
        beat = ["beat", "-s", str(self.folder / "beat-schedule"), "--loglevel", "WARNING"]
        self.running[name] = self.run(*celery, *(WORKER if name == "worker" else beat))

    def kill(self, name: str) -> None:
        """-9, a worker's children included, as a container dies."""
        if name == "valkey":
            server = self.services.valkey.process()
            assert server is not None
            os.kill(server.pid, signal.SIGKILL)
            while self.services.valkey.process():
                time.sleep(0.01)
            self.services.valkey.start(StepProgress("Valkey"))
            return
        process = self.running.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def restart_postgres(self, how: signal.Signals) -> None:
        """SIGINT: as it is stopped for an upgrade; SIGQUIT: as it crashes."""
        server = self.services.postgres.process()
        assert server is not None
        os.kill(server.pid, how)
        while self.services.postgres.process():
            time.sleep(0.05)
        self.services.postgres.start(StepProgress("PostgreSQL"))

    def ask(self, query: LiteralString, *values: object) -> list[tuple]:
        with psycopg.connect(self.env["DATABASE_URL"]) as connection:
            return connection.execute(query, values).fetchall()

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-4000:]


@contextmanager
def chaos_site(tmp: Path, mail_port: int) -> Iterator[ChaosSite]:
    where = find_places(Path(settings.BASE_DIR), os.environ)
    root = state_root(where.home, server_account())
    runs = make_folder(root / "runs", mode=0o711)
    state = runs / f"chaos-{os.getpid()}-{secrets.token_hex(3)}"
    services = Services(where, root, state, wanted=Wanted(), durable=False)  # logs and data go with it
    services.postgres.durable = services.valkey.durable = True
    services.__enter__()
    site = ChaosSite(services, tmp, mail_port)
    try:
        assert site.run("manage.py", "migrate", "-v0").wait() == 0, site.log()
        for name in ("worker", "beat"):
            site.start(name)
        yield site
    finally:
        for name in list(site.running):
            site.kill(name)
        services.__exit__()
        services.discard()

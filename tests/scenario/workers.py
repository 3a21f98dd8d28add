"""A real Celery worker process with its beat, on the test's database and broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection


class Worker:
    """`start` and `kill` (SIGKILL, the whole process group) as often as one likes."""

    def __init__(self, folder: Path, queue: str, mail_port: int, site_url: str) -> None:
        database = connection.settings_dict
        host = str(database["HOST"]).replace("/", "%2F")
        port = f":{database['PORT']}" if database["PORT"] else ""
        secret = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
        self.folder, self.queue = folder, queue
        self.environment = {
            **os.environ,
            "DATABASE_URL": f"postgresql://{database['USER']}{secret}@{host}{port}/{database['NAME']}",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "SITE_URL": site_url,
            "CELERY_QUEUE": queue,
            "SWEEP_SECONDS": "1",
            "OUTBOX_LEASE_SECONDS": "6",
            "ALERT_ROUND_SECONDS": "1",
            "DECISION_HOLD_SECONDS": "1",
            "ALERT_GATHERING_SECONDS": "1",
        }
        self.program = "celery -A marketplace"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = f"{self.program} worker -B --concurrency 1 -l warning -n {self.queue}@%h"
        with (self.folder / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command.split(), "-s", str(self.folder / "beat")],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def log(self) -> str:
        return (self.folder / "worker.log").read_text(errors="replace")[-3000:]

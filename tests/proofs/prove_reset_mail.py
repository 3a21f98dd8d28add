"""`dev.py prove reset_mail`: two thousand digests wait, the mail server is slow, and a reset leaves within ten seconds.

With the workers of docker-compose.yml, and with the demo's one; and a worker that is killed while it holds the reset
loses nothing.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.test import Client
from django.urls import reverse

from marketplace.celery import app
from marketplace.outbox.models import Message
from marketplace.outbox.queue import sweep_due_rows
from tests import factories
from tests.production.files import compose
from tests.proofs.outside.site import environment
from tests.scenario.conftest import use_queue

DIGESTS = 2_000
SLOW = 0.5  # seconds that the mail server takes for a mail
WITHIN = 10.0
#: What the demo starts (marketplace/devtools/demo.py).
DEMO = ["celery", "-A", "marketplace", "worker", "--concurrency", "2", "--loglevel", "INFO"]
SERVICES = compose()["services"]

pytestmark = pytest.mark.django_db(transaction=True)


class SlowServer:
    """Keeps when a mail to each address was accepted."""

    def __init__(self) -> None:
        self.accepted: dict[str, float] = {}

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # aiosmtpd's name
        await asyncio.sleep(SLOW)
        for address in envelope.rcpt_tos:
            self.accepted.setdefault(address, time.monotonic())
        return "250 OK"


@pytest.fixture
def mail() -> Iterator[tuple[SlowServer, int]]:
    server = SlowServer()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    yield server, port
    controller.stop()


@pytest.fixture
def start(mail, tmp_path) -> Iterator[Callable[[list[str]], subprocess.Popen[bytes]]]:
    before, queue = app.conf.task_default_queue, f"reset-{uuid.uuid4().hex[:8]}"
    use_queue(queue)
    env = environment(
        tmp_path, CELERY_QUEUE=queue, EMAIL_URL=f"smtp://127.0.0.1:{mail[1]}", OUTBOX_LEASE_SECONDS="6", SWEEP_SECONDS="1"
    )  # fmt: skip
    started: list[subprocess.Popen[bytes]] = []

    def start_worker(command: list[str]) -> subprocess.Popen[bytes]:
        name = f"{queue}-{len(started)}"
        argv = [
            sys.executable,
            "-m",
            *(part.replace("maillage-", f"{queue}-") for part in command),
        ]
        with (tmp_path / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*argv, "-n", f"{name}@%h"], cwd=settings.BASE_DIR, env=env, stdout=log, stderr=log, start_new_session=True
            )  # fmt: skip
        started.append(process)
        return process

    yield start_worker
    for process in started:
        kill(process)
    use_queue(before)


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def write_digests() -> None:
    Message.objects.bulk_create(
        Message(
            address=f"membre{number}@exemple.test", kind="matching.digest", haste=Message.Haste.DIGEST, subject="alert:1", version=str(number), title="Avis",
            text="Bonjour", html="", sender_name="Maillage", message_id=f"<{uuid.uuid4().hex}@exemple.test>",
        )
        for number in range(DIGESTS)
    )  # fmt: skip


def until(condition: Callable[[], object], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def ask_for_reset(address: str) -> float:
    asked = time.monotonic()
    answer = Client().post(reverse("account_reset_password"), {"email": address}, secure=True)
    assert answer.status_code == 302
    return asked


@pytest.mark.parametrize("which", ["compose", "demo"])
def test_reset_leaves_while_digests_wait(mail, start, which: str) -> None:
    server, _port = mail
    user = factories.UserFactory()
    write_digests()
    assert "outbox.send" in sweep_due_rows()
    commands = (
        [SERVICES["worker"]["command"], SERVICES["worker-mail"]["command"]] if which == "compose" else [DEMO]
    )
    for command in commands:
        start(command)
    until(lambda: len(server.accepted) > 10, 60)
    asked = ask_for_reset(user.email)
    until(lambda: user.email in server.accepted, WITHIN)
    waiting = Message.objects.filter(kind="matching.digest").exclude(status="done").count()
    took = server.accepted[user.email] - asked
    print(f"\n    {which}: the reset left after {took:.1f} s, {waiting} digests still wait")  # noqa: T201
    assert waiting > DIGESTS * 0.9


def test_killed_worker_loses_no_reset(mail, start) -> None:
    server, _port = mail
    user = factories.UserFactory()
    command = SERVICES["worker-mail"]["command"]
    first = start(command)
    ask_for_reset(user.email)
    until(lambda: Message.objects.filter(status="sending").exists(), 60)
    kill(first)
    assert user.email not in server.accepted
    start(command)

    def swept() -> bool:
        sweep_due_rows()  # as beat asks every few seconds
        time.sleep(0.5)
        return Message.objects.filter(kind="account.password_reset_key", status="done").exists()

    until(swept, 90)
    assert user.email in server.accepted

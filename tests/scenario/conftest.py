"""The parts that every scenario plays with: a mail server, a browser, a worker of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.celery import app

from .postman import Postman
from .workers import Worker


@pytest.fixture
def postman() -> Iterator[Postman]:
    with Postman() as postman:
        yield postman


@pytest.fixture
def worker(
    transactional_db: None,
    live_server,
    settings,
    tmp_path: Path,
    postman: Postman,
) -> Iterator[Worker]:
    """A worker of our own: its queue is not that of the tests beside us."""
    settings.SITE_URL = live_server.url
    settings.DECISION_HOLD_SECONDS = 0  # letters of decisions wait ten minutes elsewhere
    before, queue = app.conf.task_default_queue, f"road-{uuid.uuid4().hex[:8]}"
    use_queue(queue)
    worker = Worker(tmp_path, queue, postman.port, live_server.url)
    try:
        yield worker
    finally:
        worker.kill()
        use_queue(before)


def use_queue(name: str) -> None:
    """Where this process sends its tasks; Celery remembers its routes, which are forgotten here."""
    app.conf.task_default_queue = name
    for remembered in ("queues", "router"):
        app.amqp.__dict__.pop(remembered, None)

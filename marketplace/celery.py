"""Celery only wakes workers: the outbox rows in PostgreSQL are the truth (docs/adr/0003).

Two queues: what somebody waits for at the screen (account mail), and everything else. A worker takes from both unless
told otherwise; docker-compose.yml has one more that takes from the first alone.
"""

import os
from typing import Any

from celery import Celery
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

#: The task that hands over account mail.
ACCOUNT_TASK = "outbox.send_account"


def account_queue(default: str) -> str:
    return f"{default}-account"


def queues(default: str) -> list[Queue]:
    """What a worker takes from."""
    return [Queue(name, Exchange(name), routing_key=name) for name in (account_queue(default), default)]


def route_task(name: str, *_args: Any, **_options: Any) -> dict[str, str] | None:
    return {"queue": account_queue(app.conf.task_default_queue)} if name == ACCOUNT_TASK else None


app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

"""Celery only wakes workers: the outbox rows in PostgreSQL are the truth (docs/adr/0003).

Three queues: what somebody waits for at the screen (account mail) and the sweep, other mail, and everything else. A worker
takes from all of them unless told otherwise; docker-compose.yml has one more that takes from the first two alone.
"""

import os
from typing import Any

from celery import Celery
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

#: The tasks of the outbox: account mail, other mail, events, and the sweep that finds what no wake told of.
ACCOUNT_TASK, MAIL_TASK, EVENT_TASK, SWEEP_TASK = (
    "outbox.send_account",
    "outbox.send",
    "outbox.handle",
    "outbox.sweep",
)
_SUFFIXES = {ACCOUNT_TASK: "-account", SWEEP_TASK: "-account", MAIL_TASK: "-mail"}


def queues(default: str) -> list[Queue]:
    """What a worker takes from."""
    names = [f"{default}-account", f"{default}-mail", default]
    return [Queue(name, Exchange(name), routing_key=name) for name in names]


def route_task(name: str, *_args: Any, **_options: Any) -> dict[str, str] | None:
    suffix = _SUFFIXES.get(name)
    return {"queue": f"{app.conf.task_default_queue}{suffix}"} if suffix else None


app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

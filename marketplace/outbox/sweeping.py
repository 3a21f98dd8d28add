"""Finding what nobody was woken for: lost wakes, dead workers, waits that are over."""

from __future__ import annotations

from marketplace.outbox import waking
from marketplace.outbox.models import Delivery, Message

# Enough for a backlog to drain quickly; what is left comes with the next sweep.
BATCH = 1000


def sweep() -> dict[str, int]:
    """Wake a worker for every due row, the oldest first; how many of each. Claims make a second wake harmless."""
    found = {"outbox.handle": _due(Delivery), "outbox.send": _due(Message)}
    for task_name, rows in found.items():
        for pk in rows:
            if not waking.now(task_name, pk):
                break  # the broker is gone: the next sweep will ask again
    return {task_name: len(rows) for task_name, rows in found.items()}


def _due(model: type[Delivery] | type[Message]) -> list[int]:
    return list(model.objects.due().order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:BATCH])

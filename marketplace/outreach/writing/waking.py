"""The worker that writes letters is told; where the broker does not hear, the round of the minute finds them."""

from __future__ import annotations

import structlog
from celery import current_app

log = structlog.get_logger("outreach")
TASK = "outreach.write_letter"


def wake_writer(letter_id: int) -> None:
    try:
        current_app.send_task(TASK, (letter_id,), retry_policy={"max_retries": 1, "interval_start": 0})
    except Exception as error:
        log.warning("broker_did_not_hear", task=TASK, error=type(error).__name__)

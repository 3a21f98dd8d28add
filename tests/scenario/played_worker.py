"""The worker of a scenario, for which every public server is the one at PLAYED_PORT (`tests.buyers.played_sources`).

`python -m tests.scenario.played_worker worker -B …`: Celery's own arguments follow.
"""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
django.setup()

from marketplace.celery import app  # noqa: E402 - after Django is set up
from tests.buyers.played_sources import lead_every_name_to  # noqa: E402

if __name__ == "__main__":
    names = {"interne.example": ["10.0.0.5"]}
    lead_every_name_to(int(os.environ["PLAYED_PORT"]), names, setattr)
    app.worker_main(sys.argv[1:])

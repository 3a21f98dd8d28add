"""How long a request that is whole has waited for a thread: what counts for a deadline is when it was here."""

from __future__ import annotations

import time
from datetime import timedelta

from django.http import HttpRequest

#: Of the WSGI environment: when the request was whole, by `time.monotonic` of this process (`web.http_worker`). No client
#: can set it: what clients say is named HTTP_….
WHOLE_AT = "maillage.whole_at"


def time_waited(request: HttpRequest) -> timedelta:
    """Nothing where the server does not say."""
    now = time.monotonic()
    return timedelta(seconds=max(0.0, now - request.META.get(WHOLE_AT, now)))

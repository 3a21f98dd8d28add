"""`/metrics`: the outbox in Prometheus's text format, for who shows METRICS_TOKEN. Figures without persons.

Everything is read from the rows when it is asked for, so these are gauges: several web processes tell the same.
https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.outbox.status import OutboxStatus, outbox_status

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[dict[str, str], float]


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    shown = request.headers.get("Authorization", "")
    if not constant_time_compare(shown, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponseForbidden("A bearer token is needed: METRICS_TOKEN.\n", content_type=CONTENT_TYPE)
    return HttpResponse("".join(exposition(outbox_status())), content_type=CONTENT_TYPE)


def exposition(status: OutboxStatus) -> Iterator[str]:
    for name, means, samples in families(status):
        yield f"# HELP maillage_{name} {means}\n# TYPE maillage_{name} gauge\n"
        for labels, value in samples:
            told = ",".join(f'{key}="{label}"' for key, label in labels.items())
            yield f"maillage_{name}{{{told}}} {value:g}\n" if told else f"maillage_{name} {value:g}\n"


def families(status: OutboxStatus) -> list[tuple[str, str, list[Sample]]]:
    queues = {"account": status.account, "at_once": status.at_once, "digest": status.digests}
    return [
        (
            "mail_due",
            "Mails that are due and were not handed over yet.",
            [({"queue": name}, waiting.count) for name, waiting in queues.items()],
        ),
        (
            "mail_oldest_due_seconds",
            "How long ago the first of them was due.",
            [({"queue": name}, waiting.oldest) for name, waiting in queues.items()],
        ),
        ("mail_planned", "Mails that wait for their hour.", [({}, status.planned)]),
        ("mail_put_off", "Mails that were tried and wait to be tried again.", [({}, status.put_off)]),
        ("mail_failed", "Mails given up, until staff try them again.", [({}, status.failed_mails)]),
        (
            "mail_sent",
            "Mails that the server took, in the last hour and in the last day.",
            [({"window": "1h"}, status.sent_hour), ({"window": "24h"}, status.sent_day)],
        ),
        (
            "mail_retried",
            "Of these, the ones that took more than one try.",
            [({"window": "1h"}, status.retried_hour), ({"window": "24h"}, status.retried_day)],
        ),
        (
            "mail_delay_seconds",
            "From due to handed over, of the last hour's mails that took one try.",
            [
                ({"quantile": quantile}, delay)
                for quantile, delay in zip(("0.5", "0.99", "0.999"), status.delays, strict=True)
            ],
        ),
        ("events_due", "Handlers of events that are due.", [({}, status.events.count)]),
        (
            "events_oldest_due_seconds",
            "How long ago the first of them was due.",
            [({}, status.events.oldest)],
        ),
        ("events_failed", "Handlers given up.", [({}, status.failed_events)]),
    ]

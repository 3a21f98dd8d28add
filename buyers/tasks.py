"""What Celery may ask of notices and needs."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from buyers.feeds.asking import TASK
from buyers.feeds.health import look_at_sources
from buyers.feeds.reading import TIME_LIMIT, read_source
from buyers.models import NoticeSource
from buyers.needs.lifecycle import tell_closed_needs
from buyers.ocds.rederiving import rederive_tenders
from marketplace.outbox.queue import wake_worker


@shared_task(name="buyers.rederive_tenders")
def rederive_outdated_tenders() -> int:
    """Every night: notices that an older edition of the derivation wrote, five hundred at a time."""
    done = 0
    while count := rederive_tenders(by=None):
        done += count
    return done


@shared_task(name="buyers.tell_closed_needs")
def tell_closed_needs_due() -> int:
    """Every minute: needs whose closing has come."""
    return tell_closed_needs(by=None)


@shared_task(name="buyers.read_due_sources", expires=55)
def read_due_sources() -> int:
    """Every minute: sources whose hour has come; how many. Each is read by a task of its own."""
    if not settings.READ_SOURCES:
        return 0
    due = list(NoticeSource.objects.due(timezone.now()).values_list("pk", flat=True))
    return sum(wake_worker(TASK, pk) for pk in due)


@shared_task(name=TASK, time_limit=TIME_LIMIT)
def read_source_task(pk: int) -> bool:
    """One source: its list, and each of its files that may be new."""
    return settings.READ_SOURCES and read_source(pk)


@shared_task(name="buyers.look_at_sources", expires=3600)
def look_at_sources_task() -> None:
    """Every hour: the age of the newest notice of each source, and who is to hear that it is stale."""
    look_at_sources()

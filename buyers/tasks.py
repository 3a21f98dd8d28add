"""What Celery may ask of notices and needs."""

from celery import shared_task

from buyers.needs.lifecycle import tell_closed_needs
from buyers.ocds.rederiving import rederive_tenders


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

"""What Celery may ask of notices."""

from celery import shared_task

from buyers.ocds.rederiving import rederive_tenders


@shared_task(name="buyers.rederive_tenders")
def rederive_outdated_tenders() -> int:
    """Every night: notices that an older edition of the derivation wrote, five hundred at a time."""
    done = 0
    while count := rederive_tenders(by=None):
        done += count
    return done

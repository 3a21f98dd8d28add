"""Beat asks every five minutes; the alerts' own rows say whether anything is due."""

from celery import shared_task

from marketplace.alerts import digests


@shared_task(name="alerts.write_digests", expires=280)
def write_digests() -> None:
    digests.write_due()

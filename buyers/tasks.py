"""What Celery may ask of institutions."""

from celery import shared_task

from buyers import retention


@shared_task(name="buyers.forget")
def forget() -> int:
    """Every night: what people said to act for an institution, once it has served."""
    return retention.forget_enrolments(by=None)

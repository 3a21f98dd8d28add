"""What beat wakes in this room."""

from celery import shared_task

from .experience import learn as learn_all


@shared_task(name="matching.learn")
def learn() -> None:
    """Every night: what suppliers won and how common words are, from all notices."""
    learn_all(supplier_ids=None, by=None)

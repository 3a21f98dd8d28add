"""What beat wakes in this room."""

from celery import shared_task

from marketplace.matching.experience import learn_experience


@shared_task(name="matching.learn")
def learn_all_experience() -> None:
    """Every night: what suppliers won and how common words are, from all notices."""
    learn_experience(supplier_ids=None, by=None)

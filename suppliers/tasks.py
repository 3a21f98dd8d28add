"""What Celery may ask of the directory."""

from celery import shared_task

from suppliers.directory_index import last_step, pack_changed_blocks, rebuild_words, reindex_step
from suppliers.references import forget_references
from suppliers.registration.retention import forget_unfinished_registrations, remind_unfinished_registrations
from suppliers.renewals import remind_lapsing_verifications
from suppliers.search.empty import forget_empty_searches
from suppliers.triage.judging import judge_prospects


@shared_task(name="suppliers.rebuild_directory")
def rebuild_directory(step: int = 0) -> None:
    """Every night: what no verb sees (a code's new label, how often a word is used) reaches the directory.

    One step a task, which then asks for the next one: a million suppliers never near the limit of a task's time, and what
    was killed begins again with its step.
    """
    reindex_step(step)
    if step < last_step():
        rebuild_directory.delay(step + 1)
    else:
        count_words.delay()


@shared_task(name="suppliers.count_words")
def count_words() -> None:
    rebuild_words()


@shared_task(name="suppliers.pack_directory")
def pack_directory() -> None:
    """Every hour: searches are fastest where few suppliers have changed since their block was packed."""
    pack_changed_blocks()


@shared_task(name="suppliers.judge_prospects")
def judge_waiting_prospects() -> None:
    """Every hour: what the signs say of prospects that came since, and of all where a sign was edited."""
    while judge_prospects(by=None):
        pass


@shared_task(name="suppliers.forget")
def forget_nightly() -> tuple[int, int]:
    """Every night: searches without answer of a month ago; requests for references that lapsed; registrations that
    nobody finished, once reminded."""
    forget_empty_searches(by=None)
    forget_references(by=None)
    return remind_unfinished_registrations(by=None), forget_unfinished_registrations(by=None)


@shared_task(name="suppliers.remind_verifications")
def remind_verifications() -> int:
    """Every morning: who holds a listing hears 60, 30 and 0 days before that its verification ends."""
    return remind_lapsing_verifications(by=None)

"""What Celery may ask of the directory."""

from celery import shared_task

from suppliers.directory_index import last_step, pack_changed_blocks, rebuild_words, reindex_step
from suppliers.duplicates.finding import find_duplicates
from suppliers.import_jobs.deposit import TASK as ADVANCE_IMPORT
from suppliers.import_jobs.deposit import forget_imports
from suppliers.import_jobs.running import advance_import, wake_waiting_imports
from suppliers.references import forget_references
from suppliers.registration.retention import forget_unfinished_registrations, remind_unfinished_registrations
from suppliers.renewals import remind_lapsing_verifications
from suppliers.round_trip.applying import forget_sheets
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


@shared_task(name="suppliers.find_duplicates")
def look_for_duplicates() -> int:
    """Every ten minutes: listings that changed since, compared with all the rest."""
    return find_duplicates(by=None)


@shared_task(name="suppliers.forget")
def forget_nightly() -> tuple[int, int]:
    """Every night: searches without answer of a month ago; requests for references that lapsed; registrations that
    nobody finished, once reminded."""
    forget_empty_searches(by=None)
    forget_references(by=None)
    return remind_unfinished_registrations(by=None), forget_unfinished_registrations(by=None)


@shared_task(name=ADVANCE_IMPORT)
def advance_import_task(pk: int) -> bool:
    """One import from the page, from where the last worker left it."""
    return advance_import(pk)


@shared_task(name="suppliers.sweep_imports", expires=55)
def sweep_imports() -> int:
    """Every minute: imports that no living worker holds."""
    return wake_waiting_imports()


@shared_task(name="suppliers.forget_imports")
def forget_old_imports() -> int:
    """Every night: the files and the rows of imports of three months ago, workbooks brought back a month ago."""
    return forget_imports(by=None) + forget_sheets(by=None)


@shared_task(name="suppliers.remind_verifications")
def remind_verifications() -> int:
    """Every morning: who holds a listing hears 60, 30 and 0 days before that its verification ends."""
    return remind_lapsing_verifications(by=None)

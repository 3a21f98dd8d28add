"""What goes by itself, about what people do with a match."""

from celery import shared_task

from marketplace.dealings.contracts.seller_names import propose_seller_names
from marketplace.dealings.inquiries.following import (
    close_forgotten_inquiries,
    forget_inquiries,
    send_due_reminders,
)
from marketplace.dealings.interests.closing import tell_closings
from marketplace.dealings.interests.follows import tell_followers
from marketplace.dealings.need_exchanges.contracts import ask_about_contracts
from marketplace.dealings.need_exchanges.deciding import settle_need_decisions
from marketplace.dealings.outcomes.flushing import forget_visit_words, keep_counted_visits
from marketplace.dealings.outcomes.recording import record_suggested_notices
from marketplace.dealings.own_lists.reading import read_own_list, wake_waiting_readers
from marketplace.dealings.own_lists.uploads import TASK, forget_own_lists


@shared_task(name="dealings.advance_inquiries")
def advance_inquiries() -> tuple[int, int, int]:
    """Reminders two working days before; what nobody closed; what is three years old."""
    return send_due_reminders(by=None), close_forgotten_inquiries(by=None), forget_inquiries(by=None)


@shared_task(name=TASK)
def read_own_list_task(pk: int) -> bool:
    """One list of suppliers, from where the last worker left it."""
    return read_own_list(pk)


@shared_task(name="dealings.sweep_own_lists", expires=55)
def sweep_own_lists() -> int:
    """Every minute: lists that no living worker reads."""
    return wake_waiting_readers()


@shared_task(name="dealings.forget_own_lists")
def forget_old_own_lists() -> int:
    """Every night: lists whose time has come."""
    return forget_own_lists(by=None)


@shared_task(name="dealings.tell_followers", expires=55)
def tell_followers_of_changes() -> int:
    """Every minute: the rows themselves say which notices changed."""
    return tell_followers()


@shared_task(name="dealings.tell_closings", expires=55)
def tell_closings_of_followed() -> int:
    """Every five minutes from seven in the morning: what closes within five days and no mail of alerts has told."""
    return tell_closings()


@shared_task(name="dealings.settle_need_decisions", expires=55)
def settle_need_decisions_task() -> int:
    """Every minute: decisions that can no longer be undone."""
    return settle_need_decisions()


@shared_task(name="dealings.ask_about_contracts", expires=3600)
def ask_about_contracts_task() -> None:
    """« Contrat conclu? », thirty and a hundred and eighty days after decisions. Asked every day; a mail is written once."""
    ask_about_contracts(by=None)


@shared_task(name="dealings.record_outcomes", expires=540)
def record_outcomes() -> tuple[int, int]:
    """Every ten minutes: which notices fit whom, then who opened them, and how often listings were opened."""
    return record_suggested_notices(by=None), keep_counted_visits(by=None)


@shared_task(name="dealings.forget_visit_words")
def forget_old_visit_words() -> int:
    """Every night: searches of more than a year ago."""
    return forget_visit_words(by=None)


@shared_task(name="dealings.propose_seller_names", expires=3600)
def propose_seller_names_task() -> int:
    """Every night: winners without a NEQ that may be enterprises of the directory."""
    return propose_seller_names(by=None)

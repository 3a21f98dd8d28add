"""What beat wakes in this app."""

from celery import shared_task

from marketplace.matching.alerts.criteria import read_words_again
from marketplace.matching.alerts.digests import write_due_emails
from marketplace.matching.buyer_suggestions.digests import write_due_new_supplier_emails
from marketplace.matching.buyer_suggestions.verbs import suggest_to_buyers
from marketplace.matching.experience import learn_experience
from marketplace.matching.saved_searches.digests import write_due_search_emails


@shared_task(name="matching.write_due_emails", expires=55)
def write_due_alert_emails() -> None:
    """Asked every minute; the alerts' own rows say whether anything is due."""
    write_due_emails()


@shared_task(name="matching.write_due_search_emails", expires=55)
def write_due_saved_search_emails() -> None:
    """Asked every minute; the searches' own rows say whether anything is due."""
    write_due_search_emails()


@shared_task(name="matching.learn")
def learn_all_experience() -> None:
    """Every six hours: what suppliers won and how common words are, from all notices; and alerts' words, where the lexicon
    changed."""
    learn_experience(supplier_ids=None, by=None)
    read_words_again(by=None)


@shared_task(name="matching.suggest_to_buyers", expires=3600)
def suggest_to_all_buyers() -> None:
    """Every night, before the mails of Monday: suppliers new in what each institution buys."""
    suggest_to_buyers()


@shared_task(name="matching.write_new_supplier_emails", expires=55)
def write_due_new_suppliers() -> None:
    """Asked every minute; the alerts' own rows say whether anything is due."""
    write_due_new_supplier_emails()

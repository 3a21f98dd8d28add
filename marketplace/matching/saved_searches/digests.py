"""What is new for each person's searches, in one mail, when their hour has come.

Safe to run twice: who is told what is decided under the person's lock, with the rows that say until when each search
has looked. A worker that dies before its commit has done nothing; the next round does it again.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone, translation

from marketplace.accounts.models import User
from marketplace.matching.saved_searches.emails import send_fault, send_suppliers
from marketplace.matching.saved_searches.models import SavedSearch, SavedSearchQuerySet
from marketplace.matching.saved_searches.sources import SUPPLIERS
from marketplace.matching.saved_searches.verbs import untried_mails
from marketplace.matching.slots import HOME, last_slot
from marketplace.outbox.models import Message
from marketplace.web.list_versions import list_version

log = structlog.get_logger("saved_searches")


def write_due_search_emails(*, now: datetime | None = None) -> int:
    """Write every mail whose hour has come; how many. One that fails costs the others nothing, and is tried again."""
    now = now or timezone.now()
    written = 0
    for frequency in SavedSearch.Frequency.values:
        slot = last_slot(frequency, now)
        due = SavedSearch.objects.standing().filter(frequency=frequency, looked_until__lt=slot)
        if frequency == SavedSearch.Frequency.INSTANT:
            due = _less_where_nothing_changed(due, now)
        for user in due.order_by("user").values_list("user", flat=True).distinct():
            try:
                written += write_search_email(user_id=user, frequency=frequency, now=now) is not None
            except Exception as error:
                log.error("search_digest_failed", error=type(error).__name__)
    return written


def _less_where_nothing_changed(due: SavedSearchQuerySet, now: datetime) -> SavedSearchQuerySet:
    """Most of the time nothing has come since the last look: one statement says so for all of them."""
    due.filter(looked_version=list_version(SUPPLIERS.version_of)).update(looked_until=now)
    return due.all()


@transaction.atomic
def write_search_email(*, user_id: int, frequency: str, now: datetime) -> Message | None:
    """One mail for all that is new in these searches of a person; None where nothing is."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    rows = SavedSearch.objects.standing().filter(
        user=user, frequency=frequency, looked_until__lt=last_slot(frequency, now)
    )
    searches = list(rows.select_for_update(of=("self",)).order_by("name", "pk"))
    with translation.override(user.language):
        version = list_version(SUPPLIERS.version_of)
        is_waiting = untried_mails(user).exists()
        found: dict[int, list[SavedSearch]] = {}
        for search in searches:
            search.user = user
            asked = SUPPLIERS.ask(search.query)
            if asked.faults:
                _set_aside(search, asked.faults)
                continue
            new, search.seen = SUPPLIERS.news(search, asked)
            search.unsent = [*(search.unsent if is_waiting else ()), *new]
            for pk in new:
                found.setdefault(pk, []).append(search)
            search.looked_until, search.looked_version = now, version
            search.save(update_fields=["looked_until", "looked_version", "seen", "unsent"])
    if not found:
        return None
    return send_suppliers(
        user=user, found=found, version=now.astimezone(HOME).strftime("%Y-%m-%d %H:%M:%S.%f")
    )


def _set_aside(search: SavedSearch, faults: tuple[str, ...]) -> None:
    """A filter that the list does not know any more would widen the search: it waits for its person instead, who is told."""
    search.fault = " ".join(faults)
    search.save(update_fields=["fault"])
    send_fault(search)

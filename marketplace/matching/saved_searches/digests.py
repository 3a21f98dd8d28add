"""What is new for each person's searches, in one mail of suppliers and one of notices, when their hour has come.

Safe to run twice: who is told what is decided under the person's lock, with the rows that say until when each search
has looked. A worker that dies before its commit has done nothing; the next round does it again.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone, translation

from buyers.models import Tender
from marketplace.accounts.models import User
from marketplace.matching.digests import lock_tenders
from marketplace.matching.saved_searches.emails import NOTICES_FOUND, send_fault, send_notices, send_suppliers
from marketplace.matching.saved_searches.models import SavedSearch, SavedSearchQuerySet
from marketplace.matching.saved_searches.sources import SOURCES, SUPPLIERS, TENDERS
from marketplace.matching.saved_searches.verbs import untried_mails
from marketplace.matching.slots import HOME, last_slot
from marketplace.outbox.models import Mention, Message
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
        for user, of in due.order_by("user", "of").values_list("user", "of").distinct():
            try:
                written += write_search_email(user_id=user, of=of, frequency=frequency, now=now) is not None
            except Exception as error:
                log.error("search_digest_failed", of=of, error=type(error).__name__)
    return written


def _less_where_nothing_changed(due: SavedSearchQuerySet, now: datetime) -> SavedSearchQuerySet:
    """Most of the time nothing has come since the last look: one statement says so for all of them."""
    for source in (SUPPLIERS, TENDERS):
        version = list_version(source.version_of)
        due.filter(of=source.of, looked_version=version).update(looked_until=now)
    return due.all()


@transaction.atomic
def write_search_email(*, user_id: int, of: str, frequency: str, now: datetime) -> Message | None:
    """One mail for all that is new in these searches of a person; None where nothing is. Raises `TenderBusy`."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    rows = SavedSearch.objects.standing().filter(
        user=user, of=of, frequency=frequency, looked_until__lt=last_slot(frequency, now)
    )
    searches = list(rows.select_for_update(of=("self",)).order_by("name", "pk"))
    with translation.override(user.language):
        source = SOURCES[of]
        version = list_version(source.version_of)
        is_waiting = untried_mails(user).exists()
        found: dict[int, list[SavedSearch]] = {}
        notices: dict[int, Tender] = {}
        for search in searches:
            search.user = user
            asked = source.ask(search.query)
            if asked.faults:
                _set_aside(search, asked.faults)
                continue
            if source is SUPPLIERS:
                new, search.seen = SUPPLIERS.news(search, asked)
                search.unsent = [*(search.unsent if is_waiting else ()), *new]
            else:
                tenders = TENDERS.news(search, asked)
                new = [tender.pk for tender in tenders]
                notices |= {tender.pk: tender for tender in tenders}
            for pk in new:
                found.setdefault(pk, []).append(search)
            search.looked_until, search.looked_version = now, version
            search.save(update_fields=["looked_until", "looked_version", "seen", "unsent"])
    if not found:
        return None
    mark = now.astimezone(HOME).strftime("%Y-%m-%d %H:%M:%S.%f")
    if source is SUPPLIERS:
        return send_suppliers(user=user, found=found, version=mark)
    lock_tenders(list(found))
    return send_notices(user=user, found=[(notices[pk], by) for pk, by in found.items()], version=mark)


def _set_aside(search: SavedSearch, faults: tuple[str, ...]) -> None:
    """A filter that the list does not know any more would widen the search: it waits for its person instead, who is told."""
    search.fault = " ".join(faults)
    search.save(update_fields=["fault"])
    send_fault(search)


@transaction.atomic
def rewrite_search_email(*, message: Message, ocids: list[str]) -> Message | None:
    """Write again what a withheld mail still has to say: its notices that are open, for the searches that still run."""
    if message.kind != NOTICES_FOUND.kind or message.recipient_id is None:
        return None
    user = User.objects.select_for_update(no_key=True).get(pk=message.recipient_id)
    told = Mention.objects.filter(recipient=user, notice__in=ocids).values("notice")
    found: dict[int, list[SavedSearch]] = {}
    notices: dict[int, Tender] = {}
    with translation.override(user.language):
        for search in SavedSearch.objects.standing().filter(user=user, of=TENDERS.of).order_by("name", "pk"):
            asked = TENDERS.ask(search.query)
            rows = TENDERS.rows(asked).filter(ocid__in=ocids).exclude(ocid__in=told)
            for tender in [] if asked.faults else rows.select_related("buyer__organisation"):
                notices[tender.pk] = tender
                found.setdefault(tender.pk, []).append(search)
    if not found:
        return None
    pairs = [(notices[pk], by) for pk, by in found.items()]
    return send_notices(user=user, found=pairs, version=f"{message.version}+")

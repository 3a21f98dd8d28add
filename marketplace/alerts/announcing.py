"""Telling members about a notice that fits: at once, or by keeping it for their next gathered mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from buyers.models import Tender
from marketplace.accounts.models import User
from marketplace.alerts import letters
from marketplace.alerts.models import Alert, PendingNotice
from marketplace.matching.models import Suggestion, SuggestionQuerySet
from marketplace.outbox.compose import Draft, poles_for, send_emails
from marketplace.outbox.models import Mention
from marketplace.web.verbs import verb

# Suggestions are kept from 30 points. What lies between, on the notices of the demo, shares one word with the sheet and is
# often beside the point; from 40 on, a code or several words concord. A page may show the former; a mail should not.
MINIMUM_POINTS = 40


@dataclass(frozen=True)
class Told:
    """How many mails were written, and how many notices wait for a gathered mail."""

    written: int = 0
    waiting: int = 0


@verb
def announce(*, tender: Tender, by: User | None, supplier_id: int | None = None) -> Told:
    """Write to every member whose alert stands and whom no mail has told of this notice. Safe to repeat.

    `supplier_id`: to its members only, where the news is that its sheet was published, not the notice.
    """
    if not tender.is_open:
        return Told()
    fitting = Suggestion.objects.filter(tender=tender)
    if supplier_id is not None:
        fitting = fitting.filter(supplier=supplier_id)
    fitting = worth_a_mail(fitting)
    # Few of the fifty that fit have an alert: only theirs are read whole.
    alerts = list(
        Alert.objects.standing()
        .filter(supplier__in=list(fitting.values_list("supplier", flat=True)))
        .select_related("user", "supplier__organisation__pole")
    )
    suggestions = {s.supplier_id: s for s in fitting.filter(supplier__in=[a.supplier_id for a in alerts])}
    alerts = [alert for alert in alerts if alert.supplier_id in suggestions]
    hold(alert.user_id for alert in alerts)
    told = told_of([tender.ocid], [alert.user_id for alert in alerts])
    poles = poles_for([alert.supplier.organisation for alert in alerts])
    mails: list[Draft] = []
    gathered: list[Alert] = []
    # Someone who is a member twice hears once, for the supplier that fits best.
    for alert in sorted(alerts, key=lambda alert: (suggestions[alert.supplier_id].rank, alert.pk)):
        if (alert.user_id, tender.ocid) in told:
            continue
        told.add((alert.user_id, tender.ocid))
        if alert.frequency == Alert.Frequency.INSTANT:
            suggestion = suggestions[alert.supplier_id]
            pole = poles[alert.supplier.organisation_id]
            mails.append(letters.draft_instant(alert=alert, suggestion=suggestion, pole=pole))
        else:
            gathered.append(alert)
    return Told(len(send_emails(mails)), keep_waiting(gathered, tender))


def keep_waiting(alerts: list[Alert], tender: Tender) -> int:
    """Keep the notice for the next gathered mail of these alerts; for how many it did not wait yet."""
    if not alerts:
        return 0
    waiting = set(
        PendingNotice.objects.filter(alert__in=alerts, tender=tender).values_list("alert", flat=True)
    )
    missing = [PendingNotice(alert=alert, tender=tender) for alert in alerts if alert.pk not in waiting]
    return len(PendingNotice.objects.bulk_create(missing, ignore_conflicts=True))


def worth_a_mail(suggestions: SuggestionQuerySet) -> SuggestionQuerySet:
    """Good enough to disturb someone, and not put aside by the supplier."""
    good = suggestions.wanted().filter(points__gte=MINIMUM_POINTS)
    return good.select_related("tender__buyer__organisation")


def hold(user_ids: Iterable[int]) -> None:
    """Until the end of the transaction, nobody else decides what these people have been told."""
    held = User.objects.filter(pk__in=set(user_ids)).order_by("pk")
    list(held.select_for_update(no_key=True).values_list("pk", flat=True))


def told_of(ocids: Iterable[str], user_ids: Iterable[int]) -> set[tuple[int, str]]:
    """(person, notice) where a mail to the person names the notice, in any version."""
    mentions = Mention.objects.filter(notice__in=list(ocids), recipient__in=list(user_ids))
    return set(mentions.values_list("recipient_id", "notice"))

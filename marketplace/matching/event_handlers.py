"""What matching does when a tender arrives, a supplier is published or a mail must not leave: each in one transaction."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Tender
from marketplace.matching.alerts import close_unsent_mentions
from marketplace.matching.digests import announce_suggestions, rewrite_email, write_waiting_email
from marketplace.matching.experience import learn_experience
from marketplace.matching.models import Alert, Suggestion, TermCount
from marketplace.matching.saved_searches.digests import rewrite_search_email
from marketplace.matching.suggestions import (
    suggest_for_supplier,
    suggest_for_tender,
    withdraw_suggestions,
)
from marketplace.outbox.events import handles_event
from marketplace.outbox.models import Event, Message
from suppliers.emails import SUPPLIER_PUBLISHED
from suppliers.models import Status, Supplier

#: A supplier that is published brings at most this many tenders to its members' alerts, the best ones.
TOLD_AT_ONCE = 5


@handles_event("tender.imported", does=_("trouver les entreprises à qui l’avis convient, et les prévenir"))
def suggest_and_announce_tender(event: Event) -> None:
    """Suggestions for the tender's best suppliers; it waits for the next mail of their members."""
    if not TermCount.objects.exists():  # a new installation; the task of every six hours does it from then on
        learn_experience(supplier_ids=None, by=None)
    tender = Tender.objects.filter(pk=_number(event)).first()
    if tender is not None and suggest_for_tender(tender=tender, by=None):
        announce_suggestions(suggestions=Suggestion.objects.filter(tender=tender), by=None)


@handles_event(
    "supplier.published", does=_("trouver les avis qui conviennent à l’entreprise, et la prévenir")
)
def suggest_and_announce_supplier(event: Event) -> None:
    """Suggestions for the supplier; who asked to hear at once gets one mail with them and with « votre fiche est publiée ».

    Both wait for the same ten minutes, and leave only if the publication still stands (`outbox.decisions`).
    """
    supplier = Supplier.objects.filter(pk=_number(event)).first()
    if supplier is None:
        return
    learn_experience(supplier_ids=[supplier.pk], by=None)
    best = suggest_for_supplier(supplier=supplier, by=None)[:TOLD_AT_ONCE]
    announce_suggestions(suggestions=Suggestion.objects.filter(pk__in=[s.pk for s in best]), by=None)
    held = Message.objects.untried().filter(
        kind=SUPPLIER_PUBLISHED.kind, subject=event.subject, version=event.version
    )
    published = {message.recipient_id: message for message in held.select_for_update(of=("self",))}
    instant = Alert.objects.standing().filter(supplier=supplier, frequency=Alert.Frequency.INSTANT)
    for alert in instant.order_by("pk"):
        write_waiting_email(alert_id=alert.pk, slot=timezone.now(), published=published.get(alert.user_id))


@handles_event("supplier.unpublished", does=_("retirer les suggestions de l’entreprise"))
def drop_suggestions(event: Event) -> None:
    supplier = Supplier.objects.filter(pk=_number(event)).first()
    if supplier is not None and supplier.status != Status.PUBLISHED:
        withdraw_suggestions(supplier=supplier, by=None)
        close_unsent_mentions(Alert.objects.filter(supplier=supplier))


@handles_event("message.withheld", does=_("récrire le courriel sans les avis fermés"))
def rewrite_withheld_email(event: Event) -> None:
    """A mail of an alert or of a search did not leave, because some of its notices closed: another takes its place with
    the others."""
    message = Message.objects.filter(pk=_number(event)).first()
    if message is not None:
        rewrite_email(message=message, ocids=event.payload["notices"])
        rewrite_search_email(message=message, ocids=event.payload["notices"])


def _number(event: Event) -> int:
    return int(event.subject.partition(":")[2])

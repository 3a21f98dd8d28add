"""What matching does when a tender arrives, a supplier is published or a mail must not leave: each in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Tender
from marketplace.matching.alerts.digests import announce_notices, rewrite_email, write_digests
from marketplace.matching.alerts.verbs import close_unsent_mentions
from marketplace.matching.experience import learn_experience
from marketplace.matching.models import Alert, TermCount
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
    """Suggestions for the tender's best suppliers; it waits for the next mail of the alerts that it answers."""
    if not TermCount.objects.exists():  # a new installation; the task of every six hours does it from then on
        learn_experience(supplier_ids=None, by=None)
    tender = Tender.objects.filter(pk=_number(event)).first()
    if tender is None:
        return
    suggest_for_tender(tender=tender, by=None)
    announce_notices(tenders=[tender.pk], by=None)


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
    announce_notices(tenders=[s.tender_id for s in best], suggestions=[s.pk for s in best], by=None)
    held = Message.objects.untried().filter(
        kind=SUPPLIER_PUBLISHED.kind, subject=event.subject, version=event.version
    )
    published = {message.recipient_id: message for message in held.select_for_update(of=("self",))}
    now = timezone.now()
    instant = Alert.objects.standing().awake().filter(supplier=supplier, frequency=Alert.Frequency.INSTANT)
    due: dict[int, dict[int, datetime]] = {}
    for alert in instant.order_by("pk"):
        due.setdefault(alert.user_id, {})[alert.pk] = now
    write_digests(due=due, now=now, published=published)


@handles_event("supplier.unpublished", does=_("retirer les suggestions de l’entreprise"))
def drop_suggestions(event: Event) -> None:
    supplier = Supplier.objects.filter(pk=_number(event)).first()
    if supplier is not None and supplier.status != Status.PUBLISHED:
        withdraw_suggestions(supplier=supplier, by=None)
        close_unsent_mentions(Alert.objects.filter(supplier=supplier))


@handles_event("message.withheld", does=_("récrire le courriel sans les avis fermés"))
def rewrite_withheld_email(event: Event) -> None:
    """A mail of alerts did not leave, because some of its notices closed: another takes its place with
    the others."""
    message = Message.objects.filter(pk=_number(event)).first()
    if message is not None:
        rewrite_email(message=message, ocids=event.payload["notices"])


def _number(event: Event) -> int:
    return int(event.subject.partition(":")[2])

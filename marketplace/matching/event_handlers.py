"""What matching hears of other rooms."""

from __future__ import annotations

from buyers.models import Tender
from marketplace.matching.experience import learn_experience
from marketplace.matching.models import TermCount
from marketplace.matching.suggestions import suggest_for_supplier, suggest_for_tender, withdraw_suggestions
from marketplace.outbox.events import handles_event, post_event
from marketplace.outbox.models import Event
from suppliers.models import Status, Supplier

#: A sheet that is published brings at most this many notices to the members' alerts, the best ones.
TOLD_AT_ONCE = 5


@handles_event("tender.imported")
def suggest_suppliers(event: Event) -> None:
    if not TermCount.objects.exists():  # a new installation; the nightly task does it from then on
        learn_experience(supplier_ids=None, by=None)
    tender = Tender.objects.filter(pk=_number(event)).first()
    if tender is not None and suggest_for_tender(tender=tender, by=None):
        post_event(
            kind="suggestions.computed",
            subject=event.subject,
            version=event.version,
            payload={"supplier": None},
        )


@handles_event("supplier.published")
def suggest_notices(event: Event) -> None:
    supplier = Supplier.objects.filter(pk=_number(event)).first()
    if supplier is None:
        return
    learn_experience(supplier_ids=[supplier.pk], by=None)
    for suggestion in suggest_for_supplier(supplier=supplier, by=None)[:TOLD_AT_ONCE]:
        post_event(
            kind="suggestions.computed",
            subject=f"tender:{suggestion.tender_id}",
            version=f"{supplier.pk}.{event.version}",
            payload={"supplier": supplier.pk},
        )


@handles_event("supplier.unpublished")
def drop_suggestions(event: Event) -> None:
    supplier = Supplier.objects.filter(pk=_number(event)).first()
    if supplier is not None and supplier.status != Status.PUBLISHED:
        withdraw_suggestions(supplier=supplier, by=None)


def _number(event: Event) -> int:
    return int(event.subject.partition(":")[2])

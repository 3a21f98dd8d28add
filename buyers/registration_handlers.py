"""What follows a request to join an institution, outside the request that made it: see `suppliers.claim_handlers`."""

from __future__ import annotations

from buyers.models import Enrolment
from buyers.registration_emails import send_enrolment_asked
from marketplace.outbox.events import handles_event
from marketplace.outbox.models import Event


@handles_event("enrolment.made")
def tell_owners(event: Event) -> None:
    asked = Enrolment.objects.open().select_related("buyer__organisation", "user")
    if enrolment := asked.filter(pk=event.subject.removeprefix("enrolment:")).first():
        send_enrolment_asked(enrolment)

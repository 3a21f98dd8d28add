"""What follows a claim, outside the request that made it: how long the page takes tells nobody who holds the sheet."""

from __future__ import annotations

from marketplace.outbox.events import handles_event
from marketplace.outbox.models import Event
from suppliers.claim_emails import send_claim_told
from suppliers.models import Claim


@handles_event("claim.made")
def tell_members(event: Event) -> None:
    """Members are told while there is something to answer; a claim taken back at once concerns nobody."""
    asked = Claim.objects.open().select_related("supplier__organisation", "user")
    if claim := asked.filter(pk=event.subject.removeprefix("claim:")).first():
        send_claim_told(claim)

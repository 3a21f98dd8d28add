"""What the demo's member said is not for its enterprise, and why; and a suggestion that staff found false."""

from __future__ import annotations

from buyers.models import Tender
from marketplace.accounts.models import User
from marketplace.dealings.declines import decline_notice
from marketplace.matching.feedback.misfits import mark_misfit
from suppliers.models import Offer, Supplier


def seed_feedback(*, member_of: Supplier, member: User, staff: User) -> None:
    """A refusal that teaches a trade, a distance, a size, and one that teaches nothing; all of other trades than its own,
    so that what the demo shows of its alerts stays."""
    own = {
        code[:4] for code in Offer.objects.filter(supplier=member_of).values_list("codes", flat=True) if code
    }
    others = [
        tender
        for tender in Tender.objects.open().order_by("ocid")[:400]
        if tender.unspsc and not any(code[:4] in own for code in tender.unspsc)
    ]
    here = member_of.organisation.region_id
    wanted = {
        "other_trade": lambda tender: tender.region_id == here,
        "too_far": lambda tender: tender.region_id and tender.region_id != here,
        "too_large": lambda tender: tender.estimated_amount and tender.estimated_amount > 100_000,
        "full": lambda tender: tender.region_id == here,
    }
    for reason, fits in wanted.items():
        if notice := next((tender for tender in others if fits(tender)), None):
            others.remove(notice)
            decline_notice(supplier=member_of, notice=notice, by=member, reason=reason)
    in_reach = Supplier.objects.published().curated_by(staff).exclude(pk=member_of.pk)
    if others and (neighbour := in_reach.order_by("organisation__neq").first()):
        mark_misfit(
            supplier=neighbour,
            tender=others[0],
            reason="misread",
            note="Le titre nomme un lieu, pas un métier.",
            by=staff,
        )

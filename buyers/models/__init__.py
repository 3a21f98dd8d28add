"""The buying side: who buys, who acts for them, the notices they publish, every version of them, and who won."""

from .buyer import Buyer, BuyerParty, BuyerQuerySet
from .notices import (
    OPEN_SQL,
    Award,
    Bidder,
    Lot,
    Tender,
    TenderQuerySet,
    TenderVersion,
    announced_condition,
    open_condition,
    running_condition,
)

__all__ = [
    "OPEN_SQL",
    "Award",
    "Bidder",
    "Buyer",
    "BuyerParty",
    "BuyerQuerySet",
    "Lot",
    "Tender",
    "TenderQuerySet",
    "TenderVersion",
    "announced_condition",
    "open_condition",
    "running_condition",
]

"""The buying side: who buys, who acts for them, the notices and needs they publish, every version of them, and who won."""

from .buyer import Buyer, BuyerParty, BuyerQuerySet
from .needs import BANDS, Need, NeedDocument, NeedDocumentQuerySet, NeedQuerySet, NeedVersion
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
    "BANDS",
    "OPEN_SQL",
    "Award",
    "Bidder",
    "Buyer",
    "BuyerParty",
    "BuyerQuerySet",
    "Lot",
    "Need",
    "NeedDocument",
    "NeedDocumentQuerySet",
    "NeedQuerySet",
    "NeedVersion",
    "Tender",
    "TenderQuerySet",
    "TenderVersion",
    "announced_condition",
    "open_condition",
    "running_condition",
]

"""The buying side: who buys, who acts for them, the notices they publish, every version of them, and who won."""

from .buyer import Buyer, BuyerParty, BuyerQuerySet
from .notices import Award, Tender, TenderQuerySet, TenderVersion

__all__ = [
    "Award",
    "Buyer",
    "BuyerParty",
    "BuyerQuerySet",
    "Tender",
    "TenderQuerySet",
    "TenderVersion",
]

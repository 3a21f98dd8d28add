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
from .purchasing import (
    REGIMES,
    AuthorisationRule,
    AuthorisationRuleQuerySet,
    Clause,
    ClauseQuerySet,
    NeedClause,
    ProcedureRule,
    ProcedureRuleQuerySet,
    Regime,
)

__all__ = [
    "BANDS",
    "OPEN_SQL",
    "REGIMES",
    "AuthorisationRule",
    "AuthorisationRuleQuerySet",
    "Award",
    "Bidder",
    "Buyer",
    "BuyerParty",
    "BuyerQuerySet",
    "Clause",
    "ClauseQuerySet",
    "Lot",
    "Need",
    "NeedClause",
    "NeedDocument",
    "NeedDocumentQuerySet",
    "NeedQuerySet",
    "NeedVersion",
    "ProcedureRule",
    "ProcedureRuleQuerySet",
    "Regime",
    "Tender",
    "TenderQuerySet",
    "TenderVersion",
    "announced_condition",
    "open_condition",
    "running_condition",
]

"""People, organisations and who may act for whom."""

from .consent import Consent, PersonalDataRead
from .join_request import JoinRequest, JoinRequestQuerySet, Side
from .organisation import (
    Invitation,
    Membership,
    Organisation,
    OrganisationQuerySet,
    curation_q,
    is_in_territory,
    territory_q,
)
from .person import PolePost, User, UserQuerySet, Visitor

__all__ = [
    "Consent",
    "Invitation",
    "JoinRequest",
    "JoinRequestQuerySet",
    "Membership",
    "Organisation",
    "OrganisationQuerySet",
    "PersonalDataRead",
    "PolePost",
    "Side",
    "User",
    "UserQuerySet",
    "Visitor",
    "curation_q",
    "is_in_territory",
    "territory_q",
]

"""People, organisations and who may act for whom."""

from .consent import Consent, PersonalDataRead
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
from .request import Request, RequestQuerySet

__all__ = [
    "Consent",
    "Invitation",
    "Membership",
    "Organisation",
    "OrganisationQuerySet",
    "PersonalDataRead",
    "PolePost",
    "Request",
    "RequestQuerySet",
    "User",
    "UserQuerySet",
    "Visitor",
    "curation_q",
    "is_in_territory",
    "territory_q",
]

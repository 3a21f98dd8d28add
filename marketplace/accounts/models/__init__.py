"""People, organisations and who may act for whom."""

from .consent import Consent, PersonalDataRead
from .email_domain import EmailDomain, EmailDomainQuerySet
from .join_request import JoinRequest, JoinRequestQuerySet, Side
from .organisation import (
    Invitation,
    Membership,
    Organisation,
    OrganisationQuerySet,
    curation_q,
    is_in_territory,
    pole_q,
    territory_q,
)
from .people import ErasedPerson, PersonRequest
from .person import PolePost, User, UserQuerySet, Visitor

__all__ = [
    "Consent",
    "EmailDomain",
    "EmailDomainQuerySet",
    "ErasedPerson",
    "Invitation",
    "JoinRequest",
    "JoinRequestQuerySet",
    "Membership",
    "Organisation",
    "OrganisationQuerySet",
    "PersonRequest",
    "PersonalDataRead",
    "PolePost",
    "Side",
    "User",
    "UserQuerySet",
    "Visitor",
    "curation_q",
    "is_in_territory",
    "pole_q",
    "territory_q",
]

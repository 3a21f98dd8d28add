"""What follows an organisation where two become one (`web.carriers`)."""

from marketplace.accounts.models import (
    EmailDomain,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    PersonalDataRead,
)
from marketplace.accounts.security.models import SecurityEvent
from marketplace.web.carriers import carry, leave

carry(Organisation, "merged_into")
leave(
    Membership, "organisation", why="`claimed_neq.move_members` moves people: roles, letters, who is in both"
)
carry(Invitation, "organisation")
carry(PersonalDataRead, "organisation")
carry(EmailDomain, "organisation")
carry(JoinRequest, "organisation")
leave(SecurityEvent, "organisation", why="what happened there, then")

"""A dated yes, with the words that were shown; asked per purpose, checked at send."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.models import Consent, User
from marketplace.web.verbs import verb


@verb
def give_consent(*, user: User, purpose: str, wording: str, by: User | None, channel: str = "web") -> Consent:
    """Record a consent. A second yes to the same purpose changes nothing: the first one stands, with its words."""
    standing = Consent.objects.standing().filter(user=user, purpose=purpose).first()
    if standing is not None:
        return standing
    try:
        with transaction.atomic():
            return Consent.objects.create(user=user, purpose=purpose, wording=wording, channel=channel)
    except IntegrityError:  # said at the same moment in another window
        return Consent.objects.standing().get(user=user, purpose=purpose)


@verb
def withdraw_consent(*, user: User, purpose: str, by: User | None) -> bool:
    """Take a consent back, at once. Whether there was one; a second time is no fault."""
    standing = Consent.objects.standing().filter(user=user, purpose=purpose)
    return bool(standing.update(withdrawn_at=timezone.now()))


def has_consent(user: User, purpose: str) -> bool:
    """Whether a person consents to a purpose now."""
    return Consent.objects.standing().filter(user=user, purpose=purpose).exists()

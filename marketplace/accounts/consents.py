"""A dated yes, with the words that were shown; asked per purpose, checked at send."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import Consent, User
from marketplace.web.errors import NotAllowed, WrongMove
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


@verb
def ask_consent(*, user: User, purpose: str, wording: str, by: User | None) -> None:
    """Keep the words that a person ticked, unless their consent stands already. Raises WrongMove where neither is so."""
    if has_consent(user, purpose):
        return
    if not wording.strip():
        raise WrongMove(_("Cochez la case pour accepter de recevoir ces courriels."))
    give_consent(user=user, purpose=purpose, wording=wording, by=by)


@verb
def withdraw_unused_consent(*, user: User, purpose: str, running: QuerySet[Any], by: User | None) -> bool:
    """With the last of what sends mail for a purpose (`running`: what still does), the consent to it ends too."""
    if running.exists():
        return False
    return withdraw_consent(user=user, purpose=purpose, by=by)


def check_own_mail(user: User, by: User | None) -> None:
    """What one receives is asked and stopped by the person alone; a platform admin may stop it, on a call."""
    if by is not None and by != user and not by.is_superuser:
        raise NotAllowed(_("Seule la personne qui reçoit ces courriels peut les demander ou les arrêter."))

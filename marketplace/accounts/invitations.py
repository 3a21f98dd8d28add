"""Inviting an address to act for an organisation. The token travels by mail; only its SHA-256 is kept here."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from marketplace.accounts import emails
from marketplace.accounts.models import Invitation, Membership, Organisation, User
from marketplace.accounts.permissions import can_curate_organisation, is_owner_of
from marketplace.accounts.retention import release_unproved_address, unproved_accounts
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.web.errors import NotAllowed, Refused, WrongMove
from marketplace.web.verbs import verb

VALID_FOR = timedelta(days=14)


DAY = timedelta(days=1)
#: Within 24 hours, sent again and cancelled ones included: for one organisation, by one person, by one of the staff.
MOST_FOR_ORGANISATION, MOST_BY_PERSON, MOST_BY_STAFF = 20, 20, 200
BEFORE_REVIEW = gettext_lazy(
    "Les invitations partiront quand le pôle aura vérifié l’inscription : d’ici là, nous n’écrivons à personne au nom de l’organisation."
)


class InvitationUnusable(Refused):
    """The link no longer opens anything; the sentence says why and what to do."""


@verb
def create_invitation(
    *, organisation: Organisation, email: str, by: User | None, role: str = Membership.Role.OWNER
) -> tuple[Invitation, str]:
    """Invite an address; returns the invitation and its token, which is nowhere else: mail it now.

    One open invitation per organisation and address: inviting again replaces it, and the former link dies. Nobody
    outside is written to in the name of an organisation that only a person registered (`awaits_review`), except by
    the staff who look after it.
    """
    if by is not None and not can_curate_organisation(by, organisation) and not is_owner_of(by, organisation):
        raise NotAllowed(_("Vous ne pouvez pas inviter quelqu’un pour cette organisation."))
    current = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if current.awaits_review and by is not None and not can_curate_organisation(by, current):
        raise WrongMove(BEFORE_REVIEW)
    if by is not None:
        User.objects.select_for_update(no_key=True, of=("self",)).get(pk=by.pk)  # counted one at a time
        if invitations_left(current, by) < 1:
            raise WrongMove(
                _("La limite de %(n)s invitations en 24 heures est atteinte. Réessayez demain.")
                % {"n": _most_per_day(current, by)}
            )
    email = email.strip().lower()
    if Membership.objects.filter(organisation=organisation, user__email__iexact=email).exists():
        raise WrongMove(_("Cette personne est déjà membre de l’organisation."))
    token = secrets.token_urlsafe(32)
    invitation, __ = Invitation.objects.update_or_create(
        organisation=organisation,
        email=email,
        accepted_at=None,
        defaults={
            "role": role,
            "token_hash": token_digest(token),
            "invited_by": by,
            "expires_at": timezone.now() + VALID_FOR,
        },
    )
    record_security_event(kind=Kind.MEMBER_INVITED, by=by, organisation=organisation, target=role)
    return invitation, token


def invitations_left(organisation: Organisation, by: User) -> int:
    """How many this person may still send for this organisation today. One query.

    Counted in the history, which triggers write: cancelling one gives nothing back, and it holds without Valkey.
    """
    events: Any = Invitation.pgh_event_model
    own, whole = Q(invited_by_id=by.pk), Q(organisation_id=organisation.pk)
    sent = events.objects.filter(
        own | whole,
        pgh_created_at__gt=timezone.now() - DAY,
        pgh_label__in=("insert", "update"),
        accepted_at__isnull=True,
    ).aggregate(own=Count("pk", filter=own), whole=Count("pk", filter=whole))
    most = MOST_BY_STAFF if can_curate_organisation(by, organisation) else MOST_BY_PERSON
    return max(0, min(most - sent["own"], MOST_FOR_ORGANISATION - sent["whole"]))


def _most_per_day(organisation: Organisation, by: User) -> int:
    most = MOST_BY_STAFF if can_curate_organisation(by, organisation) else MOST_BY_PERSON
    return min(most, MOST_FOR_ORGANISATION)


def find_invitation(token: str) -> Invitation:
    """The invitation that a link opens. Raises `Unusable` where it opens nothing."""
    invitation = (
        Invitation.objects.select_related("organisation", "invited_by")
        .filter(token_hash=token_digest(token))
        .first()
    )
    if invitation is None:
        raise InvitationUnusable(
            _(
                "Ce lien d’invitation n’existe pas, ou une invitation plus récente l’a remplacé. Ouvrez le dernier courriel reçu."
            )
        )
    if invitation.accepted_at is not None:
        raise InvitationUnusable(_("Cette invitation a déjà servi. Connectez-vous avec votre courriel."))
    if invitation.expires_at <= timezone.now():
        raise InvitationUnusable(_("Cette invitation a expiré. Demandez-en une nouvelle à votre pôle."))
    return invitation


def account_of_invitation(invitation: Invitation) -> User | None:
    """The account that the invited address already opens, as its main address or as a proved second one.

    An account that was opened with the address and never confirmed is not that person's, as far as anyone knows.
    """
    return (
        User.objects.filter(email__iexact=invitation.email).exclude(pk__in=unproved_accounts()).first()
        or User.objects.filter(
            emailaddress__email__iexact=invitation.email, emailaddress__verified=True
        ).first()
    )


@verb
def accept_invitation(*, token: str, by: User) -> Membership:
    """A person who has an account accepts what was sent to their own address."""
    invitation = _locked(token)
    if account_of_invitation(invitation) != by:
        raise NotAllowed(_("Cette invitation est adressée à un autre courriel que le vôtre."))
    return _join(invitation, by)


@verb
def accept_own_invitation(*, invitation: Invitation, by: User) -> Membership:
    """The same from Mon espace, where the address of the invitation is one that the person has confirmed."""
    return _join(_own(invitation, by), by)


@verb
def decline_invitation(*, invitation: Invitation, by: User) -> None:
    """« Ce n’est pas pour moi »: the invitation goes, and nobody is told."""
    _own(invitation, by).delete()


@verb
def sign_up_and_accept(
    *, token: str, first_name: str, last_name: str, password: str, by: User | None = None
) -> Membership:
    """Someone without an account accepts: the account is made, its address proved by the link that reached it."""
    invitation = _locked(token)
    if account_of_invitation(invitation) is not None:
        raise WrongMove(_("Un compte est déjà lié à ce courriel. Connectez-vous pour accepter."))
    release_unproved_address(address=invitation.email, to=None, by=None)
    user = User.objects.create_user(
        invitation.email,
        password,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        language="en" if (get_language() or "fr").startswith("en") else "fr",
    )
    return _join(invitation, user)


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _locked(token: str) -> Invitation:
    """Two clicks on the same link wait for each other; the second finds it used."""
    Invitation.objects.select_for_update().filter(token_hash=token_digest(token)).first()
    return find_invitation(token)


def invitations_for(user: User) -> QuerySet[Invitation]:
    """Open invitations to the addresses that a person has confirmed."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True).values("email")
    return Invitation.objects.open().filter(email__in=confirmed)


def _own(invitation: Invitation, by: User) -> Invitation:
    Invitation.objects.select_for_update().filter(pk=invitation.pk).first()
    found = invitations_for(by).select_related("organisation", "invited_by").filter(pk=invitation.pk).first()
    if found is None:
        raise InvitationUnusable(_("Cette invitation n’est plus valable. Demandez-en une nouvelle."))
    return found


def _join(invitation: Invitation, user: User) -> Membership:
    """The link reached the address, so the address is proved to be this person's and nobody else's."""
    EmailAddress.objects.filter(email__iexact=invitation.email).exclude(user=user).delete()
    address, __ = EmailAddress.objects.get_or_create(user=user, email=invitation.email)
    address.verified = True
    address.primary = not EmailAddress.objects.filter(user=user, primary=True).exclude(pk=address.pk).exists()
    address.save()
    organisation = Organisation.objects.hold_with_key(invitation.organisation_id)
    others = User.objects.filter(
        memberships__organisation=organisation, memberships__role=Membership.Role.OWNER, is_active=True
    )
    readers = list(others.exclude(pk=user.pk))
    membership, created = Membership.objects.get_or_create(
        user=user, organisation=organisation, defaults={"role": invitation.role}
    )
    if created:
        record_security_event(
            kind=Kind.MEMBER_JOINED,
            by=user,
            person=user,
            organisation=organisation,
            target=membership.role,
        )
    emails.send_member_change(emails.MEMBER_JOINED, recipients=readers, organisation=organisation, who=user)
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    user.forget_roles()
    return membership

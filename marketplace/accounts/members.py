"""Who acts for an organisation: owners look after the people, editors after the rest. Someone always answers for it.

Every verb holds the organisation's row, so that two owners who leave at the same moment wait for each other.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.accounts import emails
from marketplace.accounts.invitations import account_of_invitation, create_invitation
from marketplace.accounts.models import Invitation, Membership, Organisation, User
from marketplace.accounts.permissions import can_curate_organisation, can_invite_member, check_permission
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb

OWNER, EDITOR = Membership.Role.OWNER, Membership.Role.EDITOR


@verb
def invite_member(*, organisation: Organisation, email: str, role: str, by: User | None) -> Invitation:
    """Invite an address and write its mail. Inviting again replaces the open invitation and its link."""
    _check_right(organisation, by)
    if role not in Membership.Role.values:
        raise WrongMove(_("Choisissez un rôle."))
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise WrongMove(_("Ce courriel n’est pas complet. Il s’écrit comme nom@exemple.ca.")) from error
    invitation, token = create_invitation(organisation=organisation, email=email, role=role, by=by)
    emails.send_member_invitation(
        invitation=invitation, token=token, known=account_of_invitation(invitation), by=by
    )
    return invitation


@verb
def resend_invitation(*, invitation: Invitation, by: User | None) -> Invitation:
    """A new link for 14 days; the former one dies."""
    return invite_member(
        organisation=invitation.organisation, email=invitation.email, role=invitation.role, by=by
    )


@verb
def cancel_invitation(*, invitation: Invitation, by: User | None) -> None:
    """The link opens nothing any more. Cancelling twice is no fault."""
    _check_right(invitation.organisation, by)
    if Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).delete()[0]:
        record_security_event(kind=Kind.INVITATION_CANCELLED, by=by, organisation=invitation.organisation)


@verb
def add_member(*, organisation: Organisation, user: User, role: str, by: User | None) -> Membership:
    """Someone whose right was checked elsewhere (a claim, an address at the institution) joins.

    Who is a member already keeps the higher of both roles.
    """
    lock_organisation(organisation)
    membership, created = Membership.objects.get_or_create(
        user=user, organisation=organisation, defaults={"role": role}
    )
    if not created and role == OWNER and membership.role != OWNER:
        membership.role = role
        membership.save(update_fields=["role"])
        record_membership(Kind.ROLE_CHANGED, membership, by)
    if created:
        record_membership(Kind.MEMBER_JOINED, membership, by or user)
    user.forget_roles()
    return membership


@verb
def change_member_role(*, membership: Membership, role: str, by: User | None) -> Membership:
    """Make an owner an editor, or the reverse; not the last owner."""
    organisation = membership.organisation
    lock_organisation(organisation)
    _check_right(organisation, by)
    current = _current(membership)
    if role not in Membership.Role.values:
        raise WrongMove(_("Choisissez un rôle."))
    if current.role == role:
        return current
    if current.role == OWNER:
        _check_someone_stays(current)
    current.role = role
    current.save(update_fields=["role"])
    record_membership(Kind.ROLE_CHANGED, current, by)
    current.user.forget_roles()
    if current.user != by:
        emails.send_member_change(
            emails.ROLE_CHANGED,
            recipients=[current.user],
            organisation=organisation,
            is_owner=role == OWNER,
        )
    return current


@verb
def remove_member(*, membership: Membership, by: User | None) -> None:
    """Someone no longer acts for the organisation. Staff of the pôle may also remove the last owner."""
    organisation = membership.organisation
    lock_organisation(organisation)
    _check_right(organisation, by)
    current = _current(membership)
    if by is not None and current.user == by:
        raise WrongMove(_("Pour partir vous-même, choisissez « Quitter »."))
    if current.role == OWNER and not (by is None or can_curate_organisation(by, organisation)):
        _check_someone_stays(current)
    user = current.user
    record_membership(Kind.MEMBER_REMOVED, current, by)
    current.delete()
    user.forget_roles()
    emails.send_member_change(
        emails.MEMBER_REMOVED,
        recipients=[user],
        organisation=organisation,
        link="",
    )


@verb
def leave_organisation(*, organisation: Organisation, by: User) -> None:
    """A member goes. The last owner hands over first."""
    lock_organisation(organisation)
    membership = Membership.objects.filter(organisation=organisation, user=by).first()
    if membership is None:
        raise WrongMove(_("Vous n’êtes pas membre de cette organisation."))
    if membership.role == OWNER:
        _check_someone_stays(membership)
    record_membership(Kind.MEMBER_LEFT, membership, by)
    membership.delete()
    by.forget_roles()
    emails.send_member_change(
        emails.MEMBER_LEFT,
        recipients=owners_of(organisation),
        organisation=organisation,
        who=by,
    )


@verb
def hand_over_organisation(*, organisation: Organisation, to: Membership, by: User) -> Membership:
    """An owner gives their place to a colleague, and stays as an editor."""
    lock_organisation(organisation)
    mine = Membership.objects.filter(organisation=organisation, user=by, role=OWNER).first()
    if mine is None:
        raise NotAllowed(_("Seule une personne responsable peut céder son rôle."))
    theirs = _current(to)
    if theirs.organisation_id != organisation.pk or theirs.user == by:
        raise WrongMove(_("Choisissez une autre personne de l’organisation."))
    theirs.role, mine.role = OWNER, EDITOR
    theirs.save(update_fields=["role"])
    mine.save(update_fields=["role"])
    record_membership(Kind.ROLE_CHANGED, theirs, by)
    record_membership(Kind.ROLE_CHANGED, mine, by)
    emails.send_member_change(
        emails.ROLE_HANDED_OVER,
        recipients=[theirs.user],
        organisation=organisation,
        who=by,
    )
    return theirs


def owners_of(organisation: Organisation) -> QuerySet[User]:
    """Those who look after the people, and can still be written to."""
    return User.objects.filter(
        memberships__organisation=organisation, memberships__role=OWNER, is_active=True
    ).order_by("pk")


def members_of(organisation: Organisation) -> QuerySet[User]:
    return User.objects.filter(memberships__organisation=organisation, is_active=True).order_by("pk")


def record_membership(kind: Kind, membership: Membership, by: User | None) -> None:
    """In the security log, with the role that stands."""
    record_security_event(
        kind=kind,
        by=by,
        person=membership.user,
        organisation=membership.organisation,
        target=membership.role,
    )


def lock_organisation(organisation: Organisation) -> None:
    """Until the transaction ends, nobody else changes who belongs to this organisation."""
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)


def _check_right(organisation: Organisation, by: User | None) -> None:
    check_permission(
        can_invite_member,
        by,
        organisation,
        sentence=_("Seule une personne responsable de l’organisation s’occupe des membres."),
    )


def _current(membership: Membership) -> Membership:
    """The membership as it stands once the organisation is held."""
    current = Membership.objects.select_related("user", "organisation").filter(pk=membership.pk).first()
    if current is None:
        raise WrongMove(_("Cette personne n’est plus membre de l’organisation."))
    return current


def _check_someone_stays(membership: Membership) -> None:
    others = Membership.objects.filter(
        organisation=membership.organisation_id, role=OWNER, user__is_active=True
    )
    if not others.exclude(pk=membership.pk).exists():
        raise WrongMove(
            _(
                "Il faut une personne responsable. Cédez d’abord ce rôle à un autre membre, ou joignez votre pôle."
            )
        )

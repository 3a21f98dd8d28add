"""Staff invite a named person to act for an institution, who arrives on a ready profile."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Buyer
from buyers.registration import buyer_slug
from marketplace.accounts.invitations import (
    accept_invitation,
    account_of_invitation,
    create_invitation,
    find_invitation,
    sign_up_and_accept,
)
from marketplace.accounts.models import Invitation, Membership, Organisation, User
from marketplace.outreach.contact_log.recording import log_contact
from marketplace.outreach.models import Approach, ContactEntry, InstitutionInvitation, Respondent
from marketplace.outreach.pipeline import emails
from marketplace.outreach.pipeline.following import hold_approach
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb


@verb
def invite_institution(
    *,
    approach: Approach,
    name: str,
    title: str,
    email: str,
    by: User,
    message: str = "",
    key: UUID | None = None,
) -> InstitutionInvitation:
    """Make the profile ready, write to the person, and note it in the log. Inviting again replaces the former link; with the
    `key` of a form that was sent already, nothing is written."""
    held = hold_approach(approach, by)
    if key is not None and (known := held.invitations.filter(key=key).first()):
        return known
    if held.side != Approach.Side.BUYING:
        raise WrongMove(_("Pour inviter une entreprise, passez par sa fiche."))
    name, email = name.strip(), email.strip().lower()
    if not name:
        raise WrongMove(_("Dites qui vous invitez."))
    try:
        validate_email(email)
    except ValidationError as error:
        raise WrongMove(_("Ce courriel n’est pas complet. Il s’écrit comme nom@exemple.ca.")) from error
    ready_profile(approach=held, by=by)
    invitation, token = create_invitation(organisation=held.organisation, email=email, by=by)
    invited, _created = InstitutionInvitation.objects.update_or_create(
        invitation=invitation,
        defaults={
            "key": key or uuid4(),
            "approach": held,
            "name": name[:160],
            "title": title.strip()[:160],
            "by": by,
            "at": timezone.now(),
        },
    )
    held.contact_name, held.contact_title, held.contact_email = name[:160], title.strip()[:160], email
    held.save(update_fields=["contact_name", "contact_title", "contact_email"])
    emails.send_institution_invited(
        invited=invited, token=token, known=account_of_invitation(invitation), by=by, message=message.strip()
    )
    log_contact(
        organisation=held.organisation,
        pole=held.pole,
        kind=ContactEntry.Kind.MAIL,
        direction=ContactEntry.Direction.OUT,
        with_whom=name[:160],
        said=_("Invitation à agir pour l’institution sur Maillage."),
        by=by,
    )
    return invited


@verb
def ready_profile(*, approach: Approach, by: User) -> Buyer:
    """The institution's profile, made of what the list says where there is none. An enterprise that also buys keeps both."""
    organisation = approach.organisation
    known = Buyer.objects.filter(organisation=organisation).first()
    if known is not None:
        return known
    kind = approach.kind or Buyer.Kind.OTHER
    return Buyer.objects.create(
        organisation=organisation,
        slug=buyer_slug(organisation.name),
        kind=kind,
        is_listed=kind != Buyer.Kind.PRIVATE,
        is_published=kind != Buyer.Kind.PRIVATE,
    )


def find_institution_invitation(token: str) -> tuple[Invitation, InstitutionInvitation | None]:
    """Raises `InvitationUnusable` where the link opens nothing."""
    invitation = find_invitation(token)
    invited = (
        InstitutionInvitation.objects.select_related("approach__pole").filter(invitation=invitation).first()
    )
    return invitation, invited


@verb
def arrive(*, token: str, by: User | None, sign_up: dict[str, str] | None = None) -> Membership:
    """The invited person joins, with the account of that address or a new one, and the institution is verified in the name
    of the pôle that invited them."""
    _invitation, invited = find_institution_invitation(token)
    if sign_up is not None:
        membership = sign_up_and_accept(token=token, by=by, **sign_up)
    elif by is not None:
        membership = accept_invitation(token=token, by=by)
    else:
        raise WrongMove(_("Connectez-vous, puis acceptez l’invitation."))
    if invited is not None:
        _note_arrival(invited, membership)
    return membership


@verb
def note_arrivals(*, by: None) -> int:
    """Those who accepted by another way (« Mon espace »): noted by the hour. How many."""
    rows = InstitutionInvitation.objects.filter(arrived_at=None, invitation__accepted_at__isnull=False)
    found = 0
    for invited in rows.select_related("approach__pole", "invitation"):
        membership = Membership.objects.filter(
            user=invited.invitation.accepted_by, organisation=invited.approach.organisation_id
        ).first()
        if membership is not None:
            _note_arrival(invited, membership)
            found += 1
    return found


def _note_arrival(invited: InstitutionInvitation, membership: Membership) -> None:
    """Verified once: a pôle that already did stays named. Who arrives is its respondent, where it has none yet.

    Where others had registered it and nobody has decided about them, inviting this person says nothing of those.
    """
    held = InstitutionInvitation.objects.select_for_update(of=("self",)).get(pk=invited.pk)
    if held.arrived_at is not None:
        return
    now = timezone.now()
    held.arrived_at = now
    held.save(update_fields=["arrived_at"])
    approach = invited.approach
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=membership.organisation_id)
    others = Membership.objects.filter(organisation=organisation).exclude(pk=membership.pk)
    is_to_decide = organisation.awaits_review and others.exists()
    if organisation.institution_verified_on is None and not is_to_decide:
        organisation.institution_verified_on = timezone.localdate()
        organisation.institution_verified_by = approach.pole
        organisation.awaits_review = False
        organisation.save(
            update_fields=[
                "institution_verified_on",
                "institution_verified_by",
                "awaits_review",
                "updated_at",
            ]
        )
    user = membership.user
    values: dict[str, Any] = {
        "user": user,
        "name": user.get_full_name() or invited.name,
        "title": invited.title,
        "email": user.email,
        "phone": approach.contact_phone if invited.name == approach.contact_name else "",
    }
    Respondent.objects.get_or_create(
        pole=approach.pole, organisation=organisation, until=None, defaults=values
    )

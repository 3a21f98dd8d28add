"""A NEQ that somebody declared, until who may has decided: NEQs are public, so declaring one grants nothing.

A registration hangs on an organisation of its own, without NEQ; its `claimed_neq` stands beside it. The decision
either gives the organisation that NEQ, or joins it to the organisation that has it already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from marketplace.accounts.emails import MEMBER_MERGED, send_member_change
from marketplace.accounts.members import lock_organisation, members_of, owners_of
from marketplace.accounts.models import JoinRequest, Membership, Organisation, PersonalDataRead
from marketplace.accounts.permissions import can_curate_organisation
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb

if TYPE_CHECKING:
    from marketplace.accounts.models import User

#: Where an organisation is, as one thing: a known place is not mixed with another.
PLACE_FIELDS = ("address", "town", "postal_code", "municipality_id", "mrc_id", "region_id", "lat", "lon")
CONTACT_FIELDS = ("email", "phone", "website")


@verb
def settle_claimed_neq(*, organisation: Organisation, neq: str, by: User | None) -> Organisation:
    """The organisation that has this NEQ from now on: this one, or the one that had it already.

    Raises `NotAllowed` where another has it and `by` does not curate that one. Its name and its place stay; only what
    it lacks is filled in. The caller moves its profile, then calls `merge_organisation`.
    """
    if organisation.neq:  # staff wrote one meanwhile: theirs stands
        return organisation
    known = Organisation.objects.select_for_update(of=("self",)).filter(neq=neq).first()
    if known is None:
        give_neq(organisation, neq)
        return organisation
    if by is not None and not can_curate_organisation(by, known):
        raise NotAllowed(
            _(
                "Ce NEQ est celui d’une organisation qui n’est pas de votre territoire. Son pôle en décide, ou l’administration."
            )
        )
    _fill_blanks(known, organisation)
    return known


@verb
def merge_organisation(*, organisation: Organisation, into: Organisation, by: User | None) -> None:
    """Move the people to `into`, then delete the organisation that served while nobody had decided.

    Where `into` has an owner already, they join as editors; its members are told of each. Invitations that they sent
    meanwhile die with it.
    """
    lock_organisation(into)
    has_owner = owners_of(into).exists()
    readers = list(members_of(into))
    arriving = Membership.objects.filter(organisation=organisation).select_related("user")
    there = Membership.objects.filter(organisation=into).values("user")
    for membership in list(arriving.exclude(user__in=there)):
        membership.organisation = into
        membership.role = Membership.Role.EDITOR if has_owner else membership.role
        membership.save(update_fields=["organisation", "role"])
        membership.user.forget_roles()
        send_member_change(MEMBER_MERGED, recipients=readers, organisation=into, who=membership.user)
    waiting = JoinRequest.objects.filter(
        organisation=into, user=OuterRef("user"), side=OuterRef("side")
    ).open()
    asked = JoinRequest.objects.filter(organisation=organisation)
    asked.exclude(Exists(waiting)).update(organisation=into)
    PersonalDataRead.objects.filter(organisation=organisation).update(organisation=into)
    organisation.delete()


def give_neq(organisation: Organisation, neq: str) -> None:
    """Raises `WrongMove` where another organisation has this NEQ: nothing of it is ever taken."""
    organisation.neq = neq
    try:
        with transaction.atomic():
            organisation.save(update_fields=["neq", "updated_at"])
    except IntegrityError as error:
        raise WrongMove(
            _("Une autre organisation a ce NEQ. Refusez, et dites à la personne de s’y joindre.")
        ) from error


def _fill_blanks(known: Organisation, said: Organisation) -> None:
    names = [name for name in CONTACT_FIELDS if not getattr(known, name)]
    if not any(getattr(known, name) for name in PLACE_FIELDS):
        names += PLACE_FIELDS
    for name in names:
        setattr(known, name, getattr(said, name))
    if known.pole_id is None and known.mrc_id is None:
        known.pole_id = said.pole_id
        names.append("pole_id")
    known.save(update_fields=[*names, "updated_at"])

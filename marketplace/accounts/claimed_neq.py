"""A NEQ that somebody declared, until who may has decided: NEQs are public, so declaring one grants nothing.

A registration hangs on an organisation of its own, without NEQ; its `claimed_neq` stands beside it. The decision
either gives the organisation that NEQ, or joins it to the organisation that has it already.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from marketplace.accounts.members import lock_organisation
from marketplace.accounts.models import JoinRequest, Organisation, PersonalDataRead, User
from marketplace.accounts.moving_members import move_members, move_members_back
from marketplace.accounts.permissions import can_curate_organisation
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb

#: Where an organisation is, as one thing: a known place is not mixed with another.
PLACE_FIELDS = ("address", "town", "postal_code", "municipality_id", "mrc_id", "region_id", "lat", "lon")
CONTACT_FIELDS = ("email", "phone", "website")


@verb
def settle_claimed_neq(
    *, organisation: Organisation, neq: str, by: User | None
) -> tuple[Organisation, list[str]]:
    """The organisation that has this NEQ from now on: this one, or the one that had it; what was filled in there.

    Raises `NotAllowed` where another has it and `by` does not curate that one. Its name and its place stay; only what
    it lacks is filled in. The caller moves its profile, then calls `merge_organisation`.
    """
    if organisation.neq:  # staff wrote one meanwhile: theirs stands
        return organisation, []
    known = Organisation.objects.hold_with_neq(neq)
    if known is None:
        give_neq(organisation, neq)
        return organisation, []
    if by is not None and not can_curate_organisation(by, known):
        raise NotAllowed(
            _(
                "Ce NEQ est celui d’une organisation qui n’est pas de votre territoire. C’est à son pôle d’en décider, ou à l’administration."
            )
        )
    return known, _fill_blanks(known, organisation)


@verb
def merge_organisation(*, organisation: Organisation, into: Organisation, by: User | None) -> dict[str, Any]:
    """Move the people to `into`, then delete the organisation that served while nobody had decided.

    What moved, by key, for `split_organisation`. Where `into` has an owner already, they join as editors; its members are told of each. Invitations that they sent
    meanwhile die with it.
    """
    moved = {"organisation": organisation.pk, **move_members(organisation=organisation, into=into, by=by)}
    waiting = JoinRequest.objects.filter(
        organisation=into, user=OuterRef("user"), side=OuterRef("side")
    ).open()
    asked = JoinRequest.objects.filter(organisation=organisation)
    moved["requests"] = list(asked.exclude(Exists(waiting)).values_list("pk", flat=True))
    asked.filter(pk__in=moved["requests"]).update(organisation=into)
    PersonalDataRead.objects.filter(organisation=organisation).update(organisation=into)
    organisation.delete()
    return moved


@verb
def split_organisation(*, merged: dict[str, Any], out_of: Organisation, by: User | None) -> Organisation:
    """Make two organisations again of what a wrong claim made one, as far as that went; those concerned are told.

    `merged` is what `merge_organisation` answered, with `filled` from `settle_claimed_neq`. The organisation comes back
    as its history has it, with the people who came from it, in their former roles; what it filled in at `out_of` goes
    unless somebody has changed it since. Invitations that died stay dead.
    """
    lock_organisation(out_of)
    row = _last_version(merged["organisation"])
    if row is None:
        raise WrongMove(_("L’organisation d’origine n’existe plus dans l’historique : rien n’a été séparé."))
    own = Organisation(**row)
    own.save(force_insert=True)
    move_members_back(moved=merged, organisation=own, out_of=out_of, by=by)
    JoinRequest.objects.filter(pk__in=merged["requests"], organisation=out_of).update(organisation=own)
    taken_back = [name for name in merged["filled"] if getattr(out_of, name) == getattr(own, name)]
    for name in taken_back:
        setattr(out_of, name, Organisation._meta.get_field(name).get_default())
    out_of.save(update_fields=[*taken_back, "updated_at"])
    return own


def _last_version(organisation_id: int) -> dict[str, Any] | None:
    """The columns of an organisation that is no more, as its history keeps them."""
    events = Organisation.pgh_event_model.objects
    last = events.filter(pgh_obj_id=organisation_id).order_by("pgh_id").last()
    if last is None or Organisation.objects.filter(pk=organisation_id).exists():
        return None
    return {column.attname: getattr(last, column.attname) for column in Organisation._meta.concrete_fields}


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


def _fill_blanks(known: Organisation, said: Organisation) -> list[str]:
    names = [name for name in CONTACT_FIELDS if not getattr(known, name)]
    if not any(getattr(known, name) for name in PLACE_FIELDS):
        names += PLACE_FIELDS
    for name in names:
        setattr(known, name, getattr(said, name))
    if known.pole_id is None and known.mrc_id is None:
        known.pole_id = said.pole_id
        names.append("pole_id")
    known.save(update_fields=[*names, "updated_at"])
    return names

"""People who act for one organisation act for another from now on, where two are found to be one; and the way back."""

from __future__ import annotations

from typing import Any

from django.utils.dateparse import parse_datetime

from marketplace.accounts.emails import MEMBER_MERGED, MEMBER_SEPARATED, PEOPLE_SEPARATED, send_member_change
from marketplace.accounts.members import lock_organisation, members_of, owners_of, record_membership
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.accounts.security.models import Kind
from marketplace.web.emails import Email
from marketplace.web.verbs import verb


@verb
def move_members(
    *,
    organisation: Organisation,
    into: Organisation,
    by: User | None,
    letter: Email = MEMBER_MERGED,
    own_letter: Email | None = None,
) -> dict[str, Any]:
    """Everyone of `organisation` joins `into`; what moved, by key, for `move_members_back`.

    Where `into` has an owner already, they join as editors; its members are told of each by `letter`, and they themselves
    by `own_letter`. Who was in both is in one.
    """
    lock_organisation(into)
    has_owner = owners_of(into).exists()
    readers = list(members_of(into))
    arriving = Membership.objects.filter(organisation=organisation).select_related("user")
    there = Membership.objects.filter(organisation=into).values("user")
    both = arriving.filter(user__in=there)
    moved: dict[str, Any] = {
        "members": {},
        "both": [[row.user_id, row.role, row.pk, row.created_at.isoformat()] for row in both],
    }
    both.delete()
    for membership in list(arriving):
        moved["members"][str(membership.pk)] = membership.role
        membership.organisation = into
        membership.role = Membership.Role.EDITOR if has_owner else membership.role
        membership.save(update_fields=["organisation", "role"])
        record_membership(Kind.MEMBER_JOINED, membership, by)
        membership.user.forget_roles()
        send_member_change(letter, recipients=readers, organisation=into, who=membership.user)
        if own_letter is not None:
            send_member_change(
                own_letter, recipients=[membership.user], organisation=into, former=organisation.name
            )
    return moved


@verb
def move_members_back(
    *, moved: dict[str, Any], organisation: Organisation, out_of: Organisation, by: User | None
) -> None:
    """Those who came from `organisation` and are still there act for it again, in their former roles; they are told."""
    lock_organisation(out_of)
    moving = Membership.objects.filter(pk__in=list(moved["members"]), organisation=out_of)
    for membership in list(moving.select_related("user")):
        membership.organisation, membership.role = organisation, moved["members"][str(membership.pk)]
        membership.save(update_fields=["organisation", "role"])
        record_membership(Kind.MEMBER_JOINED, membership, by)
        membership.user.forget_roles()
        send_member_change(
            MEMBER_SEPARATED, recipients=[membership.user], organisation=organisation, former=out_of.name
        )
    for user, role, *was in moved["both"]:
        if not User.objects.filter(pk=user).exists():
            continue
        place = Membership(user_id=user, organisation=organisation, role=role)
        if was and not Membership.objects.filter(pk=was[0]).exists():
            place.pk = was[0]
        place.save(force_insert=True)
        if was:
            Membership.objects.filter(pk=place.pk).update(created_at=parse_datetime(was[1]))
        record_membership(Kind.MEMBER_JOINED, place, by)
    if moved["members"] or moved["both"]:
        send_member_change(
            PEOPLE_SEPARATED, recipients=members_of(out_of), organisation=out_of, former=organisation.name
        )

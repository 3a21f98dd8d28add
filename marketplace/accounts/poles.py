"""Which pôle looks after an organisation or decides about it, and who works for which pôle, until when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts import emails
from marketplace.accounts.models import Membership, Organisation, PolePost, User
from marketplace.accounts.permissions import check_permission, is_platform_admin
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.territories.models import Pole, PoleCoverage
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb


def pole_for(organisation: Organisation) -> Pole | None:
    """The pôle that looks after an organisation: the one assigned, else the first that covers its MRC today."""
    return poles_for([organisation])[organisation.pk]


def poles_for(organisations: Collection[Organisation]) -> dict[int, Pole | None]:
    """`pole_for` of many, by organisation, in one query (two where `pole` was not fetched along)."""
    covering: dict[str, Pole] = {}
    mrcs = {o.mrc_id for o in organisations if o.mrc_id and not o.pole_id}
    if mrcs:
        coverage = PoleCoverage.objects.today().filter(mrc__in=mrcs).select_related("pole")
        for row in coverage.order_by("pole"):
            covering.setdefault(str(row.mrc_id), row.pole)
    return {o.pk: o.pole if o.pole_id else covering.get(str(o.mrc_id)) for o in organisations}


def pole_acting_for(organisation: Organisation, user: User | None) -> Pole | None:
    """The pôle in whose name staff decide about an organisation; None for the system and the platform's admins.

    Of several posts, the pôle that covers its MRC comes first, then the one that it is assigned to.
    """
    if user is None or not user.pole_codes:
        return None
    covering = PoleCoverage.objects.today().filter(mrc=organisation.mrc_id, pole__in=user.pole_codes)
    if organisation.mrc_id and (found := covering.select_related("pole").order_by("pole").first()):
        return found.pole
    code = organisation.pole_id if organisation.pole_id in user.pole_codes else min(user.pole_codes)
    return Pole.objects.get(pk=code)


@verb
def appoint_to_pole(*, user: User, pole: Pole, by: User | None, since: date | None = None) -> PolePost:
    """A platform admin gives a person a post, from `since` (today by default). An ended post opens again."""
    _check_right(by)
    post, _created = PolePost.objects.update_or_create(
        user=user, pole=pole, defaults={"since": since or timezone.localdate(), "until": None}
    )
    user.forget_roles()
    record_security_event(kind=Kind.POST_GIVEN, by=by, person=user, target=str(pole))
    emails.send_post_given(post)
    return post


@verb
def end_pole_post(*, post: PolePost, by: User | None, until: date | None = None) -> PolePost:
    """Close a post: the person sees the pôle's territory until the day before `until` (today: at once)."""
    _check_right(by)
    until = until or timezone.localdate()
    if until < post.since:
        raise WrongMove(_("Une affectation ne peut pas finir avant d’avoir commencé."))
    post.until = until
    post.save(update_fields=["until"])
    post.user.forget_roles()
    record_security_event(kind=Kind.POST_ENDED, by=by, person=post.user, target=str(post.pole))
    emails.send_post_ended(post)
    return post


@dataclass(frozen=True)
class Powers:
    """What an account may, as it stood: platform administration, posts and roles, its address."""

    email: str
    is_superuser: bool
    is_active: bool
    posts: dict[str, tuple[date, date | None]]
    roles: dict[int, str]

    @classmethod
    def of(cls, user: User) -> Powers:
        posts = user.pole_posts.values_list("pole", "since", "until")
        email, is_superuser, is_active = User.objects.values_list("email", "is_superuser", "is_active").get(
            pk=user.pk
        )
        return cls(
            email=email,
            is_superuser=is_superuser,
            is_active=is_active,
            posts={pole: (since, until) for pole, since, until in posts},
            roles=dict(user.memberships.values_list("organisation", "role")),
        )


@verb
def tell_changed_powers(*, user: User, before: Powers, by: User | None) -> None:
    """What the form of an account changed, told to the person: administration granted or ended, posts, roles, address.

    Platform administration is told to the other administrators too, and a new address to the former one.
    """
    _check_right(by)
    user.forget_roles()
    now = Powers.of(user)
    if now.is_superuser != before.is_superuser:
        kind = Kind.ADMINISTRATION_GIVEN if now.is_superuser else Kind.ADMINISTRATION_ENDED
        record_security_event(kind=kind, by=by, person=user)
        others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
        emails.send_administration_changed(user=user, others=others, by=by)
    if now.is_active != before.is_active:
        kind = Kind.ACCOUNT_REOPENED if now.is_active else Kind.ACCOUNT_CLOSED
        record_security_event(kind=kind, by=by, person=user)
    for post in user.pole_posts.select_related("pole"):
        if before.posts.get(post.pole_id) == (post.since, post.until):
            continue
        is_given = post.until is None
        kind = Kind.POST_GIVEN if is_given else Kind.POST_ENDED
        record_security_event(kind=kind, by=by, person=user, target=str(post.pole))
        if is_given:
            emails.send_post_given(post)
        else:
            emails.send_post_ended(post)
    for pole in Pole.objects.filter(pk__in=before.posts.keys() - now.posts.keys()):
        record_security_event(kind=Kind.POST_ENDED, by=by, person=user, target=str(pole))
        emails.send_post_ended(PolePost(user=user, pole=pole, until=timezone.localdate()))
    _tell_changed_roles(user, before.roles, now.roles, by)
    if now.email != before.email:
        record_security_event(kind=Kind.EMAIL_CHANGED, by=by, person=user)
        emails.send_address_changed(user=user, former=before.email)


def _tell_changed_roles(user: User, before: dict[int, str], now: dict[int, str], by: User | None) -> None:
    changed = {pk for pk in before.keys() | now.keys() if before.get(pk) != now.get(pk)}
    for organisation in Organisation.objects.filter(pk__in=changed):
        if organisation.pk not in now:
            kind, email, more = Kind.MEMBER_REMOVED, emails.MEMBER_REMOVED, {"link": ""}
        else:
            kind = Kind.ROLE_CHANGED if organisation.pk in before else Kind.MEMBER_JOINED
            is_owner = now[organisation.pk] == Membership.Role.OWNER
            email, more = emails.ROLE_CHANGED, {"is_owner": is_owner}
        record_security_event(
            kind=kind, by=by, person=user, organisation=organisation, target=now.get(organisation.pk, "")
        )
        emails.send_member_change(email, recipients=[user], organisation=organisation, **more)
        if organisation.pk not in before:
            others = User.objects.filter(memberships__organisation=organisation, is_active=True)
            emails.send_member_change(
                emails.MEMBER_JOINED,
                recipients=others.exclude(pk=user.pk).order_by("pk"),
                organisation=organisation,
                who=user,
            )


def _check_right(by: User | None) -> None:
    check_permission(
        is_platform_admin, by, sentence=_("Seule l’administration de la plateforme décide des affectations.")
    )

"""What people must be told about their organisations."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.email_domains import readable_domain
from marketplace.accounts.models import (
    EmailDomain,
    Invitation,
    Membership,
    Organisation,
    PolePost,
    User,
)
from marketplace.web.emails import Email, site_link

_MEMBERS = _("Vous recevez ce courriel parce que vous agissez ou avez agi pour « %(organisation)s ».")

MEMBER_INVITATION = Email(
    kind="invitation",
    audience=_(
        "Vous recevez ce courriel parce que « %(organisation)s » a donné cette adresse. Sans réponse de votre part,"
        " rien ne change."
    ),
    title=_("Invitation à agir pour « %(name)s » sur Maillage"),
    template="members/invitation",
    is_secret=True,
)
MEMBER_JOINED = Email(
    kind="members.joined",
    audience=_MEMBERS,
    title=_("%(who)s agit maintenant pour %(name)s"),
    template="members/joined",
)
MEMBER_MERGED = Email(
    kind="members.merged",
    audience=_MEMBERS,
    title=_("%(who)s agit maintenant pour %(name)s"),
    template="members/merged",
)
LISTINGS_MERGED = Email(
    kind="members.merged",
    audience=_MEMBERS,
    title=_("%(who)s agit maintenant pour %(name)s"),
    template="members/listings_merged",
)
OWN_LISTING_MERGED = Email(
    kind="members.merged",
    audience=_MEMBERS,
    title=_("%(name)s : vos deux fiches n’en font qu’une"),
    template="members/own_listing_merged",
)
MEMBER_SEPARATED = Email(
    kind="members.separated",
    audience=_MEMBERS,
    title=_("%(name)s : votre fiche est de nouveau distincte"),
    template="members/separated",
)
PEOPLE_SEPARATED = Email(
    kind="members.separated",
    audience=_MEMBERS,
    title=_("%(name)s : une fiche jointe par erreur en est séparée"),
    template="members/people_separated",
)
MEMBER_LEFT = Email(
    kind="members.left", audience=_MEMBERS, title=_("%(who)s a quitté %(name)s"), template="members/left"
)
MEMBER_REMOVED = Email(
    kind="members.removed",
    audience=_MEMBERS,
    title=_("Vous n’agissez plus pour %(name)s"),
    template="members/removed",
)
ROLE_CHANGED = Email(
    kind="members.role", audience=_MEMBERS, title=_("Votre rôle a changé : %(name)s"), template="members/role"
)
ROLE_HANDED_OVER = Email(
    kind="members.handed_over",
    audience=_MEMBERS,
    title=_("Vous êtes maintenant responsable : %(name)s"),
    template="members/handed_over",
)

DOMAIN_CONFIRMED = Email(
    kind="domains.confirmed",
    audience=_MEMBERS,
    title=_("%(domain)s est confirmé pour %(name)s"),
    template="domains/confirmed",
)
DOMAIN_REFUSED = Email(
    kind="domains.refused",
    audience=_MEMBERS,
    title=_("%(domain)s n’est pas confirmé : %(name)s"),
    template="domains/refused",
)

_ACCOUNT = _("Vous recevez ce courriel parce que les droits de votre compte sur Maillage ont changé.")

POST_GIVEN = Email(
    kind="roles.post_given",
    audience=_ACCOUNT,
    title=_("Vous avez accès à la gestion : %(pole_name)s"),
    template="roles/post_given",
)
POST_ENDED = Email(
    kind="roles.post_ended",
    audience=_ACCOUNT,
    title=_("Votre accès à la gestion prend fin : %(pole_name)s"),
    template="roles/post_ended",
)
ADMINISTRATION_CHANGED = Email(
    kind="roles.administration",
    audience=_ACCOUNT,
    title=_("L’administration de Maillage : vos droits ont changé"),
    template="roles/administration",
)
ADMINISTRATORS_CHANGED = Email(
    kind="roles.administrators",
    audience=_("Vous recevez ce courriel parce que vous administrez Maillage."),
    title=_("L’administration de Maillage a changé : %(who)s"),
    template="roles/administrators",
)
ADDRESS_CHANGED = Email(
    kind="roles.address",
    audience=_("Vous recevez ce courriel parce que cette adresse était liée à un compte Maillage."),
    title=_("L’adresse de votre compte Maillage a changé"),
    template="roles/address",
)


def send_account_email(email: Email, **rest: Any) -> None:
    """`outbox.compose.send_email`. The outbox is a layer above this one: `settings.SEND_EMAIL` names the function."""
    import_string(settings.SEND_EMAIL)(email, **rest)


def send_member_invitation(
    *, invitation: Invitation, token: str, known: User | None, by: User | None
) -> None:
    """The link that lets an address join; the same mail whether or not it has an account."""
    send_account_email(
        MEMBER_INVITATION,
        recipient=known,
        address=invitation.email,
        organisation=invitation.organisation,
        subject=f"organisation:{invitation.organisation_id}",
        version=invitation.token_hash[:16],
        context={
            "inviter": by.get_full_name() if by else "",
            "may_invite": invitation.role == Membership.Role.OWNER,
            "link": site_link("accounts:invitation", token),
            "expires_at": invitation.expires_at,
        },
    )


def send_member_change(
    email: Email, *, recipients: Iterable[User], organisation: Organisation, **context: Any
) -> None:
    """One of the mails above about a member who comes, goes or changes role, to each of `recipients`."""
    version = secrets.token_hex(12)
    for reader in recipients:
        send_account_email(
            email,
            recipient=reader,
            organisation=organisation,
            subject=f"organisation:{organisation.pk}",
            version=version,
            context={"link": site_link("accounts:members", organisation.pk), **context},
        )


def send_domain_decided(email: Email, row: EmailDomain, owners: Iterable[User]) -> None:
    """To the owners of the institution: what the pôle found, and what follows."""
    version = secrets.token_hex(12)
    for reader in owners:
        send_account_email(
            email,
            recipient=reader,
            organisation=row.organisation,
            subject=f"organisation:{row.organisation_id}",
            version=version,
            context={
                "domain": readable_domain(row.domain),
                "reason": row.get_reason_display() if row.reason else "",
                "link": site_link("accounts:domains", row.organisation_id),
            },
        )


def send_post_given(post: PolePost) -> None:
    """To the person: for which pôle, from when, what it opens."""
    _send_role(
        POST_GIVEN, post.user, pole_name=post.pole.name, since=post.since, link=site_link("admin:index")
    )


def send_post_ended(post: PolePost) -> None:
    """To the person: for which pôle, until when."""
    _send_role(POST_ENDED, post.user, pole_name=post.pole.name, until=post.until, link="")


def send_administration_changed(*, user: User, others: Iterable[User], by: User | None) -> None:
    """To the person, and to the other administrators, who would see what they did not expect."""
    said = {"is_granted": user.is_superuser, "by": by.get_full_name() or by.email if by else ""}
    _send_role(ADMINISTRATION_CHANGED, user, link="", **said)
    for other in others:
        _send_role(ADMINISTRATORS_CHANGED, other, who=str(user), link="", **said)


def send_address_changed(*, user: User, former: str) -> None:
    """To the former address; the new one is not named there."""
    _send_role(ADDRESS_CHANGED, user, address=former, link=site_link(settings.SITE_PAGES["contact"]))


def _send_role(email: Email, reader: User, *, address: str = "", **context: Any) -> None:
    send_account_email(
        email,
        recipient=reader,
        address=address,
        subject=f"account:{reader.pk}",
        version=secrets.token_hex(12),
        context=context,
    )


def readers_by_organisation(organisation_ids: Iterable[int]) -> dict[int, list[User]]:
    """The members of each organisation who can still be written to; one query."""
    found: dict[int, list[User]] = defaultdict(list)
    rows = Membership.objects.filter(organisation__in=set(organisation_ids), user__is_active=True)
    for membership in rows.select_related("user").order_by("pk"):
        found[membership.organisation_id].append(membership.user)
    return found

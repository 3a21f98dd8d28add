"""What people must be told about their organisations."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Invitation, Membership, Organisation, User
from marketplace.web.emails import Email, site_link

_MEMBERS = _("Vous recevez ce courriel parce que vous agissez ou avez agi pour « %(organisation)s ».")

MEMBER_INVITATION = Email(
    kind="invitation",
    audience=_(
        "Vous recevez ce courriel parce que « %(organisation)s » a donné cette adresse. Sans réponse de votre part,"
        " rien ne change."
    ),
    title=_("Rejoignez %(name)s sur Maillage"),
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
MEMBER_SEPARATED = Email(
    kind="members.separated",
    audience=_MEMBERS,
    title=_("%(name)s : votre fiche est de nouveau à part"),
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
    title=_("Vous êtes responsable chez %(name)s"),
    template="members/handed_over",
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


def readers_by_organisation(organisation_ids: Iterable[int]) -> dict[int, list[User]]:
    """The members of each organisation who can still be written to; one query."""
    found: dict[int, list[User]] = defaultdict(list)
    rows = Membership.objects.filter(organisation__in=set(organisation_ids), user__is_active=True)
    for membership in rows.select_related("user").order_by("pk"):
        found[membership.organisation_id].append(membership.user)
    return found

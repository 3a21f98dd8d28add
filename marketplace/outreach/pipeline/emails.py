"""What the pipeline writes: the invitation of an institution, and every week to staff whom they should call again."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.outbox.compose import send_email, unsubscribe_headers
from marketplace.outbox.models import Message
from marketplace.outreach.models import Approach, ContactEntry, InstitutionInvitation
from marketplace.outreach.service_levels.reminders import stop_path
from marketplace.territories.models import Pole
from marketplace.web.emails import Email, absolute_url, from_address, site_link

INSTITUTION_INVITED = Email(
    kind="outreach.invited",
    audience=_(
        "Vous recevez ce courriel parce que votre pôle vous invite à agir pour « %(organisation)s ». Sans réponse de"
        " votre part, rien ne change."
    ),
    title=_("%(name)s : votre profil d’acheteur est prêt"),
    template="outreach/invited",
    is_secret=True,
)
FOLLOW_UP = Email(
    kind="outreach.follow_up",
    audience=_("Vous recevez ce courriel parce que vous suivez des démarches pour %(pole)s."),
    title=_("À relancer cette semaine"),
    template="outreach/follow_up",
)


def send_institution_invited(
    *, invited: InstitutionInvitation, token: str, known: User | None, by: User, message: str
) -> None:
    """The link by which the person arrives; the same mail whether or not they have an account."""
    invitation = invited.invitation
    if invitation is None:
        return
    send_email(
        INSTITUTION_INVITED,
        recipient=known,
        address=invitation.email,
        organisation=invited.approach.organisation,
        pole=invited.approach.pole,
        subject=f"organisation:{invitation.organisation_id}",
        version=invitation.token_hash[:16],
        context={
            "invited": invited.name,
            "inviter": by.get_full_name(),
            "message": message,
            "link": site_link("outreach:institution_invitation", token),
            "expires_at": invitation.expires_at,
        },
    )


def send_follow_up(
    *,
    owner: User,
    pole: Pole,
    week: str,
    actions: Sequence[ContactEntry],
    silent: Sequence[Approach],
    more: int,
) -> Message | None:
    """One a week at most: the week is its version."""
    stop_url = absolute_url(stop_path(owner))
    return send_email(
        FOLLOW_UP,
        recipient=owner,
        pole=pole,
        subject=f"user:{owner.pk}",
        version=week,
        is_digest=True,
        headers=unsubscribe_headers(url=stop_url, reply_to=from_address(), reference=f"relances-{owner.pk}"),
        context={
            "stop_url": stop_url,
            "pole": pole.name,
            "actions": [
                {"what": one.next_action, "name": one.organisation.name, "day": one.next_on}
                for one in actions
            ],
            "silent": [{"name": one.organisation.name, "since": one.stage_on} for one in silent],
            "more": more,
            "link": site_link("outreach_admin:next_actions"),
            "board": site_link("outreach_admin:board"),
        },
    )

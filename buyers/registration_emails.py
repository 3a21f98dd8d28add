"""What registering writes: to who asks, to those who act for the institution already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from buyers.models import Enrolment
from marketplace.accounts import members
from marketplace.accounts.answering import usual_wait_lazy
from marketplace.accounts.models import Membership, User
from marketplace.outbox.compose import Draft, send_emails
from marketplace.web.emails import Email, site_link

_APPLICANT = _("Vous recevez ce courriel parce que vous avez demandé à agir pour « %(organisation)s ».")
_MEMBERS = _("Vous recevez ce courriel parce que vous agissez pour « %(organisation)s ».")

ENROLMENT_RECEIVED = Email(
    kind="enrolment.received",
    audience=_("Vous recevez ce courriel parce que vous avez demandé à agir pour « %(name)s »."),
    title=_("Nous avons votre demande pour %(name)s"),
    template="enrolments/received",
)
ENROLMENT_ACCEPTED = Email(
    kind="enrolment.accepted",
    audience=_APPLICANT,
    title=_("Vous agissez maintenant pour %(name)s"),
    template="enrolments/accepted",
)
ENROLMENT_REFUSED = Email(
    kind="enrolment.refused",
    audience=_APPLICANT,
    title=_("Votre demande pour %(name)s : réponse"),
    template="enrolments/refused",
)
ENROLMENT_ASKED = Email(
    kind="enrolment.asked",
    audience=_MEMBERS,
    title=_("%(who)s demande à se joindre à %(name)s"),
    template="enrolments/asked",
)
ENROLMENT_JOINED = Email(
    kind="enrolment.joined",
    audience=_MEMBERS,
    title=_("%(who)s agit maintenant pour %(name)s"),
    template="enrolments/joined",
)


def send_enrolment_received(enrolment: Enrolment) -> None:
    """To who waits for an answer; whoever joined at once has it on the page."""
    _send_enrolment_email(
        ENROLMENT_RECEIVED,
        enrolment,
        [enrolment.user],
        function=enrolment.title,
        address=enrolment.email,
        is_for_colleagues=enrolment.buyer.is_verified,
        usual_wait=usual_wait_lazy(),
        link=site_link("buyers:enrolment", enrolment.pk),
    )


def send_enrolment_accepted(enrolment: Enrolment, membership: Membership, *, first: bool) -> None:
    _send_enrolment_email(
        ENROLMENT_ACCEPTED,
        enrolment,
        [enrolment.user],
        first=first,
        is_owner=membership.role == Membership.Role.OWNER,
        message=enrolment.answer,
        link=site_link(settings.SITE_PAGES["my_space"]),
    )


def send_enrolment_refused(enrolment: Enrolment) -> None:
    link = site_link("buyers:register")
    _send_enrolment_email(ENROLMENT_REFUSED, enrolment, [enrolment.user], message=enrolment.answer, link=link)


def send_enrolment_asked(enrolment: Enrolment) -> None:
    """A colleague whose address is not at the institution's domain waits for an answer of the owners."""
    owners = members.owners(enrolment.buyer.organisation)
    link = site_link("buyers:enrolment", enrolment.pk)
    _send_enrolment_email(ENROLMENT_ASKED, enrolment, owners, link=link, **_applicant(enrolment))


def send_enrolment_joined(enrolment: Enrolment) -> None:
    """To the others who act for the institution."""
    organisation = enrolment.buyer.organisation
    others = members.all_of(organisation).exclude(pk=enrolment.user_id)
    link = site_link("accounts:members", organisation.pk)
    _send_enrolment_email(ENROLMENT_JOINED, enrolment, others, link=link, **_applicant(enrolment))


def _applicant(enrolment: Enrolment) -> dict[str, Any]:
    return {"who": enrolment.user.get_full_name() or _("Une personne"), "function": enrolment.title}


def _send_enrolment_email(
    email: Email, enrolment: Enrolment, readers: Iterable[User], **context: Any
) -> None:
    send_emails(
        [
            Draft(
                email=email,
                recipient=reader,
                organisation=enrolment.buyer.organisation,
                subject=f"buyer:{enrolment.buyer_id}",
                version=str(enrolment.pk),
                context=context,
            )
            for reader in readers
        ]
    )

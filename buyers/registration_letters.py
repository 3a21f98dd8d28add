"""What registering writes: to who asks, to those who act for the institution already."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from buyers.models import Enrolment
from marketplace.accounts import members
from marketplace.accounts.models import Membership, User
from marketplace.outbox import messages
from marketplace.outbox.senders import pole_for


def send_accepted(enrolment: Enrolment, membership: Membership, *, first: bool) -> None:
    with translation.override(enrolment.user.language):
        title = _("Vous agissez maintenant pour %(name)s") % {"name": membership.organisation.name}
        link = settings.SITE_URL + reverse("pages:my_space")
    _write(
        enrolment,
        recipient=enrolment.user,
        kind="enrolment.accepted",
        title=title,
        template="enrolments/accepted",
        first=first,
        is_owner=membership.role == Membership.Role.OWNER,
        message=enrolment.answer,
        link=link,
    )


def send_refused(enrolment: Enrolment) -> None:
    with translation.override(enrolment.user.language):
        title = _("Votre demande pour %(name)s : réponse") % {"name": enrolment.buyer.organisation.name}
        link = settings.SITE_URL + reverse("buyers:register")
    _write(
        enrolment,
        recipient=enrolment.user,
        kind="enrolment.refused",
        title=title,
        template="enrolments/refused",
        message=enrolment.answer,
        link=link,
    )


def tell_owners(enrolment: Enrolment) -> None:
    """A colleague whose address is not at the institution's domain waits for an answer."""
    for owner in members.owners(enrolment.buyer.organisation):
        with translation.override(owner.language):
            title = _("%(who)s demande à se joindre à %(name)s") % _words(enrolment)
            link = settings.SITE_URL + reverse("buyers:enrolment", args=[enrolment.pk])
        _write(
            enrolment,
            recipient=owner,
            kind="enrolment.asked",
            title=title,
            template="enrolments/asked",
            who=_words(enrolment)["who"],
            function=enrolment.title,
            link=link,
        )


def tell_joined(enrolment: Enrolment) -> None:
    organisation = enrolment.buyer.organisation
    for member in members.all_of(organisation).exclude(pk=enrolment.user_id):
        with translation.override(member.language):
            title = _("%(who)s agit maintenant pour %(name)s") % _words(enrolment)
            link = settings.SITE_URL + reverse("accounts:members", args=[organisation.pk])
        _write(
            enrolment,
            recipient=member,
            kind="enrolment.joined",
            title=title,
            template="enrolments/joined",
            who=_words(enrolment)["who"],
            function=enrolment.title,
            link=link,
        )


def _words(enrolment: Enrolment) -> dict[str, str]:
    return {
        "who": enrolment.user.get_full_name() or _("Une personne"),
        "name": enrolment.buyer.organisation.name,
    }


def _write(
    enrolment: Enrolment, *, recipient: User, kind: str, title: str, template: str, **context: Any
) -> None:
    organisation = enrolment.buyer.organisation
    messages.write(
        recipient=recipient,
        address=recipient.email,
        kind=kind,
        subject=f"buyer:{enrolment.buyer_id}",
        version=str(enrolment.pk),
        title=title,
        template=template,
        context={"organisation": organisation.name, **context},
        pole=pole_for(organisation),
    )

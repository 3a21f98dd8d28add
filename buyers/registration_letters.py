"""What registering writes: to who asks, to those who act for the institution already."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from buyers.models import Enrolment
from marketplace.accounts import members
from marketplace.accounts.models import Membership, User
from marketplace.outbox import messages, receipts


def acknowledge(enrolment: Enrolment) -> None:
    """To who waits for an answer; whoever joined at once has it on the page."""
    buyer = enrolment.buyer
    name = buyer.organisation.name

    def words() -> receipts.Receipt:
        return receipts.Receipt(
            title=_("Nous avons votre demande pour %(name)s") % {"name": name},
            sentence=_("Vous demandez à agir pour %(name)s.") % {"name": name},
            facts=[
                _("Votre fonction : %(function)s") % {"function": enrolment.title},
                _("Votre courriel confirmé : %(email)s") % {"email": enrolment.email},
            ],
            link=reverse("buyers:enrolment", args=[enrolment.pk]),
            why=_("Vous recevez ce courriel parce que vous avez demandé à agir pour « %(name)s ».")
            % {"name": name},
            by_colleagues=buyer.is_verified,
        )

    receipts.send(
        organisation=buyer.organisation,
        reader=enrolment.user,
        say=words,
        kind="enrolment.received",
        subject=f"buyer:{enrolment.buyer_id}",
        version=str(enrolment.pk),
    )


def send_accepted(enrolment: Enrolment, membership: Membership, *, first: bool) -> None:
    def words() -> tuple[str, dict[str, Any]]:
        return _("Vous agissez maintenant pour %(name)s") % {"name": membership.organisation.name}, {
            "first": first,
            "is_owner": membership.role == Membership.Role.OWNER,
            "message": enrolment.answer,
            "link": settings.SITE_URL + reverse("pages:my_space"),
        }

    _write(enrolment, enrolment.user, "accepted", words)


def send_refused(enrolment: Enrolment) -> None:
    def words() -> tuple[str, dict[str, Any]]:
        title = _("Votre demande pour %(name)s : réponse") % {"name": enrolment.buyer.organisation.name}
        return title, {
            "message": enrolment.answer,
            "link": settings.SITE_URL + reverse("buyers:register"),
        }

    _write(enrolment, enrolment.user, "refused", words)


def tell_owners(enrolment: Enrolment) -> None:
    """A colleague whose address is not at the institution's domain waits for an answer."""

    def words() -> tuple[str, dict[str, Any]]:
        who = _who(enrolment)
        return _("%(who)s demande à se joindre à %(name)s") % who, {
            **who,
            "link": settings.SITE_URL + reverse("buyers:enrolment", args=[enrolment.pk]),
        }

    for owner in members.owners(enrolment.buyer.organisation):
        _write(enrolment, owner, "asked", words)


def tell_joined(enrolment: Enrolment) -> None:
    organisation = enrolment.buyer.organisation

    def words() -> tuple[str, dict[str, Any]]:
        who = _who(enrolment)
        return _("%(who)s agit maintenant pour %(name)s") % who, {
            **who,
            "link": settings.SITE_URL + reverse("accounts:members", args=[organisation.pk]),
        }

    for member in members.all_of(organisation).exclude(pk=enrolment.user_id):
        _write(enrolment, member, "joined", words)


def _who(enrolment: Enrolment) -> dict[str, str]:
    return {
        "who": enrolment.user.get_full_name() or _("Une personne"),
        "function": enrolment.title,
        "name": enrolment.buyer.organisation.name,
    }


def _write(enrolment: Enrolment, reader: User, name: str, words: messages.Words) -> None:
    messages.write_about(
        organisation=enrolment.buyer.organisation,
        reader=reader,
        say=words,
        kind=f"enrolment.{name}",
        template=f"enrolments/{name}",
        subject=f"buyer:{enrolment.buyer_id}",
        version=str(enrolment.pk),
    )

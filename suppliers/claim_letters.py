"""What claims write: to who claims, to those who hold the sheet already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import members
from marketplace.accounts.models import Membership, User
from marketplace.outbox import messages, receipts
from suppliers.models import Claim


def acknowledge(claim: Claim) -> None:
    """The same words whoever holds the sheet, or nobody."""
    name = claim.supplier.organisation.name

    def words() -> receipts.Receipt:
        return receipts.Receipt(
            title=_("Nous avons votre demande pour %(name)s") % {"name": name},
            sentence=_("Vous demandez à tenir la fiche « %(name)s ».") % {"name": name},
            facts=[
                _("Votre fonction : %(function)s") % {"function": claim.title},
                *([_("Votre pièce est jointe à la demande.")] if claim.evidence_id else []),
            ],
            link=reverse("suppliers:claim", args=[claim.supplier.slug]),
            why=_("Vous recevez ce courriel parce que vous avez demandé à tenir la fiche « %(name)s ».")
            % {"name": name},
        )

    receipts.send(
        organisation=claim.supplier.organisation,
        reader=claim.user,
        say=words,
        kind="claim.received",
        subject=f"supplier:{claim.supplier_id}",
        version=str(claim.pk),
    )


def tell_members(claim: Claim) -> None:
    """« Someone says that they act for you »: a name and a function, so that a member can warn the pôle."""

    def words() -> tuple[str, dict[str, Any]]:
        title = _("Quelqu’un demande à tenir la fiche « %(name)s »")
        return title % {"name": claim.supplier.organisation.name}, {
            **_who(claim),
            "link": settings.SITE_URL + reverse("pages:contact"),
        }

    for member in members.all_of(claim.supplier.organisation):
        _write(claim, member, "told", words)


def tell_joined(claim: Claim, readers: Iterable[User]) -> None:
    organisation = claim.supplier.organisation

    def words() -> tuple[str, dict[str, Any]]:
        who = _who(claim)
        return _("%(who)s agit maintenant pour %(name)s") % {"who": who["who"], "name": organisation.name}, {
            **who,
            "link": settings.SITE_URL + reverse("accounts:members", args=[organisation.pk]),
        }

    for member in readers:
        _write(claim, member, "joined", words)


def send_accepted(claim: Claim, membership: Membership) -> None:
    def words() -> tuple[str, dict[str, Any]]:
        return _("Vous tenez maintenant la fiche « %(name)s »") % {"name": membership.organisation.name}, {
            "message": claim.answer,
            "is_owner": membership.role == Membership.Role.OWNER,
            "link": settings.SITE_URL + reverse("pages:my_space"),
        }

    _write(claim, claim.user, "accepted", words)


def send_refused(claim: Claim) -> None:
    _write(claim, claim.user, "refused", lambda: _no(claim))


def send_ended(claim: Claim) -> None:
    _write(claim, claim.user, "ended", lambda: _no(claim))


def _no(claim: Claim) -> tuple[str, dict[str, Any]]:
    title = _("Votre demande pour %(name)s : réponse du pôle") % {"name": claim.supplier.organisation.name}
    link = settings.SITE_URL + reverse("suppliers:claim", args=[claim.supplier.slug])
    return title, {"message": claim.answer, "link": link}


def _who(claim: Claim) -> dict[str, str]:
    return {"who": claim.user.get_full_name() or _("Une personne"), "function": claim.title}


def _write(claim: Claim, reader: User, name: str, words: messages.Words) -> None:
    messages.write_about(
        organisation=claim.supplier.organisation,
        reader=reader,
        say=words,
        kind=f"claim.{name}",
        template=f"claims/{name}",
        subject=f"supplier:{claim.supplier_id}",
        version=str(claim.pk),
    )

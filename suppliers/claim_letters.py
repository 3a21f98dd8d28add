"""What claims write: to who claims, to those who hold the sheet already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.accounts import members
from marketplace.accounts.models import Membership, User
from marketplace.outbox import messages
from marketplace.outbox.senders import pole_for
from suppliers.models import Claim


def tell_members(claim: Claim) -> None:
    """« Someone says that they act for you »: a name and a function, so that a member can warn the pôle."""
    organisation = claim.supplier.organisation
    for member in members.all_of(organisation):
        with translation.override(member.language):
            title = _("Quelqu’un demande à tenir la fiche de %(name)s") % {"name": organisation.name}
            link = settings.SITE_URL + reverse("pages:contact")
        _write(
            claim,
            recipient=member,
            kind="claim.told",
            title=title,
            template="claims/told",
            who=str(claim.user.get_full_name() or _("Une personne")),
            function=claim.title,
            link=link,
        )


def tell_joined(claim: Claim, readers: Iterable[User]) -> None:
    organisation = claim.supplier.organisation
    for member in readers:
        with translation.override(member.language):
            title = _("%(who)s agit maintenant pour %(name)s") % {
                "who": claim.user.get_full_name() or _("Une personne"),
                "name": organisation.name,
            }
            link = settings.SITE_URL + reverse("accounts:members", args=[organisation.pk])
        _write(
            claim,
            recipient=member,
            kind="claim.joined",
            title=title,
            template="claims/joined",
            who=claim.user.get_full_name() or _("Une personne"),
            function=claim.title,
            link=link,
        )


def send_accepted(claim: Claim, membership: Membership) -> None:
    _answer(
        claim,
        kind="claim.accepted",
        template="claims/accepted",
        sentence=lambda name: _("Vous tenez maintenant la fiche de %(name)s") % {"name": name},
        page="pages:my_space",
        is_owner=membership.role == Membership.Role.OWNER,
    )


def send_refused(claim: Claim) -> None:
    _answer(
        claim,
        kind="claim.refused",
        template="claims/refused",
        sentence=lambda name: _("Votre demande pour %(name)s : réponse du pôle") % {"name": name},
        page="suppliers:claim",
    )


def send_ended(claim: Claim) -> None:
    _answer(
        claim,
        kind="claim.ended",
        template="claims/ended",
        sentence=lambda name: _("Votre demande pour %(name)s : réponse du pôle") % {"name": name},
        page="suppliers:claim",
    )


def _answer(claim: Claim, *, kind: str, template: str, sentence: Any, page: str, **context: Any) -> None:
    with translation.override(claim.user.language):
        title = sentence(claim.supplier.organisation.name)
        address = reverse(page, args=[claim.supplier.slug]) if page == "suppliers:claim" else reverse(page)
    _write(
        claim,
        recipient=claim.user,
        kind=kind,
        title=title,
        template=template,
        message=claim.answer,
        link=settings.SITE_URL + address,
        **context,
    )


def _write(claim: Claim, *, recipient: User, kind: str, title: str, template: str, **context: Any) -> None:
    organisation = claim.supplier.organisation
    messages.write(
        recipient=recipient,
        address=recipient.email,
        kind=kind,
        subject=f"supplier:{claim.supplier_id}",
        version=str(claim.pk),
        title=title,
        template=template,
        context={"organisation": organisation.name, **context},
        pole=pole_for(organisation),
    )

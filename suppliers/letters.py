"""What curation writes to an enterprise: to its members; where there is none, to the address on its sheet."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.outbox import messages
from marketplace.outbox.senders import pole_for
from marketplace.territories.models import Pole
from suppliers.criteria import criteria_to_complete
from suppliers.models import Decision, Supplier


def send_returned(*, supplier: Supplier, decision: Decision, pole: Pole | None) -> int:
    """« Il manque… »: to every member, else to one address of the sheet. How many mails were written."""

    def words(recipient: User | None) -> tuple[str, dict[str, Any]]:
        step = reverse("suppliers:register_step", kwargs={"pk": supplier.pk, "step": "criteria"})
        criteria = criteria_to_complete(supplier)
        address = step if criteria else reverse("pages:my_space")
        return _("%(name)s\u00a0: un complément est demandé") % _named(supplier), {
            "message": decision.message,
            "criteria": criteria,
            "link": settings.SITE_URL + address if recipient else "",
        }

    return _send(
        supplier, decision, pole, _readers(supplier), "curation.returned", "curation_returned", words
    )


def send_published(*, supplier: Supplier, decision: Decision, pole: Pole | None) -> int:
    """« Votre fiche est publiée »: to the members. A listing's address never asked for it and gets nothing."""

    def words(recipient: User | None) -> tuple[str, dict[str, Any]]:
        return _("%(name)s\u00a0: votre fiche est publiée") % _named(supplier), {
            "message": decision.message,
            "link": settings.SITE_URL + reverse("suppliers:supplier", args=[supplier.slug]),
        }

    return _send(
        supplier, decision, pole, _members(supplier), "curation.published", "curation/published", words
    )


def send_closed(*, supplier: Supplier, decision: Decision, pole: Pole | None, was_public: bool) -> int:
    """« L’inscription est refusée », « la fiche est retirée »: to the members, with the reason and the message."""

    def words(recipient: User | None) -> tuple[str, dict[str, Any]]:
        title = (
            _("%(name)s\u00a0: votre fiche est retirée du répertoire")
            if was_public
            else _("%(name)s\u00a0: la fiche n’est pas publiée")
        )
        return title % _named(supplier), {
            "message": decision.message,
            "reason": str(decision.get_reason_display()) if decision.reason else "",
            "was_public": was_public,
            "link": settings.SITE_URL + reverse("pages:contact"),
        }

    return _send(supplier, decision, pole, _members(supplier), "curation.closed", "curation/closed", words)


Words = Callable[[User | None], tuple[str, dict[str, Any]]]


def _named(supplier: Supplier) -> dict[str, str]:
    return {"name": supplier.organisation.name}


def _send(
    supplier: Supplier,
    decision: Decision,
    pole: Pole | None,
    readers: list[tuple[User | None, str]],
    kind: str,
    template: str,
    words: Words,
) -> int:
    """One mail for each reader, in their language; how many were written."""
    signing = pole or pole_for(supplier.organisation)
    written = (
        messages.write_about(
            organisation=supplier.organisation,
            reader=recipient,
            address=address,
            say=functools.partial(words, recipient),
            kind=kind,
            subject=f"supplier:{supplier.pk}",
            version=str(decision.pk),
            template=template,
            pole=signing,
        )
        for recipient, address in readers
    )
    return sum(message is not None for message in written)


def _members(supplier: Supplier) -> list[tuple[User | None, str]]:
    members = User.objects.filter(memberships__organisation=supplier.organisation_id, is_active=True)
    return [(member, member.email) for member in members.order_by("pk")]


def _readers(supplier: Supplier) -> list[tuple[User | None, str]]:
    if members := _members(supplier):
        return members
    contact = supplier.contacts.exclude(email="").order_by("pk").first()
    address = contact.email if contact else supplier.organisation.email
    return [(None, address)] if address else []

"""Law 25: the mails written to a person, bodies included, handed over or erased on request; and their name in others'."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data
from marketplace.outbox.models import Delivery, Event, Message, MessageQuerySet, Suppression

PARTS = ("title", "text", "html")


def _addresses(user: User) -> list[str]:
    known = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return list({address.lower() for address in (user.email, *known)})


def _written_to(user: User) -> MessageQuerySet:
    """Also those to an address of theirs from before they had an account (invitations)."""
    return Message.objects.filter(Q(recipient=user) | Q(address__in=_addresses(user)))


def _export(user: User) -> list[dict[str, Any]]:
    return [
        {
            "written_at": message.created_at.isoformat(),
            "address": message.address,
            "title": message.title,
            "status": message.status,
            "text": message.text,
        }
        for message in _written_to(user).order_by("created_at", "pk")
    ]


def _refusals_of(user: User) -> QuerySet[Suppression]:
    return Suppression.objects.filter(Q(recipient=user) | Q(address__in=_addresses(user)))


def _export_refusals(user: User) -> list[dict[str, Any]]:
    return [
        {
            "address": row.address,
            "reason": row.get_reason_display(),
            "source": row.get_source_display(),
            "said": row.said,
            "since": row.since.isoformat(),
            "lifted_at": row.lifted_at and row.lifted_at.isoformat(),
        }
        for row in _refusals_of(user).order_by("since", "pk")
    ]


def _erase(user: User) -> None:
    _refusals_of(user).delete()
    _written_to(user).delete()
    _unname(user)


def _unname(user: User) -> None:
    """« Claire Roy agit maintenant pour… », written to colleagues: the mail stays theirs, without the name.

    A first name alone is anybody's, and stays.
    """
    marks = _addresses(user)
    if user.first_name and user.last_name:
        marks.append(user.get_full_name())
    marks += [escape(mark) for mark in marks if escape(mark) != mark]
    named = Q()
    for mark in marks:
        for part in PARTS:
            named |= Q(**{f"{part}__icontains": mark})
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, marks))})(?!\w)", re.IGNORECASE)
    for message in Message.objects.filter(named).select_related("recipient"):
        with translation.override(message.recipient.language if message.recipient else "fr"):
            someone = _("Une personne")
        for part in PARTS:
            setattr(message, part, pattern.sub(someone, getattr(message, part)))
        message.title = message.title[:200]
        message.save(update_fields=PARTS)


register_personal_data("outbox", export=_export, erase=_erase)
register_personal_data("addresses_that_refuse_mail", export=_export_refusals, erase=lambda user: None)

for _columns in (
    PeopleColumns(
        "mails",
        Message,
        ("address", "title", "text", "html", "sender_name", "reply_to", "headers", "last_error"),
        gettext_lazy("courriel"),
        is_person=True,
        keys=("address",),
        scope=lambda rows, user: rows & Message.objects.visible_to(user),
    ),
    PeopleColumns(
        "suppressions",
        Suppression,
        ("address", "said"),
        gettext_lazy("adresse qui refuse nos courriels"),
        is_person=True,
        keys=("address",),
        scope=lambda rows, user: rows & Suppression.objects.visible_to(user),
    ),
    PeopleColumns("outbox_events", Event, ("payload",), gettext_lazy("événement interne")),
    PeopleColumns("deliveries", Delivery, ("last_error",), gettext_lazy("événement interne")),
):
    register_people_columns(_columns)

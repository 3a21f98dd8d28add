"""Law 25: what a person noted, and where the log names people who have no account. Old words are forgotten."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data
from marketplace.accounts.retention import BATCH, blank_rows, months_ago
from marketplace.outreach.models import ContactEntry
from marketplace.web.verbs import verb

#: Once an entry is old, what is left of it: that there was a call, whose, and when.
FORGOTTEN: dict[str, Any] = {
    "with_whom": "",
    "said": "",
    "next_action": "",
    "next_on": None,
    "next_by": None,
    "next_done_at": None,
    "next_done_by": None,
}


def _export(user: User) -> list[dict[str, Any]]:
    return [
        {
            "organisation": entry.organisation.name,
            "kind": entry.way,
            "on": str(entry.on),
            "with_whom": entry.with_whom,
            "said": entry.said,
            "next_action": entry.next_action,
            "next_on": entry.next_on and str(entry.next_on),
        }
        for entry in ContactEntry.objects.filter(by=user).select_related("organisation").order_by("pk")
    ]


def _erase(user: User) -> None:
    """The log is the pôle's, and stays without the name: the columns empty themselves with the account."""


def _own_pole(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return rows.filter(pole__in=user.pole_codes)


@verb
def forget_contacts(*, by: None) -> int:
    """The words of entries older than `KEEP_CONTACT_LOG_MONTHS` go, history included; how many."""
    old = ContactEntry.objects.filter(on__lt=months_ago(settings.KEEP_CONTACT_LOG_MONTHS).date())
    old = old.filter(Q(with_whom__gt="") | Q(said__gt="") | Q(next_on__isnull=False))
    pks = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
    blank_rows(ContactEntry, pks=pks, values=FORGOTTEN)
    return len(pks)


register_personal_data("contact_log", export=_export, erase=_erase)
register_people_columns(
    PeopleColumns(
        "contact_entries",
        ContactEntry,
        ("with_whom", "said", "next_action"),
        gettext_lazy("contact noté par un pôle"),
        organisation="organisation",
        scope=_own_pole,
    )
)

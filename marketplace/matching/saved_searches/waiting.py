"""What waits in « Mon espace »: searches that the list does not understand any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.matching.saved_searches.models import SavedSearch
from marketplace.web.waiting import WaitingItem, WaitingRest, WaitingRow, register_waiting, waiting_rows

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def faulty_rows(user: User) -> QuerySet[Any] | None:
    rows = SavedSearch.objects.filter(user=user, stopped_at=None, paused_at=None).exclude(fault="")
    return waiting_rows(
        rows,
        kind="saved_searches",
        subject=F("pk"),
        name=F("name"),
        since=F("looked_until"),
    )


def faulty_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Recherche à corriger : %(name)s") % {"name": row.name},
        text=_("Un de ses filtres n’est plus reconnu : elle ne vous écrit plus."),
        url=reverse("matching:saved_search", args=[row.subject]),
        action=_("Voir la recherche"),
        since=row.since,
    )


def faulty_left(n: int) -> WaitingRest:
    text = ngettext("et %(n)s autre recherche à corriger", "et %(n)s autres recherches à corriger", n)
    return WaitingRest(text=text % {"n": n}, url=reverse("matching:saved_searches"))


def register_search_waiting() -> None:
    register_waiting(kind="saved_searches", rows=faulty_rows, item=faulty_item, rest=faulty_left)

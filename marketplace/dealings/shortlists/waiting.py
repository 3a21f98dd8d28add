"""« Mon espace » of whoever keeps suppliers: their latest selections, where they stand. They ask for nothing."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.dealings.models import Shortlist, ShortlistEntry
from marketplace.web.typography import format_day_short, format_number
from marketplace.web.waiting import Urgency, WaitingItem, WaitingRow, register_waiting, waiting_rows

SHORTLIST = "dealings.shortlist"
SHOWN = 3


def shortlist_rows(user: Any) -> QuerySet[Any] | None:
    """The latest ones; `number` counts those that are kept."""
    latest = Shortlist.objects.visible_to(user).active().order_by("-updated_at", "-pk").values("pk")[:SHOWN]
    kept = (
        ShortlistEntry.objects.filter(Q(shortlist=OuterRef("pk"), state=ShortlistEntry.State.KEPT))
        .order_by()
        .values("shortlist")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return waiting_rows(
        Shortlist.objects.filter(pk__in=latest),
        kind=SHORTLIST,
        subject=F("pk"),
        name=F("name"),
        number=Subquery(kept),
        since=F("updated_at"),
    )


def shortlist_item(row: WaitingRow) -> WaitingItem:
    kept = ngettext("%(n)s fournisseur retenu", "%(n)s fournisseurs retenus", row.number) % {
        "n": format_number(row.number)
    }
    return WaitingItem(
        title=_("Sélection\u00a0: %(name)s") % {"name": row.name},
        text=_("%(kept)s. Modifiée le %(day)s.") % {"kept": kept, "day": format_day_short(row.since)},
        url=f"{reverse('dealings:selection')}?liste={row.subject}",
        action=_("Ouvrir la sélection"),
        urgency=Urgency.LATER,
    )


def register_shortlist_waiting() -> None:
    register_waiting(kind=SHORTLIST, rows=shortlist_rows, item=shortlist_item, informs=True)

"""What someone keeps before having an account: in their session, on this browser; it follows them in when they sign in.

Who has kept nothing has no session, and is answered from the pages that are kept for everyone (docs/adr/0024); who has kept
something brings a session's cookie, so that their pages are made for them and kept for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from marketplace.dealings.models import Shortlist, ShortlistEntry
from suppliers.models import Supplier

KEPT = "kept_suppliers"  # the session's key
MOST_KEPT = 20


@dataclass(frozen=True)
class KeptSupplier:
    supplier_id: int
    search: str
    at: datetime


def kept_by_visitor(request: HttpRequest) -> list[KeptSupplier]:
    """In the order in which they were kept. No query where no session is open."""
    found = []
    for row in request.session.get(KEPT, []):
        at = parse_datetime(row["at"])
        if at is not None:
            found.append(KeptSupplier(row["id"], row["search"], at))
    return found


def keep_for_visitor(request: HttpRequest, supplier: Supplier, search: str) -> bool:
    """False where the visitor has kept as many as one may without an account."""
    kept = kept_by_visitor(request)
    if any(one.supplier_id == supplier.pk for one in kept):
        return True
    if len(kept) >= MOST_KEPT:
        return False
    _write(request, [*kept, KeptSupplier(supplier.pk, search, timezone.now())])
    return True


def drop_for_visitor(request: HttpRequest, supplier: Supplier) -> None:
    _write(request, [one for one in kept_by_visitor(request) if one.supplier_id != supplier.pk])


def take_from_session(request: HttpRequest) -> list[KeptSupplier]:
    """What was kept, which the session then holds no more."""
    kept = kept_by_visitor(request)
    request.session.pop(KEPT, None)
    return kept


def visitor_shortlist(request: HttpRequest) -> tuple[Shortlist, list[ShortlistEntry]]:
    """The same as rows that are in no table, for the pages that show both."""
    kept = kept_by_visitor(request)
    suppliers = Supplier.objects.select_related("organisation__municipality", "directory__facets").in_bulk(
        [one.supplier_id for one in kept]
    )
    shortlist = Shortlist(name="")
    entries = [
        ShortlistEntry(
            shortlist=shortlist,
            supplier=supplier,
            supplier_name=supplier.organisation.name,
            position=place,
            search=one.search,
            added_at=one.at,
        )
        for place, one in enumerate(kept)
        if (supplier := suppliers.get(one.supplier_id))
    ]
    return shortlist, entries


def _write(request: HttpRequest, kept: Iterable[KeptSupplier]) -> None:
    rows: list[dict[str, Any]] = [
        {"id": one.supplier_id, "search": one.search, "at": one.at.isoformat()} for one in kept
    ]
    if rows:
        request.session[KEPT] = rows
        return
    request.session.pop(KEPT, None)
    if not request.session.keys():
        request.session.flush()  # whoever keeps nothing is answered as everyone is

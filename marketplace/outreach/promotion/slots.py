"""What promotion adds to other apps' pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from suppliers.models import Status, Supplier


def posters(request: HttpRequest, supplier: Supplier) -> dict[str, Any] | None:
    """For its own people and for staff, on a published listing: what they may pin on a wall. No query of its own."""
    user: Any = request.user
    if not user.is_authenticated or supplier.status != Status.PUBLISHED:
        return None
    if not user.is_staff and supplier.organisation_id not in user.organisation_ids:
        return None
    return {"poster_url": reverse("outreach:supplier_poster", args=[supplier.slug])}

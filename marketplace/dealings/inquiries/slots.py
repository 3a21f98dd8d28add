"""What other pages show of questions: « Poser une question » beside a supplier's contact."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from suppliers.models import Status, Supplier


def ask_link(request: HttpRequest, supplier: Supplier) -> dict[str, Any] | None:
    """The same for everyone: the page is kept for all. Whoever follows it signs in first."""
    return {"supplier": supplier} if supplier.status == Status.PUBLISHED else None

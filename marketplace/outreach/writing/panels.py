"""« Écrire une lettre », beside a supplier under /gestion/."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from suppliers.models import Status, Supplier


def write_form(request: HttpRequest, supplier: Supplier) -> dict[str, Any] | None:
    """No statement. Nothing for an archived listing: it is not written to."""
    return None if supplier.status == Status.ARCHIVED else {"supplier": supplier}

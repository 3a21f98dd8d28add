"""What is written on a supplier and on its organisation, by name of column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

ORGANISATION_FIELDS = (
    "neq", "name", "address", "town", "postal_code", "municipality_id", "mrc_id", "region_id", "lat", "lon",
    "pole_id", "email", "phone", "website",
)  # fmt: skip
SUPPLIER_FIELDS = (
    "legal_form", "activity", "sector_id", "staff_count", "capacity", "hours", "people_served", "insured_for", "insured_until",
)  # fmt: skip


def set_columns(row: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Set on `row` what differs; the columns that changed. Nothing is saved."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed

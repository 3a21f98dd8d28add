"""The last part of a page's address, made from a name."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify

if TYPE_CHECKING:
    from django.db.models import QuerySet

LENGTH = 70  # leaves room for « -12 » in a column of 80 characters


def free_slug(
    name: str, *, rows: QuerySet[Any], otherwise: str, reserved: Collection[str] = frozenset()
) -> str:
    """`name` in ASCII, a number behind it where a row of `rows` has that slug or another page that address.

    `otherwise` stands in for a name without a letter or digit.
    """
    base = slugify(name)[:LENGTH].strip("-") or otherwise
    taken = {*rows.filter(slug__startswith=base).values_list("slug", flat=True), *reserved}
    if base not in taken:
        return base
    return next(slug for n in range(2, len(taken) + 3) if (slug := f"{base}-{n}") not in taken)

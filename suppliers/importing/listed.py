"""Rows of a pôle's list that give no NEQ, against those of its former imports.

The same pôle, folded name and place are the same row. A place is the municipality where the town is known, so that
« Trois-Rivieres » and « Trois-Rivières (Québec) » are one; a town that was unknown, or not written, when the row first
came is found again too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from marketplace.territories.models import Pole
from marketplace.web.folding import fold_text
from suppliers.importing.rows import SupplierRow
from suppliers.models import ListedRow, Supplier


def find_listed_rows(rows: list[SupplierRow], *, pole: Pole | None) -> dict[int, ListedRow]:
    """By number of row. Two rows of the file never find the same one."""
    known: dict[str, dict[str, ListedRow]] = defaultdict(dict)
    names = {row.identity[0] for row in rows}
    kept = ListedRow.objects.filter(pole=pole, name_key__in=names).select_related("supplier__organisation")
    for listed in kept.select_for_update(of=("self", "supplier")).order_by("pk"):
        known[listed.name_key][listed.place_key] = listed
    found: dict[int, ListedRow] = {}
    taken: set[int] = set()
    for look in (same_place, place_unknown_before):
        for row in rows:
            if row.number in found:
                continue
            listed = look(row, known[row.identity[0]])
            if listed is not None and listed.pk not in taken:
                found[row.number] = listed
                taken.add(listed.pk)
    return found


def same_place(row: SupplierRow, places: dict[str, ListedRow]) -> ListedRow | None:
    return places.get(row.identity[1])


def place_unknown_before(row: SupplierRow, places: dict[str, ListedRow]) -> ListedRow | None:
    """The town was not known as a municipality yet, or the row had none."""
    town = fold_text(str(row.organisation.get("town", "")))
    return places.get(town) or places.get("")


def keep_listed_rows(
    rows: Iterable[tuple[SupplierRow, Supplier, ListedRow | None]],
    said: dict[int, dict[str, Any]],
    *,
    pole: Pole | None,
) -> None:
    """What the list says now, by number of row; a row that is new, or that gave its place since, gets its keys."""
    new, changed = [], []
    for row, supplier, listed in rows:
        name_key, place_key = row.identity
        if listed is None:
            keys = {"name_key": name_key, "place_key": place_key}
            new.append(ListedRow(supplier=supplier, pole=pole, **keys, **said[row.number]))
            continue
        for name, value in said[row.number].items():
            setattr(listed, name, value)
        listed.place_key = place_key
        changed.append(listed)
    ListedRow.objects.bulk_create(new)
    ListedRow.objects.bulk_update(
        changed, ["mapping", "values", "fingerprint", "last_changed_at", "place_key"]
    )

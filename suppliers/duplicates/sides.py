"""What staff may read of each of two listings, and the panel of duplicates on the page of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.accounts.models import User, is_in_territory
from suppliers.duplicates.wording import reasons_said
from suppliers.models import DuplicatePair, Status, Supplier, SupplierMerge


@dataclass(frozen=True)
class Side:
    """One of two listings. `is_seen` False: in another territory and not public, so that only whose it is is said."""

    supplier: Supplier
    is_ours: bool
    is_seen: bool
    whose: str

    @property
    def name(self) -> str:
        return self.supplier.organisation.name if self.is_seen else _("Une fiche d’un autre territoire")


def side_of(supplier: Supplier, reader: User, *, is_shared: bool = False) -> Side:
    """`is_shared`: its pôle proposed the merge, and shows it with that."""
    ours = is_in_territory(reader, supplier.organisation)
    is_seen = ours or is_shared or supplier.status == Status.PUBLISHED
    return Side(supplier, ours, is_seen, "" if ours else str(supplier.organisation.mrc or _("lieu inconnu")))


def duplicate_panel(request: HttpRequest, supplier: Supplier) -> dict[str, Any] | None:
    """Listings that may be this one, those that were merged into it, and where it went; two statements."""
    reader = request.user
    if not isinstance(reader, User) or not reader.is_staff:
        return None
    pairs = (
        DuplicatePair.objects.visible_to(reader)
        .open()
        .filter(Q(first=supplier) | Q(second=supplier))
        .select_related("first__organisation__mrc", "second__organisation__mrc")
        .order_by("-points")
    )
    merges = (
        SupplierMerge.objects.standing()
        .filter(Q(kept=supplier) | Q(lost=supplier))
        .select_related("kept__organisation", "lost__organisation", "by")
    )
    found = [
        (
            side_of(pair.second if pair.first_id == supplier.pk else pair.first, reader),
            pair,
            reasons_said(pair.reasons),
        )
        for pair in pairs[:3]
    ]
    standing = list(merges[:6])
    if not found and not standing:
        return None
    return {"supplier": supplier, "pairs": found, "merges": standing}

"""Who may act for a supplier, and who decides about it: asked about its organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.permissions import can_curate_organisation, is_member_of
from suppliers.models import Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


def can_curate_supplier(user: Visitor, supplier: Supplier) -> bool:
    """Verify, publish, withdraw: staff of the territory. The same rows as `SupplierQuerySet.curated_by`."""
    return can_curate_organisation(user, supplier.organisation)


def can_act_for_supplier(user: Visitor, supplier: Supplier) -> bool:
    """Submit, invite, decline: members, and who curates it."""
    return is_member_of(user, supplier.organisation) or can_curate_supplier(user, supplier)

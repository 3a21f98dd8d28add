"""Who may decide about a sheet: the predicates of `accounts.rules`, asked about the sheet's organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from marketplace.accounts import rules as who
from suppliers.models import Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


@rules.predicate
def curates(user: Visitor, supplier: Supplier | None) -> bool:
    """The same condition as `SupplierQuerySet.curated_by`, for one sheet at hand."""
    return supplier is not None and who.may_curate.test(user, supplier.organisation)


@rules.predicate
def belongs_to(user: Visitor, supplier: Supplier | None) -> bool:
    return supplier is not None and who.is_member_of.test(user, supplier.organisation)


rules.add_perm("suppliers.curate", curates)
rules.add_perm("suppliers.submit", curates | belongs_to)

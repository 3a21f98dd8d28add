"""« Ce n’est pas pour nous »: the notice leaves the supplier's space and never comes back by mail; it can be undone."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from buyers.models import Tender
from marketplace.accounts import rules
from marketplace.accounts.models import User
from marketplace.dealings.models import Decline
from marketplace.web.errors import NotAllowed
from marketplace.web.verbs import verb
from suppliers.models import Supplier


@verb
def decline(*, supplier: Supplier, tender: Tender, by: User | None) -> Decline:
    """Put a notice aside for a supplier. A second time changes nothing."""
    _check(supplier, by)
    refusal, _is_new = Decline.objects.get_or_create(supplier=supplier, tender=tender, defaults={"by": by})
    return refusal


@verb
def take_back(*, supplier: Supplier, tender: Tender, by: User | None) -> bool:
    """Let the notice come back among the supplier's suggestions; whether it had been put aside."""
    _check(supplier, by)
    deleted, _by_model = Decline.objects.filter(supplier=supplier, tender=tender).delete()
    return bool(deleted)


def put_aside() -> Q:
    """Condition on `Suggestion`: its supplier has declined its notice."""
    return Q(Exists(Decline.objects.filter(supplier=OuterRef("supplier"), tender=OuterRef("tender"))))


def _check(supplier: Supplier, by: User | None) -> None:
    """A supplier's members decide; staff of its pôle may, when asked by telephone."""
    if by is not None and not (rules.is_member_of | rules.may_curate).test(by, supplier.organisation):
        raise NotAllowed(_("Seuls les membres de cette entreprise peuvent écarter un avis."))

"""What waits in « Mon espace » about sheets: those that staff are to verify."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web import waiting
from suppliers.models import LegalForm, Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def to_review(user: User) -> QuerySet[Any] | None:
    """Submitted sheets of the territory, the oldest first."""
    if not user.is_staff:
        return None
    return waiting.columns(
        Supplier.objects.curated_by(user).waiting(),
        kind="suppliers.review",
        subject=F("pk"),
        name=F("organisation__name"),
        detail=F("legal_form"),
        since=F("status_changed_at"),
    )


def review(row: waiting.Row) -> waiting.Item:
    form = str(LegalForm(row.detail).label)
    return waiting.Item(
        title=row.name,
        text=_("%(form)s. Fiche soumise, à vérifier.") % {"form": form[:1].upper() + form[1:]},
        url=reverse("admin:suppliers_supplier_change", args=[row.subject]),
        action=_("Vérifier"),
        since=row.since,
    )


def more_to_review(n: int) -> waiting.Rest:
    return waiting.Rest(
        text=ngettext("et une autre fiche à vérifier", "et %(n)s autres fiches à vérifier", n) % {"n": n},
        url=reverse("admin:suppliers_supplier_queue"),
    )


waiting.register(kind="suppliers.review", rows=to_review, item=review, rest=more_to_review)

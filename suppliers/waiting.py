"""What waits in « Mon espace » about sheets: those that staff are to verify, those that members are to finish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web import waiting
from suppliers import states
from suppliers.models import Decision, LegalForm, Status, Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def to_review(user: User) -> QuerySet[Any] | None:
    """Sheets of the territory that were submitted, or changed since they were verified; the oldest first."""
    if not user.is_staff:
        return None
    return waiting.columns(
        Supplier.objects.curated_by(user).waiting(),
        kind="suppliers.review",
        subject=F("pk"),
        name=F("organisation__name"),
        detail=F("legal_form"),
        number=Case(When(recheck_since__isnull=False, then=Value(1)), default=Value(0)),
        since=Coalesce("recheck_since", "status_changed_at"),
    )


def review(row: waiting.Row) -> waiting.Item:
    form = str(LegalForm(row.detail).label)
    text = (
        _("%(form)s. Modifiée depuis la vérification.")
        if row.number
        else _("%(form)s. Fiche soumise, à vérifier.")
    )
    return waiting.Item(
        title=row.name,
        text=text % {"form": form[:1].upper() + form[1:]},
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


def to_finish(user: User) -> QuerySet[Any] | None:
    """The drafts of one's own organisations, those that the pôle sent back among them."""
    if not user.organisation_ids:
        return None
    last = Decision.objects.filter(supplier=OuterRef("pk")).exclude(verb=states.EDIT.verb)
    return waiting.columns(
        Supplier.objects.filter(organisation__in=user.organisation_ids, status=Status.DRAFT),
        kind="suppliers.draft",
        subject=F("pk"),
        name=F("organisation__name"),
        detail=Subquery(last.order_by("-at", "-pk").values("verb")[:1]),
        since=F("status_changed_at"),
    )


def finish(row: waiting.Row) -> waiting.Item:
    is_asked = row.detail == states.RETURN.verb
    return waiting.Item(
        title=row.name,
        text=_("Votre pôle demande un complément avant de publier la fiche.")
        if is_asked
        else _("Inscription commencée. Elle n’est pas encore envoyée au pôle."),
        url=reverse(
            "suppliers:register_step",
            kwargs={"pk": row.subject, "step": "criteria" if is_asked else "submit"},
        ),
        action=_("Compléter la fiche") if is_asked else _("Finir l’inscription"),
        urgency=waiting.NOW if is_asked else waiting.SOON,
        since=row.since,
    )


def more_to_finish(n: int) -> waiting.Rest:
    return waiting.Rest(
        text=ngettext("et une autre inscription à finir", "et %(n)s autres inscriptions à finir", n)
        % {"n": n},
        url=reverse("suppliers:register"),
    )


waiting.register(kind="suppliers.draft", rows=to_finish, item=finish, rest=more_to_finish)

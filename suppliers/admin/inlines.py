"""What hangs on a sheet: offers with their codes, where it delivers, whom to write to."""

from __future__ import annotations

from typing import Any

from django.db.models import Field, ForeignKey, TextField
from django.forms import ModelChoiceField, Textarea
from django.http import HttpRequest

from marketplace.web.admin import ScopedStackedInline, ScopedTabularInline
from suppliers.admin.forms import OfferFormSet, ServedAreaForm
from suppliers.models import Contact, Offer, ServedArea

WRITE = frozenset({"view", "add", "change", "delete"})


class OfferInline(ScopedStackedInline):
    model = Offer
    formset = OfferFormSet
    may = WRITE
    fields = [("title", "kind"), "description", "codes", "capacity"]
    autocomplete_fields = ["codes"]
    formfield_overrides = {TextField: {"widget": Textarea(attrs={"rows": 3})}}


class ServedAreaInline(ScopedTabularInline):
    model = ServedArea
    form = ServedAreaForm
    may = WRITE
    fields = ["place", "offer"]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        request.sheet = obj  # type: ignore[attr-defined]  # whose offers the next method may propose
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any] | Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        """Only the offers of this sheet."""
        if db_field.name == "offer":
            sheet = getattr(request, "sheet", None)
            kwargs["queryset"] = Offer.objects.filter(supplier=sheet) if sheet else Offer.objects.none()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[arg-type]


class ContactInline(ScopedStackedInline):
    model = Contact
    may = WRITE
    fields = [("name", "title"), ("email", "phone"), "is_public"]

"""Pictures and references on the page of a supplier in /gestion/: staff see them and take from the public what must go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.permissions import signed_in_user
from marketplace.web.admin import PlainForm, ScopedTabularInline
from suppliers.models import CustomerReference, SupplierPicture
from suppliers.references import remove_reference
from suppliers.supplier_pictures import hide_picture, picture_url, unhide_picture

SEE_AND_CHANGE = frozenset({"view", "change"})


class ByFormSet(forms.BaseInlineFormSet):
    """Its forms call verbs, which ask who acts."""

    by: Any = None  # set by the inline

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "by": self.by}


class ShowingInline(ScopedTabularInline):
    formset = ByFormSet
    may = SEE_AND_CHANGE
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.by = signed_in_user(request)
        return formset


class PictureForm(PlainForm):
    hidden = forms.BooleanField(label=_("Masquer au public"), required=False)

    class Meta:
        model = SupplierPicture
        fields = ["alt"]

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.initial["hidden"] = self.instance.hidden_at is not None

    def save(self, commit: bool = True) -> Any:
        picture = super().save(commit)
        if "hidden" in self.changed_data:
            move = hide_picture if self.cleaned_data["hidden"] else unhide_picture
            move(picture=picture, by=self.by)
        return picture


class PictureInline(ShowingInline):
    model = SupplierPicture
    form = PictureForm
    fields = ["drawn", "kind", "alt", "hidden"]
    readonly_fields = ["drawn", "kind"]

    @admin.display(description=_("image"))
    def drawn(self, picture: SupplierPicture) -> SafeString:
        return format_html(
            '<img src="{}" alt="" width="{}" height="{}">',
            picture_url(picture.key),
            round(picture.small_width / 4),
            round(picture.small_height / 4),
        )


class ReferenceForm(PlainForm):
    removed = forms.BooleanField(label=_("Retirer de la fiche"), required=False)

    class Meta:
        model = CustomerReference
        fields: list[str] = []

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        if self.instance.state not in (CustomerReference.State.ASKED, CustomerReference.State.CONFIRMED):
            self.fields["removed"].disabled = True

    def save(self, commit: bool = True) -> Any:
        if self.cleaned_data.get("removed"):
            remove_reference(reference=self.instance, by=self.by)
        return self.instance


class ReferenceInline(ShowingInline):
    """Whom the enterprise wrote to stays between them: staff read the organisation, never the address."""

    model = CustomerReference
    form = ReferenceForm
    fields = ["customer", "what", "year", "state", "from_domain", "removed"]
    readonly_fields = ["customer", "what", "year", "state", "from_domain"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomerReference]:
        return super().get_queryset(request).defer("person", "email", "consent")

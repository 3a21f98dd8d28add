"""The list of sheets and the page of one: who may see it, what it shows, how it is saved."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts import personal_data
from marketplace.accounts.request_admin import reader
from marketplace.web.admin import FULL, VerbAdmin
from marketplace.web.admin_history import HistoryLine, HistorySource
from marketplace.web.admin_lists import badge_cell, day_cell, folded_column, name_cell, search_rows
from suppliers import states
from suppliers.admin import actions, criteria, filters, pages
from suppliers.admin.decisions import as_line
from suppliers.admin.forms import SupplierForm
from suppliers.admin.inlines import ContactInline, OfferInline, ServedAreaInline
from suppliers.editing import open_supplier, update_supplier
from suppliers.models import Contact, CriterionAnswer, Decision, Offer, ServedArea, Status, Supplier


@admin.register(Supplier)
class SupplierAdmin(VerbAdmin):
    header_links = [
        (10, gettext_lazy("Vérification"), "admin:suppliers_supplier_queue"),
        (20, gettext_lazy("Fournisseurs"), "admin:suppliers_supplier_changelist"),
    ]
    staff_may = FULL
    platform_may = FULL
    form = SupplierForm
    list_display = ["name", "legal_form", "place", "state", "verified"]
    list_display_links = ["name"]
    list_select_related = ["organisation__mrc", "registration"]
    list_filter = [filters.StatusFilter, filters.MrcFilter, filters.FormFilter, filters.SourceFilter]
    search_fields = ["organisation__name", "organisation__neq", "organisation__town"]
    search_help_text = gettext_lazy("Nom, NEQ ou ville. Les accents ne comptent pas.")
    ordering = [folded_column("organisation__name"), "pk"]
    actions = actions.BULK
    inlines = [OfferInline, ServedAreaInline, ContactInline]
    fieldsets = [
        (gettext_lazy("Identité"), {"fields": ["name", ("neq", "legal_form"), "activity", "sector"]}),
        (
            gettext_lazy("Lieu"),
            {
                "fields": ["address", ("town", "postal_code"), "municipality", ("mrc", "region")],
                "description": gettext_lazy("La municipalité choisie donne la MRC et la région."),
            },
        ),
        (gettext_lazy("Joindre l’entreprise"), {"fields": [("email", "phone"), "website"]}),
        (gettext_lazy("Capacité"), {"fields": [("capacity", "staff_count")]}),
        (
            gettext_lazy("Finalités et certifications"),
            {"fields": ["purposes", "certifications"], "classes": ["collapse"]},
        ),
        (
            gettext_lazy("Changement demandé par téléphone"),
            {"fields": ["by_phone", "on_behalf_of"], "classes": ["collapse"]},
        ),
    ]

    # -- the list ----------------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("nom"), ordering=folded_column("organisation__name"))
    def name(self, supplier: Supplier) -> SafeString:
        return name_cell(supplier.organisation.name, supplier.neq)

    @admin.display(description=gettext_lazy("lieu"), ordering="organisation__town")
    def place(self, supplier: Supplier) -> str:
        seat = supplier.organisation
        mrc = seat.mrc.name if seat.mrc else _("sans MRC")
        return mrc if not seat.town or seat.town == mrc else f"{seat.town} ({mrc})"

    @admin.display(description=gettext_lazy("état"), ordering="status_changed_at")
    def state(self, supplier: Supplier) -> SafeString:
        return state_badge(supplier)

    @admin.display(description=gettext_lazy("vérifiée le"), ordering="verified_on")
    def verified(self, supplier: Supplier) -> SafeString:
        return day_cell(supplier.verified_on)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Supplier], search_term: str
    ) -> tuple[QuerySet[Supplier], bool]:
        columns = ["organisation__name", "organisation__town"]
        numbered = queryset.alias(any_neq=Coalesce("organisation__neq", "registration__claimed_neq"))
        return search_rows(numbered, search_term, columns=columns, neq="any_neq"), False

    # -- other pages -------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("file/", view(lambda r: pages.queue(self, r)), name="suppliers_supplier_queue"),
            self.verb_path("decision", "decision", lambda r, object_id: pages.decide(self, r, object_id)),
            self.verb_path("criteres", "findings", lambda r, object_id: criteria.find(self, r, object_id)),
            self.verb_path("inviter", "invite", lambda r, object_id: pages.invite(self, r, object_id)),
            *super().get_urls(),
        ]

    # -- the page of one sheet ---------------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Supplier | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = cast("type[SupplierForm]", super().get_form(request, obj, change, **kwargs))
        form.reader = request.user
        return form

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        personal_data.record_read(
            reader=reader(request), organisation=obj.organisation, what="supplier.sheet"
        )
        return pages.sheet_context(self, request, obj, given)

    def save_model(self, request: HttpRequest, obj: Supplier, form: Any, change: bool) -> None:
        """A new sheet is opened by its verb; an edited one is written with its inlines, in `save_related`."""
        if change:
            return
        opened = open_supplier(
            by=reader(request),
            values=form.values,
            pole=None if form.cleaned_data.get("mrc") else pages.own_pole(request),
            note=form.note,
        )
        obj.__dict__.update(opened.__dict__)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            update_supplier(
                supplier=form.instance,
                by=reader(request),
                changes=form.values,
                note=form.note,
            )

    def response_add(
        self, request: HttpRequest, obj: Supplier, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, _("Fiche ouverte en brouillon : %(name)s.") % {"name": obj})
        return HttpResponseRedirect(reverse("admin:suppliers_supplier_change", args=[obj.pk]))

    # -- history -----------------------------------------------------------------------------------------------

    def history_sources(self, obj: Supplier) -> list[HistorySource]:
        return [
            HistorySource(Supplier, {"pk": obj.pk}),
            HistorySource(type(obj.organisation), {"pk": obj.organisation_id}),
            *(
                HistorySource(model, {"supplier_id": obj.pk})
                for model in (Offer, ServedArea, Contact, CriterionAnswer)
            ),
        ]

    def history_notes(self, obj: Supplier) -> list[HistoryLine]:
        return [as_line(decision) for decision in Decision.objects.filter(supplier=obj).select_related("by")]


def state_badge(supplier: Supplier) -> SafeString:
    """« publiée, 8 déc. 2026 »."""
    from marketplace.web.typography import format_day_short

    text = f"{supplier.get_status_display()}, {format_day_short(supplier.status_changed_at)}"
    return badge_cell(states.BADGES[Status(supplier.status)], text)

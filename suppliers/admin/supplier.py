"""Suppliers and decisions as rows of /gestion/: who may see them, what they show, how a supplier is saved."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet, TextField
from django.db.models.functions import Coalesce
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import Organisation, curation_q
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.personal_data import record_personal_data_read
from marketplace.territories.models import Mrc, Pole
from marketplace.web.admin import (
    FULL,
    READ,
    ColumnFilter,
    KnownValues,
    ScopedAdmin,
    ScopedStackedInline,
    ScopedTabularInline,
)
from marketplace.web.admin_history import HistoryLine, HistorySource
from marketplace.web.admin_lists import day_cell, folded_column, name_cell, search_rows
from suppliers.admin import actions, panels
from suppliers.admin.certification_inline import HeldCertificationInline
from suppliers.admin.forms import CodesSelect, OfferFormSet, ServedAreaForm, ServedAreaFormSet, SupplierForm
from suppliers.admin.showing_inlines import PictureInline, ReferenceInline
from suppliers.admin.views import decision_lines, decision_sentence, review_context, supplier_badge
from suppliers.editing import open_supplier, update_supplier
from suppliers.models import (
    Contact,
    CriterionAnswer,
    Decision,
    HeldCertification,
    Offer,
    ServedArea,
    Status,
    Supplier,
)
from suppliers.renewals import SOON
from suppliers.verification import verification_of


class StatusFilter(ColumnFilter):
    title = gettext_lazy("état")
    parameter_name = "etat"
    column = "status"
    offers = Status.choices


class FormFilter(ColumnFilter):
    title = gettext_lazy("forme")
    parameter_name = "forme"
    column = "legal_form__startswith"
    offers = [
        ("obnl", gettext_lazy("OBNL")),
        ("coop", gettext_lazy("coopérative")),
        ("mutuelle", gettext_lazy("mutuelle")),
    ]


class SourceFilter(ColumnFilter):
    title = gettext_lazy("source")
    parameter_name = "source"
    column = "source"
    offers = Supplier.Source.choices


class FileFilter(KnownValues):
    """Listings that a person keeps and of which a file says something else."""

    title = gettext_lazy("fichier")
    parameter_name = "fichier"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        return [("autre", gettext_lazy("Le fichier diffère"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Supplier]) -> QuerySet[Supplier]:
        return queryset.filter(registry__differs__len__gt=0) if self.chosen() else queryset


class VerificationFilter(KnownValues):
    """As the public reads it today, and what lapses within sixty days."""

    title = gettext_lazy("vérification")
    parameter_name = "verification"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        return [
            ("verified", gettext_lazy("vérifiée")),
            ("lapsing", gettext_lazy("expire d’ici 60 jours")),
            ("lapsed", gettext_lazy("échue")),
            ("attested", gettext_lazy("attestée sans changement")),
            ("in_progress", gettext_lazy("en cours")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Supplier]) -> QuerySet[Supplier]:
        rows: Any = queryset
        questions = {
            "verified": rows.verified,
            "lapsing": lambda: rows.lapsing(by=timezone.localdate() + SOON).order_by(
                *queryset.query.order_by
            ),
            "lapsed": rows.lapsed,
            "attested": lambda: rows.published().filter(attested_at__isnull=False),
            "in_progress": lambda: rows.published().filter(verified_until__isnull=True),
        }
        value = self.chosen()
        return questions[value]() if value else queryset


class MrcFilter(KnownValues):
    """The reader's MRCs (all of them for a platform admin), and what has none."""

    title = gettext_lazy("MRC")
    parameter_name = "mrc"
    NONE = "sans"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        mine = Mrc.objects.order_by("name")
        if not request.user.is_superuser:
            mine = mine.filter(pk__in=request.user.covered_mrcs)
        return [(self.NONE, gettext_lazy("Sans MRC")), *mine.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Supplier]) -> QuerySet[Supplier]:
        value = self.chosen()
        if value == self.NONE:
            return queryset.filter(organisation__mrc__isnull=True)
        return queryset.filter(organisation__mrc=value) if value else queryset


WRITE = frozenset({"view", "add", "change", "delete"})


class OfferInline(ScopedStackedInline):
    model = Offer
    formset = OfferFormSet
    may = WRITE
    fields = [
        ("title", "kind"),
        "description",
        "codes",
        ("capacity", "output", "lead_days"),
        ("price_from", "price_to", "unit", "minimum_order"),
    ]
    autocomplete_fields = ["codes"]
    formfield_overrides = {TextField: {"widget": Textarea(attrs={"rows": 3})}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Offer]:
        return super().get_queryset(request).prefetch_related("codes")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["widget"] = CodesSelect(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class ServedAreaInline(ScopedTabularInline):
    model = ServedArea
    form = ServedAreaForm
    written_by_form = ["region", "mrc"]
    formset = ServedAreaFormSet
    may = WRITE
    fields = ["place", "offer"]


class ContactInline(ScopedStackedInline):
    model = Contact
    may = WRITE
    fields = [("name", "title"), ("email", "phone"), "is_public"]


@admin.register(Supplier)
class SupplierAdmin(ScopedAdmin):
    """The page of one supplier shows, beside its fields, the panels whose buttons lead to `views`."""

    header_links = [
        (10, gettext_lazy("Vérification"), "suppliers_admin:queue"),
        (20, gettext_lazy("Fournisseurs"), "admin:suppliers_supplier_changelist"),
        (72, gettext_lazy("Doublons possibles"), "suppliers_admin:duplicates"),
        (74, gettext_lazy("Écarts avec le registre"), "suppliers_admin:drift"),
    ]
    staff_may = FULL
    platform_may = FULL
    form = SupplierForm
    list_display = ["name", "legal_form", "place", "state", "verified"]
    list_display_links = ["name"]

    list_filter = [StatusFilter, VerificationFilter, MrcFilter, FormFilter, SourceFilter, FileFilter]
    search_fields = ["organisation__name", "organisation__neq", "organisation__town"]
    search_help_text = gettext_lazy("Nom, NEQ ou ville. Les accents ne comptent pas.")
    ordering = [folded_column("organisation__name"), "pk"]
    actions = actions.BULK
    inlines = [
        OfferInline,
        ServedAreaInline,
        ContactInline,
        HeldCertificationInline,
        PictureInline,
        ReferenceInline,
    ]
    fieldsets = [
        (gettext_lazy("Identité"), {"fields": ["name", ("neq", "legal_form"), "activity", "sector"]}),
        (
            gettext_lazy("Lieu"),
            {
                "fields": ["address", ("town", "postal_code"), "municipality", ("mrc", "region")],
                "description": gettext_lazy("La municipalité choisie donne la MRC et la région."),
            },
        ),
        (gettext_lazy("Joindre l’entreprise"), {"fields": [("email", "phone"), "website", "hours"]}),
        (
            gettext_lazy("Capacité"),
            {"fields": [("capacity", "staff_count"), "people_served", ("insured_for", "insured_until")]},
        ),
        (
            gettext_lazy("Finalités"),
            {"fields": ["purposes"], "classes": ["collapse"]},
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
        organisation = supplier.organisation
        mrc = organisation.mrc.name if organisation.mrc else _("sans MRC")
        return mrc if not organisation.town or organisation.town == mrc else f"{organisation.town} ({mrc})"

    @admin.display(description=gettext_lazy("état"), ordering="status_changed_at")
    def state(self, supplier: Supplier) -> SafeString:
        return supplier_badge(supplier)

    @admin.display(description=gettext_lazy("vérifiée le"), ordering="verified_on")
    def verified(self, supplier: Supplier) -> SafeString:
        return day_cell(supplier.verified_on) if verification_of(supplier).is_verified else day_cell(None)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Supplier], search_term: str
    ) -> tuple[QuerySet[Supplier], bool]:
        columns = ["organisation__name", "organisation__town"]
        numbered = queryset.alias(any_neq=Coalesce("organisation__neq", "registration__claimed_neq"))
        return search_rows(numbered, search_term, columns=columns, neq="any_neq"), False

    # -- the page of one supplier ------------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Supplier | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["fields"] = SupplierForm.Meta.fields  # the others are declared, Django need not look for them
        form = cast("type[SupplierForm]", super().get_form(request, obj, change, **kwargs))
        form.reader = request.user
        return form

    def get_queryset(self, request: HttpRequest) -> QuerySet[Supplier]:
        return super().get_queryset(request).for_review()

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        record_personal_data_read(
            reader=signed_in_user(request), organisation=obj.organisation, what="supplier.sheet"
        )
        return review_context(request, obj, {**given, **panels.panels_of(request, obj)})

    def version_rows(self, obj: Supplier) -> list[Any]:
        return [obj, obj.organisation]

    def other_forms(self, request: HttpRequest, obj: Supplier, shown: dict[str, Any] | None) -> list[Any]:
        if shown is None or request.method == "POST":
            return panels.standing_findings(obj)
        return [row.form for row in shown["criteria"]]

    def press_button(self, request: HttpRequest, obj: Supplier) -> HttpResponse | None:
        return panels.press_panels(request, obj)

    def save_model(self, request: HttpRequest, obj: Supplier, form: Any, change: bool) -> None:
        """A new supplier is opened by its verb; an edited one is written with its inlines, in `save_related`."""
        if change:
            return
        opened = open_supplier(
            by=signed_in_user(request),
            values=form.values,
            pole=None if form.cleaned_data.get("mrc") else _own_pole(request),
            **form.said,
        )
        obj.pk = opened.pk
        obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        edited = form.has_changed() or any(formset.has_changed() for formset in formsets)
        if change and (edited or not panels.is_pressed(request)):
            update_supplier(
                supplier=form.instance, by=signed_in_user(request), changes=form.values, **form.said
            )

    def response_add(
        self, request: HttpRequest, obj: Supplier, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, _("Fiche ouverte en brouillon : %(name)s.") % {"name": obj})
        return HttpResponseRedirect(reverse("admin:suppliers_supplier_change", args=[obj.pk]))

    written_by_form = [Organisation]

    # -- history -----------------------------------------------------------------------------------------------

    def history_sources(self, obj: Supplier) -> list[HistorySource]:
        return [
            HistorySource(Supplier, {"pk": obj.pk}),
            HistorySource(Organisation, {"pk": obj.organisation_id}),
            *(
                HistorySource(model, {"supplier_id": obj.pk})
                for model in (Offer, ServedArea, Contact, CriterionAnswer, HeldCertification)
            ),
        ]

    def history_notes(self, obj: Supplier) -> list[HistoryLine]:
        return decision_lines(obj)


@admin.register(Decision)
class DecisionAdmin(ScopedAdmin):
    staff_may = READ
    list_display = ["at", "who", "what", "by", "channel"]
    list_select_related = ["supplier__organisation", "by", "undoes", "undoing"]
    list_filter = ["channel"]
    search_fields = ["supplier__organisation__name"]
    fields = ["at", "who", "what", "message", "channel", "on_behalf_of", "by"]
    readonly_fields = ["at", "who", "what"]

    def scope(self, rows: QuerySet[Decision], user: Any) -> QuerySet[Decision]:
        return rows.filter(curation_q(user, "supplier__organisation__"))

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        columns = ["supplier__organisation__name"]
        return search_rows(queryset, search_term, columns=columns, neq="supplier__organisation__neq"), False

    @admin.display(description=gettext_lazy("fournisseur"))
    def who(self, decision: Decision) -> SafeString:
        page = reverse("admin:suppliers_supplier_change", args=[decision.supplier_id])
        return format_html('<a href="{}">{}</a>', page, decision.supplier)

    @admin.display(description=gettext_lazy("décision"))
    def what(self, decision: Decision) -> str:
        said = decision_sentence(decision)
        return _("%(what)s (annulée)") % {"what": said} if decision.undone else said


def _own_pole(request: HttpRequest) -> Pole | None:
    """The pôle that answers for a supplier without a place: the reader's first."""
    codes = sorted(signed_in_user(request).pole_codes)
    return Pole.objects.get(pk=codes[0]) if codes else None

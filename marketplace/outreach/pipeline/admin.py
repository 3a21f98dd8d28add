"""The pipeline as a table of /gestion/: filters, order, search; the page of one row with its gestures beside it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import Membership
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.personal_data import record_personal_data_read
from marketplace.outreach.contact_log.recording import team_of
from marketplace.outreach.models import (
    PLACE_LABELS,
    Approach,
    ContactEntry,
    InstitutionInvitation,
    Respondent,
)
from marketplace.outreach.pipeline.following import start_approach
from marketplace.outreach.pipeline.forms import ApproachForm, team_of_reader
from marketplace.outreach.pipeline.queries import SIDES
from marketplace.web.admin import FULL, KnownValues, ScopedAdmin
from marketplace.web.admin_lists import badge_cell, day_cell, folded_column, name_cell, search_rows
from suppliers.admin.supplier import MrcFilter

BADGES = {
    "to_ask": "plain",
    "asked": "wait",
    "talking": "info",
    "invited": "info",
    "arrived": "ok",
    "committed": "ok",
    "declined": "no",
}


class PlaceFilter(KnownValues):
    title = gettext_lazy("étape")
    parameter_name = "etape"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        return list(PLACE_LABELS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Approach]) -> QuerySet[Approach]:
        value = self.chosen()
        return queryset.filter(place=value) if value else queryset


class SideFilter(KnownValues):
    title = gettext_lazy("type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        return [("institutions", gettext_lazy("institutions")), ("entreprises", gettext_lazy("entreprises"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Approach]) -> QuerySet[Approach]:
        value = self.chosen()
        return queryset.filter(side=SIDES[value]) if value else queryset


class WhoseFilter(KnownValues):
    title = gettext_lazy("responsable")
    parameter_name = "qui"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        return [("moi", gettext_lazy("Moi")), ("personne", gettext_lazy("Personne pour l’instant"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Approach]) -> QuerySet[Approach]:
        value = self.chosen()
        if value == "personne":
            return queryset.filter(owner=None)
        return queryset.filter(owner=request.user) if value else queryset


class SilenceFilter(KnownValues):
    title = gettext_lazy("silence")
    parameter_name = "silence"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        return [("1", gettext_lazy("Sans nouvelles depuis 30 jours"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Approach]) -> QuerySet[Approach]:
        return queryset.filter(is_silent=True) if self.chosen() else queryset


@admin.register(Approach)
class ApproachAdmin(ScopedAdmin):
    header_links = [(14, gettext_lazy("Démarchage"), "outreach_admin:board")]
    staff_may = FULL
    platform_may = FULL
    form = ApproachForm
    list_display = ["who", "step", "mrc", "owner", "upcoming", "last"]
    list_display_links = ["who"]
    list_select_related = ["organisation__mrc", "owner"]
    list_filter = [PlaceFilter, SideFilter, WhoseFilter, SilenceFilter, MrcFilter]
    search_fields = ["organisation__name", "organisation__town", "contact_name"]
    search_help_text = gettext_lazy("Nom, NEQ, ville ou personne à joindre.")
    ordering = [folded_column("organisation__name"), "pk"]
    autocomplete_fields = ["organisation"]
    fieldsets = [
        (None, {"fields": ["organisation", ("side", "kind"), ("owner", "source")]}),
        (
            gettext_lazy("Personne à joindre"),
            {
                "fields": [("contact_name", "contact_title"), ("contact_email", "contact_phone"), ("consent_on", "consent_how")],
                "description": gettext_lazy(
                    "Rien ne part à cette adresse avant que vous ayez noté quand et comment la personne a accepté."
                ),
            },
        ),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Approach]:
        rows: Any = super().get_queryset(request)
        return rows.placed()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Approach], search_term: str
    ) -> tuple[QuerySet[Approach], bool]:
        found = search_rows(queryset, search_term, columns=self.search_fields, neq="organisation__neq")
        return found, False

    @admin.display(description=gettext_lazy("organisation"), ordering=folded_column("organisation__name"))
    def who(self, row: Approach) -> SafeString:
        return name_cell(row.organisation.name, row.organisation.neq)

    @admin.display(description=gettext_lazy("étape"), ordering="place")
    def step(self, row: Any) -> SafeString:
        badge = badge_cell(BADGES[row.place], capfirst(str(row.place_label)))
        return badge + badge_cell("no", _("sans nouvelles")) if row.is_silent else badge

    @admin.display(description=gettext_lazy("MRC"), ordering="organisation__mrc__name")
    def mrc(self, row: Approach) -> str:
        return row.organisation.mrc.name if row.organisation.mrc else ""

    @admin.display(description=gettext_lazy("prochaine action"), ordering="next_on")
    def upcoming(self, row: Any) -> SafeString:
        return day_cell(row.next_on)

    @admin.display(description=gettext_lazy("dernier contact"), ordering="last_on")
    def last(self, row: Any) -> SafeString:
        return day_cell(row.last_on)

    # -- the page of one ---------------------------------------------------------------------------------------

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = super().get_readonly_fields(request, obj)
        return [*shown, "organisation"] if obj else shown

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        request.approach_pole = obj.pole if obj else None  # type: ignore[attr-defined]  # whose team may own it
        return super().get_form(request, obj, change, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owner":
            pole = getattr(request, "approach_pole", None)
            kwargs["queryset"] = team_of(pole) if pole else team_of_reader(signed_in_user(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Approach, form: Any, change: bool) -> None:
        """A new row is taken up by its verb, once for each organisation."""
        if change:
            super().save_model(request, obj, form, change)
            return
        said = {name: value for name, value in form.cleaned_data.items() if name != "form_version"}
        taken = {name: said.pop(name) for name in ("organisation", "side", "owner", "source")}
        row, is_new = start_approach(by=signed_in_user(request), known=said, **taken)
        request.was_known = not is_new  # type: ignore[attr-defined]
        obj.pk = row.pk
        obj.refresh_from_db()

    def response_add(
        self, request: HttpRequest, obj: Approach, post_url_continue: str | None = None
    ) -> HttpResponse:
        if getattr(request, "was_known", False):
            messages.warning(request, _("Cette organisation est déjà suivie : rien n’a changé."))
        else:
            messages.success(request, _("Vous suivez maintenant cette organisation."))
        return HttpResponseRedirect(reverse("admin:outreach_approach_change", args=[obj.pk]))

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        reader = signed_in_user(request)
        record_personal_data_read(reader=reader, organisation=obj.organisation, what="outreach.contact_log")
        row: Any = Approach.objects.placed().select_related("organisation", "pole").get(pk=obj.pk)
        entries = ContactEntry.objects.visible_to(reader).standing().filter(organisation=obj.organisation_id)
        return {
            "row": row,
            "badge": badge_cell(BADGES[row.place], capfirst(str(row.place_label))),
            "entries": list(entries.select_related("by", "next_by", "pole")[:5]),
            "invitations": list(
                InstitutionInvitation.objects.filter(approach=obj)
                .select_related("invitation")
                .order_by("-at")
            ),
            "respondent": Respondent.objects.current()
            .filter(pole=obj.pole_id, organisation=obj.organisation_id)
            .first(),
            "may_invite": obj.side == Approach.Side.BUYING
            and not Membership.objects.filter(organisation=obj.organisation_id).exists(),
        }

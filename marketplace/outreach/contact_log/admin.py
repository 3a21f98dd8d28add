"""Contacts noted, as rows of /gestion/: found again, corrected, withdrawn, with their history."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.personal_data import record_personal_data_read
from marketplace.outreach.contact_log.forms import ContactEntryForm
from marketplace.outreach.contact_log.recording import team_of
from marketplace.outreach.models import ContactEntry
from marketplace.web.admin import EDIT, ScopedAdmin
from marketplace.web.admin_lists import search_rows


@admin.register(ContactEntry)
class ContactEntryAdmin(ScopedAdmin):
    staff_may = EDIT
    platform_may = EDIT
    form = ContactEntryForm
    list_display = ["on", "who", "what", "with_whom", "next_on", "by"]
    list_display_links = ["on"]
    list_select_related = ["organisation", "by"]
    list_filter = ["kind", "result"]
    search_fields = ["organisation__name", "with_whom", "said"]
    search_help_text = gettext_lazy("Organisation, personne ou mots de ce qui s’est dit.")
    ordering = ["-on", "-pk"]
    fields = [
        ("kind", "direction"), ("on", "result"), "with_whom", "said", "next_action", ("next_on", "next_by"),
    ]  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ContactEntry], search_term: str
    ) -> tuple[QuerySet[ContactEntry], bool]:
        return search_rows(queryset, search_term, columns=self.search_fields), False

    @admin.display(description=gettext_lazy("organisation"), ordering="organisation__name")
    def who(self, entry: ContactEntry) -> SafeString:
        page = reverse("outreach_admin:organisation_log", args=[entry.organisation_id])
        return format_html('<a href="{}">{}</a>', page, entry.organisation)

    @admin.display(description=gettext_lazy("type"), ordering="kind")
    def what(self, entry: ContactEntry) -> SafeString:
        said = capfirst(str(entry))
        return format_html("<del>{}</del>", said) if entry.withdrawn_at else SafeString(said)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "next_by":
            kwargs["queryset"] = team_of(getattr(request, "log_pole", None)).order_by("first_name", "pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        request.log_pole = obj.pole if obj else None  # type: ignore[attr-defined]  # whose team may own the next action
        return super().get_form(request, obj, change, **kwargs)

    def title_of(self, obj: Any) -> str:
        return f"{capfirst(str(obj))}, {obj.organisation}"

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        record_personal_data_read(
            reader=signed_in_user(request), organisation=obj.organisation, what="outreach.contact_log"
        )
        return {"entry": obj}

    def save_model(self, request: HttpRequest, obj: ContactEntry, form: Any, change: bool) -> None:
        if obj.next_on is None:
            obj.next_done_at, obj.next_done_by = None, None
        super().save_model(request, obj, form, change)

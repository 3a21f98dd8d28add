"""The list of events and the settings of one, for staff of the pôle that runs it and platform admins.

Participants, the grid and what is done with them are ordinary views, in `admin_views.py`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, ForeignKey, QuerySet, TextField, TimeField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.permissions import signed_in_user
from marketplace.events.admin_views import EVENT_PAGES, act_on_event, event_head_context
from marketplace.events.contexts import EVENT_BADGES
from marketplace.events.forms import BlockFormSet, EventForm
from marketplace.events.lifecycle import STANDING, reschedule_event
from marketplace.events.models import Block, MatchmakingEvent, Meeting, Participation, State
from marketplace.web.admin import FULL, ScopedAdmin, ScopedTabularInline
from marketplace.web.admin_history import HistorySource
from marketplace.web.admin_lists import (
    badge_cell,
    search_rows,
)
from marketplace.web.slugs import free_slug

#: What free hours are counted by: fixed once people may have said when they come.
HOURS = ("slot_minutes", "gap_minutes")
#: What `reschedule` changes and tells, once the event is open.
WHERE = frozenset({"day", "place", "address"})
#: Words that are pages under /activites/ in one language or the other.
RESERVED = frozenset({"calendrier", "calendar", "inscription", "registration", "souhaits", "wishes"})


class BlockInline(ScopedTabularInline):
    model = Block
    formset = BlockFormSet
    fields = ["starts_at", "slots", "pause"]

    def _may(self, obj: MatchmakingEvent | None) -> bool:
        return obj is None or obj.state == State.DRAFT

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(obj)

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, TimeField):
            kwargs["widget"] = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 2 if obj is None else 0


@admin.register(MatchmakingEvent)
class MatchmakingEventAdmin(ScopedAdmin):
    header_links = [(40, gettext_lazy("Activités"), "admin:events_matchmakingevent_changelist")]
    staff_may = FULL
    platform_may = FULL
    form = EventForm
    list_display = ["title", "day", "place", "status"]
    list_select_related = ["pole"]
    list_filter = ["state"]
    search_fields = ["title", "place"]
    ordering = ["-day", "pk"]
    inlines = [BlockInline]
    fieldsets = [
        (gettext_lazy("Quoi"), {"fields": ["title", "text", ("pole", "region")]}),
        (gettext_lazy("En anglais"), {"fields": ["title_en", "text_en"], "classes": ["collapse"]}),
        (gettext_lazy("Où et quand"), {"fields": ["day", ("place", "address")]}),
        (
            gettext_lazy("Dates"),
            {"fields": ["registration_opens_at", "registration_closes_at", "wishes_close_at"]},
        ),
        (
            gettext_lazy("La salle"),
            {
                "fields": [
                    ("slot_minutes", "gap_minutes"),
                    ("tables", "spare_tables"),
                    "most_wishes",
                    ("buyer_places", "supplier_places"),
                ]
            },
        ),
    ]

    # -- the list ----------------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def status(self, event: MatchmakingEvent) -> SafeString:
        return badge_cell(EVENT_BADGES[State(event.state)], event.get_state_display().capitalize())

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[MatchmakingEvent], search_term: str
    ) -> tuple[QuerySet[MatchmakingEvent], bool]:
        return search_rows(queryset, search_term, columns=["title", "place"]), False

    # -- the settings of one -----------------------------------------------------------------------------------

    def get_readonly_fields(self, request: HttpRequest, obj: MatchmakingEvent | None = None) -> list[str]:
        fixed = super().get_readonly_fields(request, obj)
        if obj is None or obj.state == State.DRAFT:
            return fixed
        fixed = [*fixed, *HOURS, "pole"]
        if obj.state in (State.OPEN, State.WISHES):
            return fixed
        fixed += ["tables", "spare_tables", "most_wishes"]
        return fixed if obj.state in STANDING else [*fixed, *sorted(WHERE)]

    def get_field_queryset(
        self, db: str | None, db_field: Field[Any, Any], request: HttpRequest
    ) -> QuerySet[Any]:
        """Staff run events of their own pôle only."""
        rows = super().get_field_queryset(db, db_field, request)
        if db_field.name == "pole" and not request.user.is_superuser:
            return rows.filter(pk__in=request.user.pole_codes)
        return rows

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, TextField):
            kwargs["widget"] = forms.Textarea(attrs={"rows": 5})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "pole" and not request.user.is_superuser:
            kwargs["initial"] = min(request.user.pole_codes, default=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: MatchmakingEvent, form: Any, change: bool) -> None:
        """Of an open event, the day and the place change by their verb, which tells everyone."""
        if not change:
            obj.slug = free_slug(
                obj.title, rows=MatchmakingEvent.objects.all(), otherwise="activite", reserved=RESERVED
            )
        if not change or obj.state == State.DRAFT:
            super().save_model(request, obj, form, change)
            return
        columns = {field.name for field in MatchmakingEvent._meta.concrete_fields}
        if (
            changed := columns.intersection(form.changed_data) - WHERE
        ):  # a verb may have moved the state meanwhile
            obj.save(update_fields=sorted(changed))
        if WHERE.intersection(form.changed_data) and reschedule_event(
            event=obj, by=signed_in_user(request), day=obj.day, place=obj.place, address=obj.address
        ):
            self.message_user(
                request,
                _("Un nouveau jour ou un nouveau lieu est annoncé par courriel aux organisations inscrites."),
            )

    def press_button(self, request: HttpRequest, obj: MatchmakingEvent) -> HttpResponse | None:
        """The next step belongs to the form: the settings that were typed are saved before the event moves."""
        if "geste" not in request.POST:
            return None
        event = MatchmakingEvent.objects.get(pk=obj.pk)
        said, page = act_on_event(request, event, signed_in_user(request))
        self.message_user(request, said)
        return HttpResponseRedirect(reverse(EVENT_PAGES.get(page, EVENT_PAGES["grid"]), args=[obj.pk]))

    def response_add(
        self, request: HttpRequest, obj: MatchmakingEvent, post_url_continue: str | None = None
    ) -> HttpResponse:
        self.message_user(
            request, _("Activité en préparation : %(name)s. Relisez-la, puis ouvrez-la.") % {"name": obj}
        )
        return HttpResponseRedirect(reverse("admin:events_matchmakingevent_change", args=[obj.pk]))

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        return event_head_context(obj, "change")

    def history_sources(self, obj: MatchmakingEvent) -> list[HistorySource]:
        return [
            HistorySource(MatchmakingEvent, {"pk": obj.pk}),
            HistorySource(Block, {"event_id": obj.pk}),
            HistorySource(Participation, {"event_id": obj.pk}),
            HistorySource(Meeting, {"event_id": obj.pk}),
        ]

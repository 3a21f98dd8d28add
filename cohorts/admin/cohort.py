"""The list of cohorts and the page of one: its dates and workshops, its places, and the verbs of its life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts import lifecycle
from cohorts.admission import change_cohort_places, lock_cohort, offer_free_places
from cohorts.calendar import cohort_calendar, tell_calendar_changes
from cohorts.forms import CohortForm
from cohorts.labels import count_free_places
from cohorts.lifecycle import cancel_cohort
from cohorts.models import Cohort, State, Workshop
from marketplace.web.admin import FULL, ScopedStackedInline, VerbAdmin
from marketplace.web.admin_history import HistorySource
from marketplace.web.admin_lists import badge_cell, day_cell, folded_column, search_rows
from marketplace.web.errors import Refused
from marketplace.web.slugs import free_slug

if TYPE_CHECKING:
    from marketplace.accounts.models import User

BADGES = {
    State.DRAFT: "plain",
    State.OPEN: "ok",
    State.CLOSED: "wait",
    State.RUNNING: "info",
    State.DONE: "plain",
    State.CANCELLED: "no",
}
#: What may be done from a state, in the order of the buttons: (the verb's name, its button, its tone).
MOVES: dict[State, list[tuple[str, Any, str]]] = {
    State.DRAFT: [("open_cohort", gettext_lazy("Annoncer la cohorte"), "good")],
    State.OPEN: [("close_applications", gettext_lazy("Clore les candidatures"), "second")],
    State.CLOSED: [
        ("reopen_applications", gettext_lazy("Rouvrir les candidatures"), "second"),
        ("start", gettext_lazy("Commencer la cohorte"), "second"),
    ],
    State.RUNNING: [
        ("promote", gettext_lazy("Offrir les places libres"), "second"),
        ("finish", gettext_lazy("Terminer la cohorte"), "second"),
    ],
}
DATETIME = {
    "form_class": forms.DateTimeField,
    "widget": forms.DateTimeInput(
        format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "inp inp-m"}
    ),
}


class WorkshopInline(ScopedStackedInline):
    """Once the cohort is announced a workshop is cancelled, not removed: calendars and people must hear of it."""

    model = Workshop
    may = frozenset({"view", "add", "change", "delete"})
    formfield_overrides = {models.DateTimeField: DATETIME}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields: list[Any] = [("title", "title_en"), ("starts_at", "minutes"), "place"]
        return [*fields, "is_cancelled"] if obj is not None and obj.opened_at else fields

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "is_cancelled" and field is not None:
            field.help_text = _(
                "Quand vous enregistrez, qui a une place l’apprend par courriel; de même d’un nouveau jour ou lieu."
            )
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (obj is None or not obj.opened_at) and super().has_delete_permission(request, obj)


@admin.register(Cohort)
class CohortAdmin(VerbAdmin):
    header_links = [(35, gettext_lazy("Cohortes"), "admin:cohorts_cohort_changelist")]
    staff_may = FULL
    platform_may = FULL
    form = CohortForm
    list_display = ["called", "pole", "badge", "filled", "in_line", "undecided", "begins"]
    list_display_links = ["called"]
    list_select_related = ["programme", "pole"]
    list_filter = ["state"]
    search_fields = ["title"]
    ordering = ["-starts_on", "pk"]
    inlines = [WorkshopInline]
    formfield_overrides = {models.DateTimeField: DATETIME}
    fieldsets = [
        (
            gettext_lazy("La cohorte"),
            {
                "fields": [
                    "programme",
                    ("title", "title_en"),
                    ("text", "text_en"),
                    ("audience", "audience_en"),
                ]
            },
        ),
        (gettext_lazy("Qui l’anime"), {"fields": ["pole", "region", "partners"]}),
        (gettext_lazy("Comment on y entre"), {"fields": ["admission", ("places", "confirm_days")]}),
        (
            gettext_lazy("Quand et où"),
            {
                "fields": [
                    ("opens_at", "closes_at"),
                    ("starts_on", "ends_on"),
                    "is_online",
                    ("place", "address"),
                ]
            },
        ),
    ]

    # -- the list ----------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        return cast("Any", super().get_queryset(request)).counted()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Cohort], search_term: str
    ) -> tuple[QuerySet[Cohort], bool]:
        return search_rows(queryset, search_term, columns=["title", "programme__name"]), False

    @admin.display(description=gettext_lazy("titre"), ordering=folded_column("title"))
    def called(self, cohort: Cohort) -> str:
        return cohort.name

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def badge(self, cohort: Cohort) -> SafeString:
        return badge_cell(BADGES[State(cohort.state)], cohort.get_state_display())

    @admin.display(description=gettext_lazy("places prises"))
    def filled(self, cohort: Any) -> str:
        return _("%(taken)s sur %(places)s") % {"taken": cohort.taken, "places": cohort.places}

    @admin.display(description=gettext_lazy("en attente"))
    def in_line(self, cohort: Any) -> int:
        return int(cohort.waiting)

    @admin.display(description=gettext_lazy("à décider"))
    def undecided(self, cohort: Any) -> int:
        return int(cohort.to_decide)

    @admin.display(description=gettext_lazy("début"), ordering="starts_on")
    def begins(self, cohort: Cohort) -> SafeString:
        return day_cell(cohort.starts_on)

    # -- the page of one cohort --------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        return [self.verb_path("geste", "move", self.act), *super().get_urls()]

    def get_form(
        self, request: HttpRequest, obj: Cohort | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = cast("type[CohortForm]", super().get_form(request, obj, change, **kwargs))
        form.reader = request.user
        return form

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        return {
            "cohort": obj,
            "badge": self.badge(obj),
            "taken": obj.taken,
            "left": count_free_places(obj),
            "waiting": obj.waiting,
            "to_decide": obj.to_decide,
            "moves": MOVES.get(State(obj.state), []),
            "may_cancel": obj.state not in (State.DONE, State.CANCELLED),
            "applications": reverse("admin:cohorts_application_changelist") + f"?cohorte={obj.pk}",
            "preview": reverse("cohorts:cohort", args=[obj.slug]),
            "refusal": given.get("refusal", ""),
            "second_save": obj.state == State.DRAFT,
        }

    def save_model(self, request: HttpRequest, obj: Cohort, form: Any, change: bool) -> None:
        """Places change by their verb: more of them go to those who wait."""
        by = cast("User", request.user)
        if not change:
            obj.slug = free_slug(obj.title, rows=Cohort.objects.all(), otherwise="cohorte")
            obj.save()
            return
        lock_cohort(obj)  # held until the whole page is saved
        form.calendar_before = cohort_calendar(obj)
        columns = {field.name for field in Cohort._meta.concrete_fields} - {"places"}
        if changed := columns.intersection(
            form.changed_data
        ):  # only these: a verb may have moved the state meanwhile
            obj.save(update_fields=sorted(changed))
        if "places" not in form.changed_data:
            return
        places = obj.places
        if offered := change_cohort_places(cohort=obj, places=places, by=by):
            sentence = ngettext(
                "%(n)s place est offerte à la première en attente.",
                "%(n)s places sont offertes aux premières en attente.",
                offered,
            )
            messages.success(request, sentence % {"n": offered})

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Those who are in read what changed in the calendar, once for the whole page."""
        super().save_related(request, form, formsets, change)
        if not change:
            return
        by = cast("User", request.user)
        if told := tell_calendar_changes(cohort=form.instance, before=form.calendar_before, by=by):
            sentence = ngettext(
                "%(n)s entreprise reçoit le nouveau calendrier par courriel.",
                "%(n)s entreprises reçoivent le nouveau calendrier par courriel.",
                told,
            )
            messages.success(request, sentence % {"n": told})

    def response_add(
        self, request: HttpRequest, obj: Cohort, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, _("Cohorte en préparation : %(name)s.") % {"name": obj})
        return HttpResponseRedirect(reverse("admin:cohorts_cohort_change", args=[obj.pk]))

    def act(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST of the aside: one button, one verb."""
        cohort = self.posted(request, object_id)
        if isinstance(cohort, HttpResponse):
            return cohort
        by, move = cast("User", request.user), request.POST.get("move", "")
        try:
            if move == "cancel_cohort":
                cancel_cohort(cohort=cohort, by=by, message=request.POST.get("message", ""))
            elif move == "promote":
                offer_free_places(cohort=cohort, by=by)
            elif move in {name for moves in MOVES.values() for name, _label, _tone in moves}:
                getattr(lifecycle, {"start": "start_cohort", "finish": "finish_cohort"}.get(move, move))(
                    cohort=cohort, by=by
                )
            else:
                raise Refused(_("Ce geste n’est pas connu. Rien n’a changé."))
        except Refused as why:
            messages.error(request, str(why))
        else:
            said = {"name": cohort, "state": cohort.get_state_display()}
            messages.success(request, _("%(name)s : %(state)s.") % said)
        return HttpResponseRedirect(reverse("admin:cohorts_cohort_change", args=[cohort.pk]))

    def history_sources(self, obj: Cohort) -> list[HistorySource]:
        return [HistorySource(Cohort, {"pk": obj.pk}), HistorySource(Workshop, {"cohort_id": obj.pk})]

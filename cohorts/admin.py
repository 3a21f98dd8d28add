"""Rows of cohorts in the admin: programmes, cohorts with their workshops, and requests to join.

Decisions and the moves of a cohort's life are ordinary views, in `admin_views.py`.
"""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.admin_views import BULK_DECISIONS, COHORT_MOVES, move_cohort
from cohorts.admission import change_cohort_places, lock_cohort
from cohorts.calendar import cohort_calendar, tell_calendar_changes
from cohorts.forms import CohortForm, ProgrammeForm
from cohorts.labels import COHORT_STATE_BADGES, application_badge, count_free_places
from cohorts.models import Application, Cohort, Programme, State, Workshop
from marketplace.accounts.permissions import signed_in_user
from marketplace.web.admin import (
    FULL,
    READ,
    ColumnFilter,
    KnownValues,
    ScopedAdmin,
    ScopedStackedInline,
)
from marketplace.web.admin_history import HistorySource
from marketplace.web.admin_lists import (
    badge_cell,
    folded_column,
    name_cell,
    search_rows,
)
from marketplace.web.errors import Refused
from marketplace.web.slugs import free_slug


@admin.register(Programme)
class ProgrammeAdmin(ScopedAdmin):
    staff_may = FULL
    platform_may = FULL
    form = ProgrammeForm
    list_display = ["name", "pole"]
    list_select_related = ["pole"]
    search_fields = ["name"]
    ordering = [folded_column("name"), "pk"]
    fields = [("name", "name_en"), "teaches", "teaches_en", "pole"]

    def has_change_permission(self, request: HttpRequest, obj: Programme | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or request.user.is_superuser:
            return True
        return obj.pole_id in request.user.pole_codes

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return search_rows(queryset, search_term, columns=["name", "name_en"]), False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.reader = request.user
        return form


class WorkshopInline(ScopedStackedInline):
    """Once the cohort is announced a workshop is cancelled, not removed: calendars and people must hear of it."""

    model = Workshop
    may = frozenset({"view", "add", "change", "delete"})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields: list[Any] = [("title", "title_en"), ("starts_at", "minutes"), "place"]
        return [*fields, "is_cancelled"] if obj is not None and obj.opened_at else fields

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "is_cancelled" and field is not None:
            field.help_text = _(
                "À l’enregistrement, un courriel annonce aux entreprises la place qui leur est offerte, ou le nouveau jour et le nouveau lieu d’un atelier."
            )
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (obj is None or not obj.opened_at) and super().has_delete_permission(request, obj)


@admin.register(Cohort)
class CohortAdmin(ScopedAdmin):
    header_links = [(35, gettext_lazy("Cohortes"), "admin:cohorts_cohort_changelist")]
    staff_may = FULL
    platform_may = FULL
    form = CohortForm
    list_display = ["called", "pole", "badge", "filled", "in_line", "undecided", "starts_on"]
    list_display_links = ["called"]
    list_select_related = ["programme", "pole"]
    list_filter = ["state"]
    search_fields = ["title"]
    ordering = ["-starts_on", "pk"]
    inlines = [WorkshopInline]
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
        return badge_cell(COHORT_STATE_BADGES[State(cohort.state)], cohort.get_state_display())

    @admin.display(description=gettext_lazy("places prises"))
    def filled(self, cohort: Any) -> str:
        return _("%(taken)s sur %(places)s") % {"taken": cohort.taken, "places": cohort.places}

    @admin.display(description=gettext_lazy("en attente"))
    def in_line(self, cohort: Any) -> int:
        return int(cohort.waiting)

    @admin.display(description=gettext_lazy("à décider"))
    def undecided(self, cohort: Any) -> int:
        return int(cohort.to_decide)

    # -- the page of one cohort --------------------------------------------------------------------------------

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
            "moves": COHORT_MOVES.get(State(obj.state), []),
            "asks_reason": (obj.state == State.CLOSED and obj.starts_on > timezone.localdate())
            or obj.state == State.RUNNING,
            "reason": request.POST.get("reason", ""),
            "may_cancel": obj.state not in (State.DONE, State.CANCELLED),
            "applications": reverse("admin:cohorts_application_changelist") + f"?cohorte={obj.pk}",
            "preview": reverse("cohorts:cohort", args=[obj.slug]),
            "second_save": obj.state == State.DRAFT,
            "cancel_message": request.POST.get("message", ""),
        }

    def save_model(self, request: HttpRequest, obj: Cohort, form: Any, change: bool) -> None:
        """Places change by their verb: more of them go to those who wait."""
        by = signed_in_user(request)
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
        by = signed_in_user(request)
        if told := tell_calendar_changes(cohort=form.instance, before=form.calendar_before, by=by):
            sentence = ngettext(
                "%(n)s entreprise est avisée du changement par courriel.",
                "%(n)s entreprises sont avisées du changement par courriel.",
                told,
            )
            messages.success(request, sentence % {"n": told})

    def press_button(self, request: HttpRequest, obj: Cohort) -> HttpResponse | None:
        """The buttons of the aside belong to the form: what is typed in it is saved before the cohort moves."""
        if "move" in request.POST:
            move_cohort(request, Cohort.objects.get(pk=obj.pk))
            return HttpResponseRedirect(reverse("admin:cohorts_cohort_change", args=[obj.pk]))
        if request.POST.get("message", "").strip():
            raise Refused(
                _(
                    "Vous avez écrit une raison d’annuler sans choisir « Annuler la cohorte ». Rien n’est "
                    "enregistré : annulez la cohorte, ou effacez la raison."
                )
            )
        return None

    def response_add(
        self, request: HttpRequest, obj: Cohort, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, _("Cohorte en préparation : %(name)s.") % {"name": obj})
        return HttpResponseRedirect(reverse("admin:cohorts_cohort_change", args=[obj.pk]))

    def history_sources(self, obj: Cohort) -> list[HistorySource]:
        return [HistorySource(Cohort, {"pk": obj.pk}), HistorySource(Workshop, {"cohort_id": obj.pk})]


class CohortFilter(KnownValues):
    title = gettext_lazy("cohorte")
    parameter_name = "cohorte"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        rows = Cohort.objects.curated_by(request.user).order_by("-starts_on", "pk")
        return [(cohort.pk, cohort.name) for cohort in rows.only("title", "title_en")]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        value = self.chosen()
        return queryset.filter(cohort=int(value)) if value else queryset


class StateFilter(ColumnFilter):
    title = gettext_lazy("état")
    parameter_name = "etat"
    column = "state"
    offers = Application.State.choices


@admin.register(Application)
class ApplicationAdmin(ScopedAdmin):
    staff_may = READ
    list_display = ["arrival", "enterprise", "cohort_name", "badge", "place_in_line", "applied_at"]
    list_display_links = ["enterprise"]
    list_select_related = ["cohort", "supplier__organisation"]
    list_filter = [CohortFilter, StateFilter]
    search_fields = ["supplier__organisation__name"]
    ordering = ["-cohort", "arrival"]
    actions = BULK_DECISIONS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        return cast("Any", super().get_queryset(request)).ranked()

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever sees a request here decides about it: the rows are those of their own cohorts."""
        return self.may(request, "view")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Application], search_term: str
    ) -> tuple[QuerySet[Application], bool]:
        columns = ["supplier__organisation__name"]
        found = search_rows(queryset, search_term, columns=columns, neq="supplier__organisation__neq")
        return found, False

    @admin.display(description=gettext_lazy("entreprise"))
    def enterprise(self, application: Application) -> SafeString:
        seat = application.supplier.organisation
        return name_cell(seat.name, seat.neq)

    @admin.display(description=gettext_lazy("cohorte"))
    def cohort_name(self, application: Application) -> str:
        return application.cohort.name

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def badge(self, application: Application) -> SafeString:
        said = application_badge(application)
        return badge_cell(said.kind, application.get_state_display())

    @admin.display(description=gettext_lazy("rang"))
    def place_in_line(self, application: Any) -> str:
        return str(application.rank or "–")

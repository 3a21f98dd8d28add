"""The requests of one's cohorts, in the order of arrival: read, decide, export. Verbs decide; nothing is typed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts import admission
from cohorts.admin import actions
from cohorts.admin.filters import CohortFilter, StateFilter
from cohorts.forms import MessageForm
from cohorts.labels import application_badge
from cohorts.models import Application
from marketplace.accounts import personal_data
from marketplace.web.admin import READ, VerbAdmin
from marketplace.web.admin_lists import badge_cell, moment_cell, name_cell, search_rows
from marketplace.web.errors import Refused

if TYPE_CHECKING:
    from marketplace.accounts.models import User

State = Application.State
#: What may be decided from a state: (the verb's name, its button, its tone).
MOVES: dict[State, list[tuple[str, Any, str]]] = {
    State.APPLIED: [
        ("accept", gettext_lazy("Accepter"), "good"),
        ("put_on_waiting_list", gettext_lazy("Liste d’attente"), "second"),
        ("decline", gettext_lazy("Décliner"), "danger"),
    ],
    State.WAITING: [
        ("decline", gettext_lazy("Décliner"), "danger"),
        ("withdraw", gettext_lazy("Retirer, à sa demande"), "second"),
    ],
    State.OFFERED: [
        ("confirm", gettext_lazy("Confirmer, à sa demande"), "second"),
        ("withdraw", gettext_lazy("Retirer, à sa demande"), "second"),
    ],
    State.ACCEPTED: [("withdraw", gettext_lazy("Retirer, à sa demande"), "second")],
}
VERBS: dict[str, Any] = {
    "accept": admission.accept_application,
    "put_on_waiting_list": admission.waitlist_application,
    "decline": admission.decline_application,
    "withdraw": admission.withdraw_application,
    "confirm": admission.confirm_offered_place,
}
WITH_MESSAGE = ("accept", "put_on_waiting_list", "decline")


@admin.register(Application)
class ApplicationAdmin(VerbAdmin):
    staff_may = READ
    list_display = ["arrival", "enterprise", "cohort_name", "badge", "place_in_line", "when"]
    list_display_links = ["enterprise"]
    list_select_related = ["cohort", "supplier__organisation"]
    list_filter = [CohortFilter, StateFilter]
    search_fields = ["supplier__organisation__name"]
    ordering = ["-cohort", "arrival"]
    actions = actions.BULK
    fields = ["supplier", "cohort", "applied_at", "by", "motivation", "message", "decided_by", "confirm_by"]

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

    @admin.display(description=gettext_lazy("posée le"), ordering="applied_at")
    def when(self, application: Application) -> SafeString:
        return moment_cell(application.applied_at)

    # -- the page of one request -------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        return [self.verb_path("decision", "decision", self.decide), *super().get_urls()]

    def title_of(self, obj: Application) -> str:
        return obj.supplier.organisation.name

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        seat = obj.supplier.organisation
        personal_data.record_read(
            reader=cast("User", request.user), organisation=seat, what="cohort.application"
        )
        standing = obj.cohort.is_standing
        return {
            "application": obj,
            "badge": self.badge(obj),
            "moves": MOVES.get(State(obj.state), []) if standing else [],
            "with_message": standing and obj.state in (State.APPLIED, State.WAITING),
            "message_form": given.get("message_form") or MessageForm(auto_id="decision_%s"),
            "refusal": given.get("refusal", ""),
            "list_url": reverse("admin:cohorts_application_changelist") + f"?cohorte={obj.cohort_id}",
        }

    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST of the aside « Décision »: one button, one verb."""
        application = self.posted(request, object_id, may="view")
        if isinstance(application, HttpResponse):
            return application
        move = request.POST.get("move", "")
        form = MessageForm(request.POST, auto_id="decision_%s")
        try:
            if move not in {name for moves in MOVES.values() for name, _label, _tone in moves}:
                raise Refused(_("Ce geste n’est pas connu. Rien n’a changé."))
            said = form.cleaned_data["message"] if form.is_valid() else ""
            extra = {"message": said} if move in WITH_MESSAGE else {}
            VERBS[move](application=application, by=request.user, **extra)
        except Refused as why:
            return self.again(request, object_id, message_form=form, refusal=str(why))
        words = {"name": application.supplier.organisation.name, "state": application.get_state_display()}
        messages.success(request, _("%(name)s : %(state)s.") % words)
        return HttpResponseRedirect(reverse("admin:cohorts_application_change", args=[application.pk]))

"""Process pages of cohorts under /gestion/: the moves of a cohort's life, the page and decision of one request, and the
actions on several requests.

Each button is one verb. An action on several shows a second page that says what will happen, then decides each request
in the order of arrival.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cohorts.admission import (
    accept_application,
    confirm_offered_place,
    decline_application,
    offer_free_places,
    waitlist_application,
    withdraw_application,
)
from cohorts.forms import MessageForm
from cohorts.labels import application_badge
from cohorts.lifecycle import (
    cancel_cohort,
    close_applications,
    finish_cohort,
    open_cohort,
    reopen_applications,
    start_cohort,
)
from cohorts.models import Application, Cohort, State
from cohorts.undoing import undo_application_decision, undo_cohort_move
from marketplace.accounts.models import PersonalDataRead
from marketplace.accounts.people import note_reads
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.personal_data import record_personal_data_read
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.web.admin_lists import confirmed_data, csv_response, run_bulk_action
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused


class VerbButton(NamedTuple):
    """A button: what it posts, says and looks like, and the verb that it calls."""

    name: str
    label: Promise
    tone: str
    verb: Callable[..., Any]


_UNDO_COHORT = VerbButton("undo", gettext_lazy("Annuler la dernière action"), "quiet", undo_cohort_move)
#: What may be done with a cohort from a state, in the order of the buttons.
COHORT_MOVES: dict[State, list[VerbButton]] = {
    State.DRAFT: [VerbButton("open_cohort", gettext_lazy("Annoncer la cohorte"), "good", open_cohort)],
    State.OPEN: [
        VerbButton(
            "close_applications", gettext_lazy("Fermer les candidatures"), "second", close_applications
        )
    ],
    State.CLOSED: [
        VerbButton(
            "reopen_applications", gettext_lazy("Rouvrir les candidatures"), "second", reopen_applications
        ),
        VerbButton("start", gettext_lazy("Commencer la cohorte"), "second", start_cohort),
    ],
    State.RUNNING: [
        VerbButton("promote", gettext_lazy("Offrir les places libres"), "second", offer_free_places),
        VerbButton("finish", gettext_lazy("Terminer la cohorte"), "second", finish_cohort),
        _UNDO_COHORT,
    ],
    State.DONE: [_UNDO_COHORT],
    State.CANCELLED: [_UNDO_COHORT],
}
#: Against the dates of the cohort, these ask why.
WITH_REASON = ("start", "finish")

_WITHDRAW = VerbButton(
    "withdraw", gettext_lazy("Retirer, à la demande de l’entreprise"), "second", withdraw_application
)
_DECLINE = VerbButton("decline", gettext_lazy("Refuser"), "danger", decline_application)
_UNDO_DECISION = VerbButton(
    "undo", gettext_lazy("Annuler cette décision"), "quiet", undo_application_decision
)
#: What may be decided about a request from a state.
APPLICATION_MOVES: dict[Application.State, list[VerbButton]] = {
    Application.State.APPLIED: [
        VerbButton("accept", gettext_lazy("Accepter"), "good", accept_application),
        VerbButton("put_on_waiting_list", gettext_lazy("Liste d’attente"), "second", waitlist_application),
        _DECLINE,
    ],
    Application.State.WAITING: [_DECLINE, _WITHDRAW],
    Application.State.OFFERED: [
        VerbButton(
            "confirm",
            gettext_lazy("Confirmer, à la demande de l’entreprise"),
            "second",
            confirm_offered_place,
        ),
        _WITHDRAW,
    ],
    Application.State.ACCEPTED: [_WITHDRAW, _UNDO_DECISION],
    Application.State.DECLINED: [_UNDO_DECISION],
}
WITH_MESSAGE = ("accept", "put_on_waiting_list", "decline")


@staff_member_required
@require_POST
def move_cohort_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One button of the aside of a cohort's page, one verb."""
    cohort = get_object_or_404(Cohort.objects.curated_by(request.user), pk=pk)
    try:
        move_cohort(request, cohort)
    except Refused as why:
        messages.error(request, str(why))
    return redirect("admin:cohorts_cohort_change", cohort.pk)


def move_cohort(request: HttpRequest, cohort: Cohort) -> None:
    """Do what the button `move` says, and say it. Raises `Refused`."""
    by, name = signed_in_user(request), request.POST.get("move", "")
    if name == "cancel_cohort":
        cancel_cohort(cohort=cohort, by=by, message=request.POST.get("message", ""))
    else:
        why = {"reason": request.POST.get("reason", "")} if name in WITH_REASON else {}
        _find_move(COHORT_MOVES, name).verb(cohort=cohort, by=by, **why)
    said = {"name": cohort, "state": cohort.get_state_display()}
    messages.success(request, _("%(name)s : %(state)s.") % said)


@staff_member_required
@require_safe
def application_page_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what was asked, and the decision beside it. Who read it is recorded."""
    return _application_page(request, _find_application(request, pk), MessageForm(auto_id="decision_%s"))


@staff_member_required
@require_POST
def decide_application_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One button of the aside « Décision », one verb; refused, the page again with what was typed."""
    application = _find_application(request, pk)
    form = MessageForm(request.POST, auto_id="decision_%s")
    message = form.cleaned_data["message"] if form.is_valid() else ""
    try:
        move = _find_move(APPLICATION_MOVES, request.POST.get("move", ""))
        extra = {"message": message} if move.name in WITH_MESSAGE else {}
        move.verb(application=application, by=signed_in_user(request), **extra)
    except Refused as why:
        return _application_page(request, _find_application(request, pk), form, refusal=str(why))
    words = {"name": application.supplier.organisation.name, "state": application.get_state_display()}
    messages.success(request, _("%(name)s : %(state)s.") % words)
    return redirect("admin:cohorts_application_change", application.pk)


def _find_move(moves: dict[Any, list[VerbButton]], name: str) -> VerbButton:
    """Whatever the state: the verb says best why it does not apply. Raises Refused for what no button posts."""
    found = next((move for some in moves.values() for move in some if move.name == name), None)
    if found is None:
        raise Refused(_("Cette action n’existe pas. Rien n’a changé."))
    return found


def _find_application(request: HttpRequest, pk: int) -> Application:
    rows = Application.objects.curated_by(request.user).ranked()
    rows = rows.select_related("cohort", "supplier__organisation", "by", "decided_by")
    return get_object_or_404(rows, pk=pk)


def _application_page(
    request: HttpRequest, application: Application, form: MessageForm, *, refusal: str = ""
) -> HttpResponse:
    organisation, standing = application.supplier.organisation, application.cohort.is_standing
    reader = signed_in_user(request)
    record_personal_data_read(reader=reader, organisation=organisation, what="cohort.application")
    changelist = reverse("admin:cohorts_application_changelist")
    state = Application.State(application.state)
    return render_admin_page(
        request,
        "admin/cohorts/application/page.html",
        title=organisation.name,
        crumbs=[(capfirst(Application._meta.verbose_name_plural), changelist)],
        application=application,
        facts=_application_facts(application),
        badge=application_badge(application).kind,
        moves=APPLICATION_MOVES.get(state, []) if standing else [],
        with_message=standing and state in (Application.State.APPLIED, Application.State.WAITING),
        message_form=form,
        refusal=refusal,
        list_url=f"{changelist}?cohorte={application.cohort_id}",
    )


def _application_facts(application: Application) -> list[tuple[str, str, str]]:
    """What the request says: label, text, and the page where it leads."""
    links = {
        "supplier": reverse("admin:suppliers_supplier_change", args=[application.supplier_id]),
        "cohort": reverse("admin:cohorts_cohort_change", args=[application.cohort_id]),
    }
    values = {
        "supplier": application.supplier.organisation.name,
        "cohort": application.cohort.name,
        "applied_at": display_for_value(application.applied_at, ""),
        "by": str(application.by or ""),
        "motivation": application.motivation,
        "message": application.message,
        "decided_by": str(application.decided_by or ""),
        "confirm_by": display_for_value(application.confirm_by, ""),
    }
    label = Application._meta.get_field
    return [(label(name).verbose_name, value, links.get(name, "")) for name, value in values.items()]


# -- several requests at once ----------------------------------------------------------------------------------------


def _bulk(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    queryset: QuerySet[Application],
    *,
    verb: Callable[..., Application],
    title: str,
    button: str,
    consequence: str,
    needs_message: bool = False,
) -> HttpResponse | None:
    form = MessageForm(confirmed_data(request))
    form.fields["message"].required = needs_message
    return run_bulk_action(
        model_admin,
        request,
        queryset.select_related("cohort", "supplier__organisation").order_by("cohort", "arrival"),
        form=form,
        template="admin/cohorts/application/bulk.html",
        title=title,
        button=button,
        consequence=consequence,
        too_many=_("Choisissez au plus %(limit)s candidatures à la fois. Rien n’a changé."),
        decide=lambda row, values: verb(application=row, by=request.user, **values),
        named=lambda row: row.supplier.organisation.name,
        done=_became,
        counts_unnamed=False,
    )


def _became(rows: list[Application]) -> str:
    """One verb may lead to several states: a place, or the waiting list."""
    became = Counter(str(row.get_state_display()) for row in rows)
    listed = ", ".join(f"{state} ({n})" for state, n in became.items())
    return _("C’est fait : %(listed)s.") % {"listed": listed}


@admin.action(description=gettext_lazy("Accepter"), permissions=["decide"])
def accept_selected_applications(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Application]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=accept_application,
        title=_("Accepter des candidatures"),
        button=_("Accepter"),
        consequence=_(
            "Dans l’ordre d’arrivée : une place tant qu’il y en a, puis la liste d’attente. Chaque entreprise reçoit un courriel."
        ),
    )


@admin.action(description=gettext_lazy("Mettre sur la liste d’attente"), permissions=["decide"])
def waitlist_selected_applications(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Application]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=waitlist_application,
        title=_("Mettre sur la liste d’attente"),
        button=_("Mettre en attente"),
        consequence=_(
            "Dans l’ordre d’arrivée, une fois toutes les places prises. Chaque entreprise apprend son rang par courriel."
        ),
    )


@admin.action(description=gettext_lazy("Refuser"), permissions=["decide"])
def decline_selected_applications(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Application]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=decline_application,
        title=_("Refuser des candidatures"),
        button=_("Refuser"),
        consequence=_("Chaque entreprise reçoit votre message."),
        needs_message=True,
    )


@admin.action(description=gettext_lazy("Exporter en CSV"), permissions=["view"])
def export_selected_applications(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Application]
) -> HttpResponse:
    """The chosen rows; a cell that a spreadsheet would compute is neutralised. Who read whom is recorded."""
    found = list(
        queryset.select_related("cohort", "supplier__organisation__region", "by").order_by(
            "cohort", "arrival"
        )
    )
    note_reads(
        reader=signed_in_user(request),
        organisations={row.supplier.organisation_id for row in found},
        what="cohort.export",
        purpose=PersonalDataRead.Purpose.EXPORT,
    )
    record_security_event(
        kind=Kind.EXPORTED, by=signed_in_user(request), target="applications", rows=len(found)
    )
    return csv_response(_table(found), name="candidatures", day=timezone.localdate())


def _table(rows: list[Application]) -> Any:
    yield [
        _("Cohorte"), _("Arrivée"), _("État"), _("Rang"), _("NEQ"), _("Entreprise"), _("Ville"), _("Région"),
        _("Posée par"), _("Courriel"), _("Posée le"), _("Motivation"), _("Message du pôle"),
    ]  # fmt: skip
    for row in rows:
        seat = row.supplier.organisation
        yield [
            row.cohort.name, row.arrival, str(row.get_state_display()), getattr(row, "rank", None), seat.neq,
            seat.name, seat.town, seat.region.name if seat.region else "", str(row.by) if row.by else "",
            row.by.email if row.by else "", timezone.localtime(row.applied_at).strftime("%Y-%m-%d %H:%M"),
            row.motivation, row.message,
        ]  # fmt: skip


BULK_DECISIONS = [
    accept_selected_applications,
    waitlist_selected_applications,
    decline_selected_applications,
    export_selected_applications,
]

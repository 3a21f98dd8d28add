"""Bulk decisions: a second page says what will happen, then each request is decided in the order of arrival."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts import admission
from cohorts.admin.forms import MessageForm
from cohorts.models import Application
from marketplace.accounts.models import PersonalDataRead
from marketplace.web.errors import Refused
from marketplace.web.spreadsheets import csv_lines

if TYPE_CHECKING:
    from marketplace.accounts.models import User

#: More than this in one request would keep a person waiting without a word.
LIMIT = 500
NAMED = 8


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
    """Show the second page; once it is posted, decide one after the other and say what became of each."""
    rows = queryset.select_related("cohort", "supplier__organisation").order_by("cohort", "arrival")
    if (count := rows.count()) > LIMIT:
        messages.warning(
            request,
            _("Choisissez au plus %(limit)s candidatures à la fois. Rien n’a changé.") % {"limit": LIMIT},
        )
        return None
    form = MessageForm(request.POST if "confirmed" in request.POST else None)
    form.fields["message"].required = needs_message
    if "confirmed" in request.POST and form.is_valid():
        _decide(request, list(rows), verb, form.cleaned_data["message"])
        return None
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "button": button,
        "consequence": consequence,
        "rows": rows[:50],
        "more": max(0, count - 50),
        "count": count,
        "form": form,
        "opts": model_admin.opts,
        "action": request.POST.get("action", ""),
        "selected": [str(pk) for pk in rows.values_list("pk", flat=True)],
        "checkbox": helpers.ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/cohorts/application/bulk.html", context)


def _decide(
    request: HttpRequest, rows: list[Application], verb: Callable[..., Application], message: str
) -> None:
    """Each in its own transaction: one refusal undoes nothing else."""
    became: Counter[str] = Counter()
    refused: list[str] = []
    for row in rows:
        try:
            verb(application=row, by=request.user, message=message)
        except Refused as why:
            refused.append(f"{row.supplier.organisation.name}\u00a0: {why}")
        else:
            became[str(row.get_state_display())] += 1
    if became:
        listed = ", ".join(f"{state} ({n})" for state, n in became.items())
        messages.success(request, _("C’est fait : %(listed)s.") % {"listed": listed})
    if refused:
        sentence = ngettext("%(n)s refusée. %(why)s", "%(n)s refusées. %(why)s", len(refused))
        messages.warning(request, sentence % {"n": len(refused), "why": " ".join(refused[:NAMED])})


@admin.action(description=gettext_lazy("Accepter"), permissions=["decide"])
def accept_selected(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Application]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=admission.accept,
        title=_("Accepter des candidatures"),
        button=_("Accepter"),
        consequence=_(
            "Dans l’ordre d’arrivée : une place tant qu’il y en a, puis la liste d’attente. Chacune reçoit un courriel."
        ),
    )


@admin.action(description=gettext_lazy("Mettre sur la liste d’attente"), permissions=["decide"])
def waiting_list_selected(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Application]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=admission.put_on_waiting_list,
        title=_("Mettre sur la liste d’attente"),
        button=_("Mettre en attente"),
        consequence=_("Dans l’ordre d’arrivée, une fois toutes les places prises. Chacune reçoit son rang."),
    )


@admin.action(description=gettext_lazy("Décliner"), permissions=["decide"])
def decline_selected(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Application]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=admission.decline,
        title=_("Décliner des candidatures"),
        button=_("Décliner"),
        consequence=_("Chacune reçoit votre message."),
        needs_message=True,
    )


@admin.action(description=gettext_lazy("Exporter en CSV"), permissions=["view"])
def export_selected(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Application]
) -> HttpResponse:
    """The chosen rows; a cell that a spreadsheet would compute is neutralised. Who read whom is recorded."""
    found = list(
        queryset.select_related("cohort", "supplier__organisation__region", "by").order_by(
            "cohort", "arrival"
        )
    )
    reader = cast("User", request.user)
    PersonalDataRead.objects.bulk_create(
        PersonalDataRead(reader=reader, organisation_id=pk, what="cohort.export")
        for pk in sorted({row.supplier.organisation_id for row in found})
    )
    response = StreamingHttpResponse(csv_lines(_table(found)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="candidatures-{timezone.localdate()}.csv"'
    return response  # type: ignore[return-value]  # Django takes any response from an action


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


BULK = [accept_selected, waiting_list_selected, decline_selected, export_selected]

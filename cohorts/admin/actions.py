"""Bulk decisions: a second page says what will happen, then each request is decided in the order of arrival."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.admission import accept_application, decline_application, waitlist_application
from cohorts.forms import MessageForm
from cohorts.models import Application
from marketplace.accounts.models import PersonalDataRead
from marketplace.web.admin_lists import confirmed_data, csv_response, run_bulk_action

if TYPE_CHECKING:
    from marketplace.accounts.models import User


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
def accept_selected(
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
        verb=waitlist_application,
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
        verb=decline_application,
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


BULK = [accept_selected, waiting_list_selected, decline_selected, export_selected]

"""Bulk moves: a second page says what will happen, then each row is decided on its own and told apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.territories.models import Pole
from marketplace.web.errors import Refused
from marketplace.web.spreadsheets import csv_lines
from suppliers import curation
from suppliers.admin.forms import BulkForm
from suppliers.models import Supplier

#: More than this in one request would keep a person waiting without a word.
LIMIT = 500
NAMED = 8

Verb = Callable[..., Any]


def _bulk(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    queryset: QuerySet[Supplier],
    *,
    verb: Verb,
    title: str,
    button: str,
    done: Callable[[int], str],
    fields: tuple[str, ...] = (),
    needs: str = "",
    consequence: str = "",
) -> HttpResponse | None:
    """Show the second page; once it is posted, decide row by row and say what became of each."""
    rows = queryset.select_related("organisation").order_by("pk")
    if (count := rows.count()) > LIMIT:
        messages.warning(
            request, _("Choisissez au plus %(limit)s fiches à la fois. Rien n’a changé.") % {"limit": LIMIT}
        )
        return None
    form = BulkForm(request.POST if "confirmed" in request.POST else None)
    form.fields["pole"].queryset = Pole.objects.all()  # type: ignore[attr-defined]
    for name in set(form.fields) - set(fields):
        del form.fields[name]
    if needs:
        form.fields[needs].required = True
    if "confirmed" in request.POST and form.is_valid():
        _decide(request, list(rows), verb, form.cleaned_data, done)
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
    return TemplateResponse(request, "admin/suppliers/supplier/bulk.html", context)


def _decide(
    request: HttpRequest,
    suppliers: list[Supplier],
    verb: Verb,
    values: dict[str, Any],
    done: Callable[[int], str],
) -> None:
    """Each row in its own transaction: one refusal undoes nothing else."""
    refused: list[str] = []
    for supplier in suppliers:
        try:
            verb(supplier=supplier, by=request.user, **values)
        except Refused as why:
            refused.append(f"{supplier}\u00a0: {why}")
    accepted = len(suppliers) - len(refused)
    if accepted:
        messages.success(request, done(accepted))
    if refused:
        listed = " ".join(refused[:NAMED])
        if len(refused) > NAMED:
            listed += " " + ngettext("Et %(n)s autre.", "Et %(n)s autres.", len(refused) - NAMED) % {
                "n": len(refused) - NAMED
            }
        sentence = ngettext("%(n)s refusée. %(why)s", "%(n)s refusées. %(why)s", len(refused))
        messages.warning(request, sentence % {"n": len(refused), "why": listed})


@admin.action(description=gettext_lazy("Publier"), permissions=["change"])
def publish_selected(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=curation.publish,
        title=_("Publier des fiches"),
        button=_("Publier"),
        consequence=_("Le public verra ces fiches, vérifiées aujourd’hui par votre pôle."),
        done=lambda n: ngettext("%(n)s publiée.", "%(n)s publiées.", n) % {"n": n},
    )


@admin.action(description=gettext_lazy("Demander un complément"), permissions=["change"])
def return_selected(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=curation.return_with_message,
        title=_("Demander un complément"),
        button=_("Envoyer la demande"),
        consequence=_("Chaque entreprise reçoit votre message; sa fiche redevient un brouillon."),
        fields=("message",),
        needs="message",
        done=lambda n: ngettext("%(n)s demande envoyée.", "%(n)s demandes envoyées.", n) % {"n": n},
    )


@admin.action(description=gettext_lazy("Archiver : n’est pas d’économie sociale"), permissions=["change"])
def not_social_economy_selected(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=curation.mark_not_social_economy,
        title=_("Archiver : n’est pas d’économie sociale"),
        button=_("Archiver"),
        consequence=_(
            "Ces fiches quittent le répertoire; une importation ne les y ramène pas. Vous pourrez les rouvrir."
        ),
        fields=("message",),
        done=lambda n: ngettext("%(n)s archivée.", "%(n)s archivées.", n) % {"n": n},
    )


@admin.action(description=gettext_lazy("Assigner à un pôle"), permissions=["change"])
def assign_selected(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=curation.assign,
        title=_("Assigner à un pôle"),
        button=_("Assigner"),
        consequence=_("Le pôle choisi verra ces fiches, où que soit leur siège."),
        fields=("pole", "message"),
        done=lambda n: ngettext("%(n)s assignée.", "%(n)s assignées.", n) % {"n": n},
    )


@admin.action(description=gettext_lazy("Exporter en CSV"), permissions=["view"])
def export_selected(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse:
    """The chosen rows, streamed; a cell that a spreadsheet would compute is neutralised."""
    response = StreamingHttpResponse(csv_lines(_table(queryset)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="fournisseurs-{timezone.localdate()}.csv"'
    return response  # type: ignore[return-value]  # Django takes any response from an action


def _table(queryset: QuerySet[Supplier]) -> Any:
    yield [
        _("NEQ"), _("Nom"), _("Forme juridique"), _("État"), _("Motif"), _("Depuis le"), _("Ville"), _("MRC"),
        _("Région"), _("Courriel"), _("Téléphone"), _("Site Web"), _("Activité"), _("Vérifiée le"), _("Source"),
    ]  # fmt: skip
    rows = queryset.select_related("organisation__mrc", "organisation__region").order_by("pk")
    for supplier in rows.iterator(chunk_size=500):
        seat = supplier.organisation
        yield [
            seat.neq, seat.name, supplier.get_legal_form_display(), supplier.get_status_display(),
            supplier.get_reason_display() if supplier.reason else "",
            timezone.localtime(supplier.status_changed_at).date().isoformat(), seat.town,
            seat.mrc.name if seat.mrc else "", seat.region.name if seat.region else "", seat.email, seat.phone,
            seat.website, supplier.activity, supplier.verified_on.isoformat() if supplier.verified_on else "",
            supplier.get_source_display(),
        ]  # fmt: skip


BULK = [publish_selected, return_selected, not_social_economy_selected, assign_selected, export_selected]

"""« Modifier dans un tableur » under /gestion/: the filtered list leaves as a workbook and comes back; its changes are chosen."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.web.admin_lists import NAMED
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.pagination import paginate_list
from marketplace.web.private_files.tables import TableField
from marketplace.web.spreadsheets import XLSX
from marketplace.web.typography import format_number
from suppliers.models import ReturnedSheet, Supplier
from suppliers.round_trip.applying import apply_changes, bring_back_sheet, drop_sheet
from suppliers.round_trip.comparing import Compared, compare_sheet, read_sheet
from suppliers.round_trip.exporting import export_for_editing

PAGE = 50


class SheetForm(forms.Form):
    file = TableField(
        label=gettext_lazy("Classeur modifié"),
        help_text=gettext_lazy("Le classeur .xlsx que vous avez exporté, 10 Mo au plus."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, label_suffix="", **kwargs)  # type: ignore[arg-type]


@never_cache
@staff_member_required
@limited("suppliers.sheet", per_user="30/h", methods=frozenset({"GET"}))
@require_safe
def export_sheet(request: HttpRequest) -> HttpResponse:
    """Exactly what the list shows with these filters, as far as the reader curates it."""
    here = reverse("admin:suppliers_supplier_changelist")
    try:
        rows = site.get_model_admin(Supplier).get_changelist_instance(request).get_queryset(request)
        content = export_for_editing(rows=rows, by=signed_in_user(request))
    except IncorrectLookupParameters:
        return redirect(here)
    except Refused as why:
        messages.error(request, str(why))
        return redirect(f"{here}?{request.GET.urlencode()}")
    headers = {
        "Content-Disposition": f'attachment; filename="fournisseurs-{timezone.localdate()}.xlsx"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=XLSX, headers=headers)


@never_cache
@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheets_page(request: HttpRequest) -> HttpResponse:
    """How it goes, a workbook to bring back, and those that one has brought."""
    user = signed_in_user(request)
    form = SheetForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            sheet = bring_back_sheet(upload=form.cleaned_data["file"], by=user)
        except Refused as why:
            form.add_error("file", str(why))
        else:
            return redirect("suppliers_admin:sheet", sheet.pk)
    return render_admin_page(
        request,
        "admin/suppliers/supplier/sheets.html",
        title=_("Modifier dans un tableur"),
        crumbs=_crumbs(),
        form=form,
        rows=ReturnedSheet.objects.visible_to(user)[:PAGE],
    )


@never_cache
@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Each difference, with what stands and what comes back; those that are ticked are written."""
    user = signed_in_user(request)
    sheet = get_object_or_404(ReturnedSheet.objects.visible_to(user).select_related("file"), pk=pk)
    if request.method == "POST" and "drop" in request.POST:
        drop_sheet(sheet=sheet, by=user)
        messages.success(request, _("Le classeur est retiré. Ce qui a été écrit reste."))
        return redirect("suppliers_admin:sheets")
    try:
        compared = compare_sheet(read_sheet(sheet.file), user)
        if request.method == "POST":
            _apply(request, sheet, compared, user)
            return redirect("suppliers_admin:sheet", pk)
    except Refused as why:
        messages.error(request, str(why))
        return redirect("suppliers_admin:sheets")
    page = paginate_list(request, compared.of, PAGE)
    if page.message:
        messages.warning(request, page.message)
    changes = [change for one in compared.of for change in one.changes]
    return render_admin_page(
        request,
        "admin/suppliers/supplier/sheet.html",
        title=sheet.name,
        crumbs=[*_crumbs(), (_("Modifier dans un tableur"), reverse("suppliers_admin:sheets"))],
        sheet=sheet,
        compared=compared,
        page_obj=page,
        rows=list(page),
        total=sum(not change.fault for change in changes) + sum(len(one.additions) for one in compared.of),
        conflicts=sum(change.is_conflict for change in changes),
        wrong=sum(bool(change.fault) for change in changes),
    )


def _apply(request: HttpRequest, sheet: ReturnedSheet, compared: Compared, user: User) -> None:
    """Those that are ticked, or all that nobody else touched."""
    if "all" in request.POST:
        chosen = {
            change.key: change.seen
            for one in compared.of
            for change in one.changes
            if not (change.is_conflict or change.fault)
        }
        chosen |= {one.key: "" for each in compared.of for one in each.additions if not one.fault}
    else:
        chosen = {key: request.POST.get(f"seen-{key}", "") for key in request.POST.getlist("change")}
    if not chosen:
        messages.warning(request, _("Cochez au moins un changement."))
        return
    written, refused = apply_changes(sheet=sheet, chosen=chosen, by=user)
    if written:
        said = ngettext("%(n)s changement écrit.", "%(n)s changements écrits.", written)
        messages.success(request, said % {"n": format_number(written)})
    for why in refused[:NAMED]:
        messages.warning(request, why)


def _crumbs() -> list[tuple[str, str]]:
    return [
        (str(capfirst(Supplier._meta.verbose_name_plural)), reverse("admin:suppliers_supplier_changelist"))
    ]

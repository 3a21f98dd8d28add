"""« Mes fournisseurs »: an institution's own lists, each with its share, its proposals and who could replace the rest."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.dealings.models import OwnList, OwnListRow
from marketplace.dealings.own_lists import panels
from marketplace.dealings.own_lists.decisions import confirm_row, confirm_sure_rows, reject_row, reopen_row
from marketplace.dealings.own_lists.exports import table_of
from marketplace.dealings.own_lists.forms import ColumnsForm, OwnListForm
from marketplace.dealings.own_lists.shares import shares_of
from marketplace.dealings.own_lists.uploads import choose_columns, deposit_own_list, erase_own_list
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key
from marketplace.web.limits import limited
from marketplace.web.pagination import paginate_list
from marketplace.web.site import site_page_url
from marketplace.web.spreadsheets import XLSX, csv_lines, write_xlsx

PAGE_ROWS = 50
PAGE_CATEGORIES = 20
CATEGORIES_SHOWN = 6


@never_cache
@login_required
@limited("own_list", per_user="20/d")
@require_http_methods(["GET", "HEAD", "POST"])
def own_list_index(request: HttpRequest) -> HttpResponse:
    """The lists of the person's institutions, and a form to hand over one more."""
    user = signed_in_user(request)
    institutions = panels.institutions_of(user)
    form = None
    if institutions:
        posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = OwnListForm(*posted, organisations=institutions)
        if request.method == "POST" and form.is_valid():
            try:
                made = deposit_own_list(
                    organisation=form.chosen,
                    upload=form.cleaned_data["file"],
                    name=form.cleaned_data["name"],
                    by=user,
                )
            except Refused as why:
                form.add_error("file", str(why))
            else:
                return redirect("dealings:own_list_columns", pk=made.pk)
    context = {
        "crumbs": _crumbs(),
        "form": form,
        "lists": panels.lists_shown(user) if institutions else [],
        "several": len(institutions) > 1,
        "State": OwnList.State,
        "KEEP_OWN_LISTS_MONTHS": settings.KEEP_OWN_LISTS_MONTHS,
    }
    return render(request, "dealings/own_lists/index.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_list_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What each column holds: as it was understood, to be corrected before anything is read."""
    own_list = _own_list(request, pk)
    if own_list.state != OwnList.State.COLUMNS:
        return redirect("dealings:own_list", pk=pk)
    form = ColumnsForm(request.POST if request.method == "POST" else None, own_list=own_list)
    if request.method == "POST" and form.is_valid():
        try:
            choose_columns(
                own_list=own_list,
                columns=form.columns,
                skips_header=form.has_header if "skips_header" in form.fields else own_list.skips_header,
                by=signed_in_user(request),
            )
        except Refused as why:
            messages.error(request, str(why))
        return redirect("dealings:own_list", pk=pk)
    context = {
        "crumbs": _crumbs(own_list, _("Colonnes")),
        "own_list": own_list,
        "form": form,
        "KEEP_OWN_LISTS_MONTHS": settings.KEEP_OWN_LISTS_MONTHS,
    }
    return render(request, "dealings/own_lists/columns.html", context)


@never_cache
@login_required
@require_safe
def own_list_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A list: being read, unreadable, or with what it comes to. HTMX asks again for the part that advances."""
    own_list = _own_list(request, pk)
    if own_list.state == OwnList.State.COLUMNS:
        return redirect("dealings:own_list_columns", pk=pk)
    context: dict[str, Any] = {"crumbs": _crumbs(own_list), "own_list": own_list, "State": OwnList.State}
    if own_list.state != OwnList.State.READY:
        template = "_progress" if request.headers.get("HX-Request") else "waiting"
        return render(request, f"dealings/own_lists/{template}.html", context)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "dealings/own_lists/list.html", context | _ready_context(request, own_list))


def _ready_context(request: HttpRequest, own_list: OwnList) -> dict[str, Any]:
    shares = shares_of(own_list)
    asked = request.GET.get("etat", "")
    chosen = asked if asked in panels.SHARES_OF_ROWS else ""
    rows = own_list.rows.filter(panels.SHARES_OF_ROWS[chosen][1])
    rows = rows.select_related("decided_by", "first").most_first()
    choices = panels.state_choices(own_list, shares, chosen)
    page = paginate_list(request, rows, PAGE_ROWS, count=panels.count_of(shares, chosen))
    categories = list(own_list.categories.filter(rows__gt=0).order_by("pk")[: CATEGORIES_SHOWN + 1])
    unknown = (
        [_("« %(value)s » n’est pas une partie de la liste.") % {"value": asked[:20]}]
        if asked != chosen
        else []
    )
    return {
        "shares": shares,
        "choices": choices,
        "etat": chosen,
        "messages_here": [*unknown, *filter(None, [page.message])],
        "page_obj": page,
        "rows": panels.rows_shown(page),
        "sure": shares.sure,
        "has": panels.has_column(own_list),
        "categories": panels.categories_shown(categories[:CATEGORIES_SHOWN], own_list.organisation),
        "more_categories": len(categories) > CATEGORIES_SHOWN,
        "wide": True,
    }


@never_cache
@login_required
@require_safe
def own_list_replacements(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that is bought from others, by category, with who could deliver it."""
    own_list = _own_list(request, pk)
    page = paginate_list(request, own_list.categories.filter(rows__gt=0).order_by("pk"), PAGE_CATEGORIES)
    context = {
        "crumbs": _crumbs(own_list, _("Remplacer ou compléter")),
        "own_list": own_list,
        "page_obj": page,
        "messages_here": list(filter(None, [page.message])),
        "categories": panels.categories_shown(page, own_list.organisation),
    }
    return render(request, "dealings/own_lists/replacements.html", context)


@never_cache
@login_required
@require_POST
def own_list_row_decision(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """« C’est elle », « Ce n’est pas elle », « Revenir sur la décision »."""
    user = signed_in_user(request)
    held = get_object_or_404(
        OwnListRow.objects.visible_to(user).select_related("own_list__organisation"), pk=row, own_list=pk
    )
    try:
        if "reopen" in request.POST:
            reopen_row(row=held, by=user)
        elif "reject" in request.POST:
            reject_row(row=held, by=user)
        else:
            confirm_row(row=held, supplier_id=read_key(request.POST.get("supplier", "")), by=user)
    except Refused as why:
        messages.error(request, str(why))
    return redirect(_back(request, pk))


@never_cache
@login_required
@require_POST
def own_list_confirm_sure(request: HttpRequest, pk: int) -> HttpResponse:
    """Every proposal of high confidence, in one click."""
    own_list = _own_list(request, pk)
    try:
        n = confirm_sure_rows(own_list=own_list, by=signed_in_user(request))
    except Refused as why:
        messages.error(request, str(why))
    else:
        said = ngettext("%(n)s fournisseur confirmé.", "%(n)s fournisseurs confirmés.", n) % {"n": n}
        messages.success(request, said)
    return redirect(_back(request, pk))


@never_cache
@login_required
@limited("own_list.export", per_user="60/h", methods=frozenset({"GET"}))
@require_safe
def own_list_export(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The list with what was found, for a spreadsheet."""
    own_list = _own_list(request, pk)
    if own_list.state != OwnList.State.READY:
        return redirect("dealings:own_list", pk=pk)
    name = f"{slugify(own_list.name) or 'fournisseurs'}.{kind}"
    record_security_event(kind=Kind.EXPORTED, by=signed_in_user(request), target="own_list")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    if kind == "xlsx":
        content = write_xlsx(table_of(own_list), title=own_list.name)
        return HttpResponse(content, content_type=XLSX, headers=headers)
    return StreamingHttpResponse(
        csv_lines(table_of(own_list)), content_type="text/csv; charset=utf-8", headers=headers
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_list_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, POST erases for good."""
    own_list = _own_list(request, pk)
    if request.method == "POST":
        try:
            erase_own_list(own_list=own_list, by=signed_in_user(request))
        except Refused as why:
            messages.error(request, str(why))
        else:
            messages.success(request, _("La liste « %(name)s » est effacée.") % {"name": own_list.name})
        return redirect("dealings:own_lists")
    context = {"crumbs": _crumbs(own_list, _("Effacer")), "own_list": own_list}
    return render(request, "dealings/own_lists/erase.html", context)


def _own_list(request: HttpRequest, pk: int) -> OwnList:
    rows = OwnList.objects.visible_to(signed_in_user(request)).select_related("organisation", "created_by")
    return get_object_or_404(rows, pk=pk)


def _back(request: HttpRequest, pk: int) -> str:
    """The same part of the list, at the row's place."""
    asked, page = request.POST.get("etat", ""), request.POST.get("page", "")
    query = [f"etat={asked}"] if asked in panels.SHARES_OF_ROWS and asked else []
    query += [f"page={read_key(page)}"] if read_key(page) > 1 else []
    return reverse("dealings:own_list", args=[pk]) + ("?" + "&".join(query) if query else "") + "#lignes"


def _crumbs(own_list: OwnList | None = None, here: str = "") -> list[tuple[str, str]]:
    found = [(_("Mon espace"), site_page_url("my_space"))]
    index = (_("Mes fournisseurs"), reverse("dealings:own_lists"))
    if own_list is None:
        return [*found, (index[0], "")]
    if not here:
        return [*found, index, (own_list.name, "")]
    return [*found, index, (own_list.name, reverse("dealings:own_list", args=[own_list.pk])), (here, "")]

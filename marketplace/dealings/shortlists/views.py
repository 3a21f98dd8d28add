"""« Ma sélection »: what was kept, side by side, as files; named and shared by whoever has an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.dealings.models import Shortlist, ShortlistEntry
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.spreadsheets import XLSX, write_csv, write_xlsx
from marketplace.web.stale_edits import ask_to_choose
from marketplace.web.versioned_forms import holding_row, versioned_form

from .comparison import MOST_COMPARED, compare_entries, withdrawn_sentence
from .current import current_shortlists, use_shortlist
from .exports import justification, table_rows
from .forms import EntryForm, NewShortlistForm, ShortlistForm
from .page import selection_context
from .searches import search_sentence
from .shortlists import (
    archive_shortlist,
    buying_organisations,
    create_shortlist,
    decide_entry,
    describe_shortlist,
    drop_supplier,
    place_entry,
    reopen_shortlist,
)
from .visitor_selection import visitor_shortlist

READ = frozenset({"GET"})
LIST = "liste"


@never_cache
@require_safe
def selection_view(request: HttpRequest) -> HttpResponse:
    """The selection in use, or the one that `liste` names: reading it changes nothing, « Retenir ici » puts it in use."""
    shortlist, entries = asked_selection(request)
    return render(
        request, "dealings/shortlists/selection.html", selection_context(request, shortlist, entries)
    )


@never_cache
@require_safe
@limited("shortlist.compare", per_ip="600/h", per_user="600/h", methods=READ)
def compare_view(request: HttpRequest) -> HttpResponse:
    """Up to five side by side: those that `fournisseur` names, else the first ones that are kept."""
    shortlist, entries = asked_selection(request)
    asked = request.GET.getlist("fournisseur")
    chosen = [entry for entry in entries if entry.supplier is not None and entry.supplier.slug in asked]
    if not chosen:
        chosen = [entry for entry in entries if not entry.is_aside and entry.is_listed]
    comparison = compare_entries(shortlist, chosen[:MOST_COMPARED], search=request.GET.get("selon"))
    context = {
        "shortlist": shortlist,
        "comparison": comparison,
        "searches": [(search, search_sentence(search)) for search in comparison.searches],
        "too_many": len(chosen) > MOST_COMPARED and bool(asked),
        "most": MOST_COMPARED,
        "wide": True,
        "list_query": list_query(shortlist),
        "crumbs": [(_("Ma sélection"), address_of(shortlist)), (_("Comparer"), "")],
    }
    return render(request, "dealings/shortlists/compare.html", context)


@never_cache
@require_safe
@limited("shortlist.export", per_ip="120/h", per_user="240/h", methods=READ)
def export_view(request: HttpRequest, kind: str) -> HttpResponse:
    """The whole selection as a file, to whoever sees it."""
    shortlist, entries = asked_selection(request)
    if isinstance(request.user, User):
        record_security_event(kind=Kind.EXPORTED, by=request.user, target="shortlist", rows=len(entries))
    make, content_type = _FILES[kind]
    response = HttpResponse(make(request, shortlist, entries), content_type=content_type)
    name = slugify(shortlist.name)[:60] or "selection"
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _csv(request: HttpRequest, shortlist: Shortlist, entries: list[ShortlistEntry]) -> bytes:
    return write_csv(table_rows(shortlist, entries))


def _xlsx(request: HttpRequest, shortlist: Shortlist, entries: list[ShortlistEntry]) -> bytes:
    return write_xlsx(table_rows(shortlist, entries), title=_("Sélection"))


def _pdf(request: HttpRequest, shortlist: Shortlist, entries: list[ShortlistEntry]) -> bytes:
    return justification(shortlist, entries, by=request.user, with_notes="notes" in request.GET)


_FILES: dict[str, tuple[Callable[..., bytes], str]] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "xlsx": (_xlsx, XLSX),
    "pdf": (_pdf, "application/pdf"),
}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("shortlist.create", per_user="60/h")
def create_view(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    form = NewShortlistForm(request.POST or None, organisations=list(buying_organisations(user)))
    if request.method == "POST" and form.is_valid():
        try:
            shortlist = create_shortlist(
                name=form.cleaned_data["name"],
                purpose=form.cleaned_data["purpose"],
                organisation=form.organisation,
                by=user,
            )
        except Refused as why:
            form.add_error(None, str(why))
        else:
            use_shortlist(request, shortlist, 0)
            messages.success(
                request,
                _("Ce que vous retenez ira maintenant dans «\u00a0%(name)s\u00a0».")
                % {"name": shortlist.name},
            )
            return redirect(address_of(shortlist))
    context = {
        "form": form,
        "title": _("Nouvelle sélection"),
        "back": reverse("dealings:selection"),
        "crumbs": [(_("Ma sélection"), reverse("dealings:selection")), (_("Nouvelle sélection"), "")],
    }
    return render(request, "dealings/shortlists/form.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def describe_view(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in_user(request)
    with holding_row(request, Shortlist, pk):
        shortlist = get_object_or_404(Shortlist.objects.visible_to(user), pk=pk)
        page = versioned_form(request, lambda data: ShortlistForm(data, shortlist=shortlist), about=shortlist)
        if page.is_stale:
            return ask_to_choose(request, page.merged)
        if request.method == "POST" and page.form.is_valid():
            describe_shortlist(
                shortlist=shortlist,
                name=page.form.cleaned_data["name"],
                purpose=page.form.cleaned_data["purpose"],
                by=user,
            )
            return redirect(address_of(shortlist))
    context = {
        "form": page.form,
        "title": _("Modifier la sélection"),
        "back": address_of(shortlist),
        "crumbs": [(shortlist.name, address_of(shortlist)), (_("Modifier la sélection"), "")],
    }
    return render(request, "dealings/shortlists/form.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def entry_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One supplier of a selection: kept or set aside, why, and a note."""
    user = signed_in_user(request)
    with holding_row(request, ShortlistEntry, pk):
        rows = ShortlistEntry.objects.visible_to(user).select_related("shortlist", "supplier")
        entry = get_object_or_404(rows, pk=pk)
        page = versioned_form(request, lambda data: EntryForm(data, entry=entry), about=entry)
        if page.is_stale:
            return ask_to_choose(request, page.merged)
        if request.method == "POST" and page.form.is_valid():
            decide_entry(
                entry=entry, by=user, **{n: page.form.cleaned_data[n] for n in ("state", "reason", "note")}
            )
            return redirect(f"{address_of(entry.shortlist)}#fournisseur-{entry.pk}")
    context = {
        "form": page.form,
        "title": entry.supplier_name,
        "lead": withdrawn_sentence(entry),
        "back": address_of(entry.shortlist),
        "crumbs": [(entry.shortlist.name, address_of(entry.shortlist)), (entry.supplier_name, "")],
    }
    return render(request, "dealings/shortlists/form.html", context)


@never_cache
@login_required
@require_POST
def act_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The buttons of a selection: put in use, order, take out, archive, open again."""
    user = signed_in_user(request)
    shortlist = get_object_or_404(Shortlist.objects.visible_to(user).select_related("organisation"), pk=pk)
    place = ""
    try:
        if "archive" in request.POST:
            archive_shortlist(shortlist=shortlist, by=user)
            use_shortlist(request, None, 0)
            messages.success(
                request, _("La sélection «\u00a0%(name)s\u00a0» est archivée.") % {"name": shortlist.name}
            )
            return redirect(f"{reverse('dealings:selection')}?{LIST}={shortlist.pk}")
        if "reopen" in request.POST:
            reopen_shortlist(shortlist=shortlist, by=user)
            use_shortlist(request, shortlist, shortlist.entries.count())
        elif "use" in request.POST and shortlist.archived_at is None:
            use_shortlist(request, shortlist, shortlist.entries.count())
        elif "move" in request.POST:
            place = _move(shortlist, request.POST["move"], user)
        elif "drop" in request.POST:
            _drop(shortlist, request.POST["drop"], user)
    except Refused as why:
        messages.error(request, str(why))
    return redirect(f"{address_of(shortlist)}{place}")


def _move(shortlist: Shortlist, asked: str, user: User) -> str:
    """« 12-9 »: entry 12 before entry 9. Where one of them has gone meanwhile, nothing moves."""
    moved, _dash, other = asked.partition("-")
    entries = {str(entry.pk): entry for entry in shortlist.entries.select_related("shortlist")}
    if moved in entries and other in entries:
        place_entry(entry=entries[moved], before=entries[other], by=user)
    return f"#fournisseur-{moved}" if moved in entries else ""


def _drop(shortlist: Shortlist, asked: str, user: User) -> None:
    if entry := next(
        (one for one in shortlist.entries.select_related("shortlist") if str(one.pk) == asked), None
    ):
        drop_supplier(entry=entry, by=user, with_words=True)


def asked_selection(request: HttpRequest) -> tuple[Shortlist, list[ShortlistEntry]]:
    """What a page or a file is about: a visitor's own, or a row that this person sees, with its entries in order."""
    if not isinstance(request.user, User):
        return visitor_shortlist(request)
    rows: Any = current_shortlists(request).select_related("organisation")
    asked = request.GET.get(LIST, "")
    if asked:
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
            raise Http404
        rows = Shortlist.objects.visible_to(request.user).select_related("organisation").filter(pk=asked)
    entries = list(
        ShortlistEntry.objects.filter(shortlist=rows.values("pk")[:1]).select_related(
            "shortlist__organisation",
            "supplier__organisation__municipality",
            "supplier__directory__facets",
        )
    )
    shortlist = entries[0].shortlist if entries else rows.first()
    if shortlist is None:
        if asked:
            raise Http404
        return Shortlist(name=""), []
    if not asked:
        use_shortlist(request, shortlist, len(entries))
    return shortlist, entries


def address_of(shortlist: Shortlist) -> str:
    return reverse("dealings:selection") + list_query(shortlist)


def list_query(shortlist: Shortlist) -> str:
    return f"?{LIST}={shortlist.pk}" if shortlist.pk else ""

"""« Importer une liste » under /gestion/: a file, its columns, what it would do, its progress, what it did, its way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key
from marketplace.web.pagination import paginate_list
from marketplace.web.spreadsheets import XLSX
from marketplace.web.typography import format_number
from suppliers.admin import import_forms, import_panels
from suppliers.admin.import_forms import ColumnsForm, ImportForm
from suppliers.import_jobs.annotating import annotated_file
from suppliers.import_jobs.correcting import correct_rows
from suppliers.import_jobs.deposit import (
    choose_columns,
    deposit_import,
    drop_import,
    explain_words,
    poles_for_import,
    resume_import,
    run_import,
    undo_import,
)
from suppliers.importing.differences import keep_our_values, take_file_value
from suppliers.models import Supplier, SupplierImport

PAGE = 50
HISTORY = 20
#: Seconds until a page of work in progress asks again; it needs no script.
ASK_AGAIN = "3"


@never_cache
@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    """A file to hand over, and what was imported before."""
    user = signed_in_user(request)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*posted, poles=poles_for_import(user), may_be_none=user.is_superuser)
    if request.method == "POST" and form.is_valid():
        try:
            job = deposit_import(upload=form.cleaned_data["file"], pole=form.chosen, by=user)
        except Refused as why:
            form.add_error("file", str(why))
        else:
            return redirect("suppliers_admin:import_job", job.pk)
    rows = SupplierImport.objects.visible_to(user).select_related(
        "pole", "created_by", "started_by", "undone_by"
    )
    page = paginate_list(request, rows, HISTORY)
    if page.message:
        messages.warning(request, page.message)
    return render_admin_page(
        request,
        "admin/suppliers/supplier/import.html",
        title=_("Importer une liste"),
        crumbs=_crumbs(),
        form=form,
        page_obj=page,
        rows=[import_panels.history_row(job) for job in page],
        several=user.is_superuser or len(user.pole_codes) > 1,
    )


@never_cache
@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: what it would do, its progress, or what it did."""
    user = signed_in_user(request)
    job = _import(user, pk)
    if request.method == "POST":
        return _press(request, job, user)
    if job.state == SupplierImport.State.COLUMNS:
        return redirect("suppliers_admin:import_columns", pk)
    if job.is_working:
        answer = _page(request, job, "import_progress.html", **import_panels.progress_context(job))
        answer["Refresh"] = ASK_AGAIN
        return answer
    tab = import_panels.chosen_tab(job, request.GET.get("etat"))
    page = paginate_list(request, import_panels.rows_of_tab(job, tab), PAGE, count=None)
    if page.message:
        messages.warning(request, page.message)
    return _page(
        request,
        job,
        "import_job.html",
        page_obj=page,
        rows=import_panels.rows_shown(job, page, tab),
        tab=tab,
        tabs=import_panels.tabs_of(job, tab),
        questions=import_forms.word_questions(job) if job.state == SupplierImport.State.READY else [],
        summary=import_panels.summary_of(job),
        State=SupplierImport.State,
    )


@never_cache
@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_columns_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What each column holds: as it was understood, or as a former file of this shape was."""
    user = signed_in_user(request)
    job = _import(user, pk)
    if job.state not in (SupplierImport.State.COLUMNS, SupplierImport.State.READY):
        return redirect("suppliers_admin:import_job", pk)
    form = ColumnsForm(request.POST if request.method == "POST" else None, job=job)
    if request.method == "POST" and form.is_valid():
        try:
            seen = read_key(request.POST.get("revision", ""))
            choose_columns(job=job, columns=form.columns, mapping=form.chosen_mapping, revision=seen, by=user)
        except Refused as why:
            messages.error(request, str(why))
        return redirect("suppliers_admin:import_job", pk)
    return _page(request, job, "import_columns.html", form=form)


@never_cache
@staff_member_required
@require_safe
def import_annotated_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The same file, with a column that says what is to be put right."""
    user = signed_in_user(request)
    job = _import(user, pk)
    try:
        content, is_workbook = annotated_file(job)
    except Refused as why:
        messages.error(request, str(why))
        return redirect("suppliers_admin:import_job", pk)
    record_security_event(kind=Kind.EXPORTED, by=user, target="import", rows=job.rows_total)
    kind, suffix = (XLSX, "xlsx") if is_workbook else ("text/csv; charset=utf-8", "csv")
    headers = {
        "Content-Disposition": f'attachment; filename="a-corriger-{job.pk}.{suffix}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=kind, headers=headers)


@never_cache
@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_undo_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, POST takes the whole import back."""
    user = signed_in_user(request)
    job = _import(user, pk)
    if request.method == "POST":
        try:
            undo_import(job=job, by=user)
        except Refused as why:
            messages.error(request, str(why))
        return redirect("suppliers_admin:import_job", pk)
    if not job.may_undo:
        return redirect("suppliers_admin:import_job", pk)
    return _page(request, job, "import_undo.html", summary=import_panels.summary_of(job))


def _press(request: HttpRequest, job: SupplierImport, user: User) -> HttpResponseRedirect:
    """The buttons of an import: the cells, the words, the run, the way on, the way out."""
    here = reverse("suppliers_admin:import_job", args=[job.pk])
    seen = read_key(request.POST.get("revision", ""))
    try:
        if "fix" in request.POST:
            done = correct_rows(
                job=job, cells=import_forms.read_corrections(request.POST), seen=seen, by=user
            )
            _tell_corrected(request, done)
            here += import_panels.tab_address(request.POST.get("etat", ""))
        elif "words" in request.POST:
            answers = import_forms.read_answers(job, request.POST)
            if answers:
                explain_words(job=job, answers=answers, by=user)
            else:
                messages.warning(request, _("Choisissez au moins une réponse."))
        elif "run" in request.POST:
            run_import(job=job, revision=seen, by=user)
        elif "resume" in request.POST:
            resume_import(job=job, by=user)
        elif "drop" in request.POST:
            drop_import(job=job, revision=seen, by=user)
            messages.success(request, _("Le fichier « %(name)s » est retiré.") % {"name": job.name})
            here = reverse("suppliers_admin:import")
    except Refused as why:
        messages.error(request, str(why))
    return HttpResponseRedirect(here)


def _tell_corrected(request: HttpRequest, done: Any) -> None:
    if done.taken:
        said = ngettext("%(n)s ligne corrigée.", "%(n)s lignes corrigées.", done.taken)
        messages.success(request, said % {"n": format_number(done.taken)})
    if done.wrong:
        said = ngettext(
            "%(n)s ligne est encore à corriger.", "%(n)s lignes sont encore à corriger.", done.wrong
        )
        messages.warning(request, said % {"n": format_number(done.wrong)})
    for number in done.late[:5]:
        messages.warning(
            request,
            _("Quelqu’un a corrigé la ligne %(row)s entretemps : elle reste comme cette personne l’a écrite.")
            % {"row": format_number(number)},
        )


def _import(user: User, pk: int) -> SupplierImport:
    rows = SupplierImport.objects.visible_to(user).select_related(
        "pole", "created_by", "started_by", "undone_by"
    )
    return get_object_or_404(rows, pk=pk)


def _page(request: HttpRequest, job: SupplierImport, template: str, **context: Any) -> HttpResponse:
    return render_admin_page(
        request,
        f"admin/suppliers/supplier/{template}",
        title=job.name,
        crumbs=[*_crumbs(), (_("Importer une liste"), reverse("suppliers_admin:import"))],
        job=job,
        steps=import_panels.steps_of(job, request.resolver_match.url_name if request.resolver_match else ""),
        **context,
    )


def _crumbs() -> list[tuple[str, str]]:
    return [
        (str(capfirst(Supplier._meta.verbose_name_plural)), reverse("admin:suppliers_supplier_changelist"))
    ]


@staff_member_required
@require_POST
def difference_page(request: HttpRequest, pk: int) -> HttpResponse:
    """« Prendre la valeur du fichier » for one field, or « Garder les valeurs de Maillage » for all."""
    supplier = get_object_or_404(Supplier.objects.curated_by(request.user), pk=pk)
    column = request.POST.get("column", "")
    try:
        if column:
            take_file_value(supplier=supplier, column=column, by=signed_in_user(request))
            messages.success(request, _("La valeur du fichier est enregistrée."))
        else:
            keep_our_values(supplier=supplier, by=signed_in_user(request))
            messages.success(request, _("Vos valeurs sont gardées."))
    except Refused as why:
        messages.error(request, str(why))
    return redirect("admin:suppliers_supplier_change", pk)

"""« Importer une liste » under /gestion/: a file is tried or imported, what it does not say is asked, every row is told."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts.permissions import signed_in_user
from marketplace.territories.models import Pole
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.tabular import TableError
from suppliers.importing.differences import keep_our_values, take_file_value
from suppliers.importing.importer import import_suppliers
from suppliers.importing.report import ImportReport
from suppliers.models import Supplier

UNREAD = "sans"


class ImportForm(forms.Form):
    """A file and what it may not say of itself."""

    file = forms.FileField(
        label=gettext_lazy("Fichier"),
        help_text=gettext_lazy(
            "CSV ou classeur .xlsx. Les titres au-dessus de l’en-tête et les autres onglets ne gênent pas."
        ),
        error_messages={
            "required": gettext_lazy("Choisissez un fichier."),
            "empty": gettext_lazy("Ce fichier est vide. Vérifiez-le, puis déposez-le de nouveau."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xlsm"}),
    )
    mapping = forms.ChoiceField(
        label=gettext_lazy("D’où vient ce fichier?"),
        choices=[
            ("", gettext_lazy("Une liste d’entreprises; avertissez-moi si ce sont les colonnes du registre")),
            ("maillage", gettext_lazy("La liste d’un pôle")),
            ("req", gettext_lazy("Le registre des entreprises : ses lignes sont à démarcher")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    territory = forms.ChoiceField(
        label=gettext_lazy("Que contient une colonne « Territoire »?"),
        help_text=gettext_lazy("Seulement si le fichier en a une : rien n’est deviné."),
        choices=[
            ("", gettext_lazy("Le fichier n’en a pas")),
            ("siege", gettext_lazy("Où est l’entreprise")),
            ("desservi", gettext_lazy("Le territoire qu’elle dessert")),
            (UNREAD, gettext_lazy("Ne pas lire cette colonne")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    pole = forms.ModelChoiceField(
        label=gettext_lazy("Pôle"),
        help_text=gettext_lazy("Il reçoit les lignes sans lieu connu."),
        queryset=Pole.objects.order_by("code"),
        required=False,
        empty_label=gettext_lazy("Aucun pôle"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    """Only who administers the platform: a list may name enterprises of every territory."""
    if not signed_in_user(request).is_superuser:
        raise PermissionDenied
    form = ImportForm(request.POST or None, request.FILES or None)
    report, is_trial = None, "import" not in request.POST
    if request.method == "POST" and form.is_valid():
        report, is_trial = _read(form, request, is_trial=is_trial)
    return render_admin_page(
        request,
        "admin/suppliers/supplier/import.html",
        title=_("Importer une liste"),
        crumbs=[
            (capfirst(Supplier._meta.verbose_name_plural), reverse("admin:suppliers_supplier_changelist"))
        ],
        form=form,
        report=report,
        is_trial=is_trial,
        rejected=sorted(report.rejected, key=lambda told: told.row) if report else [],
        # What a « Territoire » column says is asked in the form; the report's sentence names the command's option.
        warnings=[told for told in report.warnings_of_rows_taken if told.field not in report.asked.values()]
        if report
        else [],
    )


def _read(form: ImportForm, request: HttpRequest, *, is_trial: bool) -> tuple[ImportReport | None, bool]:
    """The report, and whether it was a trial: a question that the file leaves open makes it one."""
    said = form.cleaned_data
    answer = said["territory"]
    options = {
        "mapping": said["mapping"],
        "territory": "" if answer == UNREAD else answer,
        "pole": said["pole"],
        "name": Path(said["file"].name).name,
        "by": signed_in_user(request),
    }
    with tempfile.NamedTemporaryFile(suffix=".import") as kept:
        for chunk in said["file"].chunks():
            kept.write(chunk)
        kept.flush()
        try:
            report = import_suppliers(path=Path(kept.name), dry_run=True, **options)
            if report.asked and not answer:
                form.add_error(
                    "territory",
                    _(
                        "Ce fichier a une colonne « %(column)s ». Dites ce qu’elle contient, puis choisissez le fichier de nouveau."
                    )
                    % {"column": ", ".join(report.asked.values())},
                )
                return report, True
            if is_trial:
                return report, True
            return import_suppliers(path=Path(kept.name), **options), False
        except TableError as error:
            form.add_error("file", str(error))
            return None, True


@staff_member_required
@require_POST
def difference_page(request: HttpRequest, pk: int) -> HttpResponse:
    """« Prendre cette valeur » for one field, or « Garder celle de Maillage » for all."""
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

"""The six criteria on the page of a sheet: what the Act asks beside what the enterprise says and proves, and the finding."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.accounts.models import Organisation
from marketplace.accounts.request_admin import reader
from marketplace.web.errors import Refused
from suppliers import criteria
from suppliers.models import CriterionAnswer, EvidenceFile, Finding, Registration, Status, Supplier
from suppliers.registration.evidence import facts
from suppliers.states import changed_since_verified

if TYPE_CHECKING:
    from suppliers.admin.supplier import SupplierAdmin

BADGES = {
    Finding.NONE: ("plain", gettext_lazy("À examiner")),
    Finding.PROVED: ("ok", gettext_lazy("Prouvé")),
    Finding.INCOMPLETE: ("wait", gettext_lazy("À compléter")),
    Finding.NOT_MET: ("no", gettext_lazy("Non respecté")),
}


class FindingForm(forms.Form):
    """One criterion. `seen` is when the answer that staff reads was written."""

    state = forms.ChoiceField(
        label=gettext_lazy("Votre constat"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (Finding.PROVED, gettext_lazy("Prouvé")),
            (Finding.INCOMPLETE, gettext_lazy("À compléter")),
            (Finding.NOT_MET, gettext_lazy("Non respecté")),
        ],
    )
    note = forms.CharField(
        label=gettext_lazy("Votre note"),
        help_text=gettext_lazy("L’entreprise la lit à côté du critère."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Row:
    """One criterion as the page shows it."""

    ask: criteria.Ask
    answer: CriterionAnswer
    files: list[tuple[EvidenceFile, str]]
    form: FindingForm
    badge: tuple[str, str]
    is_open: bool


def context_of(supplier: Supplier, given: dict[str, Any]) -> dict[str, Any]:
    """What the page needs of the criteria; empty for a sheet that never answered to them. Three queries."""
    answers = list(CriterionAnswer.objects.filter(supplier=supplier).select_related("found_by"))
    recheck: dict[str, Any] = {
        "recheck": changed_since_verified(supplier.recheck),
        "registration": Registration.objects.filter(supplier=supplier)
        .select_related("started_by", "declared_by")
        .first(),
    }
    if (registration := recheck["registration"]) and registration.claimed_neq:
        recheck["has_neq"] = Organisation.objects.filter(neq=registration.claimed_neq).first()
    if not answers:
        return {"criteria": [], "unproved": [], **recheck}
    files: dict[int, list[tuple[EvidenceFile, str]]] = {}
    for kept in EvidenceFile.objects.filter(answer__supplier=supplier).select_related("file"):
        files.setdefault(kept.answer_id, []).append((kept, facts(kept)))
    bound = given.get("finding_forms") or {}
    first = next((answer.criterion for answer in answers if answer.state != Finding.PROVED), 0)
    rows = [
        Row(
            criteria.BY_NUMBER[answer.criterion],
            answer,
            files.get(answer.pk, []),
            bound.get(answer.criterion)
            or FindingForm(initial=_initial(answer), prefix=f"c{answer.criterion}"),
            (BADGES[Finding(answer.state)][0], str(BADGES[Finding(answer.state)][1])),
            answer.criterion == first
            or bool(bound)
            or f"c{answer.criterion}" in supplier.recheck
            or answer.state in (Finding.INCOMPLETE, Finding.NOT_MET),
        )
        for answer in answers
    ]
    return {
        "criteria": rows,
        "tally": _tally(answers),
        "unproved": criteria.unproved_criteria(supplier),
        "finding_refusal": given.get("finding_refusal", ""),
        **recheck,
    }


def find(model_admin: SupplierAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """POST of « Enregistrer les constats »: all six at once, those that changed are kept."""
    supplier = model_admin.posted(request, object_id)
    if isinstance(supplier, HttpResponse):
        return supplier
    bound = {number: FindingForm(request.POST, prefix=f"c{number}") for number in criteria.BY_NUMBER}
    given = {number: form for number, form in bound.items() if f"c{number}-seen" in request.POST}
    try:
        if not all(form.is_valid() for form in given.values()):
            raise Refused(_("Un constat ou une note ne peut pas être pris. Voyez plus bas."))
        n = criteria.record_findings(
            supplier=supplier,
            by=reader(request),
            findings={number: _found(form.cleaned_data) for number, form in given.items()},
        )
    except Refused as why:
        return model_admin.again(request, object_id, finding_forms=given, finding_refusal=str(why))
    said = ngettext("%(n)s constat enregistré.", "%(n)s constats enregistrés.", n) % {"n": n}
    messages.success(request, said if n else _("Aucun constat n’a changé."))
    address = reverse("admin:suppliers_supplier_change", args=[supplier.pk])
    return HttpResponseRedirect(f"{address}#criteres")


def _found(values: dict[str, Any]) -> criteria.Found:
    return criteria.Found(values["state"], values["note"], parse_datetime(values["seen"] or ""))


def _initial(answer: CriterionAnswer) -> dict[str, Any]:
    seen = answer.answered_at.isoformat() if answer.answered_at else ""
    return {"state": answer.state, "note": answer.note, "seen": seen}


def _tally(answers: list[CriterionAnswer]) -> list[tuple[str, str]]:
    """« 4 prouvés », « 1 à compléter »… as badges, without those that count none."""
    count = Counter(answer.state for answer in answers)
    words = {
        Finding.PROVED: ngettext("%(n)s prouvé", "%(n)s prouvés", count[Finding.PROVED]),
        Finding.INCOMPLETE: _("%(n)s à compléter"),
        Finding.NOT_MET: ngettext("%(n)s non respecté", "%(n)s non respectés", count[Finding.NOT_MET]),
        Finding.NONE: _("%(n)s à examiner"),
    }
    return [(BADGES[state][0], text % {"n": count[state]}) for state, text in words.items() if count[state]]


def kind_of_wait(supplier: Supplier) -> str:
    """Why a sheet is in the queue, for its list."""
    if supplier.status == Status.PUBLISHED:
        return _("Modifiée depuis la vérification")
    return _("À vérifier")

"""The panels of a supplier's page as part of its form: a press on any button saves what is typed everywhere on the page.

Decision, findings and invitation stand beside the sheet; their fields belong to its form, under prefixes of their own.
Everything is one transaction: a refusal by one verb saves nothing and shows all that was typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.web.errors import Refused
from suppliers.admin.forms import DecisionForm, FindingForm, SharedProofForm
from suppliers.admin.views import decision_sentence, finding_form, with_way_back
from suppliers.criteria import BY_NUMBER, Found, file_evidence, record_findings
from suppliers.invitations import invite_first_member
from suppliers.models import Basis, CriterionAnswer, Finding, Supplier
from suppliers.registration.verbs import resend_registration_receipt

SHEET = "supplier_form"
BUTTONS = ("move", "findings", "invite", "receipt")
INVITED = "invited_email"
F = TypeVar("F", bound=forms.Form)


def is_pressed(request: HttpRequest) -> bool:
    """Whether a button of a panel was pressed, not « Enregistrer »."""
    return any(name in request.POST for name in BUTTONS)


def in_sheet(form: F) -> F:
    """Make the fields of a panel part of the sheet's form, wherever they stand on the page."""
    for field in form.fields.values():
        field.widget.attrs["form"] = SHEET
    return form


def empty_decision_form(data: Any = None) -> DecisionForm:
    return in_sheet(DecisionForm(data, prefix="decision"))


def standing_findings(supplier: Supplier) -> list[FindingForm]:
    """The findings as they stand, for the version of the page."""
    known = {answer.criterion: answer for answer in CriterionAnswer.objects.filter(supplier=supplier)}
    return [
        finding_form(known.get(number) or CriterionAnswer(supplier=supplier, criterion=number))
        for number in BY_NUMBER
    ]


def panels_of(request: HttpRequest, supplier: Supplier) -> dict[str, Any]:
    """The forms of the panels for `review_context`: empty, or with what was typed where the page comes back."""
    if request.method != "POST":
        return {"sheet": SHEET, "in_sheet": in_sheet, "decision_form": empty_decision_form()}
    data = request.POST.copy()
    for form in standing_findings(supplier):  # the page shows the newest words: a second press is about them
        if f"{form.prefix}-seen" in data:
            data[f"{form.prefix}-seen"] = form.initial["seen"]
    shared = SharedProofForm(data, prefix="shared")
    return {
        "sheet": SHEET,
        "in_sheet": in_sheet,
        "decision_form": empty_decision_form(data),
        "invited_email": data.get(INVITED, ""),
        "finding_forms": _touched_findings(data, supplier),
        "shared_form": shared if shared.has_changed() else None,
    }


def press_panels(request: HttpRequest, supplier: Supplier) -> HttpResponse | None:
    """Keep the findings that were typed, then do what was pressed; None where « Enregistrer » was. Raises `Refused`."""
    by, data = signed_in_user(request), request.POST
    changed = _keep_typed_findings(request, supplier)
    if "move" in data:
        form = DecisionForm(data, prefix="decision")
        decision = form.decide(supplier=supplier, move=data["move"], by=by)
        done = _("%(what)s : %(name)s.") % {"what": decision_sentence(decision), "name": supplier}
        messages.success(request, with_way_back(done, decision))
    elif data.get("decision-message", "").strip():
        raise Refused(
            _(
                "Vous avez écrit un message à l’entreprise sans choisir de décision. Rien n’est enregistré : "
                "choisissez une décision, ou effacez le message."
            )
        )
    if "invite" in data:
        invitation = invite_first_member(supplier=supplier, email=data.get(INVITED, "").strip(), by=by)
        messages.success(request, _("Invitation envoyée à %(email)s.") % {"email": invitation.email})
    elif data.get(INVITED, "").strip():
        raise Refused(
            _(
                "Vous avez écrit une adresse courriel sans choisir « Inviter ». Rien n’est enregistré : choisissez "
                "« Inviter », ou effacez l’adresse."
            )
        )
    if "receipt" in data:
        to = resend_registration_receipt(supplier=supplier, by=by)
        messages.success(request, _("L’accusé de réception repart vers %(email)s.") % {"email": to.email})
    if changed or "findings" in data:
        said = ngettext("%(n)s constat enregistré.", "%(n)s constats enregistrés.", changed) % {"n": changed}
        messages.success(request, said if changed else _("Aucun constat n’a changé."))
    if not is_pressed(request):
        return None
    if "findings" in data:
        return HttpResponseRedirect(
            reverse("admin:suppliers_supplier_change", args=[supplier.pk]) + "#criteres"
        )
    return redirect("admin:suppliers_supplier_change", supplier.pk)


def _posted_findings(data: Mapping[str, Any]) -> list[int]:
    return [number for number in BY_NUMBER if f"c{number}-seen" in data]


def _touched_findings(data: Any, supplier: Supplier) -> dict[int, FindingForm]:
    """What was typed that does not stand already, by number of criterion."""
    standing = standing_findings(supplier) if _posted_findings(data) else []
    touched = {}
    for number, known in zip(BY_NUMBER, standing, strict=False):
        form = FindingForm(data, prefix=f"c{number}")
        names = [name for name in form.fields if name != "seen"]
        if any(form.fields[name].has_changed(known.initial.get(name), form[name].data) for name in names):
            touched[number] = form
    return {number: form for number, form in touched.items() if number in _posted_findings(data)}


def _keep_typed_findings(request: HttpRequest, supplier: Supplier) -> int:
    """How many findings changed; a page that showed none posts none."""
    if not _posted_findings(request.POST):
        return 0
    touched = _touched_findings(request.POST, supplier)
    shared = SharedProofForm(request.POST, request.FILES, prefix="shared")
    typed: list[forms.Form] = [*touched.values(), shared]
    if not all(form.is_valid() for form in typed):
        raise Refused(_("Un constat ou une note n’a pas pu être enregistré. Voyez plus bas."))
    if not touched and not shared.has_changed():
        return 0
    for number in shared.cleaned_data["criteria"]:  # a shared proof is about the words that this page showed
        form = FindingForm(request.POST, prefix=f"c{number}")
        if form.is_valid():
            touched.setdefault(number, form)
    return keep_findings(supplier, signed_in_user(request), touched, shared)


@transaction.atomic
def keep_findings(
    supplier: Supplier, by: User, forms: dict[int, FindingForm], shared: SharedProofForm
) -> int:
    """The finding of each criterion, then the proof that several share in place of theirs; how many changed."""
    findings = {number: _found(form.cleaned_data) for number, form in forms.items()}
    said = shared.cleaned_data
    if upload := said["file"]:
        file_evidence(supplier=supplier, by=by, criteria=said["criteria"], upload=upload)
    for number in said["criteria"]:
        seen = findings[number].seen if number in findings else None
        findings[number] = Found(
            Finding.PROVED,
            seen=seen,
            basis=said["basis"] or Basis.DOCUMENT,
            reference=said["reference"],
            expires_on=said["expires_on"],
        )
    return record_findings(supplier=supplier, by=by, findings=findings)


def _found(values: dict[str, Any]) -> Found:
    seen = parse_datetime(values["seen"] or "")
    if values["state"] != Finding.PROVED:
        return Found(values["state"], values["note"], seen)
    proof = {name: values[name] for name in ("basis", "reference", "expires_on")}
    return Found(values["state"], values["note"], seen, **proof)

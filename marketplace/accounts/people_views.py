"""Someone without an account asks for a copy of what is held about them, or to be forgotten: the page of staff.

Everything is posted: a name never stands in an address. Search, choose the rows that are theirs, then hand over a copy, or
read what goes and what stays, and erase.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.accounts.models import PersonalDataRead, PersonRequest
from marketplace.accounts.people import (
    Trace,
    accounts_of,
    erase_person,
    export_person,
    find_person_traces,
    note_reads,
    texts_of,
)
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.person_marks import PersonMarks
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.limits import limited

SHOWN = 200
EXCERPT = 60


class PersonForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Prénom et nom"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Courriel"),
        required=False,
        widget=forms.EmailInput(attrs={"class": "inp", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        max_length=30,
        required=False,
        validators=[RegexValidator(r"(?:\D*\d){10}", gettext_lazy("Il faut au moins dix chiffres."))],
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off", "inputmode": "tel"}),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("La personne a demandé"), choices=PersonRequest.Channel, widget=forms.RadioSelect
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and self.marks.says_nothing:
            raise forms.ValidationError(
                _(
                    "Donnez un courriel, un téléphone, ou le prénom et le nom : un mot seul désigne trop de gens."
                )
            )
        return cleaned

    @property
    def marks(self) -> PersonMarks:
        said = {name: self.cleaned_data.get(name, "").strip() for name in ("name", "email", "phone")}
        return PersonMarks(**said)


@never_cache
@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("people", per_user="120/h")
def people(request: HttpRequest) -> HttpResponse:
    """`step`: search, copy, confirm, erase; nothing is erased without the page that says what."""
    if request.method != "POST":
        return _page(request, PersonForm(initial={"channel": PersonRequest.Channel.EMAIL}))
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    step, by = request.POST.get("step"), signed_in_user(request)
    keys, marks, channel = request.POST.getlist("row"), form.marks, form.cleaned_data["channel"]
    try:
        if step == "copy" and keys:
            return _copy(export_person(marks=marks, keys=keys, channel=channel, by=by))
        if step == "erase":
            done = erase_person(marks=marks, keys=keys, channel=channel, by=by)
            _tell(request, done)
            return redirect("accounts_admin:people")
    except Refused as why:
        messages.error(request, str(why))
    traces = find_person_traces(marks=marks, user=by)
    note_reads(
        reader=by,
        organisations={trace.organisation.pk for trace in traces if trace.organisation},
        what="people.search",
        purpose=PersonalDataRead.Purpose.REQUEST,
    )
    chosen = [trace for trace in traces if trace.key in keys]
    if step in ("confirm", "copy") and not chosen:
        messages.error(request, _("Cochez au moins une ligne."))
    return _page(request, form, traces=traces, chosen=chosen if step == "confirm" else [])


def _page(
    request: HttpRequest,
    form: PersonForm,
    *,
    traces: list[Trace] | None = None,
    chosen: list[Trace] | None = None,
) -> HttpResponse:
    rows = [_row(trace) for trace in (traces or [])[:SHOWN]]
    return render_admin_page(
        request,
        "admin/accounts/people.html",
        title=_("Vie privée"),
        form=form,
        searched=traces is not None,
        rows=rows,
        left=max(0, len(traces or []) - SHOWN),
        chosen=[_row(trace) for trace in chosen or []],
        account=bool(traces is not None and accounts_of(form.marks).exists()),
        held=[("name", form["name"].value()), ("email", form["email"].value()), ("phone", form["phone"].value()),
              ("channel", form["channel"].value())],
    )  # fmt: skip


def _row(trace: Trace) -> dict[str, Any]:
    text = " · ".join(text for value in trace.said.values() for text in texts_of(value))
    return {
        "key": trace.key,
        "label": trace.columns.label,
        "organisation": trace.organisation.name if trace.organisation else "",
        "excerpt": text if len(text) <= EXCERPT else f"{text[:EXCERPT]}…",
        "is_sure": trace.is_sure,
        "is_past": trace.is_past,
        "goes_whole": trace.goes_whole,
    }


def _copy(held: dict[str, Any]) -> HttpResponse:
    """As a person's own copy, a file that another service can read."""
    body = json.dumps(
        {"exported_at": timezone.now(), "data": held},
        cls=DjangoJSONEncoder,
        ensure_ascii=False,
        indent=2,
        default=str,
    )
    name = f"maillage-personne-{timezone.localdate():%Y-%m-%d}.json"
    return HttpResponse(
        body,
        content_type="application/json; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


def _tell(request: HttpRequest, done: PersonRequest) -> None:
    total = sum(done.counts.values())
    said = ngettext(
        "%(n)s ligne effacée, avec son historique.", "%(n)s lignes effacées, avec leur historique.", total
    )
    messages.success(request, said % {"n": total})
    if done.left:
        left = ngettext(
            "Il en reste %(n)s hors de votre territoire : transmettez la demande à l’administration de la plateforme.",
            "Il en reste %(n)s hors de votre territoire : transmettez la demande à l’administration de la plateforme.",
            done.left,
        )
        messages.warning(request, left % {"n": done.left})

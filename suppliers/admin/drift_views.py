"""« Écarts avec le registre » under /gestion/: an extract is read, what differs is decided one by one or together, and back."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.web.admin_lists import NAMED
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.pagination import paginate_list
from marketplace.web.tabular import TableError
from marketplace.web.typography import format_number
from suppliers.models import RegistryDrift, RegistryExtract
from suppliers.registry_drift.comparing import drift_version, ours_of
from suppliers.registry_drift.deciding import CHOICES, Choice, DriftOutcome, decide_drifts, undo_drifts
from suppliers.registry_drift.reading import compare_with_registry
from suppliers.registry_drift.wording import extract_said, value_said

PAGE = 50
State, Kind = RegistryDrift.State, RegistryDrift.Kind
#: `?etat=`: what was decided; `?ecart=`: what differs.
STATES = {
    "": gettext_lazy("À décider"),
    "gardes": gettext_lazy("Notre fiche gardée"),
    "plus-tard": gettext_lazy("Plus tard"),
    "appliques": gettext_lazy("Appliqués"),
}
KINDS = {
    "": gettext_lazy("Tous"),
    "radiees": gettext_lazy("Absente du registre"),
    "noms": gettext_lazy("Autre nom"),
    "adresses": gettext_lazy("Autre adresse"),
    "formes": gettext_lazy("Autre forme juridique"),
}
KIND_OF = {"radiees": Kind.STRUCK_OFF, "noms": Kind.RENAMED, "adresses": Kind.MOVED, "formes": Kind.FORM}
CHOICE_LABELS = {
    "apply": gettext_lazy("Appliquer"),
    "keep": gettext_lazy("Garder notre fiche"),
    "later": gettext_lazy("Plus tard"),
}


@dataclass(frozen=True)
class DriftRow:
    drift: RegistryDrift
    ours: str
    theirs: str
    version: str

    @property
    def is_struck_off(self) -> bool:
        return bool(self.drift.kind == Kind.STRUCK_OFF)


class ExtractForm(forms.Form):
    """A new extract of the registry."""

    file = forms.FileField(
        label=gettext_lazy("Extrait du registre"),
        help_text=gettext_lazy("CSV ou classeur, avec les colonnes du registre des entreprises."),
        error_messages={
            "required": gettext_lazy("Choisissez un fichier."),
            "empty": gettext_lazy("Ce fichier est vide. Vérifiez-le, puis déposez-le de nouveau."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xlsm"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def drift_page(request: HttpRequest) -> HttpResponse:
    reader = signed_in_user(request)
    state = request.GET.get("etat", "") if request.GET.get("etat", "") in STATES else ""
    kind = request.GET.get("ecart", "") if request.GET.get("ecart", "") in KINDS else ""
    here = _address(state, kind)
    if request.method == "POST":
        return _choose(request, reader, here)
    mine = RegistryDrift.objects.visible_to(reader)
    counts = _counted(mine, state)
    rows = in_state(mine, state)
    rows = rows.filter(kind=KIND_OF[kind]) if kind else rows
    page = paginate_list(
        request,
        rows.select_related("supplier__organisation", "decided_by", "extract").order_by("kind", "pk"),
        PAGE,
    )
    if page.message:
        messages.warning(request, page.message)
    return render_admin_page(
        request,
        "admin/suppliers/supplier/drift.html",
        title=_("Écarts avec le registre"),
        page_obj=page,
        rows=[_row(drift) for drift in page],
        state=state,
        states=[(label, _address(one, ""), counts[one], one == state) for one, label in STATES.items()],
        kinds=[
            (label, _address(state, one), counts[f"kind-{one}"], one == kind) for one, label in KINDS.items()
        ],
        choices=list(CHOICE_LABELS.items()),
        last=RegistryExtract.objects.visible_to(reader).first(),
        last_batch=_batch(request.GET.get("lot", "")),
        here=here,
    )


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def extract_page(request: HttpRequest) -> HttpResponse:
    """Read an extract for one's own territory; what differs waits on the list."""
    reader = signed_in_user(request)
    form = ExtractForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with tempfile.NamedTemporaryFile(suffix=".extract") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
            kept.flush()
            try:
                extract = compare_with_registry(path=Path(kept.name), name=Path(file.name).name, by=reader)
            except TableError as error:
                form.add_error("file", str(error))
            else:
                messages.success(request, extract_said(extract))
                return redirect("suppliers_admin:drift")
    return render_admin_page(
        request,
        "admin/suppliers/supplier/extract.html",
        title=_("Comparer un extrait du registre"),
        crumbs=[(_("Écarts avec le registre"), reverse("suppliers_admin:drift"))],
        form=form,
    )


def in_state(rows: Any, state: str) -> QuerySet[RegistryDrift]:
    if not state:
        return cast("QuerySet[RegistryDrift]", rows.waiting())
    kept = {"gardes": State.KEPT, "plus-tard": State.LATER, "appliques": State.APPLIED}[state]
    return cast("QuerySet[RegistryDrift]", rows.filter(state=kept))


def _counted(mine: Any, state: str) -> dict[str, int]:
    """How many in each state, and of each kind in the state that is asked; two statements."""
    states = mine.order_by().aggregate(
        gardes=Count("pk", filter=Q(state=State.KEPT)),
        later=Count("pk", filter=Q(state=State.LATER)),
        applied=Count("pk", filter=Q(state=State.APPLIED)),
    )
    kinds = (
        in_state(mine, state)
        .order_by()
        .aggregate(
            all=Count("pk"), **{name: Count("pk", filter=Q(kind=kind)) for name, kind in KIND_OF.items()}
        )
    )
    waiting = kinds["all"] if not state else mine.waiting().count()
    return {
        "": waiting,
        "gardes": states["gardes"],
        "plus-tard": states["later"],
        "appliques": states["applied"],
        **{f"kind-{name}": kinds[name or "all"] for name in KINDS},
    }


def _row(drift: RegistryDrift) -> DriftRow:
    ours = drift.before if drift.state == State.APPLIED else ours_of(drift.supplier, drift.kind, drift.said)
    return DriftRow(
        drift=drift,
        ours=value_said(drift.kind, ours),
        theirs=value_said(drift.kind, drift.said),
        version=drift_version(drift),
    )


def _choose(request: HttpRequest, by: User, here: str) -> HttpResponse:
    page = reverse("suppliers_admin:drift")
    if batch := _batch(request.POST.get("undo", "")):
        undone = undo_drifts(batch=batch, by=by)
        said = ngettext("%(n)s décision annulée.", "%(n)s décisions annulées.", undone)
        messages.success(request, said % {"n": format_number(undone)})
        return redirect(f"{page}{here}")
    choices = _choices(request)
    if not choices:
        messages.warning(request, _("Choisissez au moins une ligne."))
        return redirect(f"{page}{here}")
    outcome = decide_drifts(choices=choices, by=by)
    _tell(request, outcome)
    lot = f"{'&' if here else '?'}lot={outcome.batch}" if outcome.total else ""
    return redirect(f"{page}{here}{lot}")


def _choices(request: HttpRequest) -> dict[int, tuple[Choice, str]]:
    """Of each row of the page what was chosen, or what was chosen for all the others, with the version that was shown."""
    rest = request.POST.get("rest", "")
    found: dict[int, tuple[Choice, str]] = {}
    for key in request.POST.getlist("row")[:PAGE]:
        choice = request.POST.get(f"choice-{key}", "") or rest
        if key.isdecimal() and len(key) < 19 and choice in CHOICES:
            found[int(key)] = (cast("Choice", choice), request.POST.get(f"seen-{key}", "")[:32])
    return found


def _tell(request: HttpRequest, outcome: DriftOutcome) -> None:
    done = outcome.done
    if outcome.total:
        parts = [
            ngettext("%(n)s appliqué", "%(n)s appliqués", done["apply"]),
            ngettext("%(n)s gardé comme il est", "%(n)s gardés comme ils sont", done["keep"]),
            ngettext("%(n)s remis à plus tard", "%(n)s remis à plus tard", done["later"]),
        ]
        told = [part % {"n": n} for part, n in zip(parts, done.values(), strict=True) if n]
        said = ngettext("%(n)s écart décidé", "%(n)s écarts décidés", outcome.total) % {"n": outcome.total}
        messages.success(request, f"{said}\u00a0: {', '.join(told)}.")
    if outcome.refused:
        said = ngettext(
            "%(n)s écart n’a pas été décidé. %(why)s",
            "%(n)s écarts n’ont pas été décidés. %(why)s",
            len(outcome.refused),
        )
        messages.warning(
            request, said % {"n": len(outcome.refused), "why": " ".join(outcome.refused[:NAMED])}
        )


def _address(state: str, kind: str) -> str:
    asked = [f"{name}={value}" for name, value in (("etat", state), ("ecart", kind)) if value]
    return f"?{'&'.join(asked)}" if asked else ""


def _batch(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""« Trier les fiches à démarcher » under /gestion/: fifty prospects at a time, a choice for each, the way back of the last gesture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from marketplace.accounts.models import User
from marketplace.accounts.people import note_reads
from marketplace.accounts.permissions import signed_in_user
from marketplace.territories.models import Mrc
from marketplace.web.admin_lists import NAMED
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.pagination import paginate_list
from marketplace.web.typography import format_number
from suppliers.models import Contact, Supplier, Triage, TriageSign
from suppliers.triage.choosing import CHOICES, Choice, TriageOutcome, choose_for_prospects, undo_triage
from suppliers.triage.judging import judge_prospects, likelihood
from suppliers.triage.prospects import (
    ProspectQuery,
    chosen_prospects,
    count_prospects,
    found_prospects,
)

PAGE = 50
#: So many are judged while the page opens; the rest by the hourly task (`suppliers.judge_prospects`).
JUDGED_AT_ONCE = 3_000
STATE_LABELS = {
    "": gettext_lazy("À trier"),
    "gardees": gettext_lazy("Gardées"),
    "plus-tard": gettext_lazy("Plus tard"),
}
LIKELIHOOD_LABELS = {
    "": gettext_lazy("Toutes"),
    "probable": gettext_lazy("Probables"),
    "incertaine": gettext_lazy("Incertaines"),
    "peu-probable": gettext_lazy("Peu probables"),
}
BADGES = {
    "likely": ("ok", gettext_lazy("Probable")),
    "unsure": ("plain", gettext_lazy("Incertaine")),
    "unlikely": ("no", gettext_lazy("Peu probable")),
}
CHOICE_LABELS = {
    "keep": gettext_lazy("Garder"),
    "not_social": gettext_lazy("Pas d’économie sociale"),
    "later": gettext_lazy("Plus tard"),
}


@dataclass(frozen=True)
class ProspectRow:
    supplier: Supplier
    badge: tuple[str, Any]
    signs: list[str]
    contacts: list[Contact]
    chosen: str


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def triage_page(request: HttpRequest) -> HttpResponse:
    reader = signed_in_user(request)
    query = ProspectQuery.read(request.GET)
    if request.method == "POST":
        return _choose(request, reader, query)
    judge_prospects(rows=Supplier.objects.curated_by(reader), most=JUDGED_AT_ONCE, by=None)
    found = found_prospects(reader, query)
    counts = count_prospects(found, query)
    rows = chosen_prospects(found, query).select_related("organisation__mrc", "sector", "triage__chosen_by")
    page = paginate_list(request, rows, PAGE)
    if page.message:
        messages.warning(request, page.message)
    return render_admin_page(
        request,
        "admin/suppliers/supplier/triage.html",
        title=_("Trier les fiches à démarcher"),
        page_obj=page,
        rows=_rows(reader, list(page)),
        query=query,
        states=[
            (label, query.address(etat=state, probabilite=""), counts["states"][state], state == query.state)
            for state, label in STATE_LABELS.items()
        ],
        likelihoods=[
            (label, query.address(probabilite=one), counts["likelihoods"][one], one == query.likelihood)
            for one, label in LIKELIHOOD_LABELS.items()
        ],
        choices=list(CHOICE_LABELS.items()),
        mrcs=_mrcs(reader),
        opened_at=timezone.now().isoformat(),
        last_batch=_batch(request.GET.get("lot", "")),
        here=query.address(),
    )


def _rows(reader: User, suppliers: list[Supplier]) -> list[ProspectRow]:
    """Three statements: signs, contacts, and that they were read."""
    signs = TriageSign.objects.in_bulk({pk for supplier in suppliers for pk in supplier.triage.signs})
    contacts: dict[int, list[Contact]] = {}
    for contact in Contact.objects.filter(supplier__in=suppliers).order_by("pk"):
        contacts.setdefault(contact.supplier_id, []).append(contact)
    if contacts:
        note_reads(
            reader=reader,
            organisations=[one.organisation_id for one in suppliers if one.pk in contacts],
            what="supplier.triage",
        )
    return [
        ProspectRow(
            supplier=supplier,
            badge=BADGES[likelihood(supplier.triage.points)],
            signs=[str(signs[pk]) for pk in supplier.triage.signs if pk in signs],
            contacts=contacts.get(supplier.pk, []),
            chosen=_chosen(supplier.triage),
        )
        for supplier in suppliers
    ]


def _chosen(triage: Triage) -> str:
    """« Gardée par Nadia Bélanger »; empty where nobody chose."""
    if not triage.choice:
        return ""
    said = _("gardée par %(who)s") if triage.choice == Triage.Choice.KEEP else _("remise par %(who)s")
    return said % {"who": triage.chosen_by or _("une personne")}


def _choose(request: HttpRequest, by: User, query: ProspectQuery) -> HttpResponse:
    here = reverse("suppliers_admin:triage")
    if batch := _batch(request.POST.get("undo", "")):
        undone = undo_triage(batch=batch, by=by)
        said = ngettext("%(n)s choix annulé.", "%(n)s choix annulés.", undone) % {"n": format_number(undone)}
        messages.success(request, said)
        return redirect(f"{here}{query.address()}")
    opened_at, choices = _opened_at(request.POST.get("opened_at", "")), _choices(request)
    if opened_at is None or not choices:
        messages.warning(request, _("Choisissez au moins une ligne."))
        return redirect(f"{here}{query.address()}")
    outcome = choose_for_prospects(choices=choices, opened_at=opened_at, by=by)
    _tell(request, outcome)
    lot = {"lot": str(outcome.batch)} if outcome.total else {}
    return redirect(f"{here}{query.address(**lot)}")


def _choices(request: HttpRequest) -> dict[int, Choice]:
    """Of each row of the page what was chosen, or what was chosen for all the others."""
    rest = request.POST.get("rest", "")
    found: dict[int, Choice] = {}
    for key in request.POST.getlist("row")[:PAGE]:
        choice = request.POST.get(f"choice-{key}", "") or rest
        if key.isdecimal() and len(key) < 19 and choice in CHOICES:
            found[int(key)] = cast("Choice", choice)
    return found


def _tell(request: HttpRequest, outcome: TriageOutcome) -> None:
    done = outcome.done
    if outcome.total:
        said = ngettext("%(n)s fiche triée", "%(n)s fiches triées", outcome.total)
        parts = [
            ngettext("%(n)s gardée", "%(n)s gardées", done["keep"]),
            ngettext("%(n)s écartée", "%(n)s écartées", done["not_social"]),
            ngettext("%(n)s remise à plus tard", "%(n)s remises à plus tard", done["later"]),
        ]
        told = [part % {"n": n} for part, n in zip(parts, done.values(), strict=True) if n]
        messages.success(request, f"{said % {'n': outcome.total}}\u00a0: {', '.join(told)}.")
    if outcome.refused:
        said = ngettext(
            "%(n)s fiche n’a pas été triée. %(why)s",
            "%(n)s fiches n’ont pas été triées. %(why)s",
            len(outcome.refused),
        )
        messages.warning(
            request, said % {"n": len(outcome.refused), "why": " ".join(outcome.refused[:NAMED])}
        )


def _opened_at(text: str) -> datetime | None:
    try:
        found = parse_datetime(text[:40])
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None


def _batch(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _mrcs(reader: User) -> list[tuple[str, str]]:
    rows = Mrc.objects.order_by("name")
    if not reader.is_superuser:
        rows = rows.filter(pk__in=reader.covered_mrcs)
    return list(rows.values_list("pk", "name"))

"""« NEQ à confirmer » under /gestion/: rows of pôles' lists beside the registry's rows that they may be.

Every POST leads back to where it came from: the list, or the page of the supplier. A NEQ that cannot be taken comes
back with what was typed and why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Count, F, Max, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import Organisation, User, is_in_territory
from marketplace.accounts.permissions import signed_in_user
from marketplace.web.admin_history import HistoryLine
from marketplace.web.admin_lists import badge_cell
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key
from marketplace.web.pagination import paginate_list
from marketplace.web.typography import format_number
from suppliers import states
from suppliers.models import Decision, NeqProposal, Status, Supplier
from suppliers.neq_confirmation import (
    confirm_neq,
    give_typed_neq,
    reject_every_neq,
    reject_neq,
    take_back_neq,
)
from suppliers.neq_proposals import HIGH, Because
from suppliers.neq_wording import DOUBTS, WORDS

PAGE = 20
RECENT = 10
#: `?confiance=`: what one does with the rows.
SHARES = {
    "": gettext_lazy("Toutes"),
    "haute": gettext_lazy("Confiance haute"),
    "comparer": gettext_lazy("À comparer"),
    "aucune": gettext_lazy("Sans proposition"),
}


@dataclass
class ProposalRow:
    """One registry row beside the list's. `organisation` None: outside the reader's territory, nothing of it is shown."""

    proposal: NeqProposal
    organisation: Organisation | None
    compared: list[dict[str, str]]
    doubts: list[str]
    consequence: str
    badge: SafeString
    is_high: bool
    can_confirm: bool


@dataclass
class WaitingSupplier:
    """One row of a list, and what it may be, the likeliest first."""

    supplier: Supplier
    proposals: list[ProposalRow] = field(default_factory=list)
    typed: str = ""
    refusal: str = ""


# -- the pages ---------------------------------------------------------------------------------------------------


@staff_member_required
@require_safe
def neq_list_page(request: HttpRequest) -> HttpResponse:
    """The rows of the reader's territory that await a NEQ, the surest first."""
    reader = signed_in_user(request)
    share = request.GET.get("confiance", "")
    share = share if share in SHARES else ""
    waiting = waiting_for_neq(reader)
    page = paginate_list(request, by_share(waiting, share), PAGE)
    if page.message:
        messages.warning(request, page.message)
    rows = [waiting_row(supplier, reader) for supplier in page]
    sure = [row.proposals[0].proposal for row in rows if is_sure(row)]
    return _list(
        request,
        rows=rows,
        page_obj=page,
        share=share,
        shares=_counted(waiting, share),
        sure=sure,
        recent=recent_decisions(reader),
    )


@staff_member_required
@require_POST
def confirm_neqs_page(request: HttpRequest) -> HttpResponse:
    """All the sure proposals that the page showed: each is confirmed on its own, and a refusal is told apart."""
    by = signed_in_user(request)
    chosen = [read_key(pk) for pk in request.POST.getlist("proposal")][:PAGE]
    rows = NeqProposal.objects.visible_to(by).open().filter(pk__in=chosen, confidence__gte=HIGH)
    done = 0
    for proposal in rows.select_related("supplier__organisation").order_by("-confidence", "pk"):
        try:
            confirm_neq(proposal=proposal, by=by)
            done += 1
        except Refused as why:
            messages.error(request, f"{proposal.supplier}\u00a0: {why}")
    messages.success(
        request, ngettext("%(n)s NEQ confirmé.", "%(n)s NEQ confirmés.", done) % {"n": format_number(done)}
    )
    return redirect("suppliers_admin:neqs")


@staff_member_required
@require_POST
def neq_decision_page(request: HttpRequest, pk: int) -> HttpResponse:
    """« C’est cette entreprise », « Ce n’est pas cette entreprise »."""
    by = signed_in_user(request)
    proposal = _proposal(by, pk)
    try:
        if request.POST.get("decision") == "reject":
            reject_neq(proposal=proposal, by=by)
            messages.success(request, _("Proposition écartée : %(name)s.") % {"name": proposal.supplier})
        else:
            proposal = confirm_neq(proposal=proposal, by=by)
            messages.success(request, confirmed_sentence(proposal))
    except Refused as why:
        messages.error(request, str(why))
    return _back(request, proposal)


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def neq_of_supplier_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One row alone; « Aucune de ces entreprises », or the NEQ that staff type."""
    by = signed_in_user(request)
    supplier = get_object_or_404(Supplier.objects.curated_by(by).select_related("organisation"), pk=pk)
    if request.method != "POST":
        rows = [waiting_row(one, by) for one in waiting_for_neq(by).filter(pk=pk)]
        if not rows:  # decided meanwhile
            return redirect("admin:suppliers_supplier_change", pk)
        return _list(request, rows=rows, alone=supplier, origin="sheet")
    typed = request.POST.get("neq", "")[:20]
    try:
        if request.POST.get("decision") == "none":
            reject_every_neq(supplier=supplier, by=by)
            messages.success(request, _("Aucune proposition retenue : %(name)s.") % {"name": supplier})
        else:
            messages.success(request, confirmed_sentence(give_typed_neq(supplier=supplier, neq=typed, by=by)))
    except Refused as why:
        rows = [waiting_row(one, by) for one in waiting_for_neq(by).filter(pk=pk)]
        for row in rows:
            row.typed, row.refusal = typed, str(why)
        if rows:
            return _list(request, rows=rows, alone=supplier, origin=request.POST.get("from", ""))
        messages.error(request, str(why))
    return redirect(_address(request, supplier))


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def neq_undo_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What taking a confirmation back changes and what it cannot, then the confirmation taken back."""
    by = signed_in_user(request)
    proposal = _proposal(by, pk)
    refusal = ""
    if request.method == "POST":
        try:
            take_back_neq(proposal=proposal, by=by)
            messages.success(request, _("Décision annulée : %(name)s.") % {"name": proposal.supplier})
            return redirect("admin:suppliers_supplier_change", proposal.supplier_id)
        except Refused as why:
            refusal = str(why)
    return render_admin_page(
        request,
        "admin/suppliers/supplier/neq_undo.html",
        title=_("Annuler une décision sur un NEQ"),
        crumbs=[(_("NEQ à confirmer"), reverse("suppliers_admin:neqs"))],
        proposal=proposal,
        refusal=refusal,
    )


def _list(request: HttpRequest, **context: Any) -> HttpResponse:
    return render_admin_page(
        request, "admin/suppliers/supplier/neqs.html", title=_("NEQ à confirmer"), high=HIGH, **context
    )


def _proposal(by: User, pk: int) -> NeqProposal:
    """What is not of the reader's territory does not exist."""
    rows = NeqProposal.objects.visible_to(by).select_related("supplier__organisation", "decided_by")
    return get_object_or_404(rows, pk=pk)


def _back(request: HttpRequest, proposal: NeqProposal) -> HttpResponse:
    return redirect(_address(request, proposal.supplier))


def _address(request: HttpRequest, supplier: Supplier) -> str:
    if request.POST.get("from") == "sheet":
        return reverse("admin:suppliers_supplier_change", args=[supplier.pk])
    share = request.POST.get("share", "")
    return reverse("suppliers_admin:neqs") + (f"?confiance={share}" if share in SHARES and share else "")


def confirmed_sentence(proposal: NeqProposal) -> str:
    """What the confirmation did, for the message."""
    if proposal.outcome == NeqProposal.Outcome.CLOSED:
        return _("NEQ confirmé : %(name)s rejoint la fiche qui porte déjà ce NEQ, laissée telle quelle.") % {
            "name": proposal.supplier
        }
    return _("NEQ confirmé : %(name)s.") % {"name": proposal.supplier}


# -- the rows ----------------------------------------------------------------------------------------------------


def waiting_for_neq(reader: User) -> QuerySet[Supplier]:
    open_ones = Q(neq_proposals__state=NeqProposal.State.PROPOSED)
    proposals = NeqProposal.objects.filter(state=NeqProposal.State.PROPOSED).order_by("-confidence", "pk")
    return (
        Supplier.objects.curated_by(reader)
        .awaiting_neq()
        .annotate(best=Max("neq_proposals__confidence", filter=open_ones))
        .select_related("organisation")
        .prefetch_related(
            Prefetch("neq_proposals", proposals.select_related("organisation__supplier"), to_attr="open_neqs")
        )
        .order_by(F("best").desc(nulls_last=True), "organisation__name", "pk")
    )


def by_share(rows: QuerySet[Supplier], share: str) -> QuerySet[Supplier]:
    if share == "haute":
        return rows.filter(best__gte=HIGH)
    if share == "comparer":
        return rows.filter(best__lt=HIGH)
    if share == "aucune":
        return rows.filter(best__isnull=True)
    return rows


def _counted(rows: QuerySet[Supplier], chosen: str) -> list[tuple[str, str, int, bool]]:
    """The tabs: value, label, how many, whether it is the current one. One query."""
    bare = rows.prefetch_related(None).order_by()
    count = bare.aggregate(
        all=Count("pk"),
        haute=Count("pk", filter=Q(best__gte=HIGH)),
        comparer=Count("pk", filter=Q(best__lt=HIGH)),
        aucune=Count("pk", filter=Q(best__isnull=True)),
    )
    return [(value, str(label), count[value or "all"], value == chosen) for value, label in SHARES.items()]


def waiting_row(supplier: Supplier, reader: User) -> WaitingSupplier:
    """`supplier` comes from `waiting_for_neq`. No query."""
    proposals: Iterable[NeqProposal] = supplier.open_neqs  # set by its Prefetch
    return WaitingSupplier(supplier, [proposal_row(supplier, one, reader) for one in proposals])


def proposal_row(supplier: Supplier, proposal: NeqProposal, reader: User) -> ProposalRow:
    known = proposal.organisation
    other: Supplier | None = getattr(known, "supplier", None)
    can_confirm = known is not None and is_in_territory(reader, known)
    is_high = (proposal.confidence or 0) >= HIGH
    is_seen = can_confirm or (other is not None and other.status == Status.PUBLISHED)
    return ProposalRow(
        proposal=proposal,
        organisation=known if is_seen else None,
        compared=_compared(supplier.organisation, known, proposal.reasons) if known and is_seen else [],
        doubts=[str(DOUBTS[Because(why)]) for why in proposal.reasons if why in DOUBTS],
        consequence=_consequence(other) if can_confirm else "",
        badge=badge_cell("ok", SHARES["haute"]) if is_high else badge_cell("wait", SHARES["comparer"]),
        is_high=is_high,
        can_confirm=can_confirm,
    )


def is_sure(row: WaitingSupplier) -> bool:
    return bool(row.proposals) and row.proposals[0].is_high and row.proposals[0].can_confirm


def _compared(listed: Organisation, known: Organisation, reasons: list[str]) -> list[dict[str, str]]:
    """For `web/_vis.html`: what the list says beside what the registry says."""
    verdict, word = next((WORDS[Because(why)] for why in reasons if why in WORDS), ("part", ""))
    rows = [{"verdict": verdict, "word": str(word), "asks": listed.name, "lead": known.name}]
    place = ("part", "")
    if Because.SAME_TOWN in reasons:
        place = ("full", _("Même ville"))
    elif Because.SAME_POSTAL_CODE in reasons:
        place = ("full", _("Même code postal"))
    elif Because.OTHER_TOWN in reasons:
        place = ("none", _("Autre ville"))
    rows.append(
        {
            "verdict": place[0],
            "word": place[1],
            "asks": _place_said(listed),
            "lead": _place_said(known),
        }
    )
    return rows


def _place_said(organisation: Organisation) -> str:
    said = [organisation.address, organisation.town, organisation.postal_code]
    return ", ".join(part for part in said if part) or _("Lieu non précisé")


def _consequence(other: Supplier | None) -> str:
    if other is None:
        return _("Cette organisation n’a pas encore de fiche : la ligne de la liste devient la sienne.")
    untouched = (
        other.status == Status.PROSPECT
        and other.source == Supplier.Source.REGISTRY
        and other.curated_at is None
    )
    if untouched:
        return _(
            "Fiche à démarcher, venue du registre : les deux n’en font plus qu’une, avec les mots de la liste."
        )
    return _(
        "Fiche déjà suivie (%(state)s) : elle reste telle quelle, la ligne de la liste s’y rattache."
    ) % {"state": other.get_status_display()}


def recent_decisions(reader: User) -> list[NeqProposal]:
    """What was confirmed last in the territory, to be taken back where it was wrong."""
    rows = NeqProposal.objects.visible_to(reader).filter(state=NeqProposal.State.CONFIRMED)
    return list(
        rows.select_related("supplier__organisation", "decided_by").order_by("-decided_at", "-pk")[:RECENT]
    )


def neq_panel(supplier: Supplier, reader: User) -> dict[str, Any]:
    """For the page of one supplier: what it may be, or what was confirmed; what its pôle's list says. Three queries."""
    listed = list(supplier.listed_rows.select_related("pole").order_by("pk"))
    confirmed = (
        NeqProposal.objects.filter(supplier=supplier, state=NeqProposal.State.CONFIRMED)
        .select_related("decided_by")
        .first()
    )
    waiting = None
    if listed and not supplier.neq and supplier.status == Status.PROSPECT:
        found = waiting_for_neq(reader).filter(pk=supplier.pk).first()
        waiting = waiting_row(found, reader) if found else None
    return {"listed_rows": listed, "neq_confirmed": confirmed, "neq_waiting": waiting}


def neq_lines(decisions: list[Decision], lines: list[HistoryLine]) -> list[HistoryLine]:
    """The history, its last confirmation of a NEQ with the link that takes it back. One query where there is one."""
    verbs = [decision.verb for decision in decisions]  # the newest first
    if states.CONFIRM_NEQ.verb not in verbs:
        return lines
    at = verbs.index(states.CONFIRM_NEQ.verb)
    if states.TAKE_BACK_NEQ.verb in verbs[:at]:
        return lines
    confirmed = NeqProposal.objects.filter(
        supplier=decisions[at].supplier_id, state=NeqProposal.State.CONFIRMED
    )
    if (pk := confirmed.values_list("pk", flat=True).first()) is None:
        return lines
    way_back = (str(states.UNDO.label), reverse("suppliers_admin:neq_undo", args=[pk]))
    return [replace(line, way_back=way_back) if n == at else line for n, line in enumerate(lines)]

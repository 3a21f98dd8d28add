"""« Doublons possibles » under /gestion/: pairs with their reasons, two listings side by side, merged or set aside; and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import User, is_in_territory
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.poles import pole_for
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key
from marketplace.web.pagination import paginate_list
from marketplace.web.typography import format_number
from suppliers.duplicates.comparing import (
    KEPT,
    LOST,
    ComparedField,
    compare_suppliers,
    likelier_kept,
    seen_version,
)
from suppliers.duplicates.deciding import dismiss_pair, propose_merge, reconsider_pair
from suppliers.duplicates.merging import (
    Changed,
    merge_suppliers,
    proposal_between,
    unmerge_suppliers,
    why_not_undoable,
)
from suppliers.duplicates.sides import Side, side_of
from suppliers.duplicates.wording import badge_of, doubts_said, reasons_said
from suppliers.models import DuplicatePair, Supplier, SupplierMerge
from suppliers.models.duplicates import DuplicatePairQuerySet

PAGE = 20
State = DuplicatePair.State
#: `?voir=`: what was decided about the pairs; « reunies » are merges.
SHARES = {
    "": gettext_lazy("À comparer"),
    "proposees": gettext_lazy("Réunion proposée"),
    "ecartees": gettext_lazy("Pas des doublons"),
    "reunies": gettext_lazy("Réunies"),
}


@dataclass(frozen=True)
class PairRow:
    pair: DuplicatePair
    sides: tuple[Side, Side]
    badge: tuple[str, Any]
    reasons: str
    doubts: str


@dataclass(frozen=True)
class Choice:
    """One field of the two, and which value is chosen."""

    field: ComparedField
    chosen: str


@dataclass(frozen=True)
class Belongings:
    """What hangs on the listing that gives way, in words."""

    text: str
    members: int


# -- the list ------------------------------------------------------------------------------------------------------


@staff_member_required
@require_safe
def duplicates_page(request: HttpRequest) -> HttpResponse:
    reader = signed_in_user(request)
    share = request.GET.get("voir", "")
    share = share if share in SHARES else ""
    pairs = DuplicatePair.objects.visible_to(reader)
    merges = SupplierMerge.objects.visible_to(reader).standing()
    if share == "reunies":
        rows: QuerySet[Any] = merges.select_related("kept__organisation", "lost__organisation", "by")
    else:
        sides = Supplier.objects.select_related("organisation__mrc", "organisation__pole")
        rows = of_share(pairs, share).prefetch_related(
            Prefetch("first", sides), Prefetch("second", sides), "decided_by"
        )
    page = paginate_list(request, rows, PAGE)
    if page.message:
        messages.warning(request, page.message)
    return render_admin_page(
        request,
        "admin/suppliers/supplier/duplicates.html",
        title=_("Doublons possibles"),
        page_obj=page,
        rows=[] if share == "reunies" else [pair_row(pair, reader) for pair in page],
        merges=list(page) if share == "reunies" else [],
        share=share,
        shares=_counted(pairs, merges, share),
    )


def of_share(pairs: DuplicatePairQuerySet, share: str) -> QuerySet[DuplicatePair]:
    if share == "ecartees":
        return pairs.filter(state=State.DISMISSED).order_by("-decided_at", "pk")
    state = State.PROPOSED if share == "proposees" else State.FOUND
    return pairs.open().filter(state=state).order_by("-points", "pk")


def _counted(
    pairs: DuplicatePairQuerySet, merges: QuerySet[SupplierMerge], chosen: str
) -> list[tuple[str, Any, int, bool]]:
    """The tabs; three statements."""
    standing = pairs.open().aggregate(
        found=Count("pk", filter=Q(state=State.FOUND)), proposed=Count("pk", filter=Q(state=State.PROPOSED))
    )
    counts = {
        "": standing["found"],
        "proposees": standing["proposed"],
        "ecartees": pairs.filter(state=State.DISMISSED).count(),
        "reunies": merges.count(),
    }
    return [(share, label, counts[share], share == chosen) for share, label in SHARES.items()]


def pair_row(pair: DuplicatePair, reader: User) -> PairRow:
    """No query where both organisations came along."""
    return PairRow(
        pair=pair,
        sides=(side_of(pair.first, reader), side_of(pair.second, reader)),
        badge=badge_of(pair.points),
        reasons=reasons_said(pair.reasons),
        doubts=doubts_said(pair.reasons),
    )


@staff_member_required
@require_POST
def dismiss_page(request: HttpRequest) -> HttpResponse:
    """« Pas des doublons » for those that were ticked; « remettre à comparer » for one."""
    by = signed_in_user(request)
    rows = DuplicatePair.objects.visible_to(by).select_related("first__organisation", "second__organisation")
    if again := read_key(request.POST.get("again", "")):
        pair = get_object_or_404(rows, pk=again)
        reconsider_pair(pair=pair, by=by)
        messages.success(request, _("Ces deux fiches sont de nouveau à comparer."))
        return redirect("suppliers_admin:duplicates")
    chosen = [read_key(key) for key in request.POST.getlist("pair")][:PAGE]
    done = 0
    for pair in rows.filter(pk__in=chosen).exclude(state=State.DISMISSED).order_by("pk"):
        try:
            dismiss_pair(one=pair.first, other=pair.second, by=by)
            done += 1
        except Refused as why:
            messages.error(request, f"{pair.first}\u00a0: {why}")
    if done:
        said = ngettext("%(n)s paire écartée.", "%(n)s paires écartées.", done) % {"n": format_number(done)}
        messages.success(request, said)
    else:
        messages.warning(request, _("Choisissez au moins une ligne."))
    return redirect("suppliers_admin:duplicates")


# -- side by side --------------------------------------------------------------------------------------------------


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def compare_page(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Two listings, field by field; then one of them, or « pas un doublon », or a word to the other pôle."""
    reader = signed_in_user(request)
    one, other = _both(reader, first, second)
    if one.organisation.merged_into_id or other.organisation.merged_into_id:
        messages.info(request, _("Ces fiches sont déjà réunies, ou l’une d’elles est réunie à une autre."))
        return redirect(f"{reverse('suppliers_admin:duplicates')}?voir=reunies")
    if request.method != "POST":
        return _compare(request, reader, one, other)
    try:
        return _decide(request, reader, one, other)
    except Changed as why:
        one, other = _both(reader, first, second)
        return _compare(request, reader, one, other, refusal=str(why), status=409)
    except Refused as why:
        return _compare(request, reader, one, other, refusal=str(why))


def _both(reader: User, first: int, second: int) -> tuple[Supplier, Supplier]:
    """Of which the reader curates one at least; anything else does not exist."""
    rows = Supplier.objects.filter(pk__in=[first, second]).select_related(
        "organisation__mrc", "organisation__pole", "organisation__municipality", "sector"
    )
    found = {row.pk: row for row in rows}
    if len(found) < 2 or not any(is_in_territory(reader, row.organisation) for row in found.values()):
        raise Http404
    return found[first], found[second]


def _decide(request: HttpRequest, by: User, one: Supplier, other: Supplier) -> HttpResponse:
    decision = request.POST.get("decision", "")
    if decision == "dismiss":
        dismiss_pair(one=one, other=other, by=by)
        messages.success(request, _("Écarté : ces deux fiches ne sont pas des doublons."))
    elif decision == "propose":
        propose_merge(one=one, other=other, by=by)
        messages.success(request, _("Proposé : l’autre pôle, ou l’administration, décidera."))
    elif decision == "merge":
        kept, lost = _in_order(request.POST.get("kept", ""), one, other)
        if _members_of(lost) and "same_people" not in request.POST:
            raise Refused(_("Confirmez que les personnes des deux fiches agissent pour la même entreprise."))
        merge_suppliers(
            kept=kept,
            lost=lost,
            choices=_choices(request),
            seen=request.POST.get("seen", ""),
            by=by,
        )
        messages.success(
            request, _("Fiches réunies : %(name)s.") % {"name": Supplier.objects.get(pk=kept.pk)}
        )
        if is_in_territory(by, kept.organisation):
            return redirect("admin:suppliers_supplier_change", kept.pk)
    else:
        raise Refused(_("Choisissez ce que vous faites de ces deux fiches.")) from None
    return redirect("suppliers_admin:duplicates")


def _in_order(kept: str, one: Supplier, other: Supplier) -> tuple[Supplier, Supplier]:
    chosen = read_key(kept)
    if chosen == one.pk:
        return one, other
    return (other, one) if chosen == other.pk else likelier_kept(one, other)


def _choices(request: HttpRequest) -> dict[str, str]:
    """« choice-phone »: kept or lost."""
    found = {
        key.removeprefix("choice-"): value for key, value in request.POST.items() if key.startswith("choice-")
    }
    return {key: value for key, value in found.items() if value in (KEPT, LOST)}


def _members_of(supplier: Supplier) -> int:
    return supplier.organisation.memberships.count()


def _compare(
    request: HttpRequest,
    reader: User,
    one: Supplier,
    other: Supplier,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    kept, lost = _in_order(request.POST.get("kept", "") or request.GET.get("garder", ""), one, other)
    proposal = proposal_between(reader, one, other)
    sides = [side_of(row, reader, is_shared=proposal is not None) for row in (kept, lost)]
    is_whole = all(side.is_seen for side in sides)
    may_merge = all(side.is_ours for side in sides) or proposal is not None
    fields = compare_suppliers(kept, lost) if may_merge else []
    posted = _choices(request)
    pair = (
        DuplicatePair.objects.filter(first=min(one.pk, other.pk), second=max(one.pk, other.pk))
        .select_related("decided_by")
        .first()
    )
    response = render_admin_page(
        request,
        "admin/suppliers/supplier/compare.html",
        title=_("Comparer deux fiches"),
        crumbs=[(_("Doublons possibles"), reverse("suppliers_admin:duplicates"))],
        kept=sides[0],
        sides=sides,
        pair=pair,
        reasons=reasons_said(pair.reasons) if pair else "",
        doubts=doubts_said(pair.reasons) if pair else "",
        proposal=proposal,
        proposed_by=pole_for((lost if sides[0].is_ours else kept).organisation) if proposal else None,
        choices=[Choice(field, field.as_chosen(posted)) for field in fields if field.differs],
        same=[field for field in fields if not field.differs],
        may_merge=may_merge,
        is_whole=is_whole,
        belongings=_belongings(lost) if may_merge else None,
        seen=seen_version(one, other),
        swap=f"?garder={lost.pk}",
        refusal=refusal,
    )
    response.status_code = status
    return response


def _belongings(lost: Supplier) -> Belongings:
    """One statement."""
    counts = Supplier.objects.filter(pk=lost.pk).aggregate(
        members=Count("organisation__memberships", distinct=True),
        offers=Count("offers", distinct=True),
        contacts=Count("contacts", distinct=True),
        evidence=Count("evidence", distinct=True),
        references=Count("references", distinct=True),
    )
    said = (
        ngettext("%(n)s membre", "%(n)s membres", counts["members"]),
        ngettext("%(n)s offre", "%(n)s offres", counts["offers"]),
        ngettext("%(n)s personne-ressource", "%(n)s personnes-ressources", counts["contacts"]),
        ngettext("%(n)s document", "%(n)s documents", counts["evidence"]),
        ngettext("%(n)s référence", "%(n)s références", counts["references"]),
    )
    words = [text % {"n": n} for text, n in zip(said, counts.values(), strict=True) if n]
    return Belongings(", ".join(words), counts["members"])


# -- undone --------------------------------------------------------------------------------------------------------


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def unmerge_page(request: HttpRequest, pk: int) -> HttpResponse:
    by = signed_in_user(request)
    rows = SupplierMerge.objects.visible_to(by).select_related(
        "kept__organisation", "lost__organisation", "by", "undone_by"
    )
    merge = get_object_or_404(rows, pk=pk)
    refusal = ""
    if request.method == "POST":
        try:
            unmerge_suppliers(merge=merge, by=by)
            messages.success(request, _("Réunion annulée : les deux fiches sont comme avant."))
            return redirect("suppliers_admin:compare", merge.kept_id, merge.lost_id)
        except Refused as why:
            refusal = str(why)
    return render_admin_page(
        request,
        "admin/suppliers/supplier/unmerge.html",
        title=_("Annuler une réunion de fiches"),
        crumbs=[(_("Doublons possibles"), reverse("suppliers_admin:duplicates"))],
        merge=merge,
        refusal=refusal or why_not_undoable(merge),
    )

"""Who fits a need or a notice, in order; whom to invite; and the record of invitations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from buyers.models import Buyer, Need, Tender
from buyers.permissions import can_act_for_buyer, can_manage_need
from marketplace.accounts.permissions import can_curate_organisation, signed_in_user
from marketplace.dealings.models import NeedInvitation
from marketplace.dealings.need_exchanges.inviting import invite_suppliers, withdraw_invitation
from marketplace.dealings.need_exchanges.permissions import can_see_who_answers, can_see_who_fits
from marketplace.dealings.need_exchanges.rotation import Asked, asked_before, fair_next, invitations_of
from marketplace.matching.buyer_sentences import fit_sentences, lack_sentence
from marketplace.matching.needs import Fit, need_question, suppliers_that_fit
from marketplace.matching.tenders import read_tender
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key
from marketplace.web.limits import limited
from marketplace.web.pagination import paginate_list
from marketplace.web.site import site_page_url
from marketplace.web.typography import format_number
from suppliers.models import Supplier
from suppliers.verification import verification_of

#: Reasons shown of each; the rest says little.
REASONS = 4


@dataclass(frozen=True, kw_only=True)
class FitRow:
    """One supplier, as a buyer reads it. `asked`: when the institution invited it before, the latest first."""

    supplier: Supplier
    reasons: list[str]
    lacks: list[str]
    badge: Any
    asked: list[Asked] = field(default_factory=list)
    is_next: bool = False
    invitation: NeedInvitation | None = None


def fit_row(fit: Fit, **more: Any) -> FitRow:
    return FitRow(
        supplier=fit.supplier,
        reasons=fit_sentences(fit)[:REASONS],
        lacks=[lack_sentence(lack, fit) for lack in fit.lacks if lack != "unverified"],
        badge=verification_of(fit.supplier),
        **more,
    )


@never_cache
@login_required
@limited("need_invite", per_user="60/h")
@require_http_methods(["GET", "HEAD", "POST"])
def need_fit_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Before publishing, or while it is open: who fits, and whom to invite."""
    user, need = signed_in_user(request), visible_need(request, slug)
    if not can_see_who_fits(user, need):
        raise Http404
    if request.method == "POST":
        if not can_manage_need(user, need):
            raise Http404
        return _invite(request, need)
    fits = suppliers_that_fit(need_question(need), user=user)
    record = invitations_of(need.buyer, need=need)
    invited = {row.supplier_id: row for row in record if row.need == need}
    earlier = asked_before(record, but=need)
    proposed = fair_next(fits, earlier, invited=invited)
    rows = [
        fit_row(
            fit,
            asked=earlier.get(fit.supplier.pk, []),
            is_next=fit.supplier.pk in proposed,
            invitation=invited.get(fit.supplier.pk),
        )
        for fit in fits
    ]
    shown = {fit.supplier.pk for fit in fits}
    context = {
        "need": need,
        "rows": rows,
        "others": [one for pk, one in invited.items() if pk not in shown],
        "invited": list(invited.values()),
        "may_invite": can_manage_need(user, need) and (need.is_running or not need.is_shown),
        "proposed": len(proposed),
        "crumbs": need_crumbs(need, _("Qui peut répondre")),
    }
    return render(request, "dealings/need_exchanges/need_fit.html", context)


def _invite(request: HttpRequest, need: Need) -> HttpResponse:
    keys = [key for text in request.POST.getlist("supplier") if (key := read_key(text))]
    chosen = list(Supplier.objects.filter(pk__in=keys).select_related("organisation").order_by("pk"))
    if not chosen:
        messages.warning(request, _("Cochez au moins une entreprise à inviter."))
        return redirect(request.path)
    try:
        new = invite_suppliers(need=need, suppliers=chosen, by=signed_in_user(request))
    except Refused as why:
        messages.error(request, str(why))
        return redirect(request.path)
    said = ngettext("%(n)s entreprise choisie.", "%(n)s entreprises choisies.", len(new)) % {
        "n": format_number(len(new))
    }
    later = (
        _("Nous leur écrivons.") if need.is_running else _("Nous leur écrirons quand le besoin sera publié.")
    )
    messages.success(request, f"{said} {later}" if new else _("Ces entreprises étaient déjà choisies."))
    return redirect(request.path)


@never_cache
@login_required
@require_POST
def withdraw_invitation_view(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Before the need is published."""
    need = visible_need(request, slug)
    if not can_manage_need(signed_in_user(request), need):
        raise Http404
    invitation = get_object_or_404(NeedInvitation, need=need, pk=pk)
    try:
        withdraw_invitation(invitation=invitation, by=signed_in_user(request))
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("L’entreprise est retirée de votre choix."))
    return redirect("dealings:need_fit", slug=need.slug)


@never_cache
@login_required
@require_safe
def invitation_record_view(request: HttpRequest, slug: str) -> HttpResponse:
    """The institution's record: who was asked, when, who answered. For its members and the staff of its territory."""
    user = signed_in_user(request)
    buyer = get_object_or_404(Buyer.objects.select_related("organisation"), slug=slug)
    if not (can_act_for_buyer(user, buyer) or can_curate_organisation(user, buyer.organisation)):
        raise Http404
    before = asked_before(invitations_of(buyer))
    rows = [(asked[0].supplier, asked) for asked in before.values()]
    page = paginate_list(request, rows, 50)
    context = {
        "buyer": buyer,
        "rows": page.object_list,
        "page_obj": page,
        "crumbs": [(_("Mon espace"), site_page_url("my_space")), (_("Registre des invitations"), "")],
    }
    return render(request, "dealings/need_exchanges/invitation_record.html", context)


@never_cache
@login_required
@require_safe
def tender_fit_view(request: HttpRequest, ocid: str) -> HttpResponse:
    """« Qui peut répondre » of a notice of SEAO."""
    user = signed_in_user(request)
    tender = get_object_or_404(Tender.objects.select_related("buyer__organisation"), ocid=ocid)
    if not can_see_who_answers(user, tender):
        raise Http404
    context = {
        "tender": tender,
        "rows": [fit_row(fit) for fit in suppliers_that_fit(read_tender(tender), user=user)],
        "crumbs": [
            (_("Appels d’offres"), reverse("tenders:list")),
            (tender.number or tender.ocid, reverse("tenders:tender", args=[tender.ocid])),
            (_("Qui peut répondre"), ""),
        ],
    }
    return render(request, "dealings/need_exchanges/tender_fit.html", context)


def visible_need(request: HttpRequest, slug: str) -> Need:
    """What this person may read; anything else does not exist."""
    rows = Need.objects.visible_to(request.user).select_related("buyer__organisation")
    return get_object_or_404(rows, slug=slug)


def need_crumbs(need: Need, here: str) -> Sequence[tuple[str, str]]:
    return [
        (_("Besoins"), reverse("needs:list")),
        (need.title, reverse("needs:need", args=[need.slug])),
        (here, ""),
    ]

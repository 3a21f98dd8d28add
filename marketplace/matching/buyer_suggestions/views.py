"""« Nouveaux fournisseurs »: those new in what one's institutions buy, the mail of Mondays, and the link that stops it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from buyers.models import Buyer
from marketplace.accounts.models import Consent, User
from marketplace.accounts.permissions import signed_in_user
from marketplace.matching.buyer_suggestions.digests import SHOWN
from marketplace.matching.buyer_suggestions.lines import SuggestionLine, suggestion_lines, with_lines
from marketplace.matching.buyer_suggestions.models import BuyerSuggestion, NewSupplierAlert, ToldSupplier
from marketplace.matching.buyer_suggestions.verbs import (
    CONSENT_WORDING,
    PURPOSE,
    ask_new_suppliers,
    stop_new_suppliers,
)
from marketplace.matching.slots import WEEKLY, next_slot
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.site import site_page_url


@dataclass
class Institution:
    """One of the person's institutions: its alert, what the next mail would name, and the rest of the list."""

    buyer: Buyer
    alert: NewSupplierAlert | None = None
    coming: list[SuggestionLine] = field(default_factory=list)
    others: list[SuggestionLine] = field(default_factory=list)


@never_cache
@login_required
@limited("new_suppliers", per_user="60/h")
@require_http_methods(["GET", "HEAD", "POST"])
def new_suppliers_page(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    mine = _institutions(user)
    if request.method == "POST":
        return _act(request, user, mine)
    consent = Consent.objects.standing().filter(user=user, purpose=PURPOSE).first()
    context = {
        "crumbs": [(_("Mon espace"), site_page_url("my_space")), (_("Nouveaux fournisseurs"), "")],
        "institutions": mine,
        "consent": consent,
        "consent_wording": CONSENT_WORDING,
        "next_mail": next_slot(WEEKLY, timezone.now()),
    }
    return render(request, "matching/buyer_suggestions/page.html", context)


def _institutions(user: User) -> list[Institution]:
    """Four statements, whatever there is."""
    rows = Buyer.objects.known().filter(organisation__in=user.organisation_ids).select_related("organisation")
    mine = {buyer.pk: Institution(buyer) for buyer in rows.order_by("organisation__name", "pk")}
    if not mine:
        return []
    for alert in NewSupplierAlert.objects.running().filter(user=user, buyer__in=mine):
        mine[alert.buyer_id].alert = alert
    told: dict[int, datetime] = dict(
        ToldSupplier.objects.filter(user=user).order_by("-at").values_list("supplier", "at")[:500]
    )
    found: dict[int, list[BuyerSuggestion]] = {}
    for suggestion in with_lines(BuyerSuggestion.objects.standing().filter(buyer__in=mine)):
        found.setdefault(suggestion.buyer_id, []).append(suggestion)
    for pk, suggestions in found.items():
        untold = [one for one in suggestions if one.supplier_id not in told][:SHOWN]
        rest = [one for one in suggestions if one not in untold]
        mine[pk].coming = suggestion_lines(untold)
        mine[pk].others = suggestion_lines(rest, told)
    return list(mine.values())


def _act(request: HttpRequest, user: User, mine: list[Institution]) -> HttpResponse:
    chosen = next((one for one in mine if str(one.buyer.pk) == request.POST.get("buyer")), None)
    if chosen is None:
        messages.error(request, _("Cette institution n’est pas la vôtre. Rien n’a changé."))
        return redirect("matching:new_suppliers")
    name = {"name": chosen.buyer.organisation.name}
    try:
        if "stop" in request.POST:
            if chosen.alert is not None:
                stop_new_suppliers(alert=chosen.alert, by=user)
            messages.success(request, _("C’est noté : nous ne vous écrirons plus pour %(name)s.") % name)
        else:
            wording = str(CONSENT_WORDING) if request.POST.get("consent") else ""
            ask_new_suppliers(user=user, buyer=chosen.buyer, consent_wording=wording, by=user)
            messages.success(
                request,
                _("C’est noté : nous vous écrirons le lundi, s’il y a du nouveau pour %(name)s.") % name,
            )
    except Refused as why:
        messages.error(request, str(why))
    return redirect("matching:new_suppliers")

"""Under /gestion/: winners' names to confirm, and the contracts of a territory that come up for renewal."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from buyers.models import Award, SellerName
from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings.contracts.renewals import renewal_row, renewals_of_territory
from marketplace.dealings.contracts.seller_names import (
    confirm_seller_name,
    folded,
    refuse_seller_name,
    take_back_seller_name,
)
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.pagination import paginate_list
from suppliers.neq_proposals import Because
from suppliers.neq_wording import WORDS

PAGE = 20
RECENT = 10


@dataclass(frozen=True)
class SellerRow:
    """`compared`: for `web/_vis.html`, what the notices say beside what the directory says."""

    seller: SellerName
    awards: int
    compared: list[dict[str, str]]


@staff_member_required
@require_safe
def seller_names_page(request: HttpRequest) -> HttpResponse:
    """The names that await a decision in the reader's territory, the surest first; the last decisions, to take back."""
    rows = SellerName.objects.visible_to(request.user).select_related("organisation", "decided_by")
    named = Award.objects.filter(neq="", organisation=None).annotate(key=folded("name"), place=folded("town"))
    named = named.filter(key=OuterRef("key"), place=OuterRef("town")).order_by().values("key")
    count = Subquery(named.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    waiting = rows.waiting().annotate(n_awards=count).order_by("-confidence", "name", "pk")
    page = paginate_list(request, waiting, PAGE)
    if page.message:
        messages.warning(request, page.message)
    decided = rows.filter(decided_at__isnull=False).order_by(F("decided_at").desc(), "-pk")[:RECENT]
    return render_admin_page(
        request,
        "admin/dealings/seller_names.html",
        title=_("Adjudicataires à reconnaître"),
        rows=[_seller_row(seller) for seller in page],
        page_obj=page,
        recent=list(decided),
    )


def _seller_row(seller: SellerName) -> SellerRow:
    verdict, word = next((WORDS[Because(why)] for why in seller.reasons if why in WORDS), ("part", ""))
    place, said = "part", ""
    if Because.SAME_TOWN in seller.reasons:
        place, said = "full", _("Même ville")
    elif Because.OTHER_TOWN in seller.reasons:
        place, said = "none", _("Autre ville")
    unknown = _("Lieu non précisé")
    compared = [
        {"verdict": verdict, "word": str(word), "asks": seller.name, "lead": seller.organisation.name},
        {
            "verdict": place,
            "word": said,
            "asks": seller.town.title() or unknown,
            "lead": seller.organisation.town or unknown,
        },
    ]
    return SellerRow(seller, getattr(seller, "n_awards", 0) or 0, compared)


@staff_member_required
@require_POST
def seller_name_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, refuse or take back, and the list again."""
    rows = SellerName.objects.visible_to(request.user).select_related("organisation")
    seller, by = get_object_or_404(rows, pk=pk), signed_in_user(request)
    move = request.POST.get("move")
    names = {"name": seller.name, "enterprise": seller.organisation.name}
    try:
        if move == "confirm":
            tied = confirm_seller_name(seller=seller, by=by)
            sentence = ngettext(
                "%(n)s contrat gagné sous le nom « %(name)s » est rattaché à « %(enterprise)s ».",
                "%(n)s contrats gagnés sous le nom « %(name)s » sont rattachés à « %(enterprise)s ».",
                tied,
            )
            messages.success(request, sentence % {**names, "n": tied})
        elif move == "refuse":
            refuse_seller_name(seller=seller, by=by)
            messages.success(request, _("C’est noté : « %(name)s » n’est pas %(enterprise)s.") % names)
        elif move == "undo":
            take_back_seller_name(seller=seller, by=by)
            messages.success(request, _("La décision est annulée : « %(name)s » attend de nouveau.") % names)
        else:
            messages.error(request, _("Cette action n’existe pas. Rien n’a changé."))
    except Refused as why:
        messages.error(request, str(why))
    return redirect("dealings_admin:seller_names")


@staff_member_required
@require_safe
def renewals_view(request: HttpRequest) -> HttpResponse:
    """Contracts of the territory that end in three to twelve months."""
    page = paginate_list(request, renewals_of_territory(signed_in_user(request)), PAGE)
    if page.message:
        messages.warning(request, page.message)
    return render_admin_page(
        request,
        "admin/dealings/renewals.html",
        title=_("Contrats à renouveler"),
        rows=[renewal_row(award) for award in page],
        page_obj=page,
    )

"""What an institution does with a need that stands: copy it, take it back, close, cancel or delete it; and all of its needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from buyers.models import Buyer, Need, Tender
from buyers.needs.drafting import copy_need, copy_tender, delete_need_draft
from buyers.needs.forms import ReasonForm
from buyers.needs.lifecycle import cancel_need, close_need, take_back_need
from buyers.needs.listing import need_row
from buyers.needs.views import find_need
from buyers.needs.writing import buyers_of, own_need
from buyers.permissions import can_cancel_need
from marketplace.accounts.permissions import signed_in_user
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.pagination import paginate_list

PAGE_SIZE = 30


class Move(NamedTuple):
    """A decision to confirm: its question, what follows, its button, the verb, what is said once done."""

    title: Promise
    text: Promise
    label: Promise
    act: Callable[..., Any]
    done: Promise


MOVES: dict[str, Move] = {
    "close": Move(
        lazy("Fermer ce besoin maintenant?"),
        lazy("Plus personne ne pourra y répondre. Les personnes qui le suivent seront prévenues."),
        lazy("Fermer maintenant"),
        close_need,
        lazy("Le besoin est fermé."),
    ),
    "delete": Move(
        lazy("Supprimer ce brouillon?"),
        lazy("Son texte et ses documents seront effacés. Personne ne l’a lu hors de votre institution."),
        lazy("Supprimer le brouillon"),
        delete_need_draft,
        lazy("Le brouillon est supprimé."),
    ),
    "take_back": Move(
        lazy("Reprendre ce besoin?"),
        lazy("Il redevient un brouillon : votre pôle ne le lira pas avant que vous l’envoyiez de nouveau."),
        lazy("Reprendre le brouillon"),
        take_back_need,
        lazy("Le besoin est redevenu un brouillon."),
    ),
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_move(request: HttpRequest, slug: str, move: str) -> HttpResponse:
    """A page that asks, so that it needs no script; POST acts."""
    need, asked = own_need(request, slug), MOVES[move]
    if request.method == "POST":
        try:
            asked.act(need=need, by=signed_in_user(request))
        except Refused as why:
            messages.error(request, str(why))
            return redirect("needs:need", slug=slug)
        messages.success(request, str(asked.done))
        return redirect("needs:mine") if move == "delete" else redirect("needs:need", slug=slug)
    return render(request, "buyers/needs/confirm.html", {"need": need, "asked": asked, "move": move})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Cancelled with a reason, by its institution or by the staff of its territory."""
    need = find_need(slug, request.user)
    if not can_cancel_need(request.user, need):
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_need(need=need, reason=form.cleaned_data["reason"], by=signed_in_user(request))
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(
                request, _("Le besoin est annulé. Les personnes qui le suivent en sont prévenues.")
            )
            return redirect("needs:need", slug=slug)
    return render(request, "buyers/needs/cancel.html", {"need": need, "form": form})


@login_required
@require_POST
@limited("need-copy", per_user="30/h")
def copy_need_view(request: HttpRequest, slug: str) -> HttpResponse:
    made = copy_need(need=own_need(request, slug), by=signed_in_user(request))
    messages.success(request, _("Voici une copie. Vérifiez les dates, puis publiez-la."))
    return redirect("needs:write", slug=made.slug)


@login_required
@require_POST
@limited("need-copy", per_user="30/h")
def copy_tender_view(request: HttpRequest, pk: int) -> HttpResponse:
    """A notice of one of the reader's institutions."""
    mine = {buyer.pk: buyer for buyer in buyers_of(signed_in_user(request))}
    tender = get_object_or_404(Tender.objects.visible_to(request.user), pk=pk, buyer__in=mine)
    buyer: Buyer = mine[tender.buyer_id]
    made = copy_tender(tender=tender, buyer=buyer, by=signed_in_user(request))
    messages.success(request, _("Voici un brouillon d’après votre avis. Vérifiez tout, puis publiez-le."))
    return redirect("needs:write", slug=made.slug)


@login_required
@never_cache
@require_safe
def my_needs(request: HttpRequest) -> HttpResponse:
    """All needs of the reader's institutions: drafts first, then what closes first, then the latest."""
    user = signed_in_user(request)
    rows = Need.objects.of(user).in_order_of_work().select_related("buyer__organisation")
    page = paginate_list(request, rows, PAGE_SIZE)
    several = len(buyers_of(user)) > 1
    context = {
        "page_obj": page,
        "needs": [
            need_row(need) | {"write_url": reverse("needs:write", args=[need.slug]) if need.is_draft else ""}
            for need in page
        ],
        "several": several,
        "messages_here": [page.message] if page.message else [],
        "crumbs": [(_("Mes besoins"), "")],
    }
    return render(request, "buyers/needs/mine.html", context)

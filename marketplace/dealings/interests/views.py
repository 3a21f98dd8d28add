"""Following a notice, saying that it interests one's enterprise, and the calendars of both. GET shows, POST acts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings.acting_suppliers import back_without_supplier, chosen_suppliers, own_suppliers
from marketplace.dealings.consortiums.membership import standing_parts
from marketplace.dealings.interests import dates
from marketplace.dealings.interests.follow_list import follow_list_context
from marketplace.dealings.interests.follows import follow_notice, unfollow_notice
from marketplace.dealings.interests.forms import InterestForm
from marketplace.dealings.interests.interests import express_interest, take_back_interest
from marketplace.dealings.interests.links import follows_from_token
from marketplace.dealings.models import Interest
from marketplace.dealings.notices import Notice, about, find_notice, kind_of, notice_key, notice_page
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.stale_edits import ask_to_choose
from marketplace.web.versioned_forms import VersionedPage, holding_row, versioned_form
from suppliers.models import Supplier


@never_cache
@login_required
@require_safe
def follow_list_page(request: HttpRequest) -> HttpResponse:
    """What the person follows and what interests their enterprises, the next date first."""
    return render(
        request, "dealings/interests/list.html", follow_list_context(request, signed_in_user(request))
    )


@login_required
@require_POST
@limited("follow", per_user="300/h")
def follow_page(request: HttpRequest, key: str) -> HttpResponse:
    """Follow (`wanted` 1) or no longer: said, not toggled, so that a double click changes nothing."""
    user = signed_in_user(request)
    notice = _notice(key, user)
    if request.POST.get("wanted") == "1":
        follow_notice(notice=notice, by=user)
        messages.success(request, _("Vous suivez cet avis : nous vous écrirons dès qu’il change."))
    elif request.POST.get("wanted") == "0" and unfollow_notice(notice=notice, by=user):
        messages.success(request, _("Vous ne suivez plus cet avis."))
    if request.POST.get("from") == "list":
        return redirect("dealings:follow_list")
    return redirect(notice_page(notice))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("interest", per_user="120/h")
def interest_page(request: HttpRequest, key: str) -> HttpResponse:
    """« Ça nous intéresse », for one of one's enterprises: who may see it; and take it back."""
    user = signed_in_user(request)
    notice = _notice(key, user)
    mine = own_suppliers(user)
    if not mine:
        return back_without_supplier(request, notice)
    if request.method != "POST":
        return _interest_page(request, notice, mine)
    chosen = chosen_suppliers(request, mine)
    if not chosen:
        return redirect(request.path)
    supplier = chosen[0]
    with holding_row(request, Supplier, supplier.pk):
        if "undo" in request.POST:
            return _take_back(request, notice, supplier)
        page = _versioned(request, notice, supplier)
        if page.is_stale:
            return ask_to_choose(request, page.merged)
        if page.form.is_valid():
            try:
                seen = {name: page.form.cleaned_data[name] for name in InterestForm.base_fields}
                express_interest(supplier=supplier, notice=notice, by=user, **seen)
            except Refused as why:
                messages.error(request, str(why))
            else:
                messages.success(
                    request,
                    _("C’est noté : cet avis intéresse %(name)s.") % {"name": supplier.organisation.name},
                )
    return redirect(request.path)


def _take_back(request: HttpRequest, notice: Notice, supplier: Supplier) -> HttpResponse:
    """With the group for this notice or without, as the button says."""
    leaves = request.POST["undo"] == "leave"
    user = signed_in_user(request)
    try:
        taken = take_back_interest(supplier=supplier, notice=notice, leaves_group=leaves, by=user)
    except Refused as why:
        messages.error(request, str(why))
        return redirect(request.path)
    if taken:
        said = _("C’est noté : plus personne ne voit cet intérêt.")
        messages.success(request, said)
        if leaves:
            messages.success(request, _("Vous avez quitté le groupement."))
    return redirect(request.path)


def _interest_page(request: HttpRequest, notice: Notice, mine: list[Supplier]) -> HttpResponse:
    said = {row.supplier_id: row for row in Interest.objects.filter(supplier__in=mine, **about(notice))}
    groups = {part.supplier_id: part.consortium for part in standing_parts(mine, notice)} if said else {}
    kind = kind_of(notice)
    context = {
        "notice": notice,
        "page": kind.page(notice),
        "key": notice_key(notice),
        "buyer_name": kind.buyer_name(notice),
        "is_running": kind.is_running(notice),
        "by_invitation": kind.is_by_invitation(notice),
        "rows": [
            {
                "supplier": supplier,
                "interest": said.get(supplier.pk),
                "group": groups.get(supplier.pk),
                "form": _versioned(request, notice, supplier, said.get(supplier.pk)).form,
            }
            for supplier in mine
        ],
    }
    return render(request, "dealings/interests/interest.html", context)


def _versioned(
    request: HttpRequest, notice: Notice, supplier: Supplier, known: Interest | None = None
) -> VersionedPage:
    """The form of one enterprise, compared with what a colleague may have chosen meanwhile."""
    if request.method == "POST":
        known = Interest.objects.filter(supplier=supplier, **about(notice)).first()
    initial: dict[str, Any] = {
        name: bool(known and getattr(known, name)) for name in InterestForm.base_fields
    }

    def build(data: QueryDict | None) -> InterestForm:
        return InterestForm(data, initial=initial, auto_id=f"id_{supplier.pk}_%s")

    return versioned_form(request, build, about=supplier, part=f"interest:{kind_of(notice).mention(notice)}")


@never_cache
@csrf_exempt  # the signed address is the authority, and mail programs may send no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def unfollow_page(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail, without signing in: GET shows a button, POST acts."""
    follows = follows_from_token(token)
    if request.method == "POST":
        for follow in follows:
            unfollow_notice(notice=follow.notice, by=follow.user)
    is_done = request.method == "POST" or not follows
    context = {"is_done": is_done, "notices": [follow.notice for follow in follows]}
    return render(request, "dealings/interests/unfollowed.html", context)


# --- Calendars ----------------------------------------------------------------------------------------------------------


@login_required
@require_POST
@limited("dates", per_user="30/h")
def dates_feed_page(request: HttpRequest) -> HttpResponse:
    """Make the secret address, make it another, or close it."""
    user, move = signed_in_user(request), request.POST.get("move")
    if move == "open":
        dates.open_dates_feed(by=user)
    elif move == "renew":
        dates.renew_dates_feed(by=user)
        messages.success(
            request,
            _(
                "Le lien est renouvelé. L’ancien ne fonctionne plus : abonnez vos calendriers à la nouvelle adresse."
            ),
        )
    elif move == "close":
        dates.close_dates_feed(by=user)
        messages.success(request, _("Le lien est fermé : aucun calendrier ne lit plus vos échéances."))
    return redirect("dealings:follow_list")


@require_safe
def dates_calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """The secret address is the authority: calendar programs sign in nowhere."""
    feed = dates.find_dates_feed(token)
    if feed is None:
        raise Http404
    with translation.override(feed.user.language):
        body = dates.dates_calendar(feed.user)
    response = _calendar(body, "echeances")
    response["Cache-Control"] = "private, max-age=300"
    return response


@require_safe
def notice_calendar_file(request: HttpRequest, key: str) -> HttpResponse:
    """The dates of one notice, to add to one's calendar."""
    return _calendar(dates.notice_calendar(_notice(key, request.user)), key)


def _calendar(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _notice(key: str, user: User | Any) -> Notice:
    notice = find_notice(key, user)
    if notice is None:
        raise Http404
    return notice

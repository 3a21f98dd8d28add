"""Finding partners, and the shared page of a consortium. GET shows, POST acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings.acting_suppliers import back_without_supplier, own_suppliers
from marketplace.dealings.consortiums import membership
from marketplace.dealings.consortiums.forms import ConsortiumForm, PartForm
from marketplace.dealings.consortiums.pages import (
    brings_of,
    consortium_context,
    list_context,
    search_context,
)
from marketplace.dealings.consortiums.parts import find_partners
from marketplace.dealings.models import Consortium, ConsortiumMember
from marketplace.dealings.notices import Notice, find_notice
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.stale_edits import ask_to_choose
from marketplace.web.versioned_forms import holding_row, versioned_form
from suppliers.models import Supplier


@never_cache
@login_required
@require_safe
def consortium_list_page(request: HttpRequest) -> HttpResponse:
    """Those of the person's enterprises, and those that they are asked to join."""
    return render(request, "dealings/consortiums/list.html", list_context(request, signed_in_user(request)))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("consortium", per_user="60/h")
def consortium_search_page(request: HttpRequest, key: str) -> HttpResponse:
    """Who looks for partners for a notice, the groups that would cover it; POST invites those who are chosen."""
    user = signed_in_user(request)
    notice = find_notice(key, user)
    if notice is None:
        raise Http404
    mine = own_suppliers(user)
    if not mine:
        return back_without_supplier(request, notice)
    asked = (request.POST if request.method == "POST" else request.GET).get("pour", "")
    own = next((one for one in mine if str(one.pk) == asked), None)
    if request.method == "POST":
        return _invite(request, notice, user, own)
    return render(request, "dealings/consortiums/search.html", search_context(notice, user, mine, own))


def _invite(request: HttpRequest, notice: Notice, user: User, own: Supplier | None) -> HttpResponse:
    keys = [int(key) for key in request.POST.getlist("invite") if key.isdecimal() and len(key) < 19]
    invited = list(Supplier.objects.published().filter(pk__in=keys).order_by("pk"))
    if own is None or not invited:
        messages.warning(request, _("Choisissez au moins une entreprise à inviter."))
        return redirect(request.path)
    try:
        consortium = membership.form_consortium(
            supplier=own,
            notice=notice,
            invited=invited,
            by=user,
            brings=brings_of(notice, find_partners(notice), own.pk, keys),
        )
    except Refused as why:
        messages.error(request, str(why))
        return redirect(request.path)
    messages.success(request, _("C’est fait : les entreprises choisies reçoivent votre invitation."))
    return redirect("dealings:consortium", pk=consortium.pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consortium_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The shared page: members write it together, each edit compared with the others'."""
    user = signed_in_user(request)
    consortium = _consortium(pk, user)
    with holding_row(request, Consortium, consortium.pk):
        return _shared_page(request, consortium, user)


def _shared_page(request: HttpRequest, consortium: Consortium, user: User) -> HttpResponse:
    if request.method == "POST":  # as it stands now that the row is held
        consortium = _consortium(consortium.pk, user)
    context = consortium_context(consortium, user)
    if not context["is_inside"]:
        if request.method == "POST":
            raise Http404
        return render(request, "dealings/consortiums/consortium.html", context)
    initial = {name: getattr(consortium, name) for name in ConsortiumForm.base_fields}

    def build(data: QueryDict | None) -> ConsortiumForm:
        return ConsortiumForm(data, initial=initial)

    page = versioned_form(request, build, about=consortium)
    if page.is_stale:
        return ask_to_choose(request, page.merged, rows=[consortium])
    if request.method == "POST" and page.form.is_valid():
        try:
            said = {name: page.form.cleaned_data[name] for name in ConsortiumForm.base_fields}
            membership.write_consortium_page(consortium=consortium, by=user, **said)
        except Refused as why:
            page.form.add_error(None, str(why))
        else:
            messages.success(request, _("Enregistré. Les autres membres lisent ce que vous avez écrit."))
            return redirect("dealings:consortium", pk=consortium.pk)
    context["form"] = page.form
    return render(request, "dealings/consortiums/consortium.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consortium_part_page(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """What one of the reader's enterprises brings, in its own words."""
    user = signed_in_user(request)
    consortium = _consortium(pk, user)
    with holding_row(request, ConsortiumMember, member):
        rows = consortium.members.inside().filter(supplier__organisation__in=user.organisation_ids)
        part = rows.select_related("supplier__organisation").filter(pk=member).first()
        if part is None or not consortium.is_standing:
            raise Http404
        page = versioned_form(
            request, lambda data: PartForm(data, initial={"brings": part.brings}), about=part
        )
        if page.is_stale:
            return ask_to_choose(request, page.merged, rows=[part])
        if request.method == "POST" and page.form.is_valid():
            membership.describe_part(member=part, brings=page.form.cleaned_data["brings"], by=user)
            messages.success(request, _("Enregistré. Les autres membres lisent ce que vous avez écrit."))
            return redirect("dealings:consortium", pk=consortium.pk)
    context = {"consortium": consortium, "part": part, "form": page.form, "notice": consortium.notice}
    return render(request, "dealings/consortiums/part.html", context)


#: What a button of the shared page does: the verb that takes `member=` and `by=`, and what is said afterwards.
MEMBER_MOVES: dict[str, tuple[Callable[..., Any], str | Promise]] = {
    "accept": (
        membership.accept_invitation,
        gettext_lazy("Bienvenue : votre entreprise fait partie du groupement."),
    ),
    "decline": (membership.decline_invitation, gettext_lazy("C’est noté : vous avez refusé l’invitation.")),
    "withdraw": (membership.withdraw_invitation, gettext_lazy("L’invitation est retirée.")),
    "leave": (
        membership.leave_consortium,
        gettext_lazy("C’est noté : votre entreprise a quitté le groupement."),
    ),
}


@login_required
@require_POST
@limited("consortium_move", per_user="120/h")
def consortium_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One button of the shared page."""
    user = signed_in_user(request)
    consortium = _consortium(pk, user)
    key = request.POST.get("member", "")
    member = consortium.members.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
    try:
        said = _move(request, consortium, member, user)
    except Refused as why:
        messages.error(request, str(why))
    else:
        if said:
            messages.success(request, said)
    if Consortium.objects.of_members(user).filter(pk=consortium.pk).exists():
        return redirect("dealings:consortium", pk=consortium.pk)
    return redirect("dealings:consortium_list")


def _move(request: HttpRequest, consortium: Consortium, member: ConsortiumMember | None, user: User) -> str:
    move = request.POST.get("move", "")
    if move == "dissolve":
        membership.dissolve_consortium(consortium=consortium, by=user)
        return _("Le groupement est dissous. Ses membres en sont prévenus.")
    if member is None:
        return ""
    if move in MEMBER_MOVES:
        act, said = MEMBER_MOVES[move]
        act(member=member, by=user)
        return str(said)
    if move == "lead":
        membership.hand_over_lead(consortium=consortium, to=member, by=user)
        return _("%(name)s mène maintenant le groupement.") % {"name": member.supplier.organisation.name}
    return ""


def _consortium(pk: int, user: User) -> Consortium:
    rows = Consortium.objects.of_members(user).select_related("tender", "need__buyer__organisation")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found

"""The buyer's side after the closing: quotes compared, the decision, the whole exchange on paper; and the contract."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from buyers.models import Need
from buyers.permissions import can_manage_need
from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings.models import NeedDecision, Quote
from marketplace.dealings.need_exchanges.contracts import Side, record_contract_answer, sides_of
from marketplace.dealings.need_exchanges.deciding import (
    decidable_from,
    leaves_at,
    record_need_decision,
    undo_need_decision,
)
from marketplace.dealings.need_exchanges.exchange_pdf import exchange_pdf
from marketplace.dealings.need_exchanges.fit_views import need_crumbs, visible_need
from marketplace.dealings.need_exchanges.forms import NOBODY, ContractForm, DecisionForm, typed_amount
from marketplace.dealings.need_exchanges.sealing import database_now, open_quotes, order_by_total
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def need_quotes_view(request: HttpRequest, slug: str) -> HttpResponse:
    """What came in; once it may be opened, side by side; once closed, the decision."""
    user, need = signed_in_user(request), visible_need(request, slug)
    if not can_manage_need(user, need):
        raise Http404
    opened = order_by_total(open_quotes(need=need, by=user))
    if "undo" in request.POST:
        return _undo(request, need, user)
    form = DecisionForm(request.POST or None, opened=opened)
    if request.method == "POST" and form.is_valid():
        try:
            _decide(need, form, user)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("La décision est enregistrée."))
            return redirect(request.path)
    decision = NeedDecision.objects.filter(need=need).select_related("by", "organisation").first()
    is_secret = Quote.count_is_secret(need)
    received = 0 if is_secret else Quote.objects.submitted().filter(need=need).count()
    start = decidable_from(need)
    may_decide = need.is_closed and decision is None and start is not None and start <= database_now()
    context = {
        "need": need,
        "opened": opened,
        "received": received,
        "is_secret": is_secret,
        "still_sealed": received - len(opened),
        "declined": list(
            need.invitations.filter(declined_at__isnull=False).select_related("supplier__organisation")
        ),
        "decision": decision,
        "undo_until": leaves_at(decision) if decision and need.is_closed else None,
        "decidable_from": start if need.is_closed and decision is None and not may_decide else None,
        "form": form if may_decide or form.errors else None,
        "crumbs": need_crumbs(need, _("Propositions")),
    }
    status = 409 if form.is_bound and form.non_field_errors() else 200
    return render(request, "dealings/need_exchanges/need_quotes.html", context, status=status)


def _undo(request: HttpRequest, need: Need, user: User) -> HttpResponse:
    try:
        undo_need_decision(need=need, decision_id=read_key(request.POST["undo"]) or 0, by=user)
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(
            request,
            _("La décision est annulée. Personne n’en a été prévenu; vous pouvez décider de nouveau."),
        )
    return redirect(request.path)


def _decide(need: Need, form: DecisionForm, user: User) -> None:
    chosen = form.cleaned_data["chosen"]
    record_need_decision(
        need=need,
        chosen=None if chosen == NOBODY else Quote.objects.get(need=need, pk=chosen),
        why=form.cleaned_data["why"],
        seen=[read_key(text) for text in form.cleaned_data["seen"].split(",") if text],
        by=user,
    )


@never_cache
@login_required
@require_safe
def need_record_view(request: HttpRequest, slug: str) -> HttpResponse:
    """One PDF holds the whole exchange, for the institution's file."""
    user, need = signed_in_user(request), visible_need(request, slug)
    if not can_manage_need(user, need):
        raise Http404
    response = HttpResponse(exchange_pdf(need, by=user), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{need.slug}.pdf"'
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def need_contract_view(request: HttpRequest, slug: str) -> HttpResponse:
    """« Contrat conclu? », for whom it was decided about and who decided."""
    user, need = signed_in_user(request), visible_need(request, slug)
    decision = get_object_or_404(
        NeedDecision.objects.chosen().select_related("need__buyer__organisation", "organisation"), need=need
    )
    sides = sides_of(user, decision)
    if not sides:
        raise Http404
    side = sides[0]
    answers = {one.side: one for one in decision.contract_answers.all()}
    own = answers.get(side)
    initial: dict[str, Any] = {"said": own.said, "amount": typed_amount(own.amount)} if own else {}
    if own is None and side == Side.BUYER:
        initial["amount"] = typed_amount(decision.amount)
    form = ContractForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            record_contract_answer(
                decision=decision,
                side=side,
                said=form.cleaned_data["said"],
                amount=form.cleaned_data["amount"],
                by=user,
            )
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("C’est noté. Vous pouvez changer cette réponse ici."))
            return redirect(request.path)
    context = {
        "need": need,
        "decision": decision,
        "side": side,
        "own": own,
        "other": answers.get(Side.SELLER if side == Side.BUYER else Side.BUYER),
        "form": form,
        "crumbs": need_crumbs(need, _("Contrat")),
    }
    return render(request, "dealings/need_exchanges/need_contract.html", context)

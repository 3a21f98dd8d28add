"""Questions and answers of a need: published ones for whoever reads it; asking, for enterprises; answering, for the buyer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from buyers.models import Need
from buyers.permissions import can_manage_need
from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings.models import NeedQuestion
from marketplace.dealings.need_exchanges.fit_views import need_crumbs, visible_need
from marketplace.dealings.need_exchanges.forms import AnswerForm, AskForm
from marketplace.dealings.need_exchanges.permissions import suppliers_acting_for
from marketplace.dealings.need_exchanges.questions import (
    answer_need_question,
    ask_need_question,
    published_questions,
)
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key
from marketplace.web.limits import limited
from suppliers.models import Supplier


@never_cache
@login_required
@limited("need_questions", per_user="40/h")
@require_http_methods(["GET", "HEAD", "POST"])
def need_questions_view(request: HttpRequest, slug: str) -> HttpResponse:
    """One page for both sides: what is published, and what each may do."""
    user, need = signed_in_user(request), visible_need(request, slug)
    manages = can_manage_need(user, need)
    mine = [] if manages else suppliers_acting_for(user)
    if request.method == "POST" and manages:
        return _answer(request, user, need)
    if request.method == "POST" and mine:
        return _ask(request, user, need, mine)
    return _page(request, user, need, mine)


def _ask(request: HttpRequest, user: User, need: Need, mine: list[Supplier]) -> HttpResponse:
    form = AskForm(request.POST, suppliers=mine)
    if form.is_valid():
        supplier = next(one for one in mine if one.pk == form.cleaned_data["supplier"])
        try:
            ask_need_question(need=need, supplier=supplier, text=form.cleaned_data["text"], by=user)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(
                request,
                _(
                    "Votre question est transmise à l’institution. Nous vous écrirons quand elle aura répondu."
                ),
            )
            return redirect(request.path)
    return _page(request, user, need, mine, ask=form)


def _answer(request: HttpRequest, user: User, need: Need) -> HttpResponse:
    question = get_object_or_404(
        NeedQuestion.objects.visible_to(user).filter(need=need).select_related("need__buyer__organisation"),
        pk=read_key(request.POST.get("question", "")),
    )
    form = AnswerForm(request.POST, question=question)
    if form.is_valid():
        try:
            answer_need_question(
                question=question,
                public_text=form.cleaned_data["public_text"],
                answer=form.cleaned_data["answer"],
                by=user,
            )
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(
                request, _("La réponse est publiée, et les entreprises concernées en sont avisées.")
            )
            return redirect(request.path)
    return _page(request, user, need, [], answered=(question, form))


def _page(
    request: HttpRequest,
    user: User,
    need: Need,
    mine: list[Supplier],
    *,
    ask: AskForm | None = None,
    answered: tuple[NeedQuestion, AnswerForm] | None = None,
) -> HttpResponse:
    manages = can_manage_need(user, need)
    waiting: list[Any] = []
    if manages or mine:
        rows = NeedQuestion.objects.visible_to(user).filter(need=need).unanswered()
        waiting = list(rows.select_related("supplier__organisation"))
    forms = [
        (question, answered[1] if answered and answered[0] == question else AnswerForm(question=question))
        for question in waiting
        if manages
    ]
    if answered and answered[0] not in waiting:  # a colleague answered meanwhile: what was typed stays
        forms.insert(0, answered)
    context = {
        "need": need,
        "published": published_questions(need),
        "manages": manages,
        "waiting": waiting,
        "answer_forms": forms,
        "refused": answered[1] if answered and answered[1].errors else None,
        "form": ask
        if ask is not None
        else AskForm(suppliers=mine)
        if mine and need.takes_questions
        else None,
        "crumbs": need_crumbs(need, _("Questions")),
    }
    return render(request, "dealings/need_exchanges/need_questions.html", context)

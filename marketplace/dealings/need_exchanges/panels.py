"""What a need's page, a notice's page and « Mon espace » show of exchanges."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest

from buyers.models import Need, Tender
from buyers.permissions import can_manage_need
from marketplace.accounts.models import User
from marketplace.dealings.models import NeedDecision, NeedInvitation, Quote
from marketplace.dealings.need_exchanges.permissions import (
    can_see_who_answers,
    can_see_who_fits,
    suppliers_acting_for,
)
from marketplace.dealings.need_exchanges.questions import published_questions


def need_steps(request: HttpRequest, need: Need) -> dict[str, Any] | None:
    """For the institution: who fits, questions that wait, what came in, the decision. For the staff of its territory:
    that these exist. Two queries."""
    if not isinstance(request.user, User) or not can_see_who_fits(request.user, need):
        return None
    counts = Need.objects.filter(pk=need.pk).aggregate(
        chosen=Count("invitations", distinct=True),
        declined=Count("invitations", filter=Q(invitations__declined_at__isnull=False), distinct=True),
        asked=Count("questions", distinct=True),
        unanswered=Count("questions", filter=Q(questions__answered_at__isnull=True), distinct=True),
        received=Count(
            "quotes",
            filter=Q(quotes__submitted_at__isnull=False, quotes__withdrawn_at__isnull=True),
            distinct=True,
        ),
        is_decided=Count("decision", distinct=True),
    )
    if Quote.count_is_secret(need):
        counts["received"] = None
    manages = can_manage_need(request.user, need)
    if not manages:  # what may still be undone is the institution's own
        counts["is_decided"] = need.status == Need.Status.DECIDED
    return {"need": need, "manages": manages, **counts}


def need_public_questions(request: HttpRequest, need: Need) -> dict[str, Any] | None:
    """What everyone reads, the same for all: one query."""
    published = published_questions(need) if need.is_shown else []
    return {"published": published} if published else None


def need_answer(request: HttpRequest, need: Need) -> dict[str, Any] | None:
    """For members of an enterprise: where their answer stands, and the way to it."""
    user = request.user
    if not isinstance(user, User) or can_manage_need(user, need) or not need.is_shown:
        return None
    mine = suppliers_acting_for(user)
    if not mine:
        return None
    quote = Quote.objects.of_members(user).filter(need=need).order_by("pk").first()
    invited = NeedInvitation.objects.of_members(user).filter(need=need, told_at__isnull=False).first()
    may_answer = need.is_running and (invited is not None or not need.is_by_invitation)
    return {"need": need, "quote": quote, "invitation": invited, "may_answer": may_answer}


def tender_who_answers(request: HttpRequest, tender: Tender) -> dict[str, Any] | None:
    """« Qui peut répondre », for members of its buyer and for staff."""
    if not can_see_who_answers(request.user, tender) or not tender.is_open:
        return None


def need_decided(request: HttpRequest, need: Need) -> dict[str, Any] | None:
    """What was decided, to who took part; everyone reads on the page that it is."""
    user = request.user
    if not isinstance(user, User) or need.status != Need.Status.DECIDED:
        return None
    decision = NeedDecision.objects.visible_to(user).filter(need=need).first()
    return {"need": need, "decision": decision} if decision else None

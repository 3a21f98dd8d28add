"""What seeded needs set going: invitations, questions, quotes sealed and open, decisions, contracts; each state inhabited."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from buyers.models import Need
from marketplace.accounts.models import User
from marketplace.dealings.models import (
    ContractAnswer,
    NeedDecision,
    NeedInvitation,
    NeedQuestion,
    Quote,
)
from marketplace.dealings.need_exchanges.quoting import save_quote_draft
from marketplace.dealings.need_exchanges.sealing import QuoteTerms, seal_terms
from marketplace.matching.needs import need_question, suppliers_that_fit
from suppliers.models import Supplier

from .seed_data import read_seed_data

#: Of each need, how many suppliers are invited and quote.
INVITED, QUOTES = 4, 3


def seed_need_exchanges(*, member_of: Supplier, member: User, shopper: User, rng: random.Random) -> int:
    """On every need that was published; returns how many quotes. The demo's enterprise has its part in some."""
    words = read_seed_data("need_exchanges.json")
    own = shopper.organisation_ids
    needs = Need.objects.exclude(status__in=Need.UNSEEN).select_related("buyer__organisation").order_by("pk")
    quotes, with_member = 0, 0
    for number, need in enumerate(needs):
        is_own = need.buyer.organisation_id in own
        found = [fit.supplier for fit in suppliers_that_fit(need_question(need), user=member, limit=INVITED)]
        if is_own and with_member < 4 and need.is_open:
            with_member += 1
            found = [member_of, *(one for one in found if one != member_of)]
        if not found or (number % 5 == 4 and not is_own):
            continue
        by = shopper if is_own else None
        _invite(need, found, by, words)
        _ask(need, found, by, rng, words)
        quoting = [one for one in found if one != member_of][: rng.randint(1, QUOTES)]
        rows = [_quote(need, supplier, rng, words) for supplier in quoting]
        quotes += len(rows)
        if need.status == Need.Status.DECIDED:
            _decide(need, rows, by, rng, words)
        elif is_own and need.is_open and member_of in found:
            _take_part(need, member_of, member, with_member, words)
    return quotes


def _invite(need: Need, found: list[Supplier], by: User | None, words: dict[str, Any]) -> None:
    at = need.published_at or timezone.now()
    rows = [NeedInvitation(need=need, supplier=supplier, by=by, at=at, told_at=at) for supplier in found]
    if len(rows) > 3:
        last = rows[-1]
        last.declined_at, last.decline_reason = at + timedelta(days=1), NeedInvitation.Reason.BUSY
    NeedInvitation.objects.bulk_create(rows)


def _ask(
    need: Need, found: list[Supplier], by: User | None, rng: random.Random, words: dict[str, Any]
) -> None:
    at = need.published_at or timezone.now()
    for n, (text, answer) in enumerate(rng.sample(words["questions"], k=rng.randint(0, 2))):
        NeedQuestion.objects.create(
            need=need,
            supplier=found[n % len(found)],
            text=text,
            public_text=text,
            answer=answer,
            asked_at=at + timedelta(hours=5 + n),
            answered_at=at + timedelta(hours=20 + n),
            answered_by=by,
        )


def _quote(
    need: Need, supplier: Supplier, rng: random.Random, words: dict[str, Any]
) -> tuple[Quote, QuoteTerms]:
    """As it was submitted before the closing that stands; nobody acts for most seeded enterprises."""
    assert need.closes_at is not None  # noqa: S101 - a published need has one
    base = float(need.estimated_amount or 20_000)
    amount = Decimal(round(base * rng.uniform(0.78, 1.18) / 10) * 10)
    terms = QuoteTerms(
        amount=amount,
        taxes="added",
        valid_until=need.closes_at.date() + timedelta(days=60),
        conditions=rng.choice(words["conditions"]),
    )
    row = Quote(need=need, supplier=supplier, is_sealed=need.is_sealed, sealed_until=need.closes_at, times=1)
    row.content = seal_terms(row, terms, until=need.closes_at)
    latest = min(need.closes_at, timezone.now()) - timedelta(hours=rng.randint(2, 30))
    row.submitted_at = row.saved_at = max(latest, need.published_at or latest)
    row.save()
    return row, terms


def _decide(
    need: Need,
    rows: list[tuple[Quote, QuoteTerms]],
    by: User | None,
    rng: random.Random,
    words: dict[str, Any],
) -> None:
    assert need.closes_at is not None  # noqa: S101 - a published need has one
    at = min(need.closes_at + timedelta(days=2), timezone.now())
    decision = NeedDecision(need=need, by=by, decided_at=at, why=words["why_nobody"])
    if rows:
        best, terms = min(rows, key=lambda row: row[1].total or 0)
        organisation = best.supplier.organisation
        decision.quote, decision.organisation = best, organisation
        decision.neq, decision.name = organisation.neq or "", organisation.name
        decision.amount, decision.why = terms.amount, rng.choice(words["why"])
    decision.save()
    if decision.is_chosen and rng.random() < 0.6:
        for side in (ContractAnswer.Side.BUYER, ContractAnswer.Side.SELLER):
            ContractAnswer.objects.create(
                decision=decision, side=side, said=ContractAnswer.Said.YES, amount=decision.amount
            )


def _take_part(need: Need, supplier: Supplier, member: User, turn: int, words: dict[str, Any]) -> None:
    """The demo's enterprise: a question that waits, a draft, a quote submitted, an invitation not answered yet."""
    terms = QuoteTerms(amount=Decimal(18_400), conditions=words["conditions"][0])
    if turn == 1:
        NeedQuestion.objects.create(need=need, supplier=supplier, by=member, text=words["asked"])
        save_quote_draft(need=need, supplier=supplier, terms=terms, by=member)
    elif turn == 2:
        assert need.closes_at is not None  # noqa: S101 - a published need has one
        row = Quote(
            need=need, supplier=supplier, is_sealed=need.is_sealed, sealed_until=need.closes_at, times=1
        )
        row.content, row.by = seal_terms(row, terms, until=need.closes_at), member
        row.submitted_at = timezone.now() - timedelta(hours=3)
        row.save()

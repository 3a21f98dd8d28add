"""Prospects that somebody began to sort: one kept, one put off, the rest to do."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from marketplace.accounts.models import User
from suppliers.models import Supplier
from suppliers.triage.choosing import Choice, choose_for_prospect
from suppliers.triage.judging import judge_prospects
from suppliers.triage.prospects import ProspectQuery, chosen_prospects, found_prospects

CHOSEN: tuple[Choice, ...] = ("keep", "later")


def seed_triage(*, staff: User, at: datetime) -> None:
    while judge_prospects(by=None):
        pass
    query = ProspectQuery()
    likeliest = list(chosen_prospects(found_prospects(staff, query), query)[: len(CHOSEN)])
    batch = uuid5(NAMESPACE_URL, "demonstration/tri")
    for supplier, choice in zip(likeliest, CHOSEN, strict=False):
        choose_for_prospect(
            supplier=Supplier.objects.get(pk=supplier.pk), choice=choice, opened_at=at, batch=batch, by=staff
        )

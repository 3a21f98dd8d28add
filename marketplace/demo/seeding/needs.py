"""Seeded needs: some forty of invented institutions, each state inhabited, written by the verbs that people use."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from buyers.models import Buyer, Clause, Need
from buyers.needs.drafting import copy_need, draft_need
from buyers.needs.lifecycle import (
    cancel_need,
    change_need,
    decide_need,
    publish_need,
    return_need,
    submit_need,
)
from buyers.needs.proposals import propose_clauses
from buyers.needs.versions import said_by
from marketplace.accounts.models import User
from marketplace.web.private_files import check_upload

from .pdf_document import one_page_pdf
from .seed_data import read_seed_data


@dataclass(frozen=True)
class InventedNeed:
    """What is looked for, in plain words; its codes, the band that shows, the figure that its institution keeps."""

    title: str
    text: str
    codes: list[str]
    band: str
    amount: int


NEEDS = tuple(InventedNeed(*row) for row in read_seed_data("needs.json"))
#: What each one becomes, in order; those of the demo's own institution come first.
OWN = ("open", "sealed", "invited", "fitting", "closed", "decided", "cancelled", "changed", "draft", "draft")
OTHERS = (
    *("open",) * 12, "changed", "changed", "survey", "survey", "survey", "sealed", "sealed", "invited", "fitting",
    "closed", "closed", "closed", "decided", "decided", "cancelled", "submitted", "submitted", "returned",
)  # fmt: skip


def seed_needs(*, buyers: list[Buyer], shopper: User, rng: random.Random, day: date) -> int:
    """The institution of the demo's buyer first, then others; returns how many."""
    shop, *others = buyers
    others = others or [shop]
    for number, state in enumerate(OWN):
        _seed(NEEDS[number % len(NEEDS)], shop, state, by=shopper, number=number, rng=rng, day=day)
    for number, state in enumerate(OTHERS):
        said = NEEDS[(number + len(OWN)) % len(NEEDS)]
        _seed(said, others[(number * 7) % len(others)], state, by=None, number=number, rng=rng, day=day)
    old = Need.objects.filter(buyer=shop, status=Need.Status.DECIDED).first()
    if old is not None:
        copy_need(need=old, by=shopper)
    return len(OWN) + len(OTHERS) + 1


def _seed(
    said: InventedNeed,
    buyer: Buyer,
    state: str,
    *,
    by: User | None,
    number: int,
    rng: random.Random,
    day: date,
) -> None:
    closes = _at(day + timedelta(days=rng.randint(6, 40)), 11 + number % 6)
    organisation = buyer.organisation
    methods = {"invited": "limited", "survey": "survey"}
    values = {
        "title": said.title,
        "description": said.text,
        "place": organisation.town,
        "mrc_id": organisation.mrc_id,
        "region_id": organisation.region_id,
        "starts_on": closes.date() + timedelta(days=30),
        "ends_on": closes.date() + timedelta(days=395) if said.amount > 10_000 else None,
        "band": said.band,
        "estimated_amount": said.amount,
        "unspsc": said.codes,
        "method": methods.get(state, "direct" if number % 2 else "survey"),
        "audience": {"invited": "invited", "fitting": "fitting"}.get(state, "everyone"),
        "is_sealed": state in ("sealed", "closed"),
        "reference": f"{day.year}-{number + 1:03d}" if number % 3 == 0 else "",
        "closes_at": closes,
        "questions_until": closes - timedelta(days=3),
    }
    need = draft_need(buyer=buyer, values=values, by=by)
    change_need(
        need=need,
        values={},
        by=by,
        clauses=propose_clauses(said.title, said.text, Clause.objects.in_use())[:2],
    )
    if number % 4 == 0:
        _add_paper(need, by)
    if state == "draft":
        return
    submit_need(need=need, by=by)
    if state == "returned":
        return_need(need=need, message="Précisez les heures où le service est demandé.", by=None)
        return
    if state == "submitted":
        return
    if need.status == Need.Status.SUBMITTED:
        publish_need(need=need, by=None)
    _become(need, state, rng, day, by)


def _become(need: Need, state: str, rng: random.Random, day: date, by: User | None) -> None:
    """As if it had been published some days ago; what is over closed before today."""
    is_over = state in ("closed", "decided")
    published = _at(day - timedelta(days=rng.randint(25, 60) if is_over else rng.randint(1, 12)), 9)
    Need.objects.filter(pk=need.pk).update(published_at=published, submitted_at=published)
    need.versions.update(at=published)
    if state == "changed":
        assert need.closes_at is not None  # noqa: S101 - said when it was drafted
        change_need(need=need, values={"closes_at": need.closes_at + timedelta(days=4)}, by=by)
    if is_over:
        closed = _at(day - timedelta(days=rng.randint(1, 20)), 11)
        Need.objects.filter(pk=need.pk).update(
            closes_at=closed, questions_until=closed - timedelta(days=3), closing_told=closed
        )
        need.refresh_from_db()
        need.versions.update(said=said_by(need))
    if state == "decided":
        decide_need(need=need, at=timezone.now(), by=by)
    if state == "cancelled":
        reason = "Le projet est reporté à l’an prochain; nous publierons un nouveau besoin."
        cancel_need(need=need, reason=reason, by=by)


def _add_paper(need: Need, by: User | None) -> None:
    content = one_page_pdf(f"Devis : {need.title}", [need.buyer.organisation.name, need.description])
    upload = SimpleUploadedFile("devis.pdf", content, "application/pdf")
    change_need(need=need, values={}, by=by, upload=check_upload(upload))


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))

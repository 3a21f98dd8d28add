"""Seeded promotion: the enterprises of the last weeks, one that was passed over, a catalogue that staff asked for."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.outreach.models import FeaturedSupplier
from marketplace.outreach.promotion.catalogues import ask_for_catalogue
from marketplace.outreach.promotion.rotation import choose_featured_supplier, next_in_turn, week_of
from marketplace.outreach.promotion.scopes import Scope
from marketplace.web.errors import Refused

WEEKS = 4


def seed_promotion(*, staff: User, day: date) -> None:
    """The catalogue is made by the demo's own worker, as any other."""
    last = week_of(day) - timedelta(weeks=1)
    for n in reversed(range(1, WEEKS)):
        choose_featured_supplier(by=None, day=day - timedelta(weeks=n))
    passed = next_in_turn(last).first()
    if passed is not None:
        FeaturedSupplier.objects.create(
            week=last,
            supplier=passed,
            skipped_at=timezone.now() - timedelta(days=6),
            skipped_by=staff,
            reason="Fermée jusqu’en janvier pour des rénovations",
        )
    choose_featured_supplier(by=None, day=day)
    try:
        ask_for_catalogue(scope=Scope(pole="mauricie"), language="fr", has_crop_marks=False, by=staff)
    except Refused:  # nobody is listed there, in a very small demo
        return

"""« À relancer »: every Monday, to each owner, what is due within the week and who has been silent; nothing, no mail."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.outreach.models import Approach, ContactEntry, StoppedReminder
from marketplace.outreach.pipeline.emails import send_follow_up
from marketplace.outreach.pipeline.queries import OVER
from marketplace.territories.models import Pole
from marketplace.web.verbs import verb

SHOWN = 20


@verb
def send_follow_ups(*, by: None) -> int:
    """One mail for each owner who has something; asked again in the same week, none. How many were written."""
    today = timezone.localdate()
    year, number, _day = today.isocalendar()
    week = f"{year}-{number:02d}"
    owners = (
        User.objects.filter(is_active=True)
        .exclude(pk__in=StoppedReminder.objects.values("user"))
        .filter(
            Q(pk__in=ContactEntry.objects.with_open_action().values("next_by"))
            | Q(pk__in=Approach.objects.exclude(owner=None).values("owner"))
        )
    )
    written = 0
    for owner in owners.order_by("pk"):
        pole = _pole_of(owner)
        if pole is None:
            continue
        actions = ContactEntry.objects.visible_to(owner).with_open_action()
        actions = actions.filter(next_by=owner, next_on__lte=today + timedelta(days=6))
        silent = Approach.objects.visible_to(owner).placed().filter(owner=owner, is_silent=True)
        silent = silent.exclude(place__in=OVER)
        due = list(actions.select_related("organisation").order_by("next_on", "pk")[: SHOWN + 1])
        quiet = list(silent.select_related("organisation").order_by("stage_on", "pk")[: SHOWN + 1])
        if not due and not quiet:
            continue
        more = max(0, len(due) - SHOWN) + max(0, len(quiet) - SHOWN)
        message = send_follow_up(
            owner=owner, pole=pole, week=week, actions=due[:SHOWN], silent=quiet[:SHOWN], more=more
        )
        written += message is not None
    return written


def _pole_of(owner: User) -> Pole | None:
    """Whose staff they are today; a platform admin who owns rows signs for none."""
    return Pole.objects.get(pk=min(owner.pole_codes)) if owner.pole_codes else None

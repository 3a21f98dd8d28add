"""On the admin's first page: submissions that have waited longer than was promised."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from marketplace.accounts.models import User
from marketplace.outreach.service_levels.kinds import KINDS
from marketplace.outreach.service_levels.levels import late_since
from marketplace.web.waiting import WaitingTile, register_waiting, waiting_rows

_SUBMISSIONS = KINDS[0]


def late_rows(user: User) -> QuerySet[Any] | None:
    if not user.is_staff:
        return None
    rows = _SUBMISSIONS.waiting().filter(waits_since__lt=late_since(_SUBMISSIONS, timezone.localdate()))
    if not user.is_superuser:
        rows = rows.filter(pole_code__in=user.pole_codes)
    return waiting_rows(rows, kind="outreach.late", subject=F("pk"), since=F("status_changed_at"))


def late_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("fiche soumise, hors délai", "fiches soumises, hors délai", count),
        url=reverse("outreach_admin:waiting_list", args=[_SUBMISSIONS.slug]) + "?retard=1",
        text=ngettext("délai : %(n)s jour ouvrable", "délai : %(n)s jours ouvrables", _SUBMISSIONS.workdays)
        % {"n": _SUBMISSIONS.workdays},
        icon="clock",
        is_urgent=True,
    )


def register_late_waiting() -> None:
    register_waiting(kind="outreach.late", rows=late_rows, tile=late_tile, order=5)

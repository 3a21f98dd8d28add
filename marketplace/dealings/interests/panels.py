"""What a notice's page offers its reader: follow, say that it interests, put aside, and whether to answer at all."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from marketplace.accounts.models import User
from marketplace.dealings.interests.standing import standing_of
from marketplace.dealings.notices import SEAO_SEARCH, Notice, kind_of, notice_key


def notice_actions(request: HttpRequest, notice: Notice) -> dict[str, Any]:
    """For everyone; who is not signed in is led to sign in, and the page stays the same for all of them."""
    kind = kind_of(notice)
    context: dict[str, Any] = {
        "notice": notice,
        "key": notice_key(notice),
        "is_running": kind.is_running(notice),
        "has_dates": notice.closes_at is not None,
        "number": kind.source_number(notice),
        "search_url": SEAO_SEARCH,
    }
    if isinstance(request.user, User):
        context["standing"] = standing_of(request.user, notice)
    return context

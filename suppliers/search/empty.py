"""Searches that found nobody: kept for staff, who add a synonym or court an enterprise."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from marketplace.web.verbs import verb
from suppliers.models import EmptySearch

from .wishes import Wishes

KEPT_DAYS = 30
MOST_A_DAY = 2_000  # different texts; beyond, someone is playing
LONGEST_NUMBER = 5  # a longer one may be a telephone or a NEQ

_COUNT = """
INSERT INTO suppliers_emptysearch AS e (text, language, day, times)
SELECT %(text)s, %(language)s, %(day)s, 1 WHERE (SELECT count(*) FROM suppliers_emptysearch WHERE day = %(day)s) < %(most)s
ON CONFLICT (text, language, day) DO UPDATE SET times = e.times + 1
"""


def kept_text(wishes: Wishes) -> str:
    """The words that found nobody, folded; "" where they may say who someone is: an address, a long number."""
    words = [key for what in wishes.whats if not what.is_code for key in what.keys]
    if "@" in wishes.asked or any(key.isdigit() and len(key) > LONGEST_NUMBER for key in words):
        return ""
    return " ".join(words)[:80].strip()


@verb
def record_empty_search(*, wishes: Wishes, language: str, by: None) -> None:
    """One statement; nothing of the person, not even the hour."""
    if text := kept_text(wishes):
        with connection.cursor() as cursor:
            parameters = {
                "text": text,
                "language": language[:2],
                "day": timezone.localdate(),
                "most": MOST_A_DAY,
            }
            cursor.execute(_COUNT, parameters)


@verb
def forget_empty_searches(*, by: None) -> int:
    """Every night: those of more than `KEPT_DAYS` days ago; how many rows."""
    before = timezone.localdate() - timedelta(days=KEPT_DAYS)
    return EmptySearch.objects.filter(day__lt=before).delete()[0]

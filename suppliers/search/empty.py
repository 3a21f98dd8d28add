"""Searches that found nobody: kept for staff, who add a synonym or court an enterprise."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from marketplace.web.verbs import verb
from suppliers.models import EmptySearch

from .first_names import FIRST_NAMES
from .meanings import prepared_lexicon
from .wishes import Wishes

KEPT_DAYS = 30
MOST_A_DAY = 2_000  # different texts; beyond, someone is playing
MOST_DIGITS = 5  # in all: more may be a telephone, a NEQ or the number of a street
#: How people write an address of a mailbox in words, or say whom they look for.
_MAILBOXES = (
    "arobase gmail hotmail outlook yahoo videotron courriel email madame mme monsieur mr mrs mlle miss"
)
_OF_PEOPLE = frozenset(_MAILBOXES.split())

_COUNT = """
INSERT INTO suppliers_emptysearch AS e (text, language, day, times)
SELECT %(text)s, %(language)s, %(day)s, 1 WHERE (SELECT count(*) FROM suppliers_emptysearch WHERE day = %(day)s) < %(most)s
ON CONFLICT (text, language, day) DO UPDATE SET times = e.times + 1
"""


def kept_text(wishes: Wishes) -> str:
    """The words that found nobody, folded; "" where they may say who someone is: an address, numbers, a first name.

    « jean tremblay » looks like any two words: first names that are common here are told by a list, unless the word is
    one of the trade's (« rose », « olive »).
    """
    words = [key for what in wishes.whats if not what.is_code for key in what.keys]
    digits = sum(letter.isdigit() for letter in wishes.asked)
    if "@" in unicodedata.normalize("NFKC", wishes.asked) or digits > MOST_DIGITS:
        return ""
    if not _OF_PEOPLE.isdisjoint(words) or any(key in FIRST_NAMES and not in_lexicon(key) for key in words):
        return ""
    return " ".join(words)[:80].strip()


def in_lexicon(key: str) -> bool:
    return key in prepared_lexicon().words


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

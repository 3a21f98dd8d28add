"""Letters for tests."""

from __future__ import annotations

from typing import Any

from marketplace.outreach.models import Letter, LetterTarget
from suppliers.models import Supplier


def letter_to(*suppliers: Supplier, **words: Any) -> Letter:
    """A draft; `words`: its columns."""
    said = {"title": "Des nouvelles de {entreprise}", "body": "Le pôle vous écrit.", **words}
    letter = Letter.objects.create(**said)
    LetterTarget.objects.bulk_create([LetterTarget(letter=letter, supplier=one) for one in suppliers])
    return letter

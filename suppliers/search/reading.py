"""Reads what a person types as wishes."""

from __future__ import annotations

from .wishes import Wishes
from .words import read_search_text


def read_wishes(text: str) -> Wishes:
    """Read a text of at most `filters.MAX_TEXT` characters."""
    words = read_search_text(text)
    return Wishes(asked=words.asked, stems=words.stems, message=words.message, text=words)

"""What a pôle does to bring in institutions and enterprises, each in a module of its own."""

from .contact_log import KIND_LABELS, ContactEntry, ContactEntryQuerySet
from .letters import Letter, LetterRefusal, LetterTarget, LetterTemplate, LetterWords, Purpose
from .reminders import StoppedReminder

__all__ = [
    "KIND_LABELS",
    "ContactEntry",
    "ContactEntryQuerySet",
    "Letter",
    "LetterRefusal",
    "LetterTarget",
    "LetterTemplate",
    "LetterWords",
    "Purpose",
    "StoppedReminder",
]

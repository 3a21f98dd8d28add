"""What a pôle does to bring in institutions and enterprises, and to make them known, each in a module of its own."""

from .catalogues import Catalogue
from .contact_log import KIND_LABELS, ContactEntry, ContactEntryQuerySet
from .featured import FeaturedSupplier
from .letters import Letter, LetterRefusal, LetterTarget, LetterTemplate, LetterWords, Purpose
from .reminders import StoppedReminder

__all__ = [
    "KIND_LABELS",
    "Catalogue",
    "ContactEntry",
    "ContactEntryQuerySet",
    "FeaturedSupplier",
    "Letter",
    "LetterRefusal",
    "LetterTarget",
    "LetterTemplate",
    "LetterWords",
    "Purpose",
    "StoppedReminder",
]

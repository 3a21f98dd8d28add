"""What a pôle does to bring in institutions and enterprises, and to make them known, each in a module of its own."""

from .campaigns import Campaign, CampaignMember, CampaignQuerySet
from .catalogues import Catalogue
from .contact_log import KIND_LABELS, ContactEntry, ContactEntryQuerySet
from .featured import FeaturedSupplier
from .letters import Letter, LetterRefusal, LetterTarget, LetterTemplate, LetterWords, Purpose
from .pipeline import (
    PLACE_LABELS,
    SILENT_AFTER,
    Approach,
    ApproachQuerySet,
    InstitutionInvitation,
    Respondent,
    RespondentQuerySet,
)
from .reminders import StoppedReminder

__all__ = [
    "KIND_LABELS",
    "PLACE_LABELS",
    "SILENT_AFTER",
    "Approach",
    "ApproachQuerySet",
    "Campaign",
    "CampaignMember",
    "CampaignQuerySet",
    "Catalogue",
    "ContactEntry",
    "ContactEntryQuerySet",
    "FeaturedSupplier",
    "InstitutionInvitation",
    "Letter",
    "LetterRefusal",
    "LetterTarget",
    "LetterTemplate",
    "LetterWords",
    "Purpose",
    "Respondent",
    "RespondentQuerySet",
    "StoppedReminder",
]

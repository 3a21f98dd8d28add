"""The selling side of an organisation."""

from .directory import DirectoryEntry, DirectoryFacets, DirectoryText, SearchWord
from .offers import Offer, ServedArea
from .supplier import Contact, Decision, LegalForm, RegistryRecord, Status, Supplier

__all__ = [
    "Contact",
    "Decision",
    "DirectoryEntry",
    "DirectoryFacets",
    "DirectoryText",
    "LegalForm",
    "Offer",
    "RegistryRecord",
    "SearchWord",
    "ServedArea",
    "Status",
    "Supplier",
]

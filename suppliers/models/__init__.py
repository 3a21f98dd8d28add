"""The selling side of an organisation."""

from .certifications import HeldCertification
from .directory import (
    DirectoryEntry,
    DirectoryFacets,
    DirectoryStem,
    DirectoryText,
    DirectoryWords,
    SearchWord,
)
from .duplicates import DuplicateCheck, DuplicatePair, SupplierMerge
from .empty_search import EmptySearch
from .evidence import Basis, Criterion, CriterionAnswer, EvidenceFile, Finding, Registration
from .imports import ImportMemory, SupplierImport, SupplierImportRow
from .listing import ListedRow, NeqProposal
from .offers import Offer, ServedArea
from .pictures import SupplierPicture
from .references import CustomerReference
from .registry_drift import RegistryDrift, RegistryExtract
from .returned_sheets import ReturnedSheet
from .supplier import Contact, Decision, LegalForm, RegistryRecord, Status, Supplier
from .triage import Triage, TriageSign

__all__ = [
    "Basis",
    "Contact",
    "Criterion",
    "CriterionAnswer",
    "CustomerReference",
    "Decision",
    "DirectoryEntry",
    "DirectoryFacets",
    "DirectoryStem",
    "DirectoryText",
    "DirectoryWords",
    "DuplicateCheck",
    "DuplicatePair",
    "EmptySearch",
    "EvidenceFile",
    "Finding",
    "HeldCertification",
    "ImportMemory",
    "LegalForm",
    "ListedRow",
    "NeqProposal",
    "Offer",
    "Registration",
    "RegistryDrift",
    "RegistryExtract",
    "RegistryRecord",
    "ReturnedSheet",
    "SearchWord",
    "ServedArea",
    "Status",
    "Supplier",
    "SupplierImport",
    "SupplierImportRow",
    "SupplierMerge",
    "SupplierPicture",
    "Triage",
    "TriageSign",
]

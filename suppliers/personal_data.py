"""Law 25: where enterprises' rows may name people who have no account: contacts, notes, what lists and people wrote."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data
from marketplace.web.private_files import delete_private_file
from suppliers.directory_index import reindex_suppliers
from suppliers.models import (
    Contact,
    CriterionAnswer,
    CustomerReference,
    Decision,
    HeldCertification,
    ListedRow,
    NeqProposal,
    Offer,
    Registration,
    RegistryDrift,
    RegistryRecord,
    ReturnedSheet,
    Supplier,
    SupplierImport,
    SupplierImportRow,
    SupplierMerge,
    SupplierPicture,
)


def _reindex(organisation_ids: set[int]) -> None:
    rows = Supplier.objects.filter(organisation__in=organisation_ids)
    reindex_suppliers(supplier_ids=list(rows.values_list("pk", flat=True)))


OF_SUPPLIER = "supplier__organisation"

for _columns in (
    PeopleColumns(
        "contacts",
        Contact,
        ("name", "title", "email", "phone"),
        gettext_lazy("personne-ressource"),
        organisation=OF_SUPPLIER,
        is_person=True,
        keys=("name", "email", "phone"),
        changed=_reindex,
    ),
    PeopleColumns(
        "registry_rows",
        RegistryRecord,
        ("values",),
        gettext_lazy("ligne importée"),
        organisation=OF_SUPPLIER,
    ),
    PeopleColumns(
        "listed_rows",
        ListedRow,
        ("values", "name_key", "place_key"),
        gettext_lazy("ligne d’une liste de pôle"),
        organisation=OF_SUPPLIER,
    ),
    PeopleColumns(
        "imported_rows",
        SupplierImportRow,
        ("cells", "faults", "unknown", "changes", "before", "name"),
        gettext_lazy("ligne d’une importation"),
        scope=lambda rows, user: rows & SupplierImportRow.objects.visible_to(user),
    ),
    PeopleColumns(
        "imports",
        SupplierImport,
        ("name", "header", "sample", "columns", "meanings", "notes", "fault", "counts"),
        gettext_lazy("importation"),
        scope=lambda rows, user: rows & SupplierImport.objects.visible_to(user),
    ),
    PeopleColumns(
        "neq_proposals",
        NeqProposal,
        ("reasons", "before"),
        gettext_lazy("proposition de NEQ"),
        organisation=OF_SUPPLIER,
    ),
    PeopleColumns(
        "merges",
        SupplierMerge,
        ("before", "after", "moved", "people"),
        gettext_lazy("réunion de fiches"),
        organisation="kept__organisation",
    ),
    PeopleColumns(
        "registry_drifts",
        RegistryDrift,
        ("said", "before"),
        gettext_lazy("écart avec le registre"),
        organisation=OF_SUPPLIER,
    ),
    PeopleColumns(
        "decisions",
        Decision,
        ("message", "on_behalf_of", "before"),
        gettext_lazy("décision et sa note"),
        organisation=OF_SUPPLIER,
    ),
    PeopleColumns(
        "criteria",
        CriterionAnswer,
        ("text", "note", "reference"),
        gettext_lazy("réponse à un critère"),
        organisation=OF_SUPPLIER,
    ),
    PeopleColumns(
        "certifications",
        HeldCertification,
        ("number", "issuer"),
        gettext_lazy("certification"),
        organisation=OF_SUPPLIER,
    ),
    PeopleColumns(
        "registrations", Registration, ("declaration",), gettext_lazy("inscription"), organisation=OF_SUPPLIER
    ),
    PeopleColumns(
        "customer_references",
        CustomerReference,
        ("customer", "what", "person", "email", "from_domain", "consent"),
        gettext_lazy("référence d’un client"),
        organisation=OF_SUPPLIER,
    ),
    PeopleColumns(
        "pictures",
        SupplierPicture,
        ("alt",),
        gettext_lazy("image"),
        organisation=OF_SUPPLIER,
        changed=_reindex,
    ),
    PeopleColumns(
        "offers",
        Offer,
        ("title", "description", "output", "minimum_order", "unit"),
        gettext_lazy("offre"),
        organisation=OF_SUPPLIER,
        changed=_reindex,
    ),
    PeopleColumns(
        "sheets",
        Supplier,
        ("activity", "recheck", "hours", "people_served"),
        gettext_lazy("fiche d’une entreprise"),
        organisation="organisation",
        changed=_reindex,
    ),
):
    register_people_columns(_columns)


def _sheets(user: User) -> list[dict[str, Any]]:
    rows = ReturnedSheet.objects.filter(created_by=user).order_by("pk")
    return [{"name": one.name, "at": one.created_at.isoformat()} for one in rows]


def _erase_sheets(user: User) -> None:
    """With their files, which name people: the rows alone would go with the account."""
    for one in ReturnedSheet.objects.filter(created_by=user).select_related("file"):
        one.delete()
        delete_private_file(file=one.file, by=None)


register_personal_data("returned_sheets", export=_sheets, erase=_erase_sheets)

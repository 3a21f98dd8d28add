"""The registry extract of Mauricie as a directory: imported, then published in bulk as no person would."""

from __future__ import annotations

from pathlib import Path

from suppliers.directory_index import reindex_suppliers
from suppliers.importing.importer import import_suppliers
from suppliers.models import Status, Supplier

FILE = Path("suppliers", "req_obnl_coop_mauricie.csv")  # in the folder of real data


def publish_extract(shared: Path) -> int:
    """Import the extract of this folder and publish whatever has a legal form; returns how many."""
    report = import_suppliers(path=shared / FILE, mapping="req", by=None)
    if not report.created:
        raise RuntimeError(f"nothing was imported: {report.rejected[:3]}")
    published = Supplier.objects.exclude(legal_form="").update(status=Status.PUBLISHED)
    reindex_suppliers(supplier_ids=None)
    return published

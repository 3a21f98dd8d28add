"""Our listings beside a new extract of the registry: who is not in it any more, and what it says otherwise. No database here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.crypto import salted_hmac

from marketplace.accounts.models import Organisation
from suppliers.duplicates.scoring import street_key
from suppliers.importing.differences import PLACE, differing_columns
from suppliers.importing.rows import SupplierRow
from suppliers.models import RegistryDrift, Supplier

Kind = RegistryDrift.Kind
COLUMNS = {
    Kind.RENAMED: ("name",),
    Kind.MOVED: ("address", "town", "postal_code"),
    Kind.FORM: ("legal_form",),
}
OF_SUPPLIER = frozenset({"legal_form"})
#: An extract that has less of an MRC than this of our listings there is not the registry of that MRC.
COVERS = 0.5


@dataclass
class Extract:
    """What was read of the file: rows by NEQ, and every NEQ that stands in it, also on rows that cannot be taken."""

    rows: dict[str, SupplierRow] = field(default_factory=dict)
    neqs: set[str] = field(default_factory=set)
    lines: int = 0


def covered_mrcs(listed: Iterable[tuple[str, str]], extract: Extract) -> list[str]:
    """Of (MRC, NEQ) of our listings, the MRCs that the extract covers: it has half of them at least."""
    total: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for mrc, neq in listed:
        total[mrc] += 1
        found[mrc] += neq in extract.neqs
    return sorted(mrc for mrc, n in total.items() if mrc and found[mrc] >= COVERS * n)


def drifts_of(supplier: Supplier, extract: Extract, covered: frozenset[str]) -> dict[str, dict[str, Any]]:
    """By kind, what the extract says; nothing where it says the same, or where the listing is none of its business."""
    organisation = supplier.organisation
    neq = organisation.neq or ""
    if neq not in extract.neqs:
        return {Kind.STRUCK_OFF: {}} if organisation.mrc_id in covered else {}
    row = extract.rows.get(neq)
    if row is None:
        return {}
    differing = set(differing_columns(row, organisation, supplier, "req"))
    said = {**row.organisation, **row.supplier}
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for kind, columns in COLUMNS.items():
        if not differing.intersection(columns) or (kind == Kind.MOVED and _is_same_place(organisation, said)):
            continue
        found[kind] = {column: said[column] for column in columns if said.get(column) not in (None, "")}
    if Kind.MOVED in found and "town" in found[Kind.MOVED]:  # a town and where it is never disagree
        found[Kind.MOVED] |= {name: said[name] for name in PLACE if name in said}
    return dict(found)


def _is_same_place(organisation: Organisation, said: Mapping[str, Any]) -> bool:
    """The same number, street and municipality, otherwise written."""
    street = street_key(organisation.address)
    here = said.get("municipality_id")
    return bool(
        street
        and street == street_key(said.get("address") or "")
        and here
        and here == organisation.municipality_id
        and (said.get("postal_code") or organisation.postal_code) == organisation.postal_code
    )


def ours_of(supplier: Supplier, kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that applying it would write over, as they stand."""
    names = said if said else COLUMNS.get(Kind(kind), ())
    return {name: getattr(supplier if name in OF_SUPPLIER else supplier.organisation, name) for name in names}


def drift_version(drift: RegistryDrift) -> str:
    """What the page showed of both sides, as a keyed digest: a decision about something else is refused."""
    supplier = drift.supplier
    text = repr(
        [drift.pk, sorted(drift.said.items()), supplier.status, ours_of(supplier, drift.kind, drift.said)]
    )
    return salted_hmac("suppliers.registry_drift", text, algorithm="sha256").hexdigest()[:16]

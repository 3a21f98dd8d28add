"""Listings entered twice and a newer extract of the registry: what « Doublons possibles » and « Écarts avec le registre » show."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_URL, uuid5

from marketplace.accounts.models import User
from suppliers.duplicates.deciding import dismiss_pair, propose_merge
from suppliers.duplicates.finding import find_duplicates
from suppliers.duplicates.merging import merge_suppliers
from suppliers.editing import open_supplier
from suppliers.models import DuplicatePair, RegistryDrift, Status, Supplier
from suppliers.registry_drift.comparing import drift_version
from suppliers.registry_drift.deciding import decide_drift
from suppliers.registry_drift.reading import compare_with_registry

TWINS = 5
#: Of the newest listings of the territory, by place in their list.
RENAMED, OTHER_FORM, MOVED = (0, 1, 2, 3), (4,), (5,)
#: Where the twin of another territory sits, and who keeps it.
ELSEWHERE, ITS_STAFF = {"mrc_id": "65", "region_id": "13", "town": "Laval"}, "laval@demo.example"


def seed_duplicates(*, staff: User) -> None:
    """Two to compare, one that another pôle proposes, one set aside, one merged."""
    rows = Supplier.objects.curated_by(staff).filter(
        status=Status.PUBLISHED, organisation__memberships=None, organisation__neq__isnull=False
    )
    known = list(rows.select_related("organisation").order_by("organisation__neq")[:TWINS])
    if len(known) < TWINS:
        return
    other = User.objects.get(email=ITS_STAFF)
    near = [enter_twice(one, f"{one.organisation.name} inc.", by=staff) for one in known[:4]]
    far = enter_twice(known[4], known[4].organisation.name, by=other, **ELSEWHERE)
    find_duplicates(by=None)
    dismiss_pair(one=known[2], other=near[2], by=staff)
    merge_suppliers(kept=known[3], lost=near[3], choices={"phone": "lost"}, by=staff)
    propose_merge(one=known[4], other=far, by=other)


def enter_twice(known: Supplier, name: str, *, by: User, **place: str) -> Supplier:
    """As someone enters an enterprise who has not looked for it: no NEQ, the same telephone number."""
    own = known.organisation
    here = {
        "mrc_id": own.mrc_id,
        "region_id": own.region_id,
        "municipality_id": own.municipality_id,
        "town": own.town,
        "address": own.address,
        "postal_code": own.postal_code,
    }
    values = {"name": name, "phone": own.phone, "email": own.email, "activity": known.activity}
    return open_supplier(
        by=by,
        values=values | {"legal_form": known.legal_form} | (place or {n: v for n, v in here.items() if v}),
    )


def seed_registry_drift(*, staff: User) -> None:
    """Struck off, renamed, moved, another form: of each at least one to decide; one kept, one put off, one applied."""
    rows = Supplier.objects.curated_by(staff).exclude(status=Status.ARCHIVED)
    dismissed = DuplicatePair.objects.filter(
        state=DuplicatePair.State.DISMISSED
    )  # a new name would bring them back
    twins_of = {key for pair in dismissed.values_list("first", "second") for key in pair}
    ours = list(
        rows.filter(
            organisation__neq__isnull=False, organisation__merged_into=None, organisation__mrc__isnull=False
        )
        .select_related("organisation")
        .exclude(pk__in=twins_of)
        .order_by("-organisation__neq")
    )
    near = Counter(one.organisation.mrc_id for one in ours)
    apart = len(RENAMED) + len(OTHER_FORM) + len(MOVED)
    gone = {one.pk for one in ours[apart:-1] if near[one.organisation.mrc_id] > 2}  # the last is the member's
    gone = set(sorted(gone)[-2:]) if len(ours) > 60 else set(sorted(gone)[-1:])
    with TemporaryDirectory() as folder:
        path = Path(folder, "registre-2026-11.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                ["NEQ", "NomEntreprise", "Adresse", "Municipalite", "CodePostal", "FormeJuridique"]
            )
            writer.writerows(_row(number, one) for number, one in enumerate(ours) if one.pk not in gone)
        compare_with_registry(path=path, by=staff)
    batch = uuid5(NAMESPACE_URL, "demonstration/registre")
    renamed = RegistryDrift.objects.visible_to(staff).filter(kind=RegistryDrift.Kind.RENAMED)
    drifts = list(renamed.select_related("supplier__organisation").order_by("supplier__organisation__neq"))
    for drift, choice in zip(drifts, ("keep", "later", "apply"), strict=False):
        decide_drift(drift=drift, choice=choice, seen=drift_version(drift), batch=batch, by=staff)


def _row(number: int, supplier: Supplier) -> list[str]:
    own = supplier.organisation
    name, address, form = own.name, own.address, str(supplier.form_label)
    if number in RENAMED:
        name = f"{own.name} de la région"
    elif number in MOVED:
        address = "1450 rue Notre-Dame"
    elif number in OTHER_FORM:
        form = "coopérative de travail" if supplier.legal_form == "obnl" else "OBNL"
    return [own.neq or "", name, address, own.town, own.postal_code, form]

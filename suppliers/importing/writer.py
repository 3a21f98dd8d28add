"""A batch of clean rows against the database: what is new, what changed, and what people keep for themselves.

An import changes only what an import wrote. A column that a person changed since the last import stays as it is; a
supplier that a person holds (`curated_at`, or a state past draft) is not touched at all; no state ever changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, models, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import Organisation
from marketplace.territories.models import Pole, PoleCoverage
from marketplace.territories.places import current_gazetteer
from marketplace.web.slugs import LENGTH
from suppliers.cells import CellError
from suppliers.columns import ORGANISATION_FIELDS, SUPPLIER_FIELDS, set_columns
from suppliers.importing.belongings import SupplierBelongings
from suppliers.importing.differences import differing_columns
from suppliers.importing.listed import find_listed_rows, keep_listed_rows
from suppliers.importing.mappings import MAPPINGS
from suppliers.importing.report import ImportReport, RowMessage
from suppliers.importing.rows import FileMapping, SupplierRow
from suppliers.models import (
    Decision,
    ListedRow,
    RegistryRecord,
    Status,
    Supplier,
)
from suppliers.slugs import RESERVED

if TYPE_CHECKING:
    from marketplace.accounts.models import User

OPEN_STATES = (Status.PROSPECT, Status.DRAFT)


class Outcome(models.TextChoices):
    """What becomes of a row."""

    CREATED = "created", gettext_lazy("créée")
    UPDATED = "updated", gettext_lazy("modifiée")
    UNCHANGED = "unchanged", gettext_lazy("sans changement")
    HELD = "held", gettext_lazy("gérée par une personne")


@dataclass
class Pair:
    """A row and what the database holds of it."""

    row: SupplierRow
    organisation: Organisation | None
    supplier: Supplier | None
    record: RegistryRecord | ListedRow | None
    listed: ListedRow | None = None  # of a row without a NEQ, or that had none until now
    outcome: Outcome = Outcome.UNCHANGED
    is_said_anew: bool = True  # the row says something else than last time


class SupplierWriter:
    """Writes batches and counts. A row that the database refuses is reported, and the rest of its batch is kept."""

    def __init__(
        self,
        *,
        mapping: FileMapping,
        pole: Pole | None,
        file_name: str,
        by: User | None,
        report: ImportReport,
    ) -> None:
        self.mapping = mapping
        self.pole = pole
        self.file_name = file_name
        self.by = by
        self.report = report
        today = PoleCoverage.objects.today()
        self.covered = set(today.filter(pole=pole).values_list("mrc", flat=True)) if pole else set()

    def write(self, rows: list[SupplierRow]) -> None:
        try:
            with transaction.atomic():
                pairs = self._write(rows)
        except (DataError, IntegrityError):
            if len(rows) == 1:
                self.report.rejected.append(
                    RowMessage(rows[0].number, "", _("La base de données a refusé cette ligne."))
                )
                return
            half = len(rows) // 2
            self.write(rows[:half])
            self.write(rows[half:])
            return
        for pair in pairs:
            setattr(self.report, pair.outcome, getattr(self.report, pair.outcome) + 1)

    def _write(self, rows: list[SupplierRow]) -> list[Pair]:
        pairs = self.compare(rows)
        self.write_pairs(pairs)
        return pairs

    def write_pairs(self, pairs: list[Pair]) -> None:
        noted = [pair for pair in pairs if pair.supplier is not None and pair.is_said_anew]
        self.create([pair for pair in pairs if pair.outcome == Outcome.CREATED])
        self.update([pair for pair in pairs if pair.outcome == Outcome.UPDATED])
        self.keep_records([pair for pair in noted if pair.outcome != Outcome.UPDATED])

    def compare(self, rows: list[SupplierRow]) -> list[Pair]:
        """Each row with what the database holds of it and what is to become of it. Nothing is written."""
        pairs = self.pairs(rows)
        for pair in pairs:
            record = pair.record
            pair.is_said_anew = (
                record is None or record.fingerprint != pair.row.digest or self.takes_pole(pair)
            )
            if pair.supplier is None:
                pair.outcome = Outcome.CREATED
            elif is_held(pair.supplier):
                pair.outcome = Outcome.HELD
            elif pair.is_said_anew and self.may_write(pair):
                pair.outcome = Outcome.UPDATED
        return pairs

    def pairs(self, rows: list[SupplierRow]) -> list[Pair]:
        neqs = [row.neq for row in rows if row.neq]
        organisations = {
            organisation.neq: organisation
            for organisation in Organisation.objects.filter(neq__in=neqs).select_for_update()
        }
        suppliers = {
            supplier.organisation_id: supplier
            for supplier in Supplier.objects.filter(
                organisation__in=[o.pk for o in organisations.values()]
            ).select_for_update()
        }
        # A registration that only declares a NEQ counts for nothing here: the row is read as if it were not there.
        found = [supplier.pk for supplier in suppliers.values()]
        records = {record.supplier_id: record for record in RegistryRecord.objects.filter(supplier__in=found)}
        listed = find_listed_rows([row for row in rows if row.neq not in organisations], pole=self.pole)
        pairs = []
        for row in rows:
            organisation = organisations.get(row.neq) if row.neq else None
            supplier = suppliers.get(organisation.pk) if organisation else None
            known = listed.get(row.number) if supplier is None and organisation is None else None
            if known and row.neq and (known.supplier.organisation.neq or known.supplier.curated_at):
                known = None  # the same name with another NEQ, or a row that a person keeps: not this one
            if known:
                supplier, organisation = known.supplier, known.supplier.organisation
                pairs.append(Pair(row, organisation, supplier, known, known))
                continue
            record = records.get(supplier.pk) if supplier else None
            pairs.append(Pair(row, organisation, supplier, record))
        return pairs

    def create(self, pairs: list[Pair]) -> None:
        """New suppliers. An organisation that is already here, as a buyer may be, only gets its blanks filled."""
        known = [pair for pair in pairs if pair.organisation is not None]
        for pair in pairs:
            if pair.organisation is None:
                pair.organisation = Organisation(
                    neq=pair.row.neq or None, pole_id=self.pole_for(pair.row), **pair.row.organisation
                )
        Organisation.objects.bulk_create([p.organisation for p in pairs if p.organisation and p not in known])
        filled = [
            pair.organisation for pair in known if pair.organisation and self.merge_organisation(pair, {})
        ]
        save_rows(filled, ORGANISATION_FIELDS)
        slugs = free_slugs(
            (self.slug_tail(pair.row), pair.row.name, pair.row.organisation.get("town", "")) for pair in pairs
        )
        for pair in pairs:
            pair.supplier = Supplier(
                organisation=pair.organisation,
                slug=slugs[self.slug_tail(pair.row)],
                status=self.status_for(pair.row),
                source=self.mapping.source,
                **pair.row.supplier,
            )
        created = Supplier.objects.bulk_create([pair.supplier for pair in pairs if pair.supplier])
        self.keep_records(pairs)
        Decision.objects.bulk_create(
            Decision(
                supplier=supplier,
                verb="import",
                to_status=supplier.status,
                message=self.file_name[:200],
                channel=Decision.Channel.IMPORT,
                by=self.by,
            )
            for supplier in created
        )
        SupplierBelongings((pair.supplier, pair.row) for pair in pairs if pair.supplier).write()

    def update(self, pairs: list[Pair]) -> None:
        """Known suppliers that nobody holds and whose row changed. Of two rows that became one supplier, the first writes."""
        seats, profiles, open_pairs = [], [], []
        for pair in pairs:
            if pair.supplier in [other.supplier for other in open_pairs if pair.listed]:
                continue
            open_pairs.append(pair)
            before = self.last_said(pair)
            if pair.listed and pair.organisation and pair.row.neq:  # the pôle's list says it from now on
                pair.organisation.neq = pair.row.neq
                seats.append(pair.organisation)
            if (
                self.merge_organisation(pair, before.organisation if before else {})
                and pair.organisation not in seats
            ):
                seats.append(pair.organisation)
            if self.merge_supplier(pair, before.supplier if before else {}):
                profiles.append(pair.supplier)
        save_rows(seats, ORGANISATION_FIELDS)
        save_rows(profiles, (*SUPPLIER_FIELDS, "source"))
        self.keep_records(pairs)
        SupplierBelongings((pair.supplier, pair.row) for pair in open_pairs if pair.supplier).write()

    def may_write(self, pair: Pair) -> bool:
        """Nobody holds the row, and what brought it does not know better than this file."""
        supplier = pair.supplier
        if supplier is None or is_held(supplier):
            return False
        # A pôle knows its enterprises better than the registry does.
        return not (
            supplier.source == Supplier.Source.FILE and self.mapping.source == Supplier.Source.REGISTRY
        )

    def takes_pole(self, pair: Pair) -> bool:
        """A row without a place, imported before without `--pole`, now has one to go to."""
        return bool(
            self.pole_for(pair.row)
            and pair.organisation
            and pair.organisation.pole_id is None
            and pair.organisation.mrc_id is None
            and self.may_write(pair)
        )

    def pole_for(self, row: SupplierRow) -> str | None:
        """Who answers for a row that no MRC places: the pôle of its community, else the one that the import names."""
        if mrc := row.organisation.get("mrc_id"):
            # A pôle that lists an enterprise of elsewhere, without a NEQ, is the one that can say which it is.
            return self.pole.pk if self.pole and not row.neq and mrc not in self.covered else None
        return row.pole or (self.pole.pk if self.pole else None)

    def status_for(self, row: SupplierRow) -> Status:
        """Without a NEQ or a legal form a row stays outside what can be verified."""
        return self.mapping.status if row.neq and row.supplier.get("legal_form") else Status.PROSPECT

    def slug_tail(self, row: SupplierRow) -> str:
        """What tells two enterprises of one name in one town apart: the NEQ, else what their list is known by."""
        if row.neq:
            return row.neq
        said = "|".join([self.pole.pk if self.pole else "", *row.identity])
        return hashlib.sha256(said.encode()).hexdigest()[:10]

    def last_said(self, pair: Pair) -> SupplierRow | None:
        """What the last import of this supplier said, read as it would be read today."""
        mapping = MAPPINGS.get(pair.record.mapping) if pair.record else None
        if mapping is None or pair.record is None:
            return None
        row = {key: str(pair.record.values.get(key, "")) for key in mapping.printed}
        try:
            return mapping.read(row, pair.row.number, current_gazetteer())
        except CellError:  # read under older rules
            return None

    def merge_organisation(self, pair: Pair, before: dict[str, Any]) -> bool:
        organisation = pair.organisation
        if organisation is None:
            return False
        changed = merge_columns(organisation, pair.row.organisation, before)
        if organisation.pole_id is None and organisation.mrc_id is None and self.pole_for(pair.row):
            organisation.pole_id = self.pole_for(pair.row)
            changed = True
        return changed

    def merge_supplier(self, pair: Pair, before: dict[str, Any]) -> bool:
        supplier = pair.supplier
        if supplier is None:
            return False
        changed = merge_columns(supplier, pair.row.supplier, before)
        if supplier.source != self.mapping.source:
            supplier.source = self.mapping.source
            changed = True
        return changed

    def keep_records(self, pairs: list[Pair]) -> None:
        now = timezone.now()
        said = {
            pair.row.number: {
                "mapping": self.mapping.code,
                "values": pair.row.raw,
                "fingerprint": pair.row.digest,
                "last_changed_at": now,
            }
            for pair in pairs
        }
        without = [(p.row, p.supplier, p.listed) for p in pairs if p.supplier and not p.row.neq]
        keep_listed_rows(without, said, pole=self.pole)
        rows = [
            RegistryRecord(supplier=pair.supplier, differs=self.differs(pair), **said[pair.row.number])
            for pair in pairs
            if pair.supplier is not None and pair.row.neq
        ]
        RegistryRecord.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["supplier"],
            update_fields=["mapping", "values", "fingerprint", "last_changed_at", "differs"],
        )

    def differs(self, pair: Pair) -> list[str]:
        """Where the row says otherwise than a listing that a person keeps, for that person to settle."""
        if not is_held(pair.supplier) or pair.supplier is None or pair.organisation is None:
            return []
        if pair.organisation.merged_into_id is not None:  # it gave way: nobody settles anything there
            return []
        if pair.record is not None and getattr(pair.record, "settled", "") == pair.row.digest:
            return []
        return differing_columns(pair.row, pair.organisation, pair.supplier, self.mapping.code)


def is_held(supplier: Supplier | None) -> bool:
    """A person keeps the listing: what a file says is kept beside it."""
    return supplier is not None and (
        supplier.curated_at is not None
        or supplier.status not in OPEN_STATES
        or supplier.source == Supplier.Source.PERSON
    )


def merge_columns(row: models.Model, said: dict[str, Any], before: dict[str, Any]) -> bool:
    """Set each column that is blank, or that still holds what the last import said; True where something changed."""
    free = {
        name: value
        for name, value in said.items()
        if (now := getattr(row, name)) in ("", None) or (name in before and now == before[name])
    }
    return bool(set_columns(row, free))


def save_rows(rows: Iterable[models.Model | None], fields: Iterable[str]) -> None:
    """One statement for many changed rows; the history triggers see each of them."""
    kept = [row for row in rows if row is not None]
    if kept:
        type(kept[0])._default_manager.bulk_create(
            kept, update_conflicts=True, unique_fields=["id"], update_fields=[*fields, "updated_at"]
        )


# « L’Arbre » is « l-arbre », not « larbre »; ligatures have no decomposition that slugify would know.
SLUG_LETTERS = str.maketrans({"'": " ", "’": " ", "œ": "oe", "Œ": "Oe", "æ": "ae", "&": " et "})


def free_slugs(rows: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """A free slug for each (tail, name, town): the name, else with its town, else with its tail (the NEQ), which is unique."""
    wishes = {tail: wished_slugs(tail, name, town) for tail, name, town in rows}
    candidates = {slug for slugs in wishes.values() for slug in slugs}
    taken = set(Supplier.objects.filter(slug__in=candidates).values_list("slug", flat=True)) | RESERVED
    given = {}
    for tail, slugs in wishes.items():
        given[tail] = next(slug for slug in slugs if slug not in taken)
        taken.add(given[tail])
    return given


def wished_slugs(tail: str, name: str, town: str) -> list[str]:
    base = slugify(name.translate(SLUG_LETTERS))[:LENGTH].strip("-") or "fournisseur"
    place = slugify(town.translate(SLUG_LETTERS))
    # The column holds 80 characters; a tail of ten and its hyphen take eleven, so the last wish always differs.
    named = f"{base[: 79 - len(place)]}-{place}" if place and len(place) < 40 else base
    return [base, named.strip("-"), f"{base[:69].strip('-')}-{tail}"]

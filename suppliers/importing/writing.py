"""A batch of clean rows against the database: what is new, what changed, and what people keep for themselves.

An import changes only what an import wrote. A field that a person changed since the last import stays as it is; a
sheet that a person holds (`curated_at`, or a state past draft) is not touched at all; no state ever changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation
from marketplace.territories.models import Pole
from marketplace.territories.places import current_gazetteer
from suppliers.models import Decision, RegistryRecord, Status, Supplier

from .belongings import Belongings
from .cells import CellError
from .mappings import MAPPINGS
from .report import ImportReport, RowMessage
from .sheets import FileMapping, Sheet
from .slugs import give_slugs

if TYPE_CHECKING:
    from marketplace.accounts.models import User

OPEN_STATES = (Status.PROSPECT, Status.DRAFT)


@dataclass
class Pair:
    """A row and what the database holds of it."""

    sheet: Sheet
    organisation: Organisation | None
    supplier: Supplier | None
    record: RegistryRecord | None


class Writer:
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

    def write(self, sheets: list[Sheet]) -> None:
        try:
            with transaction.atomic():
                created, updated, unchanged = self._write(sheets)
        except (DataError, IntegrityError):
            if len(sheets) == 1:
                self.report.rejected.append(
                    RowMessage(sheets[0].row, "", _("La base de données a refusé cette ligne."))
                )
                return
            half = len(sheets) // 2
            self.write(sheets[:half])
            self.write(sheets[half:])
            return
        self.report.created += created
        self.report.updated += updated
        self.report.unchanged += unchanged

    def _write(self, sheets: list[Sheet]) -> tuple[int, int, int]:
        pairs = self.pairs(sheets)
        new = [pair for pair in pairs if pair.supplier is None]
        changed = [
            pair
            for pair in pairs
            if pair.supplier is not None
            and (pair.record is None or pair.record.fingerprint != pair.sheet.digest or self.takes_pole(pair))
        ]
        self.create(new)
        self.update(changed)
        return len(new), len(changed), len(pairs) - len(new) - len(changed)

    def pairs(self, sheets: list[Sheet]) -> list[Pair]:
        neqs = [sheet.neq for sheet in sheets]
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
        # A person's registration only declares its NEQ: the row is kept beside it, and neither takes from the other.
        declared = {
            supplier.registration.claimed_neq: supplier
            for supplier in Supplier.objects.filter(registration__claimed_neq__in=neqs)
            .select_related("organisation", "registration")
            .select_for_update(of=("self",))
        }
        found = [s.pk for s in (*suppliers.values(), *declared.values())]
        records = {record.supplier_id: record for record in RegistryRecord.objects.filter(supplier__in=found)}
        pairs = []
        for sheet in sheets:
            organisation = organisations.get(sheet.neq)
            supplier = suppliers.get(organisation.pk) if organisation else None
            if supplier is None and (supplier := declared.get(sheet.neq)):
                organisation = supplier.organisation
            record = records.get(supplier.pk) if supplier else None
            pairs.append(Pair(sheet, organisation, supplier, record))
        return pairs

    def create(self, pairs: list[Pair]) -> None:
        """New suppliers. An organisation that is already here, as a buyer may be, only gets its blanks filled."""
        known = [pair for pair in pairs if pair.organisation is not None]
        for pair in pairs:
            if pair.organisation is None:
                pair.organisation = Organisation(
                    neq=pair.sheet.neq, pole_id=self.pole_for(pair.sheet), **pair.sheet.seat
                )
        Organisation.objects.bulk_create([p.organisation for p in pairs if p.organisation and p not in known])
        filled = [pair.organisation for pair in known if pair.organisation and self.merge_seat(pair, {})]
        save(filled, [*SEAT_FIELDS, "pole"])
        slugs = give_slugs(
            (pair.sheet.neq, pair.sheet.name, pair.sheet.seat.get("town", "")) for pair in pairs
        )
        for pair in pairs:
            pair.supplier = Supplier(
                organisation=pair.organisation,
                slug=slugs[pair.sheet.neq],
                status=self.mapping.status,
                source=self.mapping.source,
                **pair.sheet.profile,
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
        Belongings((pair.supplier, pair.sheet) for pair in pairs if pair.supplier).write()

    def update(self, pairs: list[Pair]) -> None:
        """Known suppliers whose row changed: the row is kept for all, the sheet follows where nobody holds it."""
        seats, profiles, open_pairs = [], [], []
        for pair in pairs:
            if not self.may_write(pair):
                continue
            open_pairs.append(pair)
            before = self.last_said(pair)
            if self.merge_seat(pair, before.seat if before else {}):
                seats.append(pair.organisation)
            if self.merge_profile(pair, before.profile if before else {}):
                profiles.append(pair.supplier)
        save(seats, [*SEAT_FIELDS, "pole"])
        save(profiles, [*PROFILE_FIELDS, "source"])
        self.keep_records(pairs)
        Belongings((pair.supplier, pair.sheet) for pair in open_pairs if pair.supplier).write()

    def may_write(self, pair: Pair) -> bool:
        """Nobody holds the sheet, and what brought it does not know better than this file."""
        supplier = pair.supplier
        if supplier is None or supplier.curated_at is not None or supplier.status not in OPEN_STATES:
            return False
        if supplier.source == Supplier.Source.PERSON:
            return False
        # A pôle knows its enterprises better than the registry does.
        return not (
            supplier.source == Supplier.Source.FILE and self.mapping.source == Supplier.Source.REGISTRY
        )

    def takes_pole(self, pair: Pair) -> bool:
        """A row without a place, imported before without `--pole`, now has one to go to."""
        return bool(
            self.pole_for(pair.sheet)
            and pair.organisation
            and pair.organisation.pole_id is None
            and pair.organisation.mrc_id is None
            and self.may_write(pair)
        )

    def pole_for(self, sheet: Sheet) -> str | None:
        """Who answers for a row that no MRC places: the pôle of its community, else the one that the import names."""
        if sheet.seat.get("mrc_id"):
            return None
        return sheet.pole or (self.pole.pk if self.pole else None)

    def last_said(self, pair: Pair) -> Sheet | None:
        """What the last import of this supplier said, read as it would be read today."""
        mapping = MAPPINGS.get(pair.record.mapping) if pair.record else None
        if mapping is None or pair.record is None:
            return None
        row = {key: str(pair.record.values.get(key, "")) for key in mapping.printed}
        try:
            return mapping.read(row, pair.sheet.row, current_gazetteer())
        except CellError:  # read under older rules
            return None

    def merge_seat(self, pair: Pair, before: dict[str, Any]) -> bool:
        organisation = pair.organisation
        if organisation is None:
            return False
        changed = merge(organisation, pair.sheet.seat, before)
        if organisation.pole_id is None and organisation.mrc_id is None and self.pole_for(pair.sheet):
            organisation.pole_id = self.pole_for(pair.sheet)
            changed = True
        return changed

    def merge_profile(self, pair: Pair, before: dict[str, Any]) -> bool:
        supplier = pair.supplier
        if supplier is None:
            return False
        changed = merge(supplier, pair.sheet.profile, before)
        if supplier.source != self.mapping.source:
            supplier.source = self.mapping.source
            changed = True
        return changed

    def keep_records(self, pairs: list[Pair]) -> None:
        now = timezone.now()
        rows = [
            RegistryRecord(
                supplier=pair.supplier,
                mapping=self.mapping.code,
                values=pair.sheet.raw,
                fingerprint=pair.sheet.digest,
                last_changed_at=now,
            )
            for pair in pairs
            if pair.supplier is not None
        ]
        RegistryRecord.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["supplier"],
            update_fields=["mapping", "values", "fingerprint", "last_changed_at"],
        )


SEAT_FIELDS = (
    "name", "address", "town", "postal_code", "municipality", "mrc", "region", "lat", "lon", "email", "phone", "website",
)  # fmt: skip
PROFILE_FIELDS = ("legal_form", "activity", "sector", "staff_count", "capacity")


def merge(row: models.Model, said: dict[str, Any], before: dict[str, Any]) -> bool:
    """Set each field that is blank, or that still holds what the last import said; True where something changed."""
    changed = False
    for field, value in said.items():
        now = getattr(row, field)
        if now == value:
            continue
        if now in ("", None) or (field in before and now == before[field]):
            setattr(row, field, value)
            changed = True
    return changed


def save(rows: Iterable[models.Model | None], fields: list[str]) -> None:
    """One statement for many changed rows; the history triggers see each of them."""
    kept = [row for row in rows if row is not None]
    if kept:
        type(kept[0])._default_manager.bulk_create(
            kept, update_conflicts=True, unique_fields=["id"], update_fields=[*fields, "updated_at"]
        )

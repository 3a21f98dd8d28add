"""A batch of clean rows against the database: what is new, what changed, and what people keep for themselves.

An import changes only what an import wrote. A column that a person changed since the last import stays as it is; a
supplier that a person holds (`curated_at`, or a state past draft) is not touched at all; no state ever changes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, models, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation
from marketplace.classification.labels import ensure_codes
from marketplace.territories.models import Pole, PoleCoverage
from marketplace.territories.places import current_gazetteer
from marketplace.web.slugs import LENGTH
from suppliers.cells import CellError
from suppliers.columns import ORGANISATION_FIELDS, SUPPLIER_FIELDS, set_columns
from suppliers.importing.differences import differing_columns
from suppliers.importing.listed import find_listed_rows, keep_listed_rows
from suppliers.importing.mappings import MAPPINGS
from suppliers.importing.report import ImportReport, RowMessage
from suppliers.importing.rows import ContactLine, FileMapping, OfferLine, SupplierRow
from suppliers.models import (
    Contact,
    Decision,
    ListedRow,
    Offer,
    RegistryRecord,
    ServedArea,
    Status,
    Supplier,
)
from suppliers.slugs import RESERVED

if TYPE_CHECKING:
    from marketplace.accounts.models import User

OPEN_STATES = (Status.PROSPECT, Status.DRAFT)


@dataclass
class Pair:
    """A row and what the database holds of it."""

    row: SupplierRow
    organisation: Organisation | None
    supplier: Supplier | None
    record: RegistryRecord | ListedRow | None
    listed: ListedRow | None = None  # of a row without a NEQ, or that had none until now


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
                created, updated, unchanged, held = self._write(rows)
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
        self.report.created += created
        self.report.updated += updated
        self.report.unchanged += unchanged
        self.report.held += held

    def _write(self, rows: list[SupplierRow]) -> tuple[int, int, int, int]:
        """How many rows were created, updated, unchanged, held."""
        pairs = self.pairs(rows)
        new = [pair for pair in pairs if pair.supplier is None]
        said_anew = [
            pair
            for pair in pairs
            if pair.supplier is not None
            and (pair.record is None or pair.record.fingerprint != pair.row.digest or self.takes_pole(pair))
        ]
        held = [pair for pair in pairs if is_held(pair.supplier)]
        changed = [pair for pair in said_anew if self.may_write(pair)]
        self.create(new)
        self.update(changed)
        self.keep_records([pair for pair in said_anew if pair not in changed])
        return len(new), len(changed), len(pairs) - len(new) - len(held) - len(changed), len(held)

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


class SupplierBelongings:
    """The belongings of a batch: read at once, replaced where the file says otherwise, left where it says nothing."""

    def __init__(self, pairs: Iterable[tuple[Supplier, SupplierRow]]) -> None:
        self.pairs = list(pairs)

    def write(self) -> None:
        self.offers()
        self.areas()
        self.contacts()
        for field in ("purposes", "certifications"):
            self.choices(field)

    def speaking(self, field: str) -> list[tuple[Supplier, Any]]:
        return [(s, getattr(row, field)) for s, row in self.pairs if getattr(row, field) is not None]

    def offers(self) -> None:
        said: list[tuple[Supplier, list[OfferLine]]] = self.speaking("offers")
        have: dict[int, list[OfferLine]] = defaultdict(list)
        for offer in Offer.objects.filter(supplier__in=[s.pk for s, _lines in said]).prefetch_related(
            "codes"
        ):
            line = OfferLine(offer.kind, offer.title, tuple(code.pk for code in offer.codes.all()))
            have[offer.supplier_id].append(line)
        ensure_codes({code for _, lines in said for line in lines for code in line.codes})
        other = [(s, lines) for s, lines in said if offers_by_code(have[s.pk]) != offers_by_code(lines)]
        Offer.objects.filter(supplier__in=[s.pk for s, _ in other]).delete()
        rows = [
            (Offer(supplier=s, kind=line.kind, title=line.title), line)
            for s, lines in other
            for line in lines
        ]
        Offer.objects.bulk_create([offer for offer, _ in rows])
        link = Offer.codes.through
        link.objects.bulk_create(
            [link(offer_id=offer.pk, unspsccode_id=code) for offer, line in rows for code in line.codes]
        )

    def areas(self) -> None:
        said: list[tuple[Supplier, list[tuple[str, str]]]] = self.speaking("areas")
        have: dict[int, set[tuple[str, str]]] = defaultdict(set)
        rows = ServedArea.objects.filter(supplier__in=[s.pk for s, _lines in said], offer=None)
        for supplier, region, mrc in rows.values_list("supplier_id", "region_id", "mrc_id"):
            have[supplier].add((region or "", mrc or ""))
        other = [(s, areas) for s, areas in said if have[s.pk] != set(areas)]
        rows.filter(supplier__in=[s.pk for s, _ in other]).delete()
        ServedArea.objects.bulk_create(
            ServedArea(supplier=s, region_id=region or None, mrc_id=mrc or None)
            for s, areas in other
            for region, mrc in areas
        )

    def contacts(self) -> None:
        said: list[tuple[Supplier, list[ContactLine]]] = self.speaking("contacts")
        have: dict[int, list[ContactLine]] = defaultdict(list)
        for c in Contact.objects.filter(supplier__in=[s.pk for s, _lines in said]).order_by("pk"):
            have[c.supplier_id].append(ContactLine(c.name, c.title, c.email, c.phone, c.is_public))
        other = [(s, lines) for s, lines in said if have[s.pk] != lines]
        Contact.objects.filter(supplier__in=[s.pk for s, _ in other]).delete()
        Contact.objects.bulk_create(Contact(supplier=s, **vars(line)) for s, lines in other for line in lines)

    def choices(self, field: str) -> None:
        said: list[tuple[Supplier, list[str]]] = self.speaking(field)
        link = getattr(Supplier, field).through
        column = f"{Supplier._meta.get_field(field).related_model._meta.model_name}_id"
        have: dict[int, set[str]] = defaultdict(set)
        rows = link.objects.filter(supplier_id__in=[s.pk for s, _lines in said])
        for supplier, code in rows.values_list("supplier_id", column):
            have[supplier].add(code)
        other = [(s, codes) for s, codes in said if have[s.pk] != set(codes)]
        rows.filter(supplier_id__in=[s.pk for s, _ in other]).delete()
        link.objects.bulk_create(
            [link(supplier_id=s.pk, **{column: code}) for s, codes in other for code in codes]
        )


def offers_by_code(lines: list[OfferLine]) -> list[tuple[str, str, list[str]]]:
    """Offers in their order, their codes in any."""
    return [(line.kind, line.title, sorted(line.codes)) for line in lines]


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

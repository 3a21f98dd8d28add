"""What hangs on suppliers, as a batch of rows says it: offers, served areas, contacts, purposes, certifications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from marketplace.classification.labels import ensure_codes
from suppliers.importing.rows import ContactLine, OfferLine, SupplierRow
from suppliers.models import Contact, Offer, ServedArea, Supplier


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

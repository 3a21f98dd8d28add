"""What the training file says, written as the rows that the production matcher reads.

Each winner or bidder becomes a published supplier; each notice a tender with its awards. The file does not say what
suppliers declare to offer or to serve: they get no offers, no activity, and all of Québec.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from buyers.models import Award, Tender
from marketplace.accounts.models import Organisation
from marketplace.classification.codes import normalise_code
from marketplace.classification.labels import seao_category_labels
from marketplace.matching.evaluation.rows import AwardRow, NoticeRow, Seller
from marketplace.matching.experience import learn_experience
from marketplace.matching.models import Experience
from marketplace.territories.body_names import find_place_in_name
from marketplace.territories.labels import region_names
from marketplace.territories.places import Place, current_gazetteer
from suppliers.directory_index import reindex_suppliers
from suppliers.models import LegalForm, ServedArea, Status, Supplier

BATCH = 2000
Progress = Callable[[str], None]


@transaction.atomic
def load_training(rows: Iterable[AwardRow], progress: Progress) -> dict[int, str]:
    """Write suppliers, tenders, awards and bids; returns supplier id → key."""
    rows = list(rows)
    sellers: dict[str, Seller] = {seller.key: seller for row in rows for seller in row.sellers}
    progress("suppliers")
    suppliers = _suppliers(list(sellers.values()))
    progress("tenders")
    tenders = Tender.objects.bulk_create([build_tender(row.notice) for row in rows], BATCH)
    awards, bids = [], []
    for row, notice in zip(rows, tenders, strict=True):
        for seller in row.sellers:
            supplier = suppliers[seller.key]
            if seller.won:
                awards.append(
                    Award(
                        tender=notice,
                        award_id="1",
                        neq=supplier.organisation.neq or "",
                        name=seller.name[:255],
                        organisation=supplier.organisation,
                    )
                )
            else:
                bids.append(Experience(supplier=supplier, tender=notice, won=False))
    Award.objects.bulk_create(awards, BATCH, ignore_conflicts=True)
    Experience.objects.bulk_create(bids, BATCH)
    progress("directory")
    reindex_suppliers(supplier_ids=None)
    progress("experience")
    learn_experience(supplier_ids=None, by=None)
    return {supplier.pk: key for key, supplier in suppliers.items()}


def build_tender(row: NoticeRow) -> Tender:
    """The notice as production keeps it, not saved: one region or none, the MRC where the buyer's lies in it."""
    places = current_gazetteer()
    place = find_place_in_name(places, row.buyer, row.buyer_postal) or places.resolve(
        row.buyer_city, row.buyer_postal
    )
    region = row.regions[0] if len(row.regions) == 1 and row.regions[0] in region_names() else None
    code = normalise_code(row.code)
    moment = datetime.combine(row.published, time(12)) if row.published else None
    return Tender(
        ocid=f"ocds-ec9k95-{row.number}"[:80],
        number=row.number[:40],
        title=row.title,
        status=Tender.Status.COMPLETE,
        seao_category_id=row.category if row.category in seao_category_labels() else None,
        unspsc=[code] if code else [],
        buyer_name=row.buyer.strip(" ."),
        region_id=region,
        mrc_id=place.mrc if region and place.region == region else None,
        published_at=timezone.make_aware(moment) if moment else None,
        version="1",
    )


def _suppliers(sellers: list[Seller]) -> dict[str, Supplier]:
    places = current_gazetteer()
    organisations = Organisation.objects.bulk_create(
        [_organisation(seller, places.resolve("", seller.postal)) for seller in sellers], BATCH
    )
    suppliers = Supplier.objects.bulk_create(
        [
            Supplier(
                organisation=organisation,
                slug=f"s-{organisation.pk}",
                status=Status.PUBLISHED,
                legal_form=LegalForm.OBNL,
                source=Supplier.Source.FILE,
            )
            for organisation in organisations
        ],
        BATCH,
    )
    ServedArea.objects.bulk_create([ServedArea(supplier=supplier) for supplier in suppliers], BATCH)
    return {seller.key: supplier for seller, supplier in zip(sellers, suppliers, strict=True)}


def _organisation(seller: Seller, place: Place) -> Organisation:
    kind, _colon, value = seller.key.partition(":")
    return Organisation(
        neq=value if kind == "NEQ" and len(value) == 10 and value.isascii() and value.isdigit() else None,
        name=seller.name[:255],
        postal_code=seller.postal[:6],
        region_id=place.region,
        mrc_id=place.mrc,
        lat=place.lat,
        lon=place.lon,
    )

"""What the training file says, written as the rows that the production matcher reads.

Each winner or bidder becomes a published supplier; each notice a tender with its awards. The file does not say what
suppliers declare to offer or to serve: they get no offers, no activity, and all of Québec. Only who won something is published
and so can be ranked; who only bid still tells who bids beside whom.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from buyers.models import Award, BuyerParty, Tender
from marketplace.accounts.models import Organisation
from marketplace.classification.codes import normalise_code
from marketplace.classification.labels import seao_category_labels
from marketplace.matching.evaluation.rows import AwardRow, NoticeRow, Seller
from marketplace.matching.experience import learn_experience
from marketplace.matching.models import Experience
from marketplace.territories.body_names import find_place_in_name
from marketplace.territories.labels import region_names
from marketplace.territories.places import Gazetteer, current_gazetteer
from marketplace.web.folding import fold_text
from suppliers.directory_index import reindex_suppliers
from suppliers.models import LegalForm, ServedArea, Status, Supplier

BATCH = 2000
#: What a name says of an enterprise's form, and small words.
_FORMS = "inc ltee ltd limitee enr senc sencrl s e n c r l cie corp corporation llp srl co les la le des de du et and the d"
FORMS = frozenset(_FORMS.split())
Progress = Callable[[str], None]


@transaction.atomic
def load_training(
    rows: Iterable[AwardRow], progress: Progress, known: dict[str, Supplier] | None = None
) -> dict[str, Supplier]:
    """Write suppliers, tenders, awards and bids, beside those `known`; returns the supplier of each key."""
    rows, known = list(rows), known or {}
    owner = keys_by_owner(rows, known)
    sellers: dict[str, list[Seller]] = defaultdict(list)
    for row in rows:
        for seller in row.sellers:
            sellers[owner[seller.key]].append(seller)
    progress("suppliers")
    new = {key: said for key, said in sellers.items() if key not in known}
    suppliers = known | _suppliers(new)
    suppliers |= {key: suppliers[first] for key, first in owner.items()}
    progress("tenders")
    save_parties(row.notice for row in rows)
    for start in range(0, len(rows), BATCH):
        _notices(rows[start : start + BATCH], suppliers)
    progress("directory")
    reindex_suppliers(supplier_ids=None)
    progress("experience")
    learn_experience(supplier_ids=None, by=None)
    return suppliers


def _notices(rows: list[AwardRow], suppliers: Mapping[str, Supplier]) -> None:
    """Some notices at a time, with who won and who bid: what is in flight stays small."""
    tenders = Tender.objects.bulk_create([build_tender(row.notice) for row in rows])
    awards, bids = [], []
    for row, notice in zip(rows, tenders, strict=True):
        won = {suppliers[seller.key].pk for seller in row.sellers if seller.won}
        for supplier in {suppliers[seller.key] for seller in row.sellers}:
            if supplier.pk in won:
                organisation = supplier.organisation
                said = {
                    "neq": organisation.neq or "",
                    "name": organisation.name,
                    "organisation": organisation,
                }
                awards.append(Award(tender=notice, award_id="1", **said))
            else:
                bids.append(Experience(supplier=supplier, tender=notice, won=False))
    winners = {award.organisation_id for award in awards}
    Supplier.objects.filter(organisation__in=winners).update(status=Status.PUBLISHED)
    Award.objects.bulk_create(awards, ignore_conflicts=True)
    Experience.objects.bulk_create(bids)


def keys_by_owner(rows: Iterable[AwardRow], known: Mapping[str, Supplier]) -> dict[str, str]:
    """One enterprise stands under its NEQ here, under its name there: each key with the one that stands for it."""
    by_name: dict[str, str] = {}
    owner: dict[str, str] = {key: key for key in known}
    first_of = {supplier.pk: key for key, supplier in reversed(known.items())}
    owner |= {key: first_of[supplier.pk] for key, supplier in known.items()}

    def find(key: str) -> str:
        while owner[key] != key:
            key = owner[key]
        return key

    for supplier_key, supplier in known.items():
        by_name.setdefault(enterprise_name(supplier.organisation.name), find(supplier_key))
    # Those known come first: a new key joins them, never the other way.
    for row in rows:
        for seller in row.sellers:
            owner.setdefault(seller.key, seller.key)
            names = {seller.name}
            if seller.key.startswith("NAME:"):
                names.add(seller.key.partition(":")[2])
            for name in filter(None, map(enterprise_name, sorted(names))):
                mine, theirs = find(seller.key), find(by_name.setdefault(name, seller.key))
                if mine == theirs or (mine in known and theirs in known):
                    continue
                if mine in known:
                    mine, theirs = theirs, mine
                owner[mine] = theirs
    return {key: find(key) for key in owner}


def enterprise_name(name: str) -> str:
    """A name without its form, as it is compared: « Bell Canada inc. » is « bell canada »."""
    return " ".join(word for word in fold_text(name.replace("&", " et ")).split() if word not in FORMS)


def save_parties(notices: Iterable[NoticeRow]) -> None:
    """The buyers as parties of the feed: it says which are municipal."""
    named = {_party(notice): notice for notice in notices}
    named.pop("", None)
    parties = [
        BuyerParty(party_id=party, name=notice.buyer, is_municipal=notice.municipal)
        for party, notice in named.items()
    ]
    BuyerParty.objects.bulk_create(parties, BATCH, ignore_conflicts=True)


def _party(row: NoticeRow) -> str:
    name = fold_text(row.buyer)
    return f"OP-{hashlib.blake2s(name.encode(), digest_size=8).hexdigest()}" if name else ""


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
        method=row.method,
        category=row.nature,
        party_id=_party(row) or None,
        buyer_name=row.buyer.strip(" ."),
        region_id=region,
        mrc_id=place.mrc if region and place.region == region else None,
        published_at=timezone.make_aware(moment) if moment else None,
        version="1",
    )


def _suppliers(sellers: Mapping[str, list[Seller]]) -> dict[str, Supplier]:
    places = current_gazetteer()
    organisations = Organisation.objects.bulk_create(
        [_organisation(key, said, places) for key, said in sellers.items()], BATCH
    )
    suppliers = Supplier.objects.bulk_create(
        [
            Supplier(
                organisation=organisation,
                slug=f"s-{organisation.pk}",
                status=Status.SUBMITTED,
                legal_form=LegalForm.OBNL,
                source=Supplier.Source.FILE,
            )
            for organisation in organisations
        ],
        BATCH,
    )
    ServedArea.objects.bulk_create([ServedArea(supplier=supplier) for supplier in suppliers], BATCH)
    return dict(zip(sellers, suppliers, strict=True))


def _organisation(key: str, said: list[Seller], places: Gazetteer) -> Organisation:
    """Of what the file says, the NEQ if any, the latest name and the place it gives most often."""
    neqs = [s.key[4:] for s in said if s.key.startswith("NEQ:")]
    neqs = [key.removeprefix("NEQ:"), *neqs]
    neq = next((neq for neq in neqs if len(neq) == 10 and neq.isascii() and neq.isdigit()), None)
    postals = Counter(s.postal for s in said if s.postal).most_common(1)
    postal = postals[0][0] if postals else ""
    place = places.resolve("", postal)
    return Organisation(
        neq=neq,
        name=said[-1].name[:255],
        postal_code=postal[:6],
        region_id=place.region,
        mrc_id=place.mrc,
        lat=place.lat,
        lon=place.lon,
    )

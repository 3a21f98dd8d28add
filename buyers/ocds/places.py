"""Who buys and where: the buying party's profile, and the region that a notice is placed in.

The region is said by, in this order: the place that the title names; the delivery places of the source; the buyer's
profile, its name and its unit's, its postal code, where its territory is a town or a region; a place that the title
names less openly. Nothing else counts: the seat of a body of all Québec is not where its work is, and what other notices
say would make one notice's region depend on which came first. Unknown is an answer: it passes every filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from buyers.models import Buyer, BuyerParty, Tender
from marketplace.territories.body_kinds import Reach, body_reach
from marketplace.territories.body_names import find_place_in_name
from marketplace.territories.places import Gazetteer, Place, current_gazetteer
from marketplace.territories.title_places import TitleReader, current_title_reader
from marketplace.web.folding import fold_text

from .delivery import DeliveryAddress
from .releases import NoticeReading, ReleaseParty, TenderRelease

Source = Tender.RegionSource
#: Regions where bodies of all Québec have their seats: the postal code of a body of unknown kind says nothing there.
SEATS = ("03", "06")
OF_QUEBEC = (Buyer.Kind.MINISTRY, Buyer.Kind.STATE_ENTERPRISE)
HOME = ("", "ca", "can", "canada")
HOME_PROVINCE = ("", "qc", "que", "quebec", "pq", "p q", "ca qc", "province de quebec")
OTHER_PROVINCES = (
    "on", "ontario", "nb", "new brunswick", "nouveau brunswick", "ns", "nova scotia", "nouvelle ecosse", "pe", "pei",
    "nl", "newfoundland and labrador", "terre neuve et labrador", "mb", "manitoba", "sk", "saskatchewan", "ab", "alberta",
    "bc", "british columbia", "colombie britannique", "yt", "yukon", "nt", "nu", "nunavut",
)  # fmt: skip


@dataclass(frozen=True)
class NoticePlace:
    """Where the work of a notice is taken to be, and what says so; all empty where nothing does, or several regions."""

    region: str | None = None
    mrc: str | None = None
    source: str = Source.UNKNOWN


UNKNOWN = NoticePlace()


class KnownBuyers:
    """Profiles by NEQ and by folded exact name. A name that two profiles share ties to neither."""

    def __init__(self) -> None:
        self.by_neq: dict[str, Buyer] = {}
        self.by_name: dict[str, Buyer | None] = {}
        for buyer in Buyer.objects.known().select_related("organisation"):
            organisation = buyer.organisation
            if organisation.neq:
                self.by_neq[organisation.neq] = buyer
            name = fold_text(organisation.name)
            self.by_name[name] = None if name in self.by_name else buyer

    def find(self, *, neq: str, names: tuple[str, ...]) -> Buyer | None:
        if neq in self.by_neq:
            return self.by_neq[neq]
        return next((found for name in names if name and (found := self.by_name.get(fold_text(name)))), None)


class NoticePlaces:
    """Reads where notices are; the same party is looked up once in an import. Asks the database nothing."""

    def __init__(self, gazetteer: Gazetteer, titles: TitleReader) -> None:
        self.gazetteer = gazetteer
        self.titles = titles
        self.known: dict[tuple[ReleaseParty, str], NoticePlace] = {}

    @classmethod
    def load(cls) -> NoticePlaces:
        return cls(current_gazetteer(), current_title_reader())

    def place_of(
        self,
        *,
        title: str,
        party: ReleaseParty,
        buyer_name: str,
        delivery: Iterable[DeliveryAddress] = (),
        buyer: Buyer | None = None,
    ) -> NoticePlace:
        """The place of a notice, from what it says itself and the profile of who buys; nothing else."""
        delivery = list(delivery)
        is_away = is_elsewhere(party)
        # Ottawa buys for Shawinigan: its title is read where the work is said to be in Québec.
        said = self.titles.read(title if not is_away or any(map(is_in_quebec, delivery)) else "")
        if said.sure:
            return NoticePlace(said.sure.region, said.sure.mrc, Source.TITLE)
        if wanted := [place for one in delivery if (place := self.place_of_delivery(one)) is not None]:
            return _agreed(wanted)
        if is_away:
            is_told = bool(said.likely) and not said.regions
            return NoticePlace(said.likely.region, said.likely.mrc, Source.TITLE) if is_told else UNKNOWN
        seat = self.place_of_buyer(party, buyer_name, buyer)
        if said.regions:  # several: the buyer's own, where it is one of them
            return seat if seat.region in said.regions else UNKNOWN
        if seat.region or not said.likely:
            return seat
        return NoticePlace(said.likely.region, said.likely.mrc, Source.TITLE)

    def place_of_release(
        self, release: TenderRelease | NoticeReading, buyer: Buyer | None = None
    ) -> NoticePlace:
        return self.place_of(
            title=release.fields["title"],
            party=release.party,
            buyer_name=release.fields["buyer_name"],
            delivery=release.delivery,
            buyer=buyer,
        )

    def place_of_buyer(self, party: ReleaseParty, buyer_name: str, buyer: Buyer | None = None) -> NoticePlace:
        """The territory of who buys, nothing where it is all of Québec."""
        if (
            buyer is not None
            and buyer.organisation.region_id
            and self._reach(party, buyer_name, buyer) != "quebec"
        ):
            return NoticePlace(buyer.organisation.region_id, buyer.organisation.mrc_id, Source.BUYER)
        if (party, buyer_name) not in self.known:
            self.known[party, buyer_name] = self._place_by_name(party, buyer_name) or self._place_by_code(
                party, buyer_name
            )
        return self.known[party, buyer_name]

    def place_of_delivery(self, address: DeliveryAddress) -> Place | None:
        """A delivery place in Québec; None where it is elsewhere or says nothing that is understood."""
        province = fold_text(address.region)
        if fold_text(address.country) not in HOME or province in OTHER_PROVINCES:
            return None
        if place := self.gazetteer.resolve(address.locality, address.postal_code):
            return place
        areas = [area for area in self.gazetteer.area.get(province, ()) if not area.mrc]
        if areas and province not in HOME_PROVINCE:
            return Place(region=areas[0].region, how="region")
        said = self.titles.read(f"({address.description})")
        return said.sure or None

    def _reach(self, party: ReleaseParty, buyer_name: str, buyer: Buyer | None) -> Reach:
        if buyer is not None and buyer.kind in OF_QUEBEC:
            return "quebec"
        reaches = [body_reach(name) for name in (buyer_name, party.name)]
        if party.is_municipal or "local" in reaches:
            return "local"
        return "quebec" if "quebec" in reaches else "unknown"

    def _place_by_name(self, party: ReleaseParty, buyer_name: str) -> NoticePlace | None:
        """The unit's name, then the party's. Of a body of all Québec, only the territory of a direction counts."""
        is_of_quebec = self._reach(party, buyer_name, None) == "quebec"
        for name in dict.fromkeys((buyer_name, party.name)):
            place = find_place_in_name(self.gazetteer, name, party.postal_code) or find_place_in_name(
                self.gazetteer, name
            )
            if is_of_quebec and place.municipality:
                # « Revenu Québec (Montréal) » is where its clerks are, « Direction de Laval » what they look after.
                place = self.titles.read(re.sub(r"\([^)]*\)?", " ", name)).sure
            if place:
                return NoticePlace(place.region, place.mrc, Source.NAME)
        return None

    def _place_by_code(self, party: ReleaseParty, buyer_name: str) -> NoticePlace:
        reach = self._reach(party, buyer_name, None)
        by_code = self.gazetteer.resolve("", party.postal_code)
        if reach == "quebec" or not by_code.region or (reach == "unknown" and by_code.region in SEATS):
            return UNKNOWN
        by_town = self.gazetteer.resolve(party.locality, party.postal_code)
        # The locality is wrong at times; it only refines the region that the postal code gives.
        mrc = by_town.mrc if by_town.region == by_code.region else by_code.mrc
        return NoticePlace(by_code.region, mrc, Source.POSTAL_CODE)


def is_elsewhere(party: ReleaseParty) -> bool:
    """Whether a buying party is abroad or in another province. A province is mistaken where its postal code is Québec's."""
    is_other = fold_text(party.province) in OTHER_PROVINCES and party.postal_code[:1] not in ("G", "H", "J")
    return party.is_abroad or is_other


def is_in_quebec(address: DeliveryAddress) -> bool:
    """Whether a delivery place names the province, and no other country."""
    return fold_text(address.region) in HOME_PROVINCE[1:] and fold_text(address.country) in HOME


def _agreed(places: list[Place]) -> NoticePlace:
    """The region, and the MRC, that all the delivery places share."""
    if len({place.region for place in places}) > 1:
        return UNKNOWN
    mrcs = {place.mrc for place in places}
    return NoticePlace(places[0].region, mrcs.pop() if len(mrcs) == 1 else None, Source.DELIVERY)


def known_of(row: BuyerParty) -> tuple[object, ...]:
    return (row.name, row.buyer_id, row.is_municipal, row.is_abroad)


class BuyingParties:
    """The buying parties of a batch: read at once, brought up to date by what the releases say, written at once."""

    def __init__(self, releases: list[TenderRelease], buyers: KnownBuyers, places: NoticePlaces) -> None:
        self.buyers = buyers
        self.places = places
        ids = {release.party.party_id for release in releases if release.party.party_id}
        self.rows = BuyerParty.objects.select_related("buyer__organisation").in_bulk(list(ids))
        self.changed: dict[str, BuyerParty] = {}
        for release in sorted(releases, key=lambda release: release.order):
            if release.party.party_id:
                self.learn(release.party, release.fields["buyer_name"])

    def learn(self, said: ReleaseParty, buyer_name: str) -> None:
        row = self.rows.get(said.party_id)
        before = known_of(row) if row else None
        if row is None:
            row = self.rows[said.party_id] = BuyerParty(party_id=said.party_id)
        row.name = said.name or row.name
        row.is_abroad = said.is_abroad
        if row.buyer is None and not said.is_abroad:
            row.buyer = self.buyers.find(neq=said.neq, names=(said.name, buyer_name))
        if said.is_municipal is not None:
            row.is_municipal = said.is_municipal
        if before != known_of(row):
            self.changed[said.party_id] = row

    def save(self) -> None:
        BuyerParty.objects.bulk_create(
            self.changed.values(),
            update_conflicts=True,
            unique_fields=["party_id"],
            update_fields=["name", "buyer", "is_municipal", "is_abroad"],
        )

    def buyer_of(self, release: TenderRelease) -> Buyer | None:
        row = self.rows.get(release.party.party_id)
        if row is not None:
            return row.buyer
        if release.party.is_abroad:
            return None
        return self.buyers.find(
            neq=release.party.neq, names=(release.party.name, release.fields["buyer_name"])
        )

    def place_of(self, release: TenderRelease) -> NoticePlace:
        return self.places.place_of_release(release, self.buyer_of(release))


def place_by_profile(tender_ids: list[int]) -> None:
    """Place notices whose buyer, or whose buyer's region, has become known, unless they say a place themselves."""
    nowhere = Q(region=None, buyer__organisation__region__isnull=False) & ~Q(buyer__kind__in=OF_QUEBEC)
    rows = Tender.objects.filter(Q(pk__in=tender_ids) | nowhere).exclude(region_source=Source.DELIVERY)
    places, changed = NoticePlaces.load(), []
    for tender in rows.select_related("buyer__organisation", "party"):
        party = tender.party
        place = places.place_of(
            title=tender.title,
            party=ReleaseParty(name=party.name, is_municipal=party.is_municipal) if party else ReleaseParty(),
            buyer_name=tender.buyer_name,
            buyer=tender.buyer,
        )
        if place.source == Source.BUYER:
            tender.region_id, tender.mrc_id, tender.region_source = place.region, place.mrc, place.source
            changed.append(tender)
    Tender.objects.bulk_update(changed, ["region", "mrc", "region_source"], batch_size=1000)

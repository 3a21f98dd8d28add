"""Who buys and where: the buying party's profile, and the region that a release's notice is placed in."""

from __future__ import annotations

from dataclasses import dataclass

from buyers.models import Buyer, BuyerParty, Tender
from marketplace.territories.body_names import find_place_in_name
from marketplace.territories.places import Gazetteer
from marketplace.web.folding import fold_text

from .releases import ReleaseParty, TenderRelease

Source = Tender.RegionSource
HOME_PROVINCES = ("", "QC", "QUÉBEC", "QUEBEC")


@dataclass(frozen=True)
class BuyerPlace:
    """Where the work of a tender is taken to be, and what says so; all empty where nothing does."""

    region: str | None = None
    mrc: str | None = None
    source: str = Source.UNKNOWN


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


class ReleasePlaces:
    """Where releases say that their buyers are; the same party is looked up once in an import."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.known: dict[tuple[ReleaseParty, str], BuyerPlace] = {}

    def said_by(self, party: ReleaseParty, buyer_name: str) -> BuyerPlace:
        if (party, buyer_name) not in self.known:
            self.known[party, buyer_name] = self._said_by(party, buyer_name)
        return self.known[party, buyer_name]

    def _said_by(self, party: ReleaseParty, buyer_name: str) -> BuyerPlace:
        """What this very release says of the place: the sub-unit's name, the party's, the postal code."""
        if party.is_abroad:
            return BuyerPlace()
        code = party.postal_code if party.province in HOME_PROVINCES else ""
        for name in dict.fromkeys((buyer_name, party.name)):
            place = find_place_in_name(self.gazetteer, name, code) if name else None
            if place is not None and place.region:
                return BuyerPlace(place.region, place.mrc, Source.NAME)
        if not code:
            return BuyerPlace()
        by_code, by_town = self.gazetteer.resolve("", code), self.gazetteer.resolve(party.locality, code)
        # The locality is wrong at times; it only refines the region that the postal code gives.
        if by_code.region and by_town.region == by_code.region:
            return BuyerPlace(by_code.region, by_town.mrc, Source.POSTAL_CODE)
        return BuyerPlace(by_code.region, by_code.mrc, Source.POSTAL_CODE) if by_code.region else BuyerPlace()


def known_of(row: BuyerParty) -> tuple[object, ...]:
    return (row.name, row.buyer_id, row.region_id, row.mrc_id, row.is_municipal, row.is_abroad)


class BuyingParties:
    """The buying parties of a batch: read at once, brought up to date by what the releases say, written at once."""

    def __init__(self, releases: list[TenderRelease], buyers: KnownBuyers, places: ReleasePlaces) -> None:
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
        place = self.places.said_by(said, buyer_name)
        if place.region:
            row.region_id, row.mrc_id = (
                place.region,
                place.mrc or (row.mrc_id if row.region_id == place.region else None),
            )
        if before != known_of(row):
            self.changed[said.party_id] = row

    def save(self) -> None:
        BuyerParty.objects.bulk_create(
            self.changed.values(),
            update_conflicts=True,
            unique_fields=["party_id"],
            update_fields=["name", "buyer", "region", "mrc", "is_municipal", "is_abroad"],
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

    def place_of(self, release: TenderRelease) -> BuyerPlace:
        """The buyer's profile, else a place in its name, else its postal code, else its other tenders, else unknown."""
        buyer = self.buyer_of(release)
        if buyer is not None and (buyer.organisation.region_id or buyer.organisation.mrc_id):
            return BuyerPlace(buyer.organisation.region_id, buyer.organisation.mrc_id, Source.BUYER)
        said = self.places.said_by(release.party, release.fields["buyer_name"])
        if said.region:
            return said
        row = self.rows.get(release.party.party_id)
        if row is not None and row.region_id:
            return BuyerPlace(row.region_id, row.mrc_id, Source.PARTY)
        return BuyerPlace()

"""Who buys and where: parties of the feed, tied to buyers' profiles, with the region as far as the data allows."""

from __future__ import annotations

from dataclasses import dataclass

from buyers.models import Buyer, BuyerParty, Tender
from marketplace.territories.places import Gazetteer
from marketplace.web.folding import fold

from .notices import Notice, Party

Source = Tender.RegionSource
HOME_PROVINCES = ("", "QC", "QUÉBEC", "QUEBEC")


@dataclass(frozen=True)
class Seat:
    """Where the work of a notice is taken to be, and what says so; all empty where nothing does."""

    region: str | None = None
    mrc: str | None = None
    source: str = Source.UNKNOWN


class Buyers:
    """Profiles by NEQ and by folded exact name. A name that two profiles share ties to neither."""

    def __init__(self) -> None:
        self.by_neq: dict[str, Buyer] = {}
        self.by_name: dict[str, Buyer | None] = {}
        for buyer in Buyer.objects.select_related("organisation"):
            organisation = buyer.organisation
            if organisation.neq:
                self.by_neq[organisation.neq] = buyer
            name = fold(organisation.name)
            self.by_name[name] = None if name in self.by_name else buyer

    def find(self, *, neq: str, names: tuple[str, ...]) -> Buyer | None:
        if neq in self.by_neq:
            return self.by_neq[neq]
        return next((found for name in names if name and (found := self.by_name.get(fold(name)))), None)


class Seats:
    """Where releases say that their buyers are; the same party is looked up once in an import."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.known: dict[tuple[Party, str], Seat] = {}

    def said_by(self, party: Party, buyer_name: str) -> Seat:
        if (party, buyer_name) not in self.known:
            self.known[party, buyer_name] = self._said_by(party, buyer_name)
        return self.known[party, buyer_name]

    def _said_by(self, party: Party, buyer_name: str) -> Seat:
        """What this very release says of the place: the sub-unit's name, the party's, the postal code."""
        code = party.postal_code if party.province in HOME_PROVINCES else ""
        for name in dict.fromkeys((buyer_name, party.name)):
            place = self.gazetteer.find_in_name(name, code) if name else None
            if place is not None and place.region:
                return Seat(place.region, place.mrc, Source.NAME)
        if not code:
            return Seat()
        by_code, by_town = self.gazetteer.resolve("", code), self.gazetteer.resolve(party.locality, code)
        # The locality is wrong at times; it only refines the region that the postal code gives.
        if by_code.region and by_town.region == by_code.region:
            return Seat(by_code.region, by_town.mrc, Source.POSTAL_CODE)
        return Seat(by_code.region, by_code.mrc, Source.POSTAL_CODE) if by_code.region else Seat()


class Parties:
    """The buying parties of a batch: read at once, brought up to date by what the notices say, written at once."""

    def __init__(self, notices: list[Notice], buyers: Buyers, seats: Seats) -> None:
        self.buyers = buyers
        self.seats = seats
        ids = {notice.party.party_id for notice in notices if notice.party.party_id}
        self.rows = BuyerParty.objects.select_related("buyer__organisation").in_bulk(list(ids))
        self.changed: dict[str, BuyerParty] = {}
        for notice in sorted(notices, key=lambda notice: notice.order):
            if notice.party.party_id:
                self.learn(notice.party, notice.fields["buyer_name"])

    def learn(self, said: Party, buyer_name: str) -> None:
        row = self.rows.get(said.party_id)
        before = (row.name, row.buyer_id, row.region_id, row.mrc_id, row.is_municipal) if row else None
        if row is None:
            row = self.rows[said.party_id] = BuyerParty(party_id=said.party_id)
        row.name = said.name or row.name
        if row.buyer is None:
            row.buyer = self.buyers.find(neq=said.neq, names=(said.name, buyer_name))
        if said.is_municipal is not None:
            row.is_municipal = said.is_municipal
        seat = self.seats.said_by(said, buyer_name)
        if seat.region:
            row.region_id, row.mrc_id = (
                seat.region,
                seat.mrc or (row.mrc_id if row.region_id == seat.region else None),
            )
        if before != (row.name, row.buyer_id, row.region_id, row.mrc_id, row.is_municipal):
            self.changed[said.party_id] = row

    def save(self) -> None:
        BuyerParty.objects.bulk_create(
            self.changed.values(),
            update_conflicts=True,
            unique_fields=["party_id"],
            update_fields=["name", "buyer", "region", "mrc", "is_municipal"],
        )

    def buyer_of(self, notice: Notice) -> Buyer | None:
        row = self.rows.get(notice.party.party_id)
        if row is not None:
            return row.buyer
        return self.buyers.find(neq=notice.party.neq, names=(notice.party.name, notice.fields["buyer_name"]))

    def seat_of(self, notice: Notice) -> Seat:
        """The buyer's profile, else a place in its name, else its postal code, else its other notices, else unknown."""
        buyer = self.buyer_of(notice)
        if buyer is not None and (buyer.organisation.region_id or buyer.organisation.mrc_id):
            return Seat(buyer.organisation.region_id, buyer.organisation.mrc_id, Source.BUYER)
        said = self.seats.said_by(notice.party, notice.fields["buyer_name"])
        if said.region:
            return said
        row = self.rows.get(notice.party.party_id)
        if row is not None and row.region_id:
            return Seat(row.region_id, row.mrc_id, Source.PARTY)
        return Seat()

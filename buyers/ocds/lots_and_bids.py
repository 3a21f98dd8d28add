"""The lots of a notice and who bid on it, read from its releases put together. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from buyers.models import Tender
from marketplace.web.folding import fold_text

from .awards import ReleaseAward, related_lots
from .cleaning import as_list, as_mapping, as_mappings, clean_name, clean_text, read_amount
from .identifiers import fit_id, party_neq
from .releases import STATUSES, release_codes

MOST_LOTS = 500
MOST_BIDDERS = 500
LONGEST_LOTS_TEXT = 20_000
BIDDING_ROLES = {"tenderer", "bidder"}


# --- Lots -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NoticeLot:
    """`codes`: UNSPSC of its items, with the feed's label. `status` is one of `Tender.Status`, or empty."""

    lot_id: str
    title: str
    description: str
    amount: Decimal | None
    currency: str
    status: str
    codes: dict[str, str]


def read_lots(tender: dict[str, Any]) -> list[NoticeLot]:
    """The lots as the notice lists them; else those that its items name."""
    items: dict[str, list[dict[str, Any]]] = {}
    for item in as_mappings(tender.get("items")):
        for lot_id in dict.fromkeys(related_lots(item)):
            items.setdefault(lot_id, []).append(item)
    listed: dict[str, dict[str, Any]] = {}
    for position, lot in enumerate(as_mappings(tender.get("lots")), 1):
        listed.setdefault(fit_id(clean_text(lot.get("id")), 60) or str(position), lot)
    for lot_id in items:
        listed.setdefault(lot_id, {})
    return [_read_lot(lot_id, lot, items.get(lot_id, [])) for lot_id, lot in [*listed.items()][:MOST_LOTS]]


def _read_lot(lot_id: str, lot: dict[str, Any], items: list[dict[str, Any]]) -> NoticeLot:
    items = [*as_mappings(lot.get("items")), *items]
    title, description = clean_text(lot.get("title"), 500), clean_text(lot.get("description"))
    if not title:
        title, description = clean_text(description, 500), "" if len(description) <= 500 else description
    amount = read_amount(lot.get("value"))
    return NoticeLot(
        lot_id=lot_id,
        title=title or next(filter(None, (clean_text(item.get("description"), 500) for item in items)), ""),
        description=description,
        amount=amount.value if amount else None,
        currency=amount.currency if amount else "CAD",
        status=str(STATUSES.get(clean_text(lot.get("status"), 20).lower(), "")),
        codes=release_codes({"items": [lot, *items]}),
    )


def lots_text(lots: list[NoticeLot]) -> str:
    """Their titles and descriptions, one a line, each once."""
    lines = dict.fromkeys(line for lot in lots for line in (lot.title, lot.description) if line)
    return "\n".join(lines)[:LONGEST_LOTS_TEXT]


def how_much_is_awarded(lots: list[NoticeLot], awards: list[ReleaseAward], status: str) -> str:
    """Nothing, a part or the whole. Of awards that name no lot, the notice's own state says whether more is to come."""
    standing = [award for award in awards if award.stands]
    known = {lot.lot_id for lot in lots}
    won = {lot_id for award in standing for lot_id in award.lots} & known
    won |= {lot.lot_id for lot in lots if lot.status == Tender.Status.COMPLETE}
    if not standing and not won:
        return Tender.Awarded.NOTHING
    if len(known) < 2 or won == known:
        return Tender.Awarded.WHOLE
    names_no_lot = any(not award.lots for award in standing)
    if status == Tender.Status.COMPLETE and (not won or names_no_lot):
        return Tender.Awarded.WHOLE
    return Tender.Awarded.PART


# --- Bidders ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NoticeBidder:
    party_id: str
    neq: str
    name: str
    won: bool = False


def read_bidders(release: dict[str, Any], awards: list[ReleaseAward]) -> tuple[list[NoticeBidder], int]:
    """Who bid, each once, by name; and how many did, where the notice counts more than it names.

    Tenderers, bids and parties in that role are brought together by NEQ, else by name, else by the feed's id.
    """
    tender, ocid = as_mapping(release.get("tender")), clean_text(release.get("ocid"), 500)
    parties = {clean_text(p.get("id"), 200): p for p in as_mappings(release.get("parties"))}
    bids = _bids(release)
    said = [*as_mappings(tender.get("tenderers")), *(one for bid in bids for one in _bidders_of(bid))]
    said += [p for p in parties.values() if BIDDING_ROLES & set(map(str, as_list(p.get("roles"))))]
    by_id: dict[str, NoticeBidder] = {}
    nameless_ids: list[NoticeBidder] = []
    for one in said:
        party_id = clean_text(one.get("id"), 200)
        party = parties.get(party_id, {})
        found = NoticeBidder(
            party_id=fit_id(party_id, 60),
            neq=(party_neq(party, ocid) if party else "") or party_neq(one, ocid),
            name=clean_name(one.get("name")) or clean_name(party.get("name")),
        )
        if not party_id:
            nameless_ids.append(found)
        else:
            before = by_id.get(party_id, found)
            by_id[party_id] = NoticeBidder(found.party_id, before.neq or found.neq, before.name or found.name)
    bidders = _each_once([*by_id.values(), *nameless_ids])
    neqs = {award.neq for award in awards if award.stands and award.neq}
    names = {fold_text(award.name) for award in awards if award.stands and award.name}
    known = [
        NoticeBidder(
            b.party_id, b.neq, b.name, b.neq in neqs or (bool(b.name) and fold_text(b.name) in names)
        )
        for b in bidders
    ]
    known.sort(key=lambda b: (fold_text(b.name), b.neq, b.party_id))
    return known[:MOST_BIDDERS], max(len(known), _counted(tender, len(bids), len(known)))


def _bids(release: dict[str, Any]) -> list[dict[str, Any]]:
    """SEAO writes a flat list; the extension of OCDS a mapping with `details`. Who was only invited has not bid."""
    bids = release.get("bids")
    rows = as_mappings(as_mapping(bids).get("details") if isinstance(bids, dict) else bids)
    return [bid for bid in rows if clean_text(bid.get("status"), 20).lower() != "invited"]


def _bidders_of(bid: dict[str, Any]) -> list[dict[str, Any]]:
    """A bid of several together names them; one of SEAO's carries its bidder's id as its own."""
    if isinstance(bid.get("tenderers"), list):
        return as_mappings(bid["tenderers"])
    return [{"id": bid.get("id"), "name": bid.get("name")}]


def _counted(tender: dict[str, Any], bids: int, known: int) -> int:
    """`numberOfTenderers`, unless it counts the bids of each lot."""
    said = tender.get("numberOfTenderers")
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 < said < 10_000:
        return 0
    return 0 if known and bids > known and said == bids else int(said)


def _each_once(said: list[NoticeBidder]) -> list[NoticeBidder]:
    """One for each NEQ, one for each name that has none; a name alone joins the NEQ that bears it."""
    found: dict[str, NoticeBidder] = {}
    key_of_name: dict[str, str] = {}
    for one in sorted(said, key=lambda b: (not b.neq, not b.name, fold_text(b.name), b.party_id)):
        name = fold_text(one.name)
        if one.neq:
            key = f"n:{one.neq}"
        elif name:
            key = key_of_name.get(name, f"t:{name}")
        elif one.party_id:
            key = f"i:{one.party_id}"
        else:
            continue
        if name:
            key_of_name.setdefault(name, key)
        before = found.get(key, one)
        found[key] = NoticeBidder(
            before.party_id or one.party_id, before.neq or one.neq, before.name or one.name
        )
    return list(found.values())

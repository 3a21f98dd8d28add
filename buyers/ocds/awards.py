"""Who won, by what each release says: one line per award and seller, and when its contract ends. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .cleaning import as_list, as_mapping, as_mappings, clean_day, clean_name, clean_text, read_amount
from .identifiers import fit_id, party_neq

LONGEST_CONTRACT = 365 * 30  # days; beyond, a duration is a slip


@dataclass(frozen=True)
class ReleaseAward:
    """`town`: of a seller without a NEQ. `end_is_reckoned`: no contract says `ends_on`, the notice's period does."""

    award_id: str
    neq: str
    name: str
    amount: Decimal | None
    currency: str
    awarded_on: date | None
    status: str
    lots: tuple[str, ...] = ()
    town: str = ""
    ends_on: date | None = None
    end_is_reckoned: bool = False

    @property
    def stands(self) -> bool:
        """Whether someone won by it: it is neither called off nor still to be settled."""
        return self.status not in ("cancelled", "unsuccessful", "pending")


def release_awards(release: dict[str, Any]) -> list[ReleaseAward] | None:
    """One line per award and seller, None where the release does not speak of awards.

    An award that several sellers share carries its whole amount on each of their lines.
    """
    awards = as_mappings(release.get("awards"))
    if not awards:
        return None
    sellers = {clean_text(p.get("id"), 60): p for p in as_mappings(release.get("parties"))}
    contracts: dict[str, list[dict[str, Any]]] = {}
    for contract in as_mappings(release.get("contracts")):
        award_id = fit_id(clean_text(contract.get("awardID") or contract.get("id")), 60)
        contracts.setdefault(award_id, []).append(contract)
    ocid = clean_text(release.get("ocid"), 500)
    tender = as_mapping(release.get("tender"))
    lines: dict[tuple[str, str, str], ReleaseAward] = {}
    for position, award in enumerate(awards):
        award_id = fit_id(clean_text(award.get("id")), 60) or str(position + 1)
        own = contracts.get(award_id, [])
        amount = read_amount(award.get("value")) or (read_amount(own[-1].get("value")) if own else None)
        awarded_on = clean_day(award.get("date"))
        ends_on, is_reckoned = contract_end(award, own, tender, awarded_on)
        lots = [*related_lots(award), *(lot for contract in own for lot in related_lots(contract))]
        # Multi-lot files leave the winner out at times: the award is kept all the same.
        for seller in as_mappings(award.get("suppliers")) or [{}]:
            party = sellers.get(clean_text(seller.get("id"), 60), {})
            neq = party_neq(party, ocid) or ("" if party else party_neq(seller, ocid))
            seller_name = clean_name(seller.get("name")) or clean_name(party.get("name"))
            line = ReleaseAward(
                award_id=award_id,
                neq=neq,
                name=seller_name,
                amount=amount.value if amount else None,
                currency=amount.currency if amount else "CAD",
                awarded_on=awarded_on,
                status=clean_text(award.get("status"), 20).lower(),
                lots=tuple(dict.fromkeys(lots)),
                town="" if neq else clean_text(as_mapping(party.get("address")).get("locality"), 120),
                ends_on=ends_on,
                end_is_reckoned=is_reckoned,
            )
            lines.setdefault((award_id, neq, seller_name), line)
    return list(lines.values())


def contract_end(
    award: dict[str, Any], contracts: list[dict[str, Any]], tender: dict[str, Any], awarded_on: date | None
) -> tuple[date | None, bool]:
    """When the contract ends, and whether that is reckoned: by its own period, else by the award's or the notice's."""
    signed_on = None
    for contract in contracts[::-1]:
        signed_on = clean_day(contract.get("dateSigned")) or signed_on
        if end := period_end(contract.get("period"), signed_on):
            return end, False
    begins_on = signed_on or awarded_on
    for said in (award.get("contractPeriod"), tender.get("contractPeriod")):
        if end := period_end(said, begins_on):
            return end, True
    return None, False


def period_end(said: Any, begins_on: date | None) -> date | None:
    """The last day of a period; from its beginning, or `begins_on`, and its duration in days where no end is given."""
    period = as_mapping(said)
    if end := clean_day(period.get("endDate")):
        return end
    days = period.get("durationInDays", period.get("durationInDay"))
    begins_on = clean_day(period.get("startDate")) or begins_on
    if (
        begins_on is None
        or isinstance(days, bool)
        or not isinstance(days, int)
        or not 0 < days <= LONGEST_CONTRACT
    ):
        return None
    return begins_on + timedelta(days=days)


def related_lots(part: dict[str, Any]) -> list[str]:
    """The ids of the lots that an award, a contract, a bid or one of its items names."""
    said = [*as_list(part.get("relatedLots")), part.get("relatedLot")]
    for item in as_mappings(part.get("items")):
        said += [*as_list(item.get("relatedLots")), item.get("relatedLot")]
    return [lot_id for one in said if (lot_id := fit_id(clean_text(one), 60))]

"""Why a supplier and a tender fit, and what does not: reasons for people, from the same data as the points. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marketplace.matching import weights
from marketplace.matching.engine import (
    PastTender,
    Reason,
    Statistics,
    SupplierProfile,
    TenderProfile,
    Verdict,
    area_verdict,
    capacity_verdict,
    delivery_distance_km,
    lesson_applies,
    word_coverage,
)

#: How many past notices a reason names.
NAMED = 2


def match_reasons(tender: TenderProfile, supplier: SupplierProfile, statistics: Statistics) -> list[Reason]:
    """Rows of the vis-à-vis, in the order that they are read: what, where, how large, and what was done before."""
    found = [
        code_reason(tender, supplier),
        meaning_reason(tender, supplier, statistics) or text_reason(tender, supplier, statistics),
        area_reason(tender, supplier),
        capacity_reason(tender, supplier),
        past_reason([past for past in supplier.similar if past.similar]),
        buyer_reason(tender, [past for past in supplier.similar if past.same_buyer]),
        beside_reason(supplier),
        procedure_reason(tender, supplier),
        taught_reason(tender, supplier),
    ]
    return [reason for reason in found if reason]


def taught_reason(tender: TenderProfile, supplier: SupplierProfile) -> Reason | None:
    """What the supplier itself said of such notices: only it and its pôle read this."""
    held = [one for one in supplier.lessons if lesson_applies(one, tender, supplier)]
    return Reason("taught", "none", asdict(held[-1])) if held else None


def beside_reason(supplier: SupplierProfile) -> Reason | None:
    """It bid on the same notices as those who won contracts alike; said where it has none to name itself."""
    if weights.TOPIC["beside"] * supplier.beside < weights.MEETS or any(p.similar for p in supplier.similar):
        return None
    return Reason("beside", "part")


def procedure_reason(tender: TenderProfile, supplier: SupplierProfile) -> Reason | None:
    """It knows a procedure that not everyone comes to; a public call is open to all."""
    if tender.method in ("", "open") or supplier.past.terms.get(f"m:{tender.method}", 0.0) < 1:
        return None
    return Reason("procedure", "full", {"method": tender.method})


def code_reason(tender: TenderProfile, supplier: SupplierProfile) -> Reason | None:
    """The offer whose code comes nearest to one that the tender asks for."""
    if not tender.codes:
        return None
    best: tuple[int, Verdict, dict[str, Any]] | None = None
    for asked in tender.codes:
        for offer in supplier.offers:
            for offered in offer.codes:
                strength, verdict, level = _nearness(asked, offered)
                if strength and (best is None or strength > best[0]):
                    best = strength, verdict, {
                        "level": level, "code": asked, "offer": offer.title, "offer_code": offered
                    }  # fmt: skip
    if best:
        return Reason("code", best[1], best[2])
    level = "none" if any(offer.codes for offer in supplier.offers) else "no_codes"
    return Reason("code", "none", {"level": level, "code": tender.codes[0]})


def _nearness(asked: str, offered: str) -> tuple[int, Verdict, str]:
    """(strength from 0, verdict, name of the level)."""
    if offered == asked:
        return 10, "full", "same"
    if offered.startswith(asked):  # what is offered is one kind of what is asked
        return 9, "full", "under"
    if asked.startswith(offered) and len(offered) >= 4:
        return 4 + len(offered) // 2, "part", "above"
    if len(offered) >= 6 and offered[:6] == asked[:6]:
        return 6, "part", "class"
    if len(offered) >= 4 and offered[:4] == asked[:4]:
        return 5, "part", "family"
    return 0, "none", ""


def meaning_reason(tender: TenderProfile, supplier: SupplierProfile, statistics: Statistics) -> Reason | None:
    """What is bought, said by the supplier in other words; where that weighs more than the words that both say."""
    own = word_coverage(tender, supplier, statistics)[0]
    if supplier.meant < weights.FEW_WORDS or own >= weights.MANY_WORDS:
        return None
    if weights.TOPIC["meant"] * supplier.meant <= weights.TOPIC["words"] * own:
        return None
    params: dict[str, Any] = {"words": list(tender.trades), "where": "sheet"}
    if not tender.trades:
        params["code"] = tender.codes[0] if tender.codes else ""
    if offer := next((offer for offer in supplier.offers if offer.means_it), None):
        params |= {"where": "offer", "offer": offer.title}
    return Reason("meaning", "full" if supplier.meant >= weights.MANY_WORDS else "part", params)


def text_reason(tender: TenderProfile, supplier: SupplierProfile, statistics: Statistics) -> Reason | None:
    """The words of the title that the supplier's text holds too, and the offer that has most of them."""
    title_parts = statistics.title_parts(tender.words, tender.emphasis)
    found = {
        word: part
        for word, part in title_parts.items()
        if word in supplier.words and word not in tender.places
    }
    part = sum(found.values())
    if part < weights.FEW_WORDS:
        return None
    where: dict[str, Any] = {"where": "activity"}
    offer = max(
        supplier.offers,
        key=lambda offer: sum(part for word, part in found.items() if word in offer.words),
        default=None,
    )
    if offer and offer.words & found.keys():
        where = {"where": "offer", "offer": offer.title}
    elif found.keys() <= supplier.name_words:
        where = {"where": "name"}
    telling = weights.TELLING * max(found.values())
    shown = [
        as_written
        for stem, as_written in zip(tender.words, tender.shown, strict=False)
        if found.get(stem, 0.0) >= telling
    ]
    params = {"words": shown, "no_code": not tender.codes, **where}
    return Reason("text", "full" if part >= weights.MANY_WORDS else "part", params)


def area_reason(tender: TenderProfile, supplier: SupplierProfile) -> Reason:
    verdict = area_verdict(tender, supplier)
    params: dict[str, Any] = {
        "region": tender.regions[0] if len(tender.regions) == 1 else "",
        "mrc": tender.mrc,
    }
    whole = next((f"R{region}" for region in tender.regions if f"R{region}" in supplier.serves), "")
    if "Q" in supplier.serves:
        params["case"] = "quebec"
        if not tender.regions:
            params["case"] = "quebec_unknown"
    elif not tender.regions:
        params["case"] = "unknown"
    elif not supplier.serves:
        params["case"] = "undeclared"
    elif whole:
        params["case"] = "region"
    elif verdict == "full":
        params["case"] = "mrc"
    else:
        near = sorted(supplier.serves & tender.mrcs) or sorted(supplier.serves)
        params |= {"case": "in_part" if verdict == "part" else "elsewhere", "serves": near[:3]}
    if verdict != "none" and (distance := delivery_distance_km(tender, supplier)) is not None:
        params["km"] = round(distance)
    return Reason("area", verdict, params)


def capacity_reason(tender: TenderProfile, supplier: SupplierProfile) -> Reason | None:
    verdict = capacity_verdict(tender, supplier)
    if verdict is None:
        return None
    return Reason("capacity", verdict, {"amount": round(tender.amount or 0), "capacity": supplier.capacity})


def past_reason(similar: list[PastTender]) -> Reason | None:
    """Similar notices that were won; failing that, those that were bid on."""
    won = [past for past in similar if past.won]
    shown = won or similar
    if not shown:
        return None
    named = [{"title": past.title, "buyer": past.buyer, "year": past.year} for past in shown[:NAMED]]
    return Reason(
        "past", "full" if won else "part", {"won": len(won), "bids": len(similar) - len(won), "named": named}
    )


def buyer_reason(tender: TenderProfile, known: list[PastTender]) -> Reason | None:
    """Dealings with the same buyer."""
    if not known:
        return None
    won = [past for past in known if past.won]
    years = [past.year for past in (won or known) if past.year]
    params = {
        "buyer": tender.buyer_name or known[0].buyer,
        "won": len(won),
        "bids": len(known) - len(won),
        "since": min(years) if years else None,
    }
    return Reason("buyer", "full" if won else "part", params)

"""Who bid on the notices of the past: enterprises of the directory near the buyer, and ordinary companies of invented names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from random import Random

from .notice_text import NoticeText

#: UNSPSC code → (NEQ, name, region) of some who sell it.
Sellers = dict[str, list[tuple[str, str, str]]]
#: Of two notices that a social economy enterprise could answer, more than one goes to some.
SOCIAL_SHARE = 0.6
#: Coined, so that they are nobody's.
ROOTS = (
    "Norvane", "Caldoris", "Estrivia", "Lorvaux", "Meribec", "Tavernac", "Ondalys", "Brumexa", "Galtero", "Pelvox",
    "Rivanord", "Kelvaro", "Montivar", "Solvigne", "Trivast", "Zephilia", "Orvalec", "Dumarac", "Belvion", "Cartivex",
)  # fmt: skip
#: What an ordinary company of each SEAO category calls itself.
COMPANIES = {
    "C01": ("Constructions", "Rénovations"),
    "C02": ("Pavages", "Excavations"),
    "S3": ("Experts-conseils", "Groupe-conseil"),
    "S5": ("Services environnementaux", "Sanitaire"),
    "S6": ("Arboriculture", "Foresterie"),
    "S9": ("Entretien", "Maintenance"),
    "S14": ("Déneigement", "Excavation"),
    "S17": ("Transport", "Logistique"),
    "S10": ("Sécurité", "Protection"),
    "S11": ("Cabinet", "Services financiers"),
    "S15": ("Communications", "Impressions"),
    "S4": ("Technologies", "Informatique"),
    "G8": ("Technologies", "Informatique"),
    "G11": ("Énergies", "Pétroles"),
    "G15": ("Traiteur", "Distribution alimentaire"),
    "G17": ("Mobilier", "Ameublement"),
    "G21": ("Distribution médicale", "Laboratoires"),
    "G28": ("Camions", "Équipements"),
    "G30": ("Vêtements", "Textiles"),
}


@dataclass(frozen=True)
class Bid:
    party: str
    neq: str
    name: str
    amount: float


def bids_on(
    text: NoticeText, region: str | None, sellers: Sellers, rng: Random, *, alone: bool = False
) -> list[Bid]:
    """The winner first, whose price is the lowest; one to five bids, around the estimate."""
    count = 1 if alone else rng.choice((1, 2, 3, 3, 4, 5))
    near = _sellers_near(text, region, sellers)
    chosen: dict[str, tuple[str, str]] = {}
    for _ in range(count * 3):
        if near and rng.random() < SOCIAL_SHARE:
            neq, name, _region = rng.choice(near)
        else:
            neq, name = (
                "",
                f"{rng.choice(COMPANIES.get(text.subject.category, ('Groupe', 'Services')))} {rng.choice(ROOTS)} inc.",
            )
        chosen.setdefault(name, (neq, name))
        if len(chosen) == count:
            break
    amounts = sorted(round(text.amount * rng.uniform(0.84, 1.16), 2) for _ in chosen)
    return [
        Bid(f"FO-{neq or 20_000_000 + _number(name)}", neq, name, amount)
        for (neq, name), amount in zip(chosen.values(), amounts, strict=True)
    ]


def _sellers_near(text: NoticeText, region: str | None, sellers: Sellers) -> list[tuple[str, str, str]]:
    """Who sells this code, else this family, in the buyer's region where some are; nobody for what no trade sells."""
    if not text.subject.trade:
        return []
    code = text.subject.code
    known = sellers.get(code) or sellers.get(code[:4]) or []
    return [seller for seller in known if seller[2] == region] or known


def _number(name: str) -> int:
    """The same for the same name: SEAO numbers the companies that it knows by no NEQ."""
    return sum(place * ord(letter) for place, letter in enumerate(name, 1)) % 9_000_000


def group_sellers(rows: list[tuple[str, str | None, str, str | None]]) -> Sellers:
    """Rows of (code, NEQ, name, region), by code and by family; forty of each at most, spread over the regions."""
    found: Sellers = defaultdict(list)
    held: dict[tuple[str, str], int] = defaultdict(int)
    for code, neq, name, region in rows:
        for key in (code, code[:4]):
            place = (key, region or "")
            if held[place] < 6:
                held[place] += 1
                found[key].append((neq or "", name, region or ""))
    return dict(found)

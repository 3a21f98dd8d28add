"""What seeded enterprises say beside their words: prices as their own sentences give them, lead times, hours, insurance.

Drawn from the NEQ and the title alone, so that nothing else of the seed changes with them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from marketplace.web.typography import NB

_AMOUNT = r"(\d{1,3}(?:[\s\u00a0]\d{3})*(?:,\d{1,2})?)"
_UNIT = r"\$[\s\u00a0](?:par |le |la |l’)([a-zéèêûœ’ ]{2,40}?)(?=[.;,(]| ou | à | pour | plus | avec |$)"
_RANGE = re.compile(rf"{_AMOUNT}[\s\u00a0]\$ à {_AMOUNT}[\s\u00a0]{_UNIT}")
_FROM = re.compile(rf"(?:[Àà] partir de )?{_AMOUNT}[\s\u00a0]{_UNIT}")
#: As the site says a unit of which the sentence says otherwise.
_SAME = {"nuit": "nuitée", "kilo": "kilogramme", "pièce": "unité", "plat": "repas", "boîte": "boîte"}
#: Days from order to delivery, shortest and longest, by trade; else by kind of offer.
_LEAD = {
    "traiteur": (2, 10), "boites_lunch": (1, 3), "popote": (1, 7), "boulangerie": (1, 3), "mobilier_urbain": (28, 70),
    "meubles": (21, 70), "palettes": (5, 21), "imprimerie": (4, 14), "serigraphie": (7, 21), "couture": (14, 42),
    "traduction": (2, 10), "informatique": (1, 10), "deneigement": (0, 1), "menage": (3, 14), "espaces_verts": (5, 21),
    "demenagement": (7, 21), "construction": (21, 90), "recuperation": (3, 10), "buanderie": (1, 3), "vaisselle": (3, 10),
    "formation": (14, 60), "consultation": (14, 45), "graphisme": (7, 28), "salles": (2, 14), "transport": (1, 5),
    "securite": (2, 10), "electroniques": (3, 14), "velos": (2, 14), "emballage": (5, 15), "evenements": (14, 60),
}  # fmt: skip
_LEAD_OF_KIND = {"good": (3, 21), "service": (5, 28), "rental": (1, 7)}
#: What can be delivered, « {n} » growing with the enterprise: (words, least, most).
_OUTPUT = {
    "mobilier_urbain": ("{n} pièces par mois", 15, 120), "meubles": ("{n} meubles par mois", 10, 90),
    "palettes": ("{n} palettes par semaine", 150, 2_400), "traiteur": ("{n} convives par jour", 40, 600),
    "boites_lunch": ("{n} repas par jour", 120, 2_800), "popote": ("{n} repas par semaine", 90, 1_500),
    "boulangerie": ("{n} pains par jour", 60, 900), "buanderie": ("{n} kg par jour", 150, 3_500),
    "vaisselle": ("{n} pièces à l’heure", 400, 1_800), "imprimerie": ("{n} feuilles à l’heure", 2_000, 12_000),
    "serigraphie": ("{n} vêtements par semaine", 200, 3_000), "couture": ("{n} pièces par semaine", 80, 1_500),
    "traduction": ("{n} mots par jour", 2_500, 14_000), "numerisation": ("{n} pages par jour", 4_000, 40_000),
    "menage": ("{n} m² par soir", 1_500, 24_000), "espaces_verts": ("{n} terrains par semaine", 12, 140),
    "deneigement": ("{n} entrées par tempête", 20, 260), "scierie": ("{n} pmp par mois", 20_000, 400_000),
    "recuperation": ("{n} collectes par jour", 6, 70), "emballage": ("{n} boîtes par jour", 300, 6_000),
    "demenagement": ("{n} équipes par jour", 1, 6), "securite": ("{n} agents", 8, 90),
    "electroniques": ("{n} appareils par semaine", 40, 900), "formation": ("{n} groupes par trimestre", 2, 24),
    "transport": ("{n} déplacements par jour", 20, 260), "centre_appels": ("{n} appels par jour", 150, 2_500),
}  # fmt: skip
_MINIMUM = {
    "traiteur": ("8 personnes", "12 personnes", "150 $"), "boites_lunch": ("10 boîtes", "15 boîtes"),
    "boulangerie": ("10 pains", "40 $"), "imprimerie": ("50 exemplaires", "100 $"), "serigraphie": ("24 vêtements", "48 vêtements"),
    "couture": ("25 pièces", "50 pièces"), "menage": ("trois heures", "deux heures par visite"), "palettes": ("50 palettes",),
    "securite": ("quatre heures",), "traduction": ("75 $", "250 mots"), "mobilier_urbain": ("une pièce", "cinq pièces"),
    "buanderie": ("25 kg", "50 kg"), "vaisselle": ("100 couverts",), "informatique": ("une heure", "deux heures"),
    "demenagement": ("trois heures",), "salles": ("une demi-journée",),
}  # fmt: skip
_HOURS = (
    "Du lundi au vendredi, de 8 h à 16 h 30", "Du lundi au vendredi, de 8 h 30 à 17 h", "Du lundi au jeudi, de 8 h à 17 h; vendredi, de 8 h à 12 h",
    "Du lundi au samedi, de 9 h à 17 h", "Sept jours sur sept, de 7 h à 22 h", "Du mardi au samedi, de 10 h à 17 h",
)  # fmt: skip
#: By purpose of the enterprise, the first that it has.
_SERVED = (
    ("handicap", "{n} personnes en situation de handicap en emploi", 6, 60),
    ("insertion", "{n} personnes en parcours d’insertion par année", 8, 70),
    ("alimentation", "{n} familles par semaine", 30, 900),
    ("logement", "{n} ménages", 12, 240),
    ("sante", "{n} personnes par année", 60, 1_200),
    ("education", "{n} jeunes par année", 40, 900),
)


@dataclass(frozen=True)
class OfferFacts:
    """The columns of an offer that a buyer compares, in the order of `COLUMNS`."""

    output: str
    lead_days: int | None
    minimum_order: str
    price_from: Decimal | None
    price_to: Decimal | None
    unit: str


COLUMNS = ("output", "lead_days", "minimum_order", "price_from", "price_to", "unit")


def offer_facts(*, neq: str, trade: str, kind: str, title: str, description: str, size: float) -> OfferFacts:
    """Some enterprises say little: one offer in seven has nothing but its words."""
    rng = Random(f"{neq}:{title}")
    if rng.random() < 0.14:
        return OfferFacts("", None, "", None, None, "")
    low, high, unit = price_in(description)
    least, most = _LEAD.get(trade) or _LEAD_OF_KIND.get(kind, (3, 21))
    days = least + round((most - least) * rng.random())
    lead = (days if days < 14 else days // 7 * 7) if rng.random() < 0.85 else None
    minimum = rng.choice(_MINIMUM[trade]) if trade in _MINIMUM and rng.random() < 0.6 else ""
    output = _grown(_OUTPUT[trade], size, rng) if trade in _OUTPUT and rng.random() < 0.7 else ""
    return OfferFacts(output, lead, minimum.replace(" $", f"{NB}$"), low, high, unit)


def price_in(description: str) -> tuple[Decimal | None, Decimal | None, str]:
    """The price that a description gives by unit: (from, to, unit).

    >>> price_in("De 14,50 $ à 22 $ le repas.")
    (Decimal('14.50'), Decimal('22'), 'repas')
    """
    if found := _RANGE.search(description):
        low, high, unit = _dollars(found[1]), _dollars(found[2]), _unit(found[3])
        return (low, high, unit) if low < high else (None, None, "")
    if found := _FROM.search(description):
        return _dollars(found[1]), None, _unit(found[2])
    return None, None, ""


def _dollars(text: str) -> Decimal:
    return Decimal(re.sub(r"\s", "", text.replace(NB, "")).replace(",", "."))


def _unit(text: str) -> str:
    text = text.strip()
    return _SAME.get(text, text)


def _grown(words: tuple[str, int, int], size: float, rng: Random) -> str:
    """A figure as people round it, between its least and its most as the enterprise is large."""
    text, least, most = words
    n = least * (most / least) ** min(1.0, max(0.0, size + (rng.random() - 0.5) * 0.2))
    step = next(step for limit, step in ((20, 1), (200, 5), (1_000, 50), (10**9, 100)) if n < limit)
    n = max(step, round(n / step) * step)
    return text.replace("{n}", f"{n:,}".replace(",", NB))


def supplier_facts(
    *, neq: str, size: float, purposes: set[str], day: date
) -> tuple[str, str, int | None, date | None]:
    """Hours, people served, liability insurance and its last day; a few have lapsed, a third say nothing."""
    rng = Random(f"{neq}:facts")
    hours = (
        rng.choice(_HOURS).replace(" h", f"{NB}h").replace("h 30", f"h{NB}30") if rng.random() < 0.7 else ""
    )
    served = ""
    if rng.random() < 0.6:
        words = next(((text, low, high) for code, text, low, high in _SERVED if code in purposes), None)
        served = _grown(words, size, rng) if words else ""
    if rng.random() < 0.35:
        return hours, served, None, None
    amount = 5_000_000 if size > 0.5 or rng.random() < 0.3 else 2_000_000
    until = day + timedelta(days=rng.randrange(-20, 340))
    return hours, served, amount, until

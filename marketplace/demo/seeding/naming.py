"""Names of seeded enterprises, by many ways: a brand, a place, a play on words, letters, two words in one.

All is invented: brands are two words that nobody puts together, places are on no map. A real name could only come by chance.
"""

from __future__ import annotations

import re
from random import Random

from suppliers.models import LegalForm

from .addresses import PopulatedTown, draw_place
from .french_names import branded_name, of_town
from .seed_data import NAMES, Trade

_BRANDS = NAMES["brands"]
#: Brands without an article, which take another word after them.
_WORDS = [word for word in _BRANDS["single"] if not word.startswith(("Le ", "La ", "L’"))]
_COOP = re.compile(r"coop|mutuel", re.IGNORECASE)
_CAPITALS = re.compile(r"\b(\w)\w{2,}")
ENDINGS = ("Action", "Québec", "Solidaire", "et cie", "Nord", "Laurentie")
BEGINNINGS = ("Éco", "Soli", "Inter", "Multi", "Terra", "Novi", "Uni", "Hori")
#: What a co-operative adds to a name that does not say it.
SAYS_COOP = {
    LegalForm.COOP_WORK: (", coop de travail", " coop", ", coopérative de travail"),
    LegalForm.COOP_SOLIDARITY: (", coop de solidarité", " coop", ", coopérative de solidarité"),
    LegalForm.COOP_CONSUMERS: (" coop", ", coopérative"),
    LegalForm.COOP_PRODUCERS: (", coopérative de producteurs", " coop"),
}
FULL_FORM = {
    LegalForm.COOP_WORK: "Coopérative de travail",
    LegalForm.COOP_SOLIDARITY: "Coopérative de solidarité",
    LegalForm.COOP_CONSUMERS: "Coopérative",
    LegalForm.COOP_PRODUCERS: "Coopérative de producteurs",
}


def draw_brand(rng: Random) -> str:
    """« Les Trois Saules », « La Lucarne bleue », « Le Hibou d’en face », « Kalmia »."""
    draw = rng.random()
    if draw < 0.2:
        return _pick(rng, _BRANDS["single"])
    if draw < 0.45:
        return f"Les {_pick(rng, ('Deux', 'Trois', 'Quatre', 'Sept', 'Cent', 'Mille'))} {_pick(rng, _BRANDS['plural'])}"
    gender = int(rng.random() * 2)
    noun = _pick(rng, _BRANDS["feminine" if gender else "masculine"])
    if draw < 0.8:
        return f"{noun} {_pick(rng, _BRANDS['qualities'])[gender]}"
    return f"{noun} {_pick(rng, _BRANDS['complements'])}"


def own_part(name: str) -> str:
    """What tells a name from another once its legal form is left out."""
    return re.sub(r",? coop.*$|^Coopérative (de (travail|solidarité|producteurs) )?", "", name)


def draw_name(rng: Random, trade: Trade, form: LegalForm, town: PopulatedTown) -> str:
    """A name that this trade, this legal form and this town may have."""
    draw = rng.random()
    is_coop = form.family == "coop"
    long = [one for one in trade.long if _fits(one, form)]
    if long and draw < 0.12:
        name = _in_full(rng, _pick(rng, long))
    elif trade.roots and draw < 0.2:
        name = _blend(rng, _pick(rng, trade.roots))
    elif draw < 0.24 and form is not LegalForm.MUTUAL:
        name = f"Groupe {_pick(rng, _WORDS)}"
    elif draw < 0.3 and form in FULL_FORM:
        name = f"{FULL_FORM[form]} {draw_brand(rng)}"
    else:
        name = _filled(rng, _pick(rng, [one for one in trade.names if _fits(one, form)]), town)
    if is_coop and not _COOP.search(name) and rng.random() < 0.7 and form in SAYS_COOP:
        name += _pick(rng, SAYS_COOP[form])
    return name


def _filled(rng: Random, pattern: str, town: PopulatedTown) -> str:
    brand = draw_brand(rng)
    pattern = pattern.replace("{nom}", brand).replace("{de_town}", of_town(town.name))
    if "{mot}" in pattern:
        pattern = pattern.replace("{mot}", _pick(rng, _WORDS))
    if "{place}" in pattern:
        pattern = pattern.replace("{place}", draw_place(rng))
    return branded_name(pattern, brand)


def _fits(name: str, form: LegalForm) -> bool:
    """Only a co-operative or a mutual says that it is one; a co-operative is no « corporation »."""
    if form is LegalForm.OBNL:
        return not _COOP.search(name)
    return not name.startswith("Corporation")


def _in_full(rng: Random, full: str) -> str:
    """« Atelier de couture des Sept-Rapides (ACSR) »."""
    name = f"{full} {draw_place(rng)}"
    if rng.random() < 0.4:
        letters = "".join(
            found.group(1)
            for found in _CAPITALS.finditer(name)
            if found.group(0) not in ("des", "aux", "les")
        )
        name = f"{name} ({letters.upper()})"
    return name


def _blend(rng: Random, root: str) -> str:
    draw = rng.random()
    if draw < 0.4:
        return f"{_pick(rng, BEGINNINGS)}{root.lower()}"
    if draw < 0.6:
        return f"{root}{_pick(rng, ('vie', 'co', 'rive', 'terre', 'lien', 'sol'))}"
    return (
        f"{root} {_pick(rng, ENDINGS)}"
        if draw < 0.8
        else f"{root}-{_pick(rng, ('Sol', 'Lien', 'Nord', 'Est', 'Plus'))}"
    )


def _pick(rng: Random, of: list | tuple) -> str:
    return of[int(rng.random() * len(of))]

"""How people write the names of towns, brought to one spelling before they are compared.

Everything here works on text alone; what the words mean is for `places` and `body_names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from marketplace.web.folding import fold_text

#: Words that are written short in names of places.
LONG = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "mt": "mont", "nd": "notre dame"}

ARTICLES = ("l", "la", "le", "les")

#: What « du » and « des » swallow: « MRC du Haut-Richelieu » is « Le Haut-Richelieu ».
SWALLOWED = {"de": "", "d": "", "du": "le ", "des": "les ", "of": ""}

#: Kinds of municipalities as names begin with them, and their official designation where there is one.
KINDS = {
    "ville": "Ville",
    "cite": "Ville",
    "city": "Ville",
    "town": "Ville",
    "municipalite": "",
    "mun": "",
    "municipality": "",
    "paroisse": "Paroisse",
    "canton": "Canton",
    "cantons unis": "Cantons unis",
    "village nordique": "Village nordique",
    "village cri": "Village cri",
    "village": "Village",
    "territoire non organise": "Territoire non organisé",
    "arrondissement": "",
}

_KINDS = "|".join(sorted(KINDS, key=len, reverse=True))
_HEAD = re.compile(rf"(?:la |le |l )?(?P<kind>{_KINDS}) (?P<rest>.+)")
#: « Municipalité de la paroisse de… »: a second kind behind the first. Never « ville »: Ville-Marie is a town.
_SECOND = re.compile(r"(?:de la |du |des )?(?P<kind>paroisse|cantons unis|canton|village) (?P<rest>.+)")
_PROVINCE = "qc|quebec|que|pq|p q|canada|province de quebec"
_TAIL = re.compile(rf"(?: (?:{_PROVINCE}))+$")
_ONLY_PROVINCE = re.compile(rf"(?:{_PROVINCE})(?: (?:{_PROVINCE}))*")
_COMPASS = re.compile(r" (?:nord|sud|est|ouest|centre|north|south|east|west)$")
_PO_BOX = re.compile(r"^(?:c ?p|case postale|casier postal|po box|succ|bp)\b")


def name_key(text: str) -> str:
    """One spelling for a name: folded, « St » and « Ste » in full.

    >>> name_key("STE-ANNE-DE-LA-PÉRADE")
    'sainte anne de la perade'
    >>> name_key("N.-D.-du-Mont-Carmel")
    'notre dame du mont carmel'
    """
    words = " ".join(LONG.get(word, word) for word in fold_text(text).split())
    return "notre dame" + words[3:] if words.startswith("n d ") else words


def without_article(name: str) -> str:
    """« la tuque » is « tuque »; a name without an article stays as it is."""
    first, _, rest = name.partition(" ")
    return rest if first in ARTICLES and rest else name


def without_compass(name: str) -> str:
    """« shawinigan nord » is « shawinigan »: sectors of a town are named by the compass."""
    return _COMPASS.sub("", name)


def split_kind(name: str) -> tuple[str, str, list[str]] | None:
    """A key that begins with a kind of municipality: (its word, its designation, what the rest may be read as).

    >>> split_kind("municipalite du village de val david")
    ('village', 'Village', ['de val david', 'val david'])
    >>> split_kind("laval") is None
    True
    """
    found = _HEAD.fullmatch(name)
    if not found:
        return None
    if second := _SECOND.fullmatch(found["rest"]):
        found = second
    return found["kind"], KINDS[found["kind"]], name_readings(found["rest"])


def name_readings(rest: str) -> list[str]:
    """What a name after a kind may be: itself, and without the preposition (« du bic » is « le bic » or « bic »)."""
    first, _, after = rest.partition(" ")
    if first not in SWALLOWED or not after:
        return [rest]
    return list(dict.fromkeys([rest, SWALLOWED[first] + after, after]))


def town_spellings(town: str) -> Iterator[tuple[str, str]]:
    """The keys that a cell holding a town may stand for, the likeliest first, none twice; with the designation said.

    >>> list(town_spellings("Canton de Hatley (Québec)"))[:3]
    [('canton de hatley', ''), ('de hatley', 'Canton'), ('hatley', 'Canton')]
    >>> list(town_spellings("CP 368"))
    []
    """
    outside = re.sub(r"\([^)]*\)?", " ", town)
    pieces = [outside, town, *re.findall(r"\(([^)]*)\)", town)]
    if re.search(r"[,;/]", outside):
        pieces += re.split(r"[,;/]", outside)
    seen = {""}
    for place, piece in enumerate(pieces):
        whole = name_key(piece)
        if place and _ONLY_PROVINCE.fullmatch(whole):  # « Lévis (Québec) » is not in the city of Québec
            continue
        if any(c.isdigit() for c in whole) or _PO_BOX.match(whole):
            continue
        for spelled in (whole, _TAIL.sub("", whole)):
            _kind, designation, rests = split_kind(spelled) or ("", "", [])
            for name, said in [(spelled, ""), *((rest, designation) for rest in rests)]:
                if name not in seen:
                    seen.add(name)
                    yield name, said

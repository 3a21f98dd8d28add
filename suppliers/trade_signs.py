"""The drawn sign of a supplier that shows no picture: one of `static/img/trades.svg`, by what it sells.

UNSPSC codes of its offers say it best, then its SCIAN sector; the sign only decorates, the words beside it say all.
"""

from __future__ import annotations

from collections.abc import Iterable

OTHER = "fil"
#: By UNSPSC prefix; the longest that holds counts.
_OF_CODE = {
    "10": "terre", "14": "papier", "15": "atelier", "20": "atelier", "21": "terre", "22": "chantier", "23": "atelier",
    "24": "transport", "25": "transport", "26": "energie", "27": "atelier", "30": "chantier", "31": "atelier",
    "32": "ecran", "39": "energie", "40": "chantier", "41": "sante", "42": "sante", "43": "ecran", "44": "papier",
    "45": "scene", "46": "garde", "47": "menage", "48": "repas", "49": "jeu", "50": "repas", "51": "sante",
    "52": "meuble", "53": "textile", "54": "textile", "55": "papier", "56": "meuble", "60": "jeu", "70": "feuille",
    "72": "chantier", "73": "atelier", "76": "menage", "7612": "boucle", "77": "boucle", "78": "transport",
    "80": "bureau", "81": "ecran", "82": "papier", "83": "energie", "84": "finance", "85": "sante", "86": "ecole",
    "90": "repas", "9011": "toit", "9012": "transport", "9013": "scene", "9014": "jeu", "9015": "scene",
    "91": "textile", "9111": "textile", "92": "garde", "93": "main", "94": "main", "95": "toit",
}  # fmt: skip
_OF_SECTOR = {
    "11": "terre", "21": "chantier", "22": "energie", "23": "chantier", "31": "atelier", "41": "boucle", "44": "boucle",
    "48": "transport", "51": "ecran", "52": "finance", "53": "toit", "54": "bureau", "56": "menage", "61": "ecole",
    "62": "sante", "71": "scene", "72": "repas", "81": "main",
}  # fmt: skip
SIGNS = frozenset({OTHER, *_OF_CODE.values(), *_OF_SECTOR.values()})


def trade_sign(codes: Iterable[str], sector: str = "") -> str:
    """The id of a symbol. `codes`: UNSPSC prefixes of any level; of several trades, the one that has the most codes."""
    counts: dict[str, int] = {}
    for code in codes:
        if len(code) >= 4:
            sign = _OF_CODE.get(code[:4]) or _OF_CODE.get(code[:2], OTHER)
            counts[sign] = counts.get(sign, 0) + 1
    if counts:
        return max(counts, key=lambda sign: counts[sign])
    return _OF_SECTOR.get(sector, OTHER)

"""Territories as people write them: « Tout le Québec », « 04, 17 », « Mauricie et Centre-du-Québec », « MRC de Maskinongé »."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.web.folding import fold_text
from marketplace.web.process_cache import cached_in_process
from suppliers.cells import CellError, parse_text

Area = tuple[str, str]  # region code, MRC code, "" for none; both empty is all of Québec
EVERYWHERE: Area = ("", "")
_ALL = re.compile(
    r"(?:q|provincial\w*|province(?: wide)?|quebec wide|province de quebec|national\w*|partout|"
    r"(?:(?:dans|de|a) )?(?:partout(?: (?:dans|a travers))?|tout|toute|toutes|ensemble|across|all|all of|throughout|"
    r"entire|whole|the whole|the entire)(?: (?:de|du|au|en|dans|a travers|of|in))*(?: (?:la|le|l|les|the))?"
    r"(?: (?:territoire|ensemble))?(?: (?:de|du|of))?(?: (?:la|le))?"
    r" (?:quebec|province|province de quebec|province of quebec|province du quebec|regions|regions du quebec|"
    r"territoire quebecois)|(?:l )?ensemble (?:du quebec|de la province|du territoire quebecois)|"
    r"a travers (?:le quebec|la province)|quebec (?:province|tout|tout entier|entier|all)|le quebec|territoire quebecois)"
)
_MRC = re.compile(
    r"^(?:la |les )?(?:mrcs?|municipalites? regionales? de comte|te|territoire equivalent|rcm)\b"
)
_LEAD = re.compile(
    r"^(?:(?:dans|en|toute?s?|l|la|le|les|du|des|de|d|regions? administratives?|regions?|"
    r"communaute maritime|administration regionale|territoire equivalent|territoire|agglomeration|ville|"
    r"mrcs?|te|municipalites? regionales? de comte) )+"
)
_TAIL = re.compile(r"(?: (?:region|mrc|rcm|toute la region|region administrative))+$")


def parse_areas(value: str, column: str = "areas") -> list[Area]:
    """Each region or MRC that the cell names. Raises `CellError` where a part of it is neither: it is not guessed."""
    text = parse_text(column, value, 3000, lines=True)
    found: list[Area] = []
    for part in re.split(r"[|\n;]", text):
        if part.strip():
            found += _areas_of(part, column)
    if EVERYWHERE in found:
        return [EVERYWHERE]
    return list(dict.fromkeys(found))


def _areas_of(part: str, column: str) -> list[Area]:
    """A part whole, else cut at its commas and slashes, else at its « et »."""
    if (area := find_area(part)) is not None:
        return [area]
    for cut in (r"[,/+&•]|\bet/ou\b", r"\s(?:et|and|ou|or)\s", r"\s[–—-]\s"):
        parts = [piece for piece in re.split(cut, part, flags=re.IGNORECASE) if fold_text(piece)]
        if len(parts) > 1:
            lead = "MRC " if _MRC.match(fold_text(parts[0])) else ""
            return [area for piece in _with_lead(parts, lead) for area in _areas_of(piece, column)]
    said = " ".join(part.split())
    raise CellError(
        column, _("« %(value)s » n’est ni une région ni une MRC.") % {"value": said[:60]}, unknown=said
    )


def _with_lead(parts: list[str], lead: str) -> Iterator[str]:
    """« MRC de Mékinac, des Chenaux »: the word stands for all."""
    for piece in parts:
        yield piece if not lead or find_area(lead + piece) is None else lead + piece


def find_area(text: str) -> Area | None:
    """One region or MRC, by its name or its number; None where it is neither."""
    folded = fold_text(re.sub(r"\(([^)]*)\)", r" \1 ", text))
    folded = re.sub(r"\bst\b", "saint", re.sub(r"\bste\b", "sainte", folded))
    if _ALL.fullmatch(folded) or folded == "quebec":
        return EVERYWHERE
    numbers = re.findall(r"[0-9]+", folded)
    if len(numbers) > 1:
        return None
    number = re.search(r"\br?([0-9]{1,2})\b", folded)
    code = f"{int(number[1]):02d}" if number else ""
    words = re.sub(r"\br?[0-9]{1,2}\b", " ", folded) if number else folded
    words = " ".join(words.split())
    is_mrc = bool(_MRC.match(words)) or bool(re.search(r"\bmrc$", words))
    bare = _TAIL.sub("", _LEAD.sub("", f"{words} ").strip())
    if number:
        regions = region_names()
        if code not in regions:
            return None
        # « 04 Mauricie »: the number and the name must agree.
        said = not bare or bare in ("r", "region", "regions", "no") or territory_names(mrcs=False).get(bare)
        return (code, "") if said is True or said == (code, "") else None
    first, second = territory_names(mrcs=is_mrc), territory_names(mrcs=not is_mrc)
    for name in (words, bare):
        if area := first.get(name) or second.get(name):
            return area
    if match := re.fullmatch(r"[0-9]{3}", folded):
        return ("", match[0]) if match[0] in mrcs_by_code() else None
    return None


def territory_names(*, mrcs: bool) -> dict[str, Area]:
    """Folded name, with and without its article → MRCs, or regions (« Laval » is both)."""
    return _names()[mrcs]


@cached_in_process
def _names() -> dict[bool, dict[str, Area]]:
    by_mrc: dict[str, Area] = {}
    by_region: dict[str, Area] = {}
    for code, info in mrcs_by_code().items():
        by_mrc |= dict.fromkeys(_spellings(info.name), ("", code))
    for code, name in region_names().items():
        by_region |= dict.fromkeys(_spellings(name), (code, ""))
    if "11" in region_names():
        by_region.setdefault("gaspesie", ("11", ""))
    return {True: by_mrc, False: by_region}


def _spellings(name: str) -> set[str]:
    folded = fold_text(name)
    return {folded, _LEAD.sub("", folded + " ").strip(), re.sub(r"^(la|le|les|l|d) ", "", folded)}

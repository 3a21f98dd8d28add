"""Files of awards, read row by row: what a notice said, who bid and who won."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from marketplace.web.tabular import Table, TableError, open_table

#: Without these there is nothing to learn from; the other columns may be missing.
NEEDED = ("numeroseao", "title", "winner_keys")
#: A notice to be ranked needs no more, be its title or its winners empty or not there.
NEEDED_TO_RANK = ("numeroseao",)
#: SEAO's types of notices and natures of contracts, as today's files say them.
METHODS = {
    "3": "open",
    "14": "selective",
    "17": "open",
    "10": "limited",
    "9": "direct",
    "11": "direct",
    "16": "direct",
}
NATURES = {"1": "goods", "2": "services", "3": "works"}
KEY = re.compile(r"(?:NEQ|NAME):.+")


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """What the notice said before anyone won: all that a ranking may look at."""

    number: str
    title: str
    buyer: str = ""
    buyer_city: str = ""
    buyer_postal: str = ""
    category: str = ""
    code: str = ""
    regions: tuple[str, ...] = ()
    method: str = ""
    nature: str = ""
    municipal: bool | None = None
    published: date | None = None
    awarded: date | None = None


@dataclass(frozen=True, slots=True)
class Seller:
    key: str
    name: str
    postal: str
    won: bool


@dataclass(frozen=True, slots=True)
class AwardRow:
    notice: NoticeRow
    sellers: tuple[Seller, ...]

    @property
    def winners(self) -> frozenset[str]:
        return frozenset(seller.key for seller in self.sellers if seller.won)

    @property
    def on(self) -> date | None:
        """When it was known who won: what comes before and after in time."""
        return self.notice.awarded or self.notice.published


@dataclass(slots=True)
class AwardFile:
    """`rejected` are (row, field, message)."""

    rows: list[AwardRow] = field(default_factory=list)
    rejected: list[tuple[int, str, str]] = field(default_factory=list)


def read_awards(path: Path, needed: tuple[str, ...] = NEEDED) -> AwardFile:
    """Read a file; raises TableError where it is no such table, OSError where it cannot be opened."""
    found = AwardFile()
    seen: set[str] = set()
    with open_table(path) as table:
        for number, values, fault in _named(table, needed):
            if not fault:
                award, fault_field, fault = _understand(values, needed)
                if award and award.notice.number in seen:
                    fault_field, fault = "numeroseao", _("Cet avis est déjà dans le fichier.")
                elif award:
                    seen.add(award.notice.number)
                    found.rows.append(award)
            else:
                fault_field = ""
            if fault:
                found.rejected.append((number, fault_field, fault))
    return found


def _named(table: Table, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str], str]]:
    header = [cell.strip().lower() for cell in table.header.cells]
    missing = [name for name in needed if name not in header]
    if missing:
        raise TableError(_("Il manque la colonne « %(name)s ».") % {"name": missing[0]})
    for row in table.rows:
        yield row.number, dict(zip(header, (cell.strip() for cell in row.cells), strict=False)), row.fault


def _understand(values: dict[str, str], needed: tuple[str, ...]) -> tuple[AwardRow | None, str, str]:
    for name in needed:
        if not values.get(name):
            return None, name, _("Cette cellule est vide.")
    winners = _sellers(values, "winner", won=True)
    bidders = _sellers(values, "bidder", won=False)
    if winners is None or bidders is None:
        faulty = "winner_keys" if winners is None else "bidder_keys"
        return None, faulty, _("Une clé commence par « NEQ: » ou « NAME: ».")
    won = {seller.key for seller in winners}
    unique = {seller.key: seller for seller in [*bidders, *winners]}  # a winner who bid counts as a winner
    return (
        AwardRow(
            NoticeRow(
                number=values["numeroseao"],
                title=values.get("title", "")[:500],
                buyer=values.get("buyer", "")[:255],
                buyer_city=values.get("buyer_city", ""),
                buyer_postal=values.get("buyer_postal", "").upper(),
                category=values.get("seao_category", "").partition(" ")[0],
                code=values.get("unspsc", ""),
                regions=tuple(
                    code.strip().zfill(2)
                    for code in values.get("delivery_regions", "").split(",")
                    if code.strip()
                ),
                method=METHODS.get(values.get("notice_type", ""), ""),
                nature=NATURES.get(values.get("nature", ""), ""),
                municipal={"0": False, "1": True}.get(values.get("buyer_municipal", "")),
                published=_day(values.get("published", "")),
                awarded=_day(values.get("awarded", "")),
            ),
            tuple(seller for key, seller in sorted(unique.items()) if seller.won or key not in won),
        ),
        "",
        "",
    )


def _sellers(values: dict[str, str], who: str, *, won: bool) -> list[Seller] | None:
    keys = values.get(f"{who}_keys", "").split("|")
    names = values.get(f"{who}_names", "").split("|")
    postals = values.get(f"{who}_postals", "").split("|")
    found = []
    for position, key in enumerate(keys):
        if not key:
            continue
        if not KEY.fullmatch(key):
            return None
        name = names[position] if position < len(names) else ""
        postal = postals[position] if position < len(postals) else ""
        found.append(Seller(key, name or key.partition(":")[2], postal.replace(" ", "").upper(), won))
    return found


def _day(text: str) -> date | None:
    """The day, or None: some dates of the source are wrong, and none is needed."""
    try:
        return parse_date(text[:10])
    except ValueError:
        return None

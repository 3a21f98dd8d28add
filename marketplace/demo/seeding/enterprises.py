"""Seeded enterprises before they are written: of what trade, where, how large, under what name."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from django.utils.text import slugify

from marketplace.accounts.models import Organisation
from suppliers.models import LegalForm, Status, Supplier

from .addresses import BIG, MIDDLE, PopulatedTown, draw_place
from .french_names import of_town
from .naming import draw_name, own_part
from .seed_data import TRADES, Trade

#: The demo's member works here; its page shows all that its trade sells, in its whole region.
MEMBER_NEQ = "1199000000"
MEMBER_MRC = "371"  # Trois-Rivières
#: However few are asked for, the pôle of the demo has so many listings more than its member's: some are entered twice.
NEIGHBOURS = 8
MEMBER_TRADE = next(trade for trade in TRADES if trade.key == "menage")
#: What stands beside the published suppliers so that the queue and the search for prospects have something to show.
UNPUBLISHED = (
    (Status.PROSPECT, 0.02),
    (Status.SUBMITTED, 0.008),
    (Status.DRAFT, 0.006),
    (Status.SUSPENDED, 0.002),
    (Status.ARCHIVED, 0.002),
)
#: Words of a name that say nothing of whose it is: an enterprise leaves them out of its domain.
COMMON_WORDS = {
    "cooperative", "coop", "solidarite", "travail", "groupe", "centre", "service", "services", "de", "du", "des", "la", "le",
    "les", "l", "d", "et", "a", "au", "aux", "en", "producteurs", "atelier", "ateliers", "entretien",
}  # fmt: skip


@dataclass(frozen=True)
class Enterprise:
    """One seeded enterprise before its ids are known. `size` goes from the smallest of its trade (0) to the largest (1)."""

    neq: str
    name: str
    slug: str
    trade: Trade
    town: PopulatedTown
    form: LegalForm
    status: Status
    size: float

    @property
    def staff(self) -> int:
        return _staff(self.trade, self.size)

    @property
    def domain(self) -> str:
        words = slugify(self.name.replace("’", " ")).split("-")
        own = [word for word in words if word not in COMMON_WORDS] or words
        return f"{'-'.join(own[:3])[:40].strip('-')}.example"


def _staff(trade: Trade, size: float) -> int:
    least, most = trade.staff
    return round(least * (most / least) ** size)


class _Places:
    """Towns to draw from: all of them, those of some size for trades that need a city, the others for those that need land."""

    def __init__(self, towns: list[PopulatedTown]) -> None:
        settings = {
            "": towns,
            "urban": [t for t in towns if t.population >= MIDDLE] or towns,
            "rural": [t for t in towns if t.region not in ("06", "13") and t.population < BIG] or towns,
        }
        self.settings = {
            setting: (some, list(accumulate(town.weight for town in some)))
            for setting, some in settings.items()
        }

    def draw(self, rng: random.Random, trade: Trade, staff: int) -> PopulatedTown:
        """One that has people enough to work there, where a few draws find it."""
        towns, totals = self.settings[trade.setting]
        for _ in range(5):
            town = rng.choices(towns, cum_weights=totals)[0]
            if town.population > 15 * staff:
                break
        return town


def plan_enterprises(
    rng: random.Random, count: int, places: list[PopulatedTown], start: int = 0
) -> Iterator[Enterprise]:
    """`count` published enterprises, then those of every other state; names and slugs do not repeat.

    `start`: where numbers are looked for, those that stand left out; 0 in a database that has none.
    """
    statuses = [Status.PUBLISHED] * count
    for status, share in UNPUBLISHED:
        statuses += [status] * max(round(count * share), 4)
    trade_weights = list(accumulate(trade.weight for trade in TRADES))
    towns = _Places(places)
    used = set(Supplier.objects.values_list("slug", flat=True)) if start else set()
    for index, status in zip(_free_numbers(start), statuses, strict=False):
        trade = rng.choices(TRADES, cum_weights=trade_weights)[0]
        forms, totals = trade.forms
        form = rng.choices(forms, cum_weights=totals)[0]
        size = rng.random() ** 1.5
        town = towns.draw(rng, trade, _staff(trade, size))
        if index <= NEIGHBOURS:  # in Trois-Rivières, where that is on the map
            town = next((t for t in places if t.mrc == MEMBER_MRC), town)
        if index == 0:  # a cleaning enterprise
            trade, form, size = MEMBER_TRADE, LegalForm.OBNL, 0.45
            name, slug = "Entretien Les Trois Rives", "entretien-les-trois-rives"
        else:
            name, slug = _free_name(rng, trade, form, town, used, index)
        used.add(slug)
        yield Enterprise(_neq(index), name, slug, trade, town, form, status, size)


def _free_name(
    rng: random.Random, trade: Trade, form: LegalForm, town: PopulatedTown, used: set[str], index: int
) -> tuple[str, str]:
    """A name that nobody has, with or without its legal form, and its slug; the town tells two of one name apart."""
    for _ in range(3):
        name = draw_name(rng, trade, form, town)
        own, slug = (slugify(words)[:72].strip("-") for words in (own_part(name), name))
        if own not in used and slug not in used:
            used.add(own)
            return name, slug
    joined = f"{name}, {town.name}" if "," in name or ")" in name else f"{name} {of_town(town.name)}"
    if town.name in name or slugify(joined)[:72].strip("-") in used:
        joined = f"{name} {draw_place(rng)}"
    slug = slugify(joined)[:72].strip("-")
    return (joined, slug) if slug not in used else (joined, f"{slug}-{index}")


def _neq(index: int) -> str:
    return f"1199{index:06d}"


def _free_numbers(start: int) -> Iterator[int]:
    """Those under a million whose NEQ nobody has: registrations and buyers of the demo hold some near the end."""
    seeded = Organisation.objects.filter(neq__startswith="1199") if start else Organisation.objects.none()
    taken = set(seeded.values_list("neq", flat=True))
    return (index for index in range(start, 1_000_000) if _neq(index) not in taken)

"""The registry's real rows beside copies of some, as a second list may hold them: mistyped, moved, renamed.

No copy has a NEQ. Telephone numbers and domains, which the extract lacks, are invented for six in ten; a copy keeps its own mostly.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from marketplace.web.folding import fold_text
from suppliers.duplicates.scoring import Listing, street_key
from tests.suppliers.pole_lists import (
    retype_distinctive_words,
    retype_shortened,
    retype_with_more,
    retype_with_slips,
    retype_without_legal_words,
)

WAYS = ("mistyped", "moved in town", "moved away", "renamed", "renamed and moved")


@dataclass(frozen=True)
class Copy:
    listing: Listing
    of: int
    way: str


def read_listings(rows: list[dict[str, str]], rng: random.Random) -> list[Listing]:
    listings = []
    for key, row in enumerate(rows, 1):
        town = fold_text(row["Municipalite"]).removesuffix(" quebec")
        reached = rng.random() < 0.6
        listings.append(
            Listing(
                key=key,
                name=row["NomEntreprise"],
                neq=row["NEQ"],
                town=town,
                mrc=row["CodePostal"][:3],
                postal_code=row["CodePostal"],
                street=street_key(row["Adresse"]),
                phones=frozenset({f"819{rng.randrange(10**7):07}"}) if reached else frozenset(),
                domains=frozenset({f"site{key}.example"}) if reached and rng.random() < 0.4 else frozenset(),
            )
        )
    return listings


def disturb(listings: list[Listing], *, copies: int, seed: int) -> list[Copy]:
    """One copy each of so many listings, in each way by turns."""
    rng = random.Random(seed)
    chosen = rng.sample(listings, copies)
    last = max(one.key for one in listings)
    return [_copy(one, last + n, WAYS[n % len(WAYS)], listings, rng) for n, one in enumerate(chosen, 1)]


def _copy(one: Listing, key: int, way: str, listings: list[Listing], rng: random.Random) -> Copy:
    name, elsewhere = one.name, rng.choice([other for other in listings if other.town != one.town])
    neighbour = rng.choice([other for other in listings if other.town == one.town])
    change = {"key": key, "neq": ""}
    retype = rng.choice([retype_with_slips, retype_without_legal_words, retype_shortened, retype_with_more])
    if way == "mistyped":
        change["name"] = retype(name, rng)
        if rng.random() < 0.3:
            change["street"], change["postal_code"] = "", ""
    elif way == "moved in town":
        change |= {"name": retype_without_legal_words(name, rng)}
        change |= {"street": neighbour.street, "postal_code": neighbour.postal_code}
    elif way == "moved away":
        change |= {"street": elsewhere.street, "postal_code": elsewhere.postal_code}
        change |= {"town": elsewhere.town, "mrc": elsewhere.mrc}
    elif way == "renamed":
        change["name"] = rng.choice(
            [retype_distinctive_words(name, rng), f"Coopérative {rng.choice(listings).name.split()[-1]}"]
        )
    else:
        change |= {"name": retype_distinctive_words(name, rng), "street": neighbour.street}
        change |= {"postal_code": neighbour.postal_code}
    if rng.random() < 0.2:
        change["phones"] = frozenset()
    return Copy(replace(one, **change), one.key, way)

"""Addresses of sheets for a whole batch, without one query per name."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.text import slugify

from marketplace.web.slugs import LENGTH
from suppliers.models import Supplier
from suppliers.slugs import RESERVED

# « L’Arbre » is « l-arbre », not « larbre »; ligatures have no decomposition that slugify would know.
TABLE = str.maketrans({"'": " ", "’": " ", "œ": "oe", "Œ": "Oe", "æ": "ae", "&": " et "})


def give_slugs(rows: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """A free slug for each (NEQ, name, town): the name, else with its town, else with its NEQ, which is unique."""
    wishes = {neq: wished(neq, name, town) for neq, name, town in rows}
    candidates = {slug for slugs in wishes.values() for slug in slugs}
    taken = set(Supplier.objects.filter(slug__in=candidates).values_list("slug", flat=True)) | RESERVED
    given = {}
    for neq, slugs in wishes.items():
        given[neq] = next(slug for slug in slugs if slug not in taken)
        taken.add(given[neq])
    return given


def wished(neq: str, name: str, town: str) -> list[str]:
    base = slugify(name.translate(TABLE))[:LENGTH].strip("-") or "fournisseur"
    place = slugify(town.translate(TABLE))
    # The column holds 80 characters; a NEQ and its hyphen take eleven, so the last wish always differs.
    named = f"{base[: 79 - len(place)]}-{place}" if place and len(place) < 40 else base
    return [base, named.strip("-"), f"{base[:69].strip('-')}-{neq}"]

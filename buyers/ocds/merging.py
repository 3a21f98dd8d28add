"""Several releases of one notice put together in their order, as one release. Pure.

What a later release does not say stays as it was: no key, null, an empty text or list, « 0001-01-01 ». What it says
replaces, also where nobody understands it. SEAO repeats whole lists, and so do compiled releases; elsewhere awards,
contracts, lots and items are told apart by their `id`, as OCDS merges them. Documents, amendments, parties, bids and
related notices add up everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from .cleaning import as_list, as_mapping, clean_text

GATHERED = {
    "parties": ("id", "name"),
    "tenderers": ("id", "name"),
    "documents": ("id", "url", "title"),
    "amendments": ("id",),
    "relatedProcesses": ("id", "identifier"),
    "details": ("id",),  # of bids
    "bids": (),
}
REFERENCES = {
    "buyer",
    "procuringEntity",
    "classification",
}  # with another id it is another thing, not more of the same
TOLD_APART = {"awards", "contracts", "lots", "items"}
CALLED_OFF = {
    "awardCancellation": ("awards", "cancelled"),
    "contractTermination": ("contracts", "terminated"),
}


def merge_releases(
    releases: Iterable[tuple[dict[str, Any], list[str]]], *, whole_lists: bool
) -> dict[str, Any]:
    """Put (release, tags) together, the oldest first. `whole_lists`: each repeats its lists in full (SEAO)."""
    merged: dict[str, Any] = {}
    for release, tags in releases:
        merged = merge_value("", merged, release, whole_lists or "compiled" in tags)
        for tag, (key, status) in CALLED_OFF.items():
            if tag in tags:
                merged[key] = called_off(merged.get(key), release.get(key), status)
    return merged


def is_silent(value: Any) -> bool:
    """Whether a value says nothing: absent, null, empty, « 0001-01-01 », or made of such values alone."""
    if isinstance(value, str):
        return not value.strip() or value.strip().startswith("0001-01-01")
    if isinstance(value, dict):
        return all(map(is_silent, value.values()))
    if isinstance(value, list):
        return all(map(is_silent, value))
    return value is None


def merge_value(key: str, old: Any, new: Any, whole_lists: bool) -> Any:
    if is_silent(new):
        return old
    if is_silent(old):
        return new
    if isinstance(old, dict) and isinstance(new, dict):
        if key in REFERENCES and identity(old) and identity(new) and identity(old) != identity(new):
            return new
        keys = [*new, *(one for one in old if one not in new)]
        return {one: merge_value(one, old.get(one), new.get(one), whole_lists) for one in keys}
    if isinstance(old, list) and isinstance(new, list):
        if key in GATHERED:
            return gather(old, new, GATHERED[key], whole_lists)
        if key == "roles":
            return list(dict.fromkeys(map(str, [*new, *old])))
        if key in TOLD_APART and not whole_lists and all(map(identity, [*old, *new])):
            return update_items(old, new)
    return new


def identity(item: Any, keys: tuple[str, ...] = ("id",)) -> str:
    """What tells an item of a list from the others; the whole of it where nothing names it and `keys` are several."""
    said = as_mapping(item)
    named = next((text for key in keys if (text := clean_text(said.get(key)))), "")
    if named or keys == ("id",):
        return named
    return json.dumps(item, sort_keys=True, ensure_ascii=False)


def gather(old: list[Any], new: list[Any], keys: tuple[str, ...], whole_lists: bool) -> list[Any]:
    """What either list holds, once; of what both hold, as the new one says. The new one's come first."""
    before = {identity(item, (*keys, "")): item for item in as_list(old) if isinstance(item, dict)}
    found: dict[str, Any] = {}
    for item in as_list(new):
        if isinstance(item, dict):
            name = identity(item, (*keys, ""))
            found[name] = merge_value("", before.pop(name, None), item, whole_lists)
    return [*found.values(), *before.values()]


def update_items(old: list[Any], new: list[Any]) -> list[Any]:
    """The old list with its items brought up to date, then what is new in its own order."""
    found = {identity(item): item for item in old}
    for item in new:
        found[identity(item)] = merge_value("", found.get(identity(item)), item, False)
    return list(found.values())


def called_off(items: Any, said: Any, status: str) -> list[Any]:
    """The items with a status where the release that calls them off gives none; all of them where it names none."""
    named = {identity(item): as_mapping(item).get("status") for item in as_list(said)}
    return [
        {**item, "status": status}
        if isinstance(item, dict) and (not named or (identity(item) in named and not named[identity(item)]))
        else item
        for item in as_list(items)
    ]

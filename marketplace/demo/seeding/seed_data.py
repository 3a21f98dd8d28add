"""What the seeded rows are made of, read once from the files of `data/`: trades, names of people and of enterprises."""

from __future__ import annotations

import csv
import json
import tomllib
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from suppliers.models import LegalForm

from .prose import Fragment, fragment

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Trade:
    """One line of work, and what goes together in it. docs/demo.md says how its file is written.

    `offers`: (title, UNSPSC code, kind); a title belongs to one trade only. `texts`: the sentences that describe each offer.
    `forms`: legal forms that the trade takes, with the running total of their weights. `staff` and `contract`: people and
    dollars per contract, from the smallest enterprise to the largest. `reach`: served areas, by weight.
    `names`: ways to call an enterprise; `long`: what its name says in full, before a place; `roots`: what it is blended from.
    `lead`, `detail`, `clients`: what it says of itself. `since`: nobody did this before that year. `setting`: « urban » or « rural » where
    it is not found elsewhere.
    `weight`: share among the seeded enterprises. `certifications`: how often each is held.
    """

    key: str
    label: str
    sector: str
    weight: int
    forms: tuple[tuple[LegalForm, ...], tuple[int, ...]]
    staff: tuple[int, int]
    contract: tuple[int, int]
    reach: tuple[tuple[str, ...], tuple[int, ...]]
    purposes: tuple[str, ...]
    certifications: dict[str, float]
    names: tuple[str, ...]
    long: tuple[str, ...]
    roots: tuple[str, ...]
    lead: tuple[Fragment, ...]
    detail: tuple[Fragment, ...]
    clients: tuple[Fragment, ...]
    offers: tuple[tuple[str, str, str], ...]
    texts: dict[str, tuple[Fragment, ...]]
    since: int = 1976
    setting: str = ""


def _weighted(weights: dict[str, int]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    return tuple(weights), tuple(accumulate(weights.values()))


def read_seed_data(name: str) -> Any:
    """A JSON file of `data/`, its lists as tuples."""
    return _with_tuples(json.loads((FOLDER / name).read_text(encoding="utf-8")))


def _with_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_tuples(one) for key, one in value.items()}
    return tuple(_with_tuples(one) for one in value) if isinstance(value, list) else value


def _fragments(texts: list[str]) -> tuple[Fragment, ...]:
    return tuple(fragment(text) for text in texts)


def _read_trade(values: dict[str, Any]) -> Trade:
    offers = values.pop("offers")
    forms, totals = _weighted(values.pop("forms"))
    return Trade(
        **{key: values.pop(key) for key in ("certifications", "since", "setting") if key in values},
        forms=(tuple(LegalForm(form) for form in forms), totals),
        reach=_weighted(values.pop("reach")),
        lead=_fragments(values.pop("lead")),
        detail=_fragments(values.pop("detail")),
        clients=_fragments(values.pop("clients")),
        offers=tuple((offer["title"], offer["code"], offer["kind"]) for offer in offers),
        texts={offer["title"]: _fragments(offer["text"]) for offer in offers},
        **_with_tuples(values),
    )


def _read_trades() -> tuple[Trade, ...]:
    files = sorted((FOLDER / "trades").glob("*.toml"))
    return tuple(_read_trade(values) for file in files for values in _read_toml(file)["trade"])


def _read_toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _read_common() -> dict[str, dict[str, tuple[Fragment, ...]]]:
    return {
        part: {key: _fragments(texts) for key, texts in values.items()}
        for part, values in _read_toml(FOLDER / "common.toml").items()
    }


def read_table(name: str) -> list[dict[str, str]]:
    """A TSV file of `data/`, row by row."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


#: The order of each list decides what a seed draws.
TRADES: tuple[Trade, ...] = _read_trades()
#: What any enterprise may say, by part (`history`, `mission`…) and case.
COMMON = _read_common()
NAMES = read_seed_data("names.json")
FIRST_NAMES_FEMININE: tuple[str, ...] = NAMES["first_names_feminine"]
FIRST_NAMES_MASCULINE: tuple[str, ...] = NAMES["first_names_masculine"]
FIRST_NAMES = FIRST_NAMES_FEMININE + FIRST_NAMES_MASCULINE
LAST_NAMES: tuple[str, ...] = NAMES["last_names"]
#: UNSPSC code to its label, in French and in English.
CODE_LABELS: dict[str, str] = {row["code"]: row["label"] for row in read_table("unspsc_labels.tsv")}
CODE_LABELS_EN: dict[str, str] = {row["code"]: row["label_en"] for row in read_table("unspsc_labels.tsv")}

"""What the seeded rows are made of, read once from the files of `data/`: trades, names of people and of enterprises."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Trade:
    """One line of work.

    `names`: ways to call an enterprise; `{brand}` is filled in with « de » and its article (« du Pivot »). `offers`: (title, UNSPSC code, kind).
    `notices`: titles of notices that this trade could answer, `{place}` filled in. `seao`: category of such notices.
    `nature`: goods or services. `weight`: share among the seeded enterprises.
    """

    key: str
    sector: str
    seao: str
    nature: str
    weight: int
    purposes: tuple[str, ...]
    names: tuple[str, ...]
    offers: tuple[tuple[str, str, str], ...]
    activities: tuple[str, ...]
    notices: tuple[str, ...] = ()


def read_seed_data(name: str) -> Any:
    """A JSON file of `data/`, its lists as tuples."""
    return _with_tuples(json.loads((FOLDER / name).read_text(encoding="utf-8")))


def _with_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_tuples(one) for key, one in value.items()}
    return tuple(_with_tuples(one) for one in value) if isinstance(value, list) else value


def _read_labels() -> dict[str, str]:
    with (FOLDER / "unspsc_labels.tsv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["label"] for row in csv.DictReader(file, delimiter="\t")}


#: The order of each list decides what a seed draws.
TRADES: tuple[Trade, ...] = tuple(Trade(**values) for values in read_seed_data("trades.json"))
_NAMES = read_seed_data("names.json")
BRANDS: tuple[str, ...] = _NAMES["brands"]
FIRST_NAMES: tuple[str, ...] = _NAMES["first_names"]
LAST_NAMES: tuple[str, ...] = _NAMES["last_names"]
#: UNSPSC code to its French label.
CODE_LABELS: dict[str, str] = _read_labels()

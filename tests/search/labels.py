"""The labelled queries, as they stand in the files of `labels/`; docs/search.md says how they are written."""

from __future__ import annotations

import csv
import random
import re
from dataclasses import dataclass
from pathlib import Path

from marketplace.web.folding import fold_text

from .facts import Facts
from .rules import NOBODY, Rule

FOLDER = Path(__file__).parent / "labels"
HELD_OUT = FOLDER / "held_out"
#: The first lies in the folder itself, each of the others in one of its name: written blind once the search had been
#: tuned to those before, and measured before it was looked at.
SETS = ("first", "second", "third", "fourth", "fifth")
LANGUAGES = ("fr", "en")
KINDS = (
    "word", "plural", "synonym", "typo", "code", "place", "sentence", "numbers", "name", "neq", "address", "acronym",
    "form", "elsewhere",
)  # fmt: skip
HELD_SHARE = 1 / 3
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Query:
    """What a buyer types, and who is right. `pick`: which suppliers the text may be written from, where it is."""

    id: str
    directory: str  # seed: the demo’s directory, of any size; extract: the registry extract of Mauricie
    language: str  # of the page that is asked
    kind: str
    text: str
    rule: str
    pick: str = ""
    held: bool = False
    set_name: str = SETS[0]


@dataclass(frozen=True)
class Asked:
    """A query as asked of one directory: its text written out, and the slugs of who is right there."""

    query: Query
    text: str
    right: frozenset[str]

    @property
    def may_be_empty(self) -> bool:
        return not self.right


def read_queries(directory: str, *, held: bool | None = None) -> list[Query]:
    """Those over a directory, of every set, in both languages; `held` True: only those held out, False: only the others."""
    found = []
    for folder, is_held in ((FOLDER, False), (HELD_OUT, True)):
        if held is None or held == is_held:
            for language in LANGUAGES:
                for set_name in SETS:
                    inside = folder if set_name == SETS[0] else folder / set_name
                    if (path := inside / f"{directory}_{language}.tsv").exists():
                        found += read_file(path, is_held, set_name)
    return found


def read_file(path: Path, is_held: bool, set_name: str) -> list[Query]:
    """Rows of « id, kind, text, rule, pick », under lines of comment that begin with #."""
    directory, language = path.stem.split("_")
    with path.open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if line.strip() and not line.startswith("#")]
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return [
        Query(
            row["id"],
            directory,
            language,
            row["kind"],
            row["text"],
            row["rule"],
            row["pick"] or "",
            is_held,
            set_name,
        )
        for row in rows
    ]


def is_drawn(query_id: str) -> bool:
    """Whether chance holds this query out; the same for the same id, so that new ones are drawn as the first were."""
    return random.Random(f"held out {query_id}").random() < HELD_SHARE


def ask(query: Query, directory: list[Facts]) -> Asked:
    """The query as these suppliers make it. Nobody is right where it cannot be written from any of them."""
    picked = None
    if query.pick:
        candidates = [facts for facts in directory if Rule(query.pick).holds(facts)]
        if not candidates:
            return Asked(query, query.text, frozenset())
        picked = random.Random(f"pick {query.id}").choice(candidates)
    text = _filled(query.text, picked)
    if query.rule == NOBODY:
        return Asked(query, text, frozenset())
    rule = _filled(query.rule, picked, in_rule=True)
    return Asked(query, text, frozenset(Rule(rule).right(directory, picked)))


def _filled(text: str, picked: Facts | None, *, in_rule: bool = False) -> str:
    def value(slot: re.Match[str]) -> str:
        written = str(SLOTS[slot[1]](picked))
        return re.escape(fold_text(written)) if in_rule else written

    return _SLOT.sub(value, text) if picked else text


def _longest(facts: Facts) -> str:
    return max(re.split(r"[\s,’'()-]+", facts.own_name), key=len)


def _own(facts: Facts) -> str:
    """The name without what only describes at its ends: no abbreviation in brackets, no form after a comma."""
    return re.sub(r"\s*[(,].*", "", facts.own_name)


def _slipped(facts: Facts) -> str:
    """The name with two letters changed over in the middle of its longest word, as fingers do."""
    word = _longest(facts)
    middle = len(word) // 2
    slip = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
    return _own(facts).replace(word, slip)


def _street(facts: Facts) -> str:
    """« rue des Érables » of « 624, rue des érables, bureau 3 », as folded."""
    return re.sub(r"^\d+ ?[a-z]? |( (local|bureau|app|suite|unite|porte)\b.*)", "", facts.address).strip()


#: What a text or a rule may take from the picked supplier, as « {name} ».
SLOTS = {
    "name": lambda facts: facts.own_name,
    "own": _own,
    "lower": lambda facts: fold_text(_own(facts)),
    "slip": _slipped,
    "word": _longest,
    "neq": lambda facts: facts.neq,
    "spaced": lambda facts: f"{facts.neq[:4]} {facts.neq[4:7]} {facts.neq[7:]}",
    "neq_start": lambda facts: facts.neq[:8],
    "street": _street,
    "address": lambda facts: facts.address,
    "town": lambda facts: facts.town,
    "postal": lambda facts: f"{facts.postal_code[:3]} {facts.postal_code[3:]}",
    "postal_tight": lambda facts: facts.postal_code,
    "area": lambda facts: facts.postal_code[:3],
}

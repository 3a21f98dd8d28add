"""`dev.py prove newcomers -s`: a hundred titles of real notices against the registry extract, where nobody has a past.

Labels (`tests/matching/labels/newcomers.tsv`: title, code as published, who is right by the rules of the search's labels) were
written before anything was tuned on them. Suppliers are known by their name and activity alone, as newcomers are.
"""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from buyers.models import Tender
from marketplace.matching.candidates import match_tender
from suppliers.models import Supplier
from tests.search.extract import publish_extract
from tests.search.facts import read_facts
from tests.search.measure import precision
from tests.search.rules import NOBODY, Rule

pytestmark = [pytest.mark.django_db, pytest.mark.shared_data]

LABELS = Path(__file__).parent.parent / "matching" / "labels" / "newcomers.tsv"
SHOWN = 10
#: 0.688 is reached with the lexicon; 0.329 was without.
LEAST = 0.60


def test_newcomers_are_found_by_what_they_say(shared):
    publish_extract(shared)
    directory = read_facts()
    slugs = dict(Supplier.objects.values_list("pk", "slug"))
    with LABELS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found, hits, kept, needless, told = [], 0, 0, 0, []
    started = time.monotonic()
    for row in rows:
        tender = Tender(title=row["title"], unspsc=[row["unspsc"]] if row["unspsc"] else [])
        said = [slugs[int(match.key)] for match in match_tender(tender, limit=SHOWN)]
        if row["rule"] == NOBODY:
            needless += len(said)
            continue
        right = frozenset(Rule(row["rule"]).right(directory))
        if not right:
            continue
        share = precision(said, right)
        found.append(share)
        hits += any(slug in right for slug in said)
        kept += bool(said)
        if share < 0.5:
            told.append(f"{share:.2f} of {len(right):3} {row['title'][:70]} → {', '.join(said[:4])}")
    print("\n".join(told))  # noqa: T201 (run to read this)
    print(  # noqa: T201
        f"{len(found)} titles, P@10 {sum(found) / len(found):.3f}, some right {hits / len(found):.3f}, "
        f"some shown {kept / len(found):.3f}; {needless} shown where nobody is right; {time.monotonic() - started:.1f} s"
    )
    assert sum(found) / len(found) >= LEAST

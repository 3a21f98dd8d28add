"""Whether real notices are placed in the regions that their goods and services were delivered to."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from buyers.ocds.places import NoticePlaces
from buyers.ocds.releases import read_release

from .rows import Row

SHARED = Path(settings.BASE_DIR).parent / "shared" / "data"
NOTICES = "seao/reconstructed_notices_until_2020-03-01.json"
AWARDS = "seao/awards_until_2020-03-01.csv"
PERCENT_WRONG = 2


def known_regions(shared: Path) -> dict[str, set[str]]:
    """By SEAO number, the delivery regions that the notice's award tells, where it tells any."""
    with (shared / AWARDS).open(encoding="utf-8", newline="") as file:
        rows = [
            (
                row["numeroseao"],
                {code.strip().zfill(2) for code in row["delivery_regions"].split(",") if code.strip()},
            )
            for row in csv.DictReader(file)
        ]
    return {number: regions for number, regions in rows if regions}


def measure_regions(shared: Path, places: NoticePlaces) -> Counter[str]:
    """How many notices are placed right, wrong (a region where nothing was delivered) and nowhere (unknown)."""
    truth = known_regions(shared)
    counts: Counter[str] = Counter()
    for raw in json.loads((shared / NOTICES).read_text(encoding="utf-8"))["releases"]:
        release = read_release(raw)
        delivered = truth.get(release.fields["number"])
        if delivered:
            region = places.place_of_release(release).region
            counts["unknown" if region is None else "right" if region in delivered else "wrong"] += 1
    return counts


def region_rows(shared: Path = SHARED) -> Iterator[Row]:
    if not shared.is_dir():
        sys.stderr.write("  notice_region : sans les données réelles (../shared), non mesuré.\n")
        return
    counts = measure_regions(shared, NoticePlaces.load())
    percent = {name: round(100 * counts[name] / counts.total(), 2) for name in ("wrong", "unknown")}
    yield Row("notice_region", percent["wrong"], "%", None, PERCENT_WRONG)
    yield Row("notice_region.unknown", percent["unknown"], "%", None, None)

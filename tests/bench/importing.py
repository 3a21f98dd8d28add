"""Imports at full size, each in a process of its own so that its memory is its own."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.utils import timezone

from buyers.models import Buyer
from marketplace.demo.seeding.addresses import populated_towns
from marketplace.demo.seeding.enterprises import plan_enterprises
from marketplace.demo.seeding.tenders import DemoReleaseWriter

from .rows import Row

SECONDS, MEGABYTES = 30, 300


def measure(command: str, path: Path, *options: str) -> tuple[float, float, dict[str, object]]:
    """Seconds, peak megabytes and the JSON line of one import."""
    arguments = [sys.executable, "manage.py", command, str(path), *options, "--json"]
    environment = {**os.environ, "DATABASE_URL": this_database()}
    with TemporaryFile() as output:
        started = time.perf_counter()
        child = subprocess.Popen(
            arguments, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=subprocess.DEVNULL
        )
        peak = 0.0
        while child.poll() is None:
            peak = max(peak, peak_megabytes(child.pid))
            time.sleep(0.05)
        seconds = time.perf_counter() - started
        if child.returncode not in (0, 3):
            raise RuntimeError(f"{command}: exit {child.returncode}")
        output.seek(0)
        return seconds, peak, json.loads(output.read())


def peak_megabytes(pid: int) -> float:
    """The most memory that a process has held so far; 0 where the system does not say.

    Not what `wait4` reports: that counts the memory of the process it was forked from, which is this one.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def this_database() -> str:
    """The address of the database that this process writes to; under tests, another than the environment's."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def write_registry(path: Path, count: int) -> None:
    """A registry extract of enterprises that the demo does not hold."""
    rng = random.Random(7)  # repeatable, not secret
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["NEQ", "NomEntreprise", "Adresse", "Municipalite", "Adresse_Lign3", "CodePostal", "SecteurActivite",
             "FormeJuridique", "lat", "long"]
        )  # fmt: skip
        for index, e in enumerate(plan_enterprises(rng, count, populated_towns())):
            if index == count:
                break
            writer.writerow(
                [f"1198{index:06d}", e.name, "1, rue Principale", f"{e.town.name} (Québec)", "", e.town.postal_code,
                 e.trade.label.upper(), "COP" if e.form.family == "coop" else "APE", e.town.lat, e.town.lon]
            )  # fmt: skip


def write_week(path: Path, count: int) -> None:
    """A week of releases in SEAO's dialect, one in ten of them open."""
    writer = DemoReleaseWriter(
        list(Buyer.objects.select_related("organisation")), random.Random(8), timezone.localdate()
    )
    releases: list[dict[str, Any]] = []
    index = 500_000
    while len(releases) < count:
        index += 1
        releases += writer.open_tender(index) if index % 10 == 0 else writer.awarded_tender(index, {})
    path.write_text(json.dumps({"version": "1.1", "releases": releases[:count]}), encoding="utf-8")


def expect(read: dict[str, object], **counts: object) -> None:
    """An import that had nothing to do, or refused rows, would look fast."""
    for name, wanted in counts.items():
        if read.get(name) != wanted:
            raise RuntimeError(f"the import reports {name} = {read.get(name)}, not {wanted}")


def import_rows(suppliers: int, releases: int) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        registry, week = Path(folder, "registre.csv"), Path(folder, "hebdo.json")
        write_registry(registry, suppliers)
        write_week(week, releases)
        seconds, megabytes, read = measure("import_suppliers", registry, "--mapping", "req")
        expect(read, created=suppliers, rejected=[])
        yield Row("imports.suppliers", round(seconds, 1), "s", None, SECONDS)
        yield Row("imports.suppliers_memory", round(megabytes), "MB", None, MEGABYTES)
        tender_seconds, tender_megabytes, read = measure("import_tenders", week)
        expect(read, releases=releases, unchanged=0, rejected=[])
        yield Row("imports.tenders", round(tender_seconds, 1), "s", None, SECONDS)
        yield Row("imports.tenders_memory", round(tender_megabytes), "MB", None, MEGABYTES)
        yield Row("imports", round(max(seconds, tender_seconds), 1), "s", None, SECONDS)

"""`dev.py bench`: seeds its own database, measures, prints the table of what we promise (docs/speed.md reads it)."""

import json
import logging
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test.utils import override_settings

from marketplace.accounts.models import Organisation
from marketplace.matching.experience import learn_experience
from tests.bench.directory import directory_rows, growth_rows
from tests.bench.importing import import_rows
from tests.bench.matching import match_rows
from tests.bench.night import night_rows
from tests.bench.pages import sql_rows, weight_rows
from tests.bench.regions import region_rows
from tests.bench.rows import HEADER, Row
from tests.bench.schedule import schedule_rows
from tests.bench.search import search_rows

MOST = 1_000_000
IMPORTED = 11_200  # rows of the registry extract, also where the directory is larger


class Command(BaseCommand):
    help = "Measure speed and size on a database of one's own. `dev.py bench` gives it one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--suppliers", type=int, default=11_200)
        parser.add_argument(
            "--growth",
            type=int,
            default=10,
            help="how many times as many suppliers for directory_growth; 0: without",
        )
        parser.add_argument("--notices", type=int, default=500, help="notices of the night, and open ones")
        parser.add_argument("--releases", type=int, default=4000, help="releases of the imported week")
        parser.add_argument(
            "--times", type=int, default=12, help="how often each question is asked, twice over"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if Organisation.objects.exclude(neq__startswith="1199").exists():
            raise CommandError(
                "Cette base contient de vraies organisations, ou a déjà servi de banc d’essai : il en faut une neuve."
            )
        if not 1 <= options["suppliers"] <= MOST:
            raise CommandError("--suppliers : de 1 à 1 000 000.", returncode=2)
        logging.disable(logging.INFO)  # a line per request would hide the table
        try:
            with override_settings(KEEP_PUBLIC_PAGES=False):  # what it costs to make one
                rows = self.measured(options)
        finally:
            logging.disable(logging.NOTSET)
        if options["json"]:
            self.stdout.write(json.dumps({"rows": [row.as_json() for row in rows]}, ensure_ascii=False))
        else:
            self.stdout.write("\n".join([HEADER, *(row.as_line() for row in rows)]))
        if not all(row.holds for row in rows):
            sys.exit(1)

    def measured(self, options: dict[str, Any]) -> list[Row]:
        suppliers, notices, times = options["suppliers"], options["notices"], options["times"]
        self.seed(suppliers, notices)
        rows: list[Row] = []
        self.measure(rows, "répertoire", directory_rows(times))
        self.measure(rows, "recherche", search_rows())
        self.measure(rows, "maillage d’un avis", match_rows())
        self.measure(rows, "maillage d’une nuit", night_rows(notices))
        self.measure(rows, "pages", sql_rows())
        self.measure(rows, "poids", weight_rows())
        self.measure(rows, "rencontres d’une journée", schedule_rows())
        self.measure(rows, "importations", import_rows(min(suppliers, IMPORTED), options["releases"]))
        self.measure(rows, "régions des avis", region_rows())
        if options["growth"]:
            self.measure(rows, "croissance", growth_rows(suppliers * options["growth"], max(times // 2, 1)))
        return rows

    def seed(self, suppliers: int, tenders: int) -> None:
        if not Organisation.objects.exists():
            self.stderr.write(f"  semis de {suppliers} fournisseurs…")
            call_command(
                "seed_demo", suppliers=suppliers, tenders=tenders, stdout=self.stderr, stderr=self.stderr
            )
        learn_experience(supplier_ids=None, by=None)  # as every night
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def measure(self, rows: list[Row], title: str, measured: Iterable[Row]) -> None:
        self.stderr.write(f"  mesure : {title}…")
        rows.extend(measured)

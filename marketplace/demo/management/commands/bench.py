"""`manage bench`: seeds its own database, measures, prints the table of what we promise."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from marketplace.accounts.models import Organisation
from marketplace.demo.benchmarks.directory import directory_rows, growth_rows
from marketplace.demo.benchmarks.importing import import_rows
from marketplace.demo.benchmarks.matching import match_rows
from marketplace.demo.benchmarks.pages import sql_rows, weight_rows
from marketplace.demo.benchmarks.rows import HEADER, Row


class Command(BaseCommand):
    help = "Measure speed and size on a database of one's own. `dev.py bench` gives it one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--suppliers", type=int, default=11_200)
        parser.add_argument(
            "--growth", type=int, default=10, help="how many times more for directory_growth; 0: skip"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if Organisation.objects.exclude(neq__startswith="1199").exists():
            raise CommandError("Cette base contient de vraies organisations; le banc d’essai veut la sienne.")
        self.seed(options["suppliers"])
        rows: list[Row] = []
        self.measure(rows, "pages", sql_rows())
        self.measure(rows, "poids", weight_rows())
        self.measure(rows, "répertoire", directory_rows())
        self.measure(rows, "maillage", match_rows())
        self.measure(rows, "importations", import_rows(options["suppliers"]))
        if options["growth"]:
            self.measure(rows, "croissance", growth_rows(options["suppliers"] * options["growth"]))
        if options["json"]:
            self.stdout.write(json.dumps({"rows": [row.as_json() for row in rows]}, ensure_ascii=False))
        else:
            self.stdout.write("\n".join([HEADER, *(row.as_line() for row in rows)]))
        if not all(row.holds for row in rows):
            sys.exit(1)

    def seed(self, suppliers: int) -> None:
        if not Organisation.objects.exists():
            self.stderr.write(f"  semis de {suppliers} fournisseurs…")
            call_command(
                "seed_demo", suppliers=suppliers, tenders=500, stdout=self.stderr, stderr=self.stderr
            )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def measure(self, rows: list[Row], title: str, measured: Iterable[Row]) -> None:
        self.stderr.write(f"  mesure : {title}…")
        rows.extend(measured)

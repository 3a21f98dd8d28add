"""`import_tenders FILE_OR_URL... [--json]` (docs/import.md)."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from buyers.ocds.importer import import_tenders
from buyers.ocds.report import Rejection, TenderReport
from marketplace.web.fetching import FetchError, fetched
from marketplace.web.typography import format_number

SHOWN = 20


class Command(BaseCommand):
    help = "Importe des avis de paquets OCDS 1.1 (SEAO). Une seconde fois, rien ne change."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sources", metavar="FILE_OR_URL", nargs="+")
        parser.add_argument("--json", action="store_true", help="une ligne JSON sur la sortie standard")

    def handle(self, *args: Any, **options: Any) -> None:
        sources: list[str] = options["sources"]
        for source in sources:
            if "://" not in source and not Path(source).is_file():
                raise CommandError(_("Il n’y a pas de fichier %(path)s.") % {"path": source}, returncode=2)
        self.last = time.monotonic()
        total = TenderReport()
        for source in sources:
            total.add(self.one(source))
        (self.stderr if options["json"] else self.stdout).write(total.sentence())
        self.tell(total.rejected)
        if options["json"]:
            self.stdout.write(json.dumps(total.as_json()))
        if total.exit_code:
            sys.exit(total.exit_code)

    def one(self, source: str) -> TenderReport:
        try:
            if "://" not in source:
                return import_tenders(path=Path(source), by=None, progress=self.progress)
            with fetched(source) as path:
                return import_tenders(path=path, name=source, by=None, progress=self.progress)
        except FetchError as error:
            return TenderReport(rejected=[Rejection(source, None, "", "", str(error))])
        except OSError:
            message = _("Ce fichier ne se lit pas.")
            return TenderReport(rejected=[Rejection(source, None, "", "", message)])

    def progress(self, releases: int) -> None:
        now = time.monotonic()
        if now - self.last >= 2:
            self.last = now
            self.stderr.write(_("%(releases)s versions lues…") % {"releases": format_number(releases)})

    def tell(self, rejected: list[Rejection]) -> None:
        for rejection in rejected[:SHOWN]:
            place = rejection.file
            if rejection.index is not None:
                place += ", " + _("version %(index)s") % {"index": format_number(rejection.index)}
            if rejection.ocid:
                place += f" ({rejection.ocid})"
            self.stderr.write(f"{place}\u00a0: {rejection.message}")
        if len(rejected) > SHOWN:
            self.stderr.write(_("Encore %(count)s.") % {"count": format_number(len(rejected) - SHOWN)})

"""`import_tenders FILE_OR_URL... [--json]` (docs/import.md)."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from buyers.ocds.importer import import_tenders
from buyers.ocds.report import Rejection, TenderReport
from marketplace.web.commands import ToldCommand
from marketplace.web.fetching import FetchError, fetched
from marketplace.web.typography import format_number

SHOWN = 20


class Command(ToldCommand):
    help = (
        "Importe des avis de fichiers OCDS (SEAO ou tout autre diffuseur). Une seconde fois, rien ne change."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sources", metavar="FILE_OR_URL", nargs="+", help="fichiers ou adresses https")
        parser.add_argument("--json", action="store_true", help="une ligne JSON sur la sortie standard")

    def handle(self, *args: Any, **options: Any) -> None:
        sources: list[str] = options["sources"]
        for source in sources:
            if "://" not in source and not Path(source).is_file():
                message = _("Il n’y a pas de fichier %(path)s. Vérifiez son nom; rien n’a été lu.")
                raise CommandError(message % {"path": source}, returncode=2)
        self.last = time.monotonic()
        total = TenderReport()
        for source in sources:
            total.add(self.one(source))
        (self.stderr if options["json"] else self.stdout).write(total.sentence())
        self.tell(_("À corriger"), total.rejected)
        self.tell(_("À vérifier"), total.warnings)
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
            message = _("Ce fichier ne se lit pas : vérifiez que vous avez le droit de le lire.")
            return TenderReport(rejected=[Rejection(source, None, "", "", message)])

    def progress(self, releases: int) -> None:
        now = time.monotonic()
        if now - self.last >= 2:
            self.last = now
            self.stderr.write(_("%(releases)s versions lues…") % {"releases": format_number(releases)})

    def tell(self, title: str, messages: list[Rejection]) -> None:
        for message in messages[:SHOWN]:
            self.stderr.write(f"{title}, {self.place_of(message)}\u00a0: {message.message}")
        if len(messages) > SHOWN:
            rest = format_number(len(messages) - SHOWN)
            self.stderr.write(
                _("%(title)s : encore %(count)s. Ajoutez --json pour les avoir tous.")
                % {"title": title, "count": rest}
            )

    @staticmethod
    def place_of(message: Rejection) -> str:
        place = [message.file]
        if message.index is not None:
            place.append(_("version %(index)s") % {"index": format_number(message.index)})
        if message.line is not None and message.offset is not None:
            place.append(
                _("ligne %(line)s, octet %(at)s")
                % {"line": format_number(message.line), "at": format_number(message.offset)}
            )
        if message.ocid:
            place[-1] += f" ({message.ocid})"
        return ", ".join(place)

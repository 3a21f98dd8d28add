"""`import_territories DIR [--json]`: the official municipality list and, if there, outlines (docs/data.md)."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from marketplace.territories.importing import TerritoryFault, import_folder
from marketplace.web.commands import ToldCommand
from marketplace.web.typography import format_number

SHOWN = 20


class Command(ToldCommand):
    help = "Importe la liste officielle des municipalités et les contours. Une seconde fois, rien ne change."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--json", action="store_true", help="une ligne JSON sur la sortie standard")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(_("Il n’y a pas de dossier %(path)s.") % {"path": folder}, returncode=2)
        try:
            report = import_folder(folder=folder, by=None)
        except OSError as error:
            raise CommandError(_("%(path)s ne se lit pas.") % {"path": folder}, returncode=2) from error
        out = self.stderr if options["json"] else self.stdout
        if report.read:
            out.write(report.sentence())
        else:
            self.stderr.write(_("Ce dossier n’a ni municipalites.csv, ni MUN.csv, ni contours .geojson."))
        for fault in report.rejected[:SHOWN]:
            self.stderr.write(self.line(fault))
        if len(report.rejected) > SHOWN:
            rest = format_number(len(report.rejected) - SHOWN)
            self.stderr.write(_("À corriger : encore %(count)s.") % {"count": rest})
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json()))
        if report.exit_code:
            sys.exit(report.exit_code)

    @staticmethod
    def line(fault: TerritoryFault) -> str:
        place = fault.file
        if fault.row:
            place += ", " + _("ligne %(row)s") % {"row": format_number(fault.row)}
        column = f" ({fault.field})" if fault.field else ""
        return f"{place}{column}\u00a0: {fault.message}"

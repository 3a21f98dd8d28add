"""`import_unspsc FILE [--json]`: the official list of UNSPSC codes, with its labels in French and English (docs/data.md)."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from marketplace.classification.importing import CodeFault, import_codes
from marketplace.web.commands import ToldCommand
from marketplace.web.tabular import TableError
from marketplace.web.typography import format_number

SHOWN = 20


class Command(ToldCommand):
    help = "Importe la liste officielle des codes UNSPSC. Une seconde fois, rien ne change."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--json", action="store_true", help="une ligne JSON sur la sortie standard")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("Il n’y a pas de fichier %(path)s.") % {"path": path}, returncode=2)
        try:
            report = import_codes(path=path, by=None)
        except TableError as error:
            raise CommandError(str(error), returncode=2) from error
        except OSError as error:
            raise CommandError(_("%(path)s ne se lit pas.") % {"path": path}, returncode=2) from error
        out = self.stderr if options["json"] else self.stdout
        out.write(report.sentence())
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
    def line(fault: CodeFault) -> str:
        column = f" ({fault.field})" if fault.field else ""
        return _("ligne %(row)s") % {"row": format_number(fault.row)} + f"{column}\u00a0: {fault.message}"

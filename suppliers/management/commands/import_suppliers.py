"""`import_suppliers FILE [--pole CODE] [--mapping maillage|req] [--territoire siege|desservi] [--dry-run] [--json]`.

See docs/import.md.
"""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.territories.models import Pole
from marketplace.web.commands import ToldCommand
from marketplace.web.tabular import TableError
from marketplace.web.typography import format_number
from suppliers.importing.importer import import_suppliers
from suppliers.importing.mappings import MAPPINGS, TERRITORY_ANSWERS
from suppliers.importing.report import ImportReport, RowMessage

SHOWN = 20


class Command(ToldCommand):
    help = "Importe des fournisseurs d’un fichier CSV ou XLSX. Une seconde fois, rien ne change."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--pole", metavar="CODE", help="le pôle qui reçoit les lignes sans lieu connu")
        parser.add_argument(
            "--mapping",
            choices=sorted(MAPPINGS),
            default="",
            help="maillage, la liste d’un pôle (sauf si les colonnes sont celles du registre), ou req, le registre",
        )
        parser.add_argument(
            "--territoire",
            choices=sorted(TERRITORY_ANSWERS),
            default="",
            help="ce que dit une colonne « Territoire » : où est l’entreprise (siege) ou ce qu’elle dessert (desservi)",
        )
        parser.add_argument("--dry-run", action="store_true", help="lit et compte sans rien écrire")
        parser.add_argument("--json", action="store_true", help="une ligne JSON sur la sortie standard")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("Il n’y a pas de fichier %(path)s.") % {"path": path}, returncode=2)
        pole = self.pole(options["pole"])
        self.last = time.monotonic()
        try:
            report = import_suppliers(
                path=path,
                mapping=options["mapping"],
                pole=pole,
                territory=options["territoire"],
                dry_run=options["dry_run"],
                by=None,
                progress=self.progress,
            )
        except TableError as error:
            report = ImportReport()
            self.stderr.write(str(error))
        except OSError as error:
            raise CommandError(_("%(path)s ne se lit pas.") % {"path": path}, returncode=2) from error
        else:
            self.tell(report, pole, dry_run=options["dry_run"], to_stderr=options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json()))
        if report.exit_code:
            sys.exit(report.exit_code)

    def pole(self, code: str | None) -> Pole | None:
        if code is None:
            return None
        pole = Pole.objects.filter(code=code).first()
        if pole is None:
            codes = ", ".join(Pole.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(
                _("Il n’y a pas de pôle « %(code)s ». Codes : %(codes)s.") % {"code": code, "codes": codes},
                returncode=2,
            )
        return pole

    def progress(self, rows: int) -> None:
        now = time.monotonic()
        if now - self.last >= 2:
            self.last = now
            self.stderr.write(_("%(rows)s lignes lues…") % {"rows": format_number(rows)})

    def tell(self, report: ImportReport, pole: Pole | None, *, dry_run: bool, to_stderr: bool) -> None:
        out = self.stderr if to_stderr else self.stdout
        if dry_run:
            out.write(_("Essai : rien n’est enregistré."))
        out.write(report.sentence() if report.read else _("Ce fichier n’a aucune ligne sous son en-tête."))
        for note in report.notes:
            self.stderr.write(note)
        if report.unplaced:
            self.stderr.write(self.unplaced(report.unplaced, pole))
        self.rows(_("À corriger"), sorted(report.rejected, key=lambda message: message.row))
        self.rows(_("À vérifier"), report.warnings_of_rows_taken)

    @staticmethod
    def unplaced(count: int, pole: Pole | None) -> str:
        fact = ngettext("%(n)s ligne sans lieu connu", "%(n)s lignes sans lieu connu", count) % {
            "n": format_number(count)
        }
        where = _("le pôle %(pole)s les voit") % {"pole": pole} if pole else _("l’administration les voit")
        return f"{fact}\u00a0: {where}."

    def rows(self, title: str, messages: list[RowMessage]) -> None:
        for message in messages[:SHOWN]:
            place = _("ligne %(row)s") % {"row": format_number(message.row)}
            column = f" ({message.field})" if message.field else ""
            self.stderr.write(f"{title}, {place}{column}\u00a0: {message.message}")
        if len(messages) > SHOWN:
            rest = format_number(len(messages) - SHOWN)
            self.stderr.write(_("%(title)s : encore %(count)s.") % {"title": title, "count": rest})

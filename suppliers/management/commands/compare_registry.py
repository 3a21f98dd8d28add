"""`compare_registry FILE [--pole CODE]`: a new extract of the registry beside our listings. Nothing is applied (docs/import.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from marketplace.territories.models import Pole
from marketplace.web.commands import ToldCommand
from marketplace.web.tabular import TableError
from suppliers.registry_drift.reading import compare_with_registry
from suppliers.registry_drift.wording import extract_said


class Command(ToldCommand):
    help = "Compare un extrait du registre aux fiches. Ce qui diffère attend une décision; rien n’est écrit sur les fiches."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--pole", metavar="CODE", help="le pôle dont le territoire est comparé; sans lui, tous"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("Il n’y a pas de fichier %(path)s.") % {"path": path}, returncode=2)
        pole = Pole.objects.filter(code=options["pole"]).first() if options["pole"] else None
        if options["pole"] and pole is None:
            raise CommandError(
                _("Il n’y a pas de pôle « %(code)s ».") % {"code": options["pole"]}, returncode=2
            )
        try:
            extract = compare_with_registry(path=path, by=None, pole=pole)
        except TableError as error:
            raise CommandError(str(error), returncode=1) from error
        self.stdout.write(extract_said(extract))

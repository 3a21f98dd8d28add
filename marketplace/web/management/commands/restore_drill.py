"""`restore_drill [FILE]`: proves that a backup comes back whole, without touching the site (docs/operations.md)."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from marketplace.web.backups import FILE_NAMES, drill_backup, make_backup
from marketplace.web.errors import Refused


class Command(BaseCommand):
    help = "Lit une sauvegarde entière, ramène ses lignes dans une base d’essai, compare tout, puis l’efface."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", metavar="FILE|DIR", nargs="?", type=Path,
            help="d’un dossier, la dernière ; sans rien, une sauvegarde faite pour l’occasion",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = options["file"] or make_backup(destination=Path(folder)).path
                if path.is_dir():
                    path = max(path.glob(FILE_NAMES), default=None)
                if path is None:
                    raise CommandError(_("Il n’y a pas de sauvegarde dans ce dossier."))
                manifest = drill_backup(path=path)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            _(
                "%(path)s se restaure : %(rows)s lignes de %(tables)s tables et %(files)s fichiers, tous identiques."
            )
            % {
                "path": path,
                "rows": manifest.rows,
                "tables": len(manifest.tables),
                "files": manifest.files,
            }
        )

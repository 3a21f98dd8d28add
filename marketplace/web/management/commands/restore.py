"""`restore FILE [--wipe] [--yes]` (docs/operations.md)."""

from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connections
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from marketplace.web.backups import restore_backup
from marketplace.web.errors import Refused


class Command(BaseCommand):
    help = "Ramène une sauvegarde : chaque ligne et chaque fichier, vérifiés, ou rien."
    requires_system_checks = ()  # an empty database must not keep anybody from filling it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--wipe", action="store_true", help="remplace tout ce qui est là, base et fichiers, sans retour"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connections.close_all()  # our own would keep the tables from being replaced
        try:
            restored = restore_backup(path=options["file"], wipe=options["wipe"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        manifest = restored.manifest
        self.stdout.write(
            _(
                "Sauvegarde du %(when)s restaurée et vérifiée : %(rows)s lignes de %(tables)s tables, %(files)s fichiers."
            )
            % {
                "when": manifest.made_at,
                "rows": manifest.rows,
                "tables": len(manifest.tables),
                "files": manifest.files,
            }
        )
        for label, count in restored.settled:
            if count:
                self.stdout.write(f"  {count} {label}")
        for place in manifest.missing:
            self.stderr.write(_("Le fichier privé %(place)s manquait déjà.") % {"place": place})
        with suppress(ProgrammingError):  # of a backup from before there was a log
            import_string(settings.RECORD_SECURITY_EVENT)(kind="backup_restored", by=None)
        self.stdout.write(_("Il reste à lancer « manage migrate »."))

"""`backup FILE|DIR [--keep N] [--daily HH:MM]` (docs/operations.md)."""

import json
import time
from argparse import ArgumentParser
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.web.backups import DAY_SECONDS, Backup, make_backup, newest_backup_age
from marketplace.web.errors import Refused


class Command(BaseCommand):
    help = "Sauvegarde la base, les médias et les fichiers privés dans un seul fichier."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("destination", metavar="FILE|DIR", type=Path)
        parser.add_argument("--keep", type=int, metavar="N", help="n’en garde que les N dernières du dossier")
        parser.add_argument(
            "--daily", metavar="HH:MM", help="ne finit pas : une sauvegarde par jour, à cette heure du Québec"
        )
        parser.add_argument("--json", action="store_true", help="une ligne JSON sur la sortie standard")

    def handle(self, *args: Any, **options: Any) -> None:
        destination, keep = options["destination"], options["keep"]
        if keep is not None and keep < 1:
            raise CommandError(_("--keep : au moins 1."), returncode=2)
        if options["daily"]:
            if not destination.is_dir():
                raise CommandError(_("--daily demande un dossier."), returncode=2)
            self.every_day(destination, keep, parse_hour(options["daily"]))
        try:
            made = make_backup(destination=destination, keep=keep)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.tell(made, as_json=options["json"])

    def every_day(self, folder: Path, keep: int | None, hour: tuple[int, int]) -> None:
        """Now if the last one is a day old or fails to be there; then every day. A failure is said and tried again."""
        age = newest_backup_age(folder)
        due = (
            timezone.localtime() if age is None or age > DAY_SECONDS else next_due(timezone.localtime(), hour)
        )
        while True:
            while (left := (due - timezone.localtime()).total_seconds()) > 0:
                time.sleep(min(left, 60))  # short: the clock may be set meanwhile
            try:
                self.tell(make_backup(destination=folder, keep=keep), as_json=True)
                due = next_due(timezone.localtime(), hour)
            except Refused as refusal:
                self.stderr.write(str(refusal))
                due = timezone.localtime() + timedelta(minutes=15)

    def tell(self, made: Backup, *, as_json: bool) -> None:
        manifest = made.manifest
        size = made.path.stat().st_size
        if manifest.missing:
            self.stderr.write(
                _("%(count)s fichiers privés qu’une ligne nomme n’étaient pas sur le disque : %(names)s.")
                % {"count": len(manifest.missing), "names": ", ".join(manifest.missing[:3])}
            )
        if as_json:
            told = {"path": str(made.path), "bytes": size, "rows": manifest.rows, "files": manifest.files,
                    "missing": len(manifest.missing), "removed": len(made.removed)}  # fmt: skip
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(
            _("%(path)s : %(rows)s lignes de %(tables)s tables, %(files)s fichiers, %(size)s Mo.")
            % {
                "path": made.path,
                "rows": manifest.rows,
                "tables": len(manifest.tables),
                "files": manifest.files,
                "size": -(-size // 1_000_000),
            }
        )
        for path in made.removed:
            self.stdout.write(_("%(path)s, plus ancienne, est supprimée.") % {"path": path})


def parse_hour(text: str) -> tuple[int, int]:
    try:
        found = datetime.strptime(text, "%H:%M")  # noqa: DTZ007 (an hour of the day has no zone)
    except ValueError as error:
        raise CommandError(_("--daily : une heure comme 02:30."), returncode=2) from error
    return found.hour, found.minute


def next_due(now: datetime, hour: tuple[int, int]) -> datetime:
    """The next time that a clock in Québec shows this hour."""
    today = now.replace(hour=hour[0], minute=hour[1], second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)

"""`manage screens`: the pictures of docs/screens, taken on the running demo."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.demo.guide_pictures import draw_guide_pictures
from marketplace.demo.screens import take_screenshots


class Command(BaseCommand):
    help = "The main pages in both languages, as small pictures with their index."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base", default=settings.SITE_URL, help="where the demo answers")
        parser.add_argument(
            "--to",
            type=Path,
            default=Path(settings.BASE_DIR) / "docs" / "screens",
            help="the folder to write",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "Ces images se prennent sur la démonstration seulement (DEMO=1).", returncode=2
            )
        home = Path(settings.BASE_DIR) / "docs" / "screens"
        try:
            for path in take_screenshots(base=options["base"].rstrip("/"), folder=options["to"]):
                self.stdout.write(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
            if options["to"] == home:
                list(
                    draw_guide_pictures(
                        screens=home, folder=Path(settings.BASE_DIR) / "static" / "img" / "guides"
                    )
                )
        except ModuleNotFoundError as missing:
            raise CommandError(f"{missing.name} manque : python3 dev.py test l’installe.") from missing
        except LookupError as wrong:
            raise CommandError(str(wrong)) from wrong

"""`manage seed_demo`: a believable marketplace of any size, in one transaction."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from marketplace.demo.seeding.seed import AlreadySeeded, seed_demo
from marketplace.web.commands import ToldCommand

LABELS = {"enterprises": "fournisseurs", "directory": "répertoire", "tenders": "avis"}
MOST = 1_000_000


class Command(ToldCommand):
    help = (
        "Sème des données vraisemblables : fournisseurs, acheteurs, avis ouverts, personnes de chaque rôle. "
        "Les NEQ semés commencent par 1199."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--suppliers", type=int, default=11_200, help="fournisseurs publiés, de 1 à 1 000 000"
        )
        parser.add_argument("--tenders", type=int, default=500, help="avis ouverts, de 0 à 10 000")
        parser.add_argument(
            "--seed", type=int, default=1, help="le même nombre, le même jour, donne les mêmes données"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["suppliers"] <= MOST:
            raise CommandError("--suppliers : de 1 à 1 000 000.", returncode=2)
        if not 0 <= options["tenders"] <= 10_000:
            raise CommandError("--tenders : de 0 à 10 000.", returncode=2)
        started = time.monotonic()
        try:
            counts = seed_demo(
                suppliers=options["suppliers"],
                tenders=options["tenders"],
                seed=options["seed"],
                day=timezone.localdate(),
                progress=self.progress,
            )
        except AlreadySeeded:
            self.stderr.write("Les données de démonstration sont déjà là; rien n’a changé.")
            sys.exit(1)
        self.stdout.write(
            "Semé en {seconds:.1f} s : {suppliers} fournisseurs, {buyers} acheteurs, {tenders} avis ouverts, "
            "{awarded} avis attribués.".format(seconds=time.monotonic() - started, **counts)
        )

    def progress(self, what: str, done: int, total: int) -> None:
        self.stderr.write(f"  {LABELS[what]} : {done} sur {total}")

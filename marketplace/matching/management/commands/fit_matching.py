"""`fit_matching AWARDS.csv [--out FILE]`: weights from awards, on rolling time splits (docs/matching.md)."""

from __future__ import annotations

import random
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.matching import engine
from marketplace.matching.candidates import find_candidates
from marketplace.matching.evaluation import fitting, loading, measuring
from marketplace.matching.evaluation.fitting import Decided, pieces_in_order
from marketplace.matching.evaluation.rows import AwardRow
from marketplace.matching.evaluation.scratch import evaluation_database
from marketplace.matching.management.commands.evaluate_matching import AwardsCommand
from marketplace.matching.tenders import read_tender
from marketplace.matching.weights import SETTING, TOPIC
from suppliers.models import Supplier

#: Parts of the file, by time: what comes before each is known, what follows up to the next is decided.
CUTS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
#: Of the notices between two cuts, so many at most; and candidates for each.
DECIDED = 260
CANDIDATES = 300
#: Splits before this one only teach.
MEASURED_FROM = 2


class Command(AwardsCommand):
    help = "Apprend les poids du maillage d’attributions réelles, sur des coupes successives dans le temps."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("awards", metavar="AWARDS.csv", type=Path)
        parser.add_argument("--out", metavar="FILE", type=Path, help="le fichier à écrire (sinon, à l’écran)")

    def handle(self, *args: Any, **options: Any) -> None:
        found = self.read(options["awards"])
        rows = sorted((row for row in found.rows if row.on), key=lambda row: (str(row.on), row.notice.number))
        if len(rows) < 20:
            self.stderr.write(_("Il faut au moins vingt attributions datées et lisibles."))
            sys.exit(1)
        with evaluation_database():
            splits = list(self.splits(rows))
        measured = []
        for place in range(MEASURED_FROM, len(splits)):
            taught = fitting.fit_weights([one for _day, part in splits[:place] for one in part])
            day, part = splits[place]
            for name, weight in (("before", TOPIC | SETTING), ("after", taught)):
                figures = measuring.ranking_figures(fitting.ranks_with(weight, part))
                measured.append({"from": day, "weights": name, **figures})
                self.stderr.write(str(measured[-1]))
        decided = [one for _day, part in splits for one in part]
        text = fitting.weights_file(
            fitting.fit_weights(decided),
            {
                "written": timezone.localdate().isoformat(),
                "data": options["awards"].name,
                "awards": len(rows),
                "until": str(rows[-1].on),
                "decided": len(decided),
            },
            measured,
        )
        if options["out"]:
            options["out"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)

    def splits(self, rows: Sequence[AwardRow]) -> Iterator[tuple[str, list[Decided]]]:
        """For each cut its day and what was decided after it, given what came before."""
        known: dict[str, Supplier] = {}
        winners: set[str] = set()
        read = 0
        loading.save_parties(row.notice for row in rows)
        for cut, until in pairwise(CUTS):
            first, last = int(len(rows) * cut), int(len(rows) * until)
            known = loading.load_training(rows[read:first], self.step, known)
            winners.update(key for row in rows[read:first] for key in row.winners)
            read = first
            tellable = [row for row in rows[first:last] if row.winners & winners]
            chosen = random.Random(first).sample(tellable, min(DECIDED, len(tellable)))  # noqa: S311 - no secret
            day = str(rows[first].on)
            self.stderr.write(_("Coupe du %(day)s…") % {"day": day})
            yield day, [self.decided(row, known) for row in chosen]

    def decided(self, row: AwardRow, known: dict[str, Supplier]) -> Decided:
        asked = read_tender(loading.build_tender(row.notice), row.notice.published)
        found = find_candidates(asked, pool=CANDIDATES)
        won = {known[key].pk for key in row.winners if key in known}
        pieces = pieces_in_order()
        evidence = [
            [said.get(piece, 0.0) for piece in pieces]
            for said in (engine.collect_evidence(asked.tender, one, asked.statistics) for one in found)
        ]
        return Decided(
            np.array(evidence, dtype=np.float32).reshape(len(found), len(pieces)),
            np.array([one.key in won for one in found], dtype=bool),
        )

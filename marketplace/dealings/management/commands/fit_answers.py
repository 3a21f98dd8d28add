"""`fit_answers [--out FILE]`: the weights of what suppliers declare, from what people answered (docs/matching.md)."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.models import Tender
from marketplace.dealings.models import Decline, Interest
from marketplace.matching import engine, weights
from marketplace.matching.candidates import as_known_for, supplier_profile
from marketplace.matching.evaluation import fitting
from marketplace.matching.evaluation.fitting import Answers, pieces_in_order
from marketplace.matching.models import Misfit
from marketplace.matching.tenders import read_tender
from marketplace.web.typography import format_number

#: What is wrong with the trade; distance, size and time say nothing of it.
WRONG_TRADE = (Misfit.Reason.OTHER_TRADE, Misfit.Reason.MISREAD)
#: The last part of the answers measures what the others teach.
KEPT_APART = 1 / 3


class Command(BaseCommand):
    help = "Apprend, de ce que les entreprises et les pôles ont répondu, les poids de ce que les fiches déclarent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", metavar="FILE", type=Path, help="le fichier à écrire (sinon, à l’écran)")

    def handle(self, *args: Any, **options: Any) -> None:
        answers = self.answers()
        count = len(answers.right)
        said = ngettext("%(n)s réponse.", "%(n)s réponses.", count) % {"n": format_number(count)}
        self.stderr.write(said)
        if count < fitting.LEAST_ANSWERS or answers.right.all() or not answers.right.any():
            self.stderr.write(
                _("Il en faut au moins %(least)s, des bonnes et des fausses. Rien n’a changé.")
                % {"least": format_number(fitting.LEAST_ANSWERS)}
            )
            sys.exit(1)
        first = round(count * (1 - KEPT_APART))
        earlier = Answers(answers.evidence[:first], answers.right[:first])
        later = Answers(answers.evidence[first:], answers.right[first:])
        before = weights.TOPIC | weights.SETTING
        for name, weight in (("before", before), ("after", fitting.fit_declared(earlier))):
            self.stderr.write(f"{name}: {fitting.told_apart(weight, later):.3f}")
        now = weights.read_weights()
        about = now["about"] | {"answers": count, "answered": timezone.localdate().isoformat()}
        text = fitting.weights_file(fitting.fit_declared(answers), about, now.get("split", []))
        if options["out"]:
            options["out"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)

    def answers(self) -> Answers:
        """Each with its evidence as it is today; pairs of sheets that are no longer published are left out."""
        rows = sorted(self.said(), key=lambda row: (row[0], row[1], row[2].pk))
        pieces = pieces_in_order()
        evidence, right = [], []
        for _at, supplier, tender, is_right in rows:
            profile = supplier_profile(supplier)
            if profile is None:
                continue
            asked = read_tender(tender)
            found = engine.collect_evidence(asked.tender, as_known_for(asked, profile), asked.statistics)
            evidence.append([found.get(piece, 0.0) for piece in pieces])
            right.append(is_right)
        return Answers(np.array(evidence).reshape(len(evidence), len(pieces)), np.array(right, dtype=bool))

    def said(self) -> Iterator[tuple[datetime, int, Tender, bool]]:
        """(when, supplier, notice, whether it was right)."""
        for interest in Interest.objects.exclude(tender=None).select_related("tender").iterator():
            yield interest.at, interest.supplier_id, interest.tender, True
        refused = Decline.objects.filter(reason=Decline.Reason.OTHER_TRADE).exclude(tender=None)
        for decline in refused.select_related("tender").iterator():
            yield decline.at, decline.supplier_id, decline.tender, False
        for misfit in Misfit.objects.filter(reason__in=WRONG_TRADE).select_related("tender").iterator():
            yield misfit.at, misfit.supplier_id, misfit.tender, False

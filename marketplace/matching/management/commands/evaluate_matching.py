"""`evaluate_matching TRAIN.csv TEST.csv [--json] [--rankings FILE]` (docs/matching.md)."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.matching.candidates import best_of
from marketplace.matching.engine import Match
from marketplace.matching.evaluation import loading, measuring, rows
from marketplace.matching.evaluation.keys import Keys
from marketplace.matching.evaluation.rows import AwardFile, NoticeRow
from marketplace.matching.evaluation.scratch import evaluation_database
from marketplace.matching.tenders import TenderQuestion, read_tender
from marketplace.web.commands import ToldCommand
from marketplace.web.tabular import TableError
from marketplace.web.typography import format_number

RANKED = 200
SHOWN = 20


class AwardsCommand(ToldCommand):
    """Reads awards, says what is wrong with them and how far it is."""

    def read(self, path: Path, needed: tuple[str, ...] = rows.NEEDED) -> AwardFile:
        try:
            found = rows.read_awards(path, needed)
        except TableError as error:
            raise CommandError(f"{path.name}\u00a0: {error}", returncode=2) from error
        except OSError as error:
            raise CommandError(_("%(path)s ne se lit pas.") % {"path": path}, returncode=2) from error
        for row, field, message in found.rejected[:SHOWN]:
            column = f" ({field})" if field else ""
            self.stderr.write(
                _("%(file)s, ligne %(row)s%(column)s : %(message)s")
                % {"file": path.name, "row": row, "column": column, "message": message}
            )
        if len(found.rejected) > SHOWN:
            count = len(found.rejected) - SHOWN
            self.stderr.write(
                ngettext("%(count)s autre ligne à corriger.", "%(count)s autres lignes à corriger.", count)
                % {"count": format_number(count)}
            )
        return found

    def step(self, what: str) -> None:
        sentences = {
            "suppliers": _("Les fournisseurs…"),
            "tenders": _("Les avis et leurs attributions…"),
            "directory": _("Le répertoire…"),
            "experience": _("L’expérience des fournisseurs…"),
        }
        self.stderr.write(sentences[what])


class Command(AwardsCommand):
    help = "Mesure le maillage sur des attributions réelles, dans une base de données à part."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("train", metavar="TRAIN.csv", type=Path)
        parser.add_argument("test", metavar="TEST.csv", type=Path)
        parser.add_argument("--json", action="store_true", help="une ligne JSON sur la sortie standard")
        parser.add_argument(
            "--rankings", metavar="FILE", type=Path, help="les 200 premières clés de chaque avis"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        train, test = self.read(options["train"]), self.read(options["test"], rows.NEEDED_TO_RANK)
        if not train.rows or not test.rows:
            self.stderr.write(_("Il faut au moins une attribution lisible dans chaque fichier."))
            sys.exit(1)
        with ExitStack() as stack:
            rankings = None
            if options["rankings"]:
                try:
                    rankings = stack.enter_context(options["rankings"].open("w", encoding="utf-8"))
                except OSError as error:
                    message = _("%(path)s ne s’ouvre pas.") % {"path": options["rankings"]}
                    raise CommandError(message, returncode=2) from error
            self.stderr.write(_("Création d’une base de données à part…"))
            stack.enter_context(evaluation_database())
            keys = Keys(train.rows, loading.load_training(train.rows, self.step))
            loading.save_parties(row.notice for row in test.rows)
            candidates = keys.candidates
            ranks: list[float] = []
            new: list[float] = []
            last = time.monotonic()
            for done, row in enumerate(test.rows, 1):
                asked, matches = self.rank(row.notice)
                ranked = keys.ranked(matches, RANKED)
                if rankings:
                    rankings.write(json.dumps({"numeroseao": row.notice.number, "keys": ranked}) + "\n")
                if rank := measuring.winner_rank(ranked, row.winners, candidates):
                    ranks.append(rank)
                    won = {keys.owner[key] for key in row.winners & candidates}
                    new.append(measuring.newcomer_rank(asked, matches, won, len(keys.of)))
                if time.monotonic() - last >= 2:
                    last = time.monotonic()
                    self.stderr.write(
                        _("%(done)s avis classés sur %(all)s…")
                        % {"done": format_number(done), "all": format_number(len(test.rows))}
                    )
        rejected = len(train.rejected) + len(test.rejected)
        result = {
            **measuring.ranking_figures(ranks),
            "newcomers": measuring.ranking_figures(new),
            "candidates": len(candidates),
            "train": len(train.rows),
            "test": len(test.rows),
            "rejected": rejected,
            "seconds": round(time.monotonic() - started, 1),
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.tell(result)
        if rejected:
            sys.exit(3)

    def rank(self, notice: NoticeRow) -> tuple[TenderQuestion, list[Match]]:
        """The production matcher's first; it is given nothing that was known only after the award."""
        asked = read_tender(loading.build_tender(notice), notice.published)
        return asked, best_of(asked, limit=RANKED, worth_it=False)

    def tell(self, result: dict[str, Any]) -> None:
        said = {key: format_number(result[key]) for key in ("notices", "candidates", "train", "test")}
        if result["notices"]:
            names = ("mrr", *(f"hit@{depth}" for depth in measuring.DEPTHS))
            for title, part in (("", result), (_("Sans leur passé : "), result["newcomers"])):
                self.stdout.write(title + "  ".join(f"{name} {part[name]:.4f}" for name in names))
        else:
            self.stdout.write(_("Aucun avis à mesurer : leurs adjudicataires ne sont pas connus."))
        self.stdout.write(
            _(
                "%(notices)s avis mesurés sur %(test)s; %(candidates)s adjudicataires possibles, tirés de "
                "%(train)s attributions."
            )
            % said
        )

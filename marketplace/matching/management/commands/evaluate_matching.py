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

from marketplace.matching.candidates import match_tender
from marketplace.matching.evaluation import loading, measuring, rows
from marketplace.matching.evaluation.rows import AwardFile, NoticeRow
from marketplace.matching.evaluation.scratch import evaluation_database
from marketplace.web.commands import ToldCommand
from marketplace.web.tabular import TableError
from marketplace.web.typography import format_number

RANKED = 50
SHOWN = 20


class Command(ToldCommand):
    help = "Mesure le maillage sur des attributions réelles, dans une base de données à part."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("train", metavar="TRAIN.csv", type=Path)
        parser.add_argument("test", metavar="TEST.csv", type=Path)
        parser.add_argument("--json", action="store_true", help="une ligne JSON sur la sortie standard")
        parser.add_argument(
            "--rankings", metavar="FILE", type=Path, help="les 50 premières clés de chaque avis"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        train, test = self.read(options["train"]), self.read(options["test"])
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
            keys = loading.load_training(train.rows, self.step)
            known = frozenset(keys.values())
            outcomes = []
            last = time.monotonic()
            for done, row in enumerate(test.rows, 1):
                ranked = self.rank(row.notice, keys)
                if rankings:
                    rankings.write(json.dumps({"numeroseao": row.notice.number, "keys": ranked}) + "\n")
                outcomes.append(measuring.rank_outcome(ranked, row.winners, known))
                if time.monotonic() - last >= 2:
                    last = time.monotonic()
                    self.stderr.write(
                        _("%(done)s avis classés sur %(all)s…")
                        % {"done": format_number(done), "all": format_number(len(test.rows))}
                    )
        rejected = len(train.rejected) + len(test.rejected)
        result = {
            "train": len(train.rows),
            "suppliers": len(keys),
            **measuring.ranking_figures(outcomes),
            "known": measuring.ranking_figures([o for o in outcomes if o.known]),
            "rejected": rejected,
            "seconds": round(time.monotonic() - started, 1),
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.tell(result)
        if rejected:
            sys.exit(3)

    def rank(self, notice: NoticeRow, keys: dict[int, str]) -> list[str]:
        """The production matcher's first fifty; it is given nothing that was known only after the award."""
        matches = match_tender(
            loading.build_tender(notice), limit=RANKED, worth_it=False, on=notice.published
        )
        return [keys[int(match.key)] for match in matches]

    def read(self, path: Path) -> AwardFile:
        try:
            found = rows.read_awards(path)
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

    def tell(self, result: dict[str, Any]) -> None:
        self.stdout.write(
            _("%(suppliers)s fournisseurs tirés de %(train)s attributions; %(notices)s avis classés.")
            % {key: format_number(result[key]) for key in ("suppliers", "train", "notices")}
        )
        for title, part in ((_("Tous les avis"), result), (_("Adjudicataire déjà connu"), result["known"])):
            shown = "  ".join(f"{name} {part[name]:.4f}" for name in ("mrr", "hit@1", "hit@10", "hit@50"))
            self.stdout.write(f"{title} ({format_number(part['notices'])})\u00a0: {shown}")

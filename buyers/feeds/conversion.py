"""A CSV of CanadaBuys written as an OCDS package: one release a line, so that a line of the package leads back to its row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.utils.translation import gettext as _

from buyers.ocds.cleaning import clean_text
from buyers.ocds.report import Rejection
from marketplace.web.tabular import Limits, TableError, open_table

from . import canadabuys

#: The yearly file of notices holds some 60 MB; a description may run over many lines.
LIMITS = Limits(bytes=300 * 1024 * 1024, rows=500_000, lines=1_000)


@dataclass
class Conversion:
    """`rows`: the row of the file that each line of the package is. `skipped`: rows that concern no one here."""

    rows: dict[int, int] = field(default_factory=dict)
    rejected: list[Rejection] = field(default_factory=list)
    skipped: int = 0

    def told(self, one: Rejection) -> Rejection:
        """A rejection of the importer, said of the row that people can look up."""
        row = self.rows.get(one.line or 0)
        return replace(one, index=row, line=row, offset=None) if row else one


def convert_csv(source: Path, target: Path, *, name: str, published: str, only_quebec: bool) -> Conversion:
    """Write the package to `target`. Raises `TableError` where the file is no CSV of CanadaBuys.

    `published`: when the file came out; of two texts of one version the later file is right.
    """
    done = Conversion()
    with open_table(source, limits=LIMITS) as table, target.open("w", encoding="utf-8") as out:
        columns = [cell.strip().removeprefix("\ufeff") for cell in table.header.cells]
        if not canadabuys.is_header(columns):
            raise TableError(
                _("Ce fichier n’a pas les colonnes des avis d’AchatsCanada. Vérifiez l’adresse.")
            )
        out.write(json.dumps({"version": "1.1", "publishedDate": published})[:-1] + ', "releases": [\n')
        line, before = 2, ""
        for row in table.rows:
            if row.fault:
                done.rejected.append(Rejection(name, row.number, "", "", row.fault, row.number))
                continue
            said = dict(zip(columns, row.cells, strict=False))
            if only_quebec and not canadabuys.is_for_quebec(said):
                done.skipped += 1
                continue
            try:
                release = canadabuys.release_of(said)
            except canadabuys.RowError as why:
                done.rejected.append(_rejection(name, row.number, said, str(why)))
                continue
            out.write(before + json.dumps(release, ensure_ascii=False))
            done.rows[line] = row.number
            line, before = line + 1, ",\n"
        out.write("\n]}\n")
    return done


def _rejection(name: str, number: int, row: Mapping[str, str], why: str) -> Rejection:
    return Rejection(name, number, "", clean_text(row.get(canadabuys.REFERENCE), 100), why, number)

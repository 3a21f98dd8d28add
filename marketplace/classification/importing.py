"""`manage import_unspsc`: the official codeset, checked row by row, then written: codes and their labels in both languages.

Labels that someone wrote, or that this project ships, stay: the list fills what is nameless and what notices taught.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.folding import fold_text
from marketplace.web.process_cache import clear_process_caches
from marketplace.web.tabular import TableError, open_table
from marketplace.web.typography import format_number
from marketplace.web.verbs import verb

from .codes import code_level, normalise_code, parent_code
from .models import UnspscCode

LONGEST = 255
#: Headers by field, folded without spaces: the first one present is read.
HEADERS = {
    "code": ("code", "unspsc", "unspsccode", "codeunspsc"),
    "label": ("titlefr", "titrefr", "libelle", "label", "french", "francais", "titrefrancais"),
    "label_en": ("titleen", "titreen", "libelleanglais", "labelen", "english", "anglais", "title"),
}


@dataclass(frozen=True, slots=True)
class CodeFault:
    """`row` as a spreadsheet numbers it; 0 where the whole file is meant."""

    row: int
    field: str
    message: str


@dataclass
class CodeReport:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[CodeFault] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.created + self.updated + self.unchanged + len(self.rejected)

    @property
    def exit_code(self) -> int:
        """0 all well, 1 nothing done, 3 some rows rejected."""
        if self.created + self.updated + self.unchanged == 0:
            return 1
        return 3 if self.rejected else 0

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": [{"row": f.row, "field": f.field, "message": f.message} for f in self.rejected],
        }

    def sentence(self) -> str:
        facts = [
            ngettext("%(n)s code ajouté", "%(n)s codes ajoutés", self.created)
            % {"n": format_number(self.created)},
            ngettext("%(n)s mis à jour", "%(n)s mis à jour", self.updated)
            % {"n": format_number(self.updated)},
            ngettext("%(n)s sans changement", "%(n)s sans changement", self.unchanged)
            % {"n": format_number(self.unchanged)},
        ]
        if count := len(self.rejected):
            facts.append(
                ngettext("%(n)s ligne à corriger", "%(n)s lignes à corriger", count)
                % {"n": format_number(count)}
            )
        return ", ".join(facts) + "."


class Wrong(Exception):
    """A cell that cannot be read: its field and a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@verb
def import_codes(*, path: Path, by: object) -> CodeReport:
    """Add codes and name those without a label. Run again, nothing changes.

    Raises TableError where the file is no table or has no column of codes or of labels.
    """
    report = CodeReport()
    standing = UnspscCode.objects.in_bulk()
    new: dict[str, UnspscCode] = {}
    changed: list[UnspscCode] = []
    seen: dict[str, tuple[str, str]] = {}
    with open_table(path) as table:
        columns = columns_of(table.header.cells)
        for row in table.rows:
            try:
                if row.fault:
                    raise Wrong("", row.fault)
                code, labels = read_row({name: row.cells[at] for name, at in columns.items()})
                if seen.get(code, labels) != labels:
                    raise Wrong("code", _("Le code %(code)s est déjà plus haut, autrement.") % {"code": code})
            except Wrong as wrong:
                header = table.header.cells[columns[wrong.field]] if wrong.field in columns else ""
                report.rejected.append(CodeFault(row.number, header, str(wrong)))
                continue
            known = standing.get(code)
            if code in seen:
                report.unchanged += 1
            elif known is None:
                new[code] = UnspscCode(
                    code=code,
                    level=code_level(code),
                    parent_id=parent_code(code),
                    label=labels[0],
                    label_en=labels[1],
                    source=UnspscCode.Source.IMPORT,
                )
                report.created += 1
            elif _names(known, labels):
                changed.append(known)
                report.updated += 1
            else:
                report.unchanged += 1
            seen[code] = labels
    _create(new, standing)
    UnspscCode.objects.bulk_update(changed, ["label", "label_en", "source"], batch_size=500)
    clear_process_caches()
    return report


def columns_of(header: list[str]) -> dict[str, int]:
    """Where each field stands. Raises TableError with the names that are missing."""
    place = {fold_text(cell).replace(" ", ""): at for at, cell in reversed(list(enumerate(header)))}
    columns = {
        name: next(place[one] for one in names if one in place)
        for name, names in HEADERS.items()
        if any(one in place for one in names)
    }
    missing = [name for name in ("code", "label") if name not in columns]
    if "label" in missing and "label_en" in columns:
        missing.remove("label")
    if missing:
        names = ", ".join(HEADERS[name][0] for name in missing)
        raise TableError(_("Il manque à la liste des codes : %(names)s.") % {"names": names})
    return columns


def read_row(said: Mapping[str, str]) -> tuple[str, tuple[str, str]]:
    """The code in eight digits, and its labels. Raises Wrong at the first cell that cannot be read."""
    written = said["code"].strip()
    code = normalise_code(written)
    if code is None:
        sentence = _("« %(code)s » n’est pas un code UNSPSC : il faut 2, 4, 6 ou 8 chiffres.")
        raise Wrong("code", sentence % {"code": written[:20]})
    french, english = (_label(name, said.get(name, "")) for name in ("label", "label_en"))
    if not (french or english):
        raise Wrong("label" if "label" in said else "label_en", _("Le libellé manque."))
    return code, (french, english)


def _label(name: str, text: str) -> str:
    label = " ".join(text.replace("'", "’").split())
    if len(label) > LONGEST:
        raise Wrong(name, _("Ce libellé dépasse 255 caractères."))
    return label


def _names(known: UnspscCode, labels: tuple[str, str]) -> bool:
    """Whether the row says something new; if so, `known` carries it from here on."""
    french, english = labels
    before = (known.label, known.label_en)
    if french and (not known.label or known.source == UnspscCode.Source.FEED):
        known.label, known.source = french, UnspscCode.Source.IMPORT
    if english and not known.label_en:
        known.label_en = english
    return (known.label, known.label_en) != before


def _create(new: dict[str, UnspscCode], standing: Mapping[str, UnspscCode]) -> None:
    """With the ancestors that neither the list nor the table has; parents first."""
    for code in list(new):
        above = parent_code(code)
        while above and above not in new and above not in standing:
            new[above] = UnspscCode(code=above, level=code_level(above), parent_id=parent_code(above))
            above = parent_code(above)
    for level in UnspscCode.Level:
        UnspscCode.objects.bulk_create(
            [new[code] for code in sorted(new) if new[code].level == level], batch_size=1000
        )

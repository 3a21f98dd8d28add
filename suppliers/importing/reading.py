"""The cells of one row: what a spreadsheet did to them, what means nothing, and every fault of the row at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from marketplace.web.folding import fold_text
from suppliers.cells import CellError

T = TypeVar("T")

#: What a spreadsheet writes where a formula failed, in English and in French.
ERROR_CELL = re.compile(
    r"#(ref|nom|name|value|valeur|n/?a|na|div/0|nul|null|nombre|num|spill|propagation|eclatement|calc|"
    r"getting_data|champ|field|connect|busy|bloque|blocked|unknown|inconnu|python)\s*[!?]?",
    re.IGNORECASE,
)
TOO_NARROW = re.compile(r"#{3,}")
NOTHING = frozenset(
    fold_text(said)
    for said in (
        "NA", "N/A", "n.a.", "n/d", "nd", "s. o.", "s/o", "so", "sans objet", "aucun", "aucune", "aucuns", "à venir",
        "inconnu", "inconnue", "inconnus", "nil", "none", "null", "x", "xx", "xxx", "non disponible", "non applicable",
        "non connu", "non précisé", "non spécifié", "non fourni", "non renseigné", "pas disponible", "pas de site",
        "pas de site Web", "pas de courriel", "pas de téléphone", "à déterminer", "à confirmer", "à compléter",
        "à valider", "à préciser", "à suivre", "en construction", "en développement", "en cours", "néant", "rien", "vide",
        "(vide)", "TBD", "TBA", "TBC", "to come", "coming soon", "unknown", "not available", "not applicable",
        "not provided", "no website", "no email", "n.s.p.", "nsp", "ne sait pas", "ne s’applique pas", "indisponible",
        "manquant", "missing", "blank", "empty", "undefined", "nan", "NaN", "s.o", "n.d", "a/n",
    )
)  # fmt: skip
#: « x » says yes there.
ANSWERS = frozenset({"contact_public"})


class RowRefused(CellError):
    """A row that cannot enter: all that is wrong with it. `warnings` are its optional cells."""

    def __init__(
        self,
        errors: list[CellError],
        warnings: list[tuple[str, str]],
        unknown: list[tuple[str, str]],
        blanks: list[tuple[str, str]],
    ) -> None:
        super().__init__(errors[0].column, errors[0].message)
        self.errors = errors
        self.warnings = warnings
        self.unknown_words = unknown
        self.blanks = blanks


def plain_cell(text: str) -> str:
    """« ="1199…" » and « '1199… » are what people type to keep a spreadsheet from changing a number."""
    text = text.strip()
    if match := re.fullmatch(r'=\s*"(.*)"', text, re.DOTALL):
        text = match[1].replace('""', '"').strip()
    return text[1:] if re.match(r"['’][0-9]", text) else text


def cell_fault(text: str) -> str:
    """Why a cell holds no value at all: a formula that failed, was never computed, or a number that did not fit."""
    text = text.strip()
    if ERROR_CELL.fullmatch(text):
        return _("« %(value)s » est une erreur de votre tableur, pas une valeur : corrigez la formule.") % {
            "value": text[:20]
        }
    if TOO_NARROW.fullmatch(text):
        return _(
            "« ### » : la colonne du tableur était trop étroite. Élargissez-la, puis enregistrez de nouveau."
        )
    if text.startswith("=") and len(text) > 1:
        return _("Cette cellule contient une formule sans résultat. Collez-y une valeur.")
    return ""


def means_nothing(text: str) -> bool:
    """« NA », « s. o. », « – », « à venir », « ? »."""
    folded = fold_text(text)
    return folded in NOTHING or (not folded and not any(char.isalnum() for char in text))


class RowReader:
    """Takes the cells of a row one by one. A needed cell that cannot be taken refuses the row, any other is left out.

    `cells` are those that stand, by column: a blank one empties, one that is left out is not there.
    """

    def __init__(
        self, cells: Mapping[str, str], needed: tuple[str, ...], *, tells_blanks: bool = True
    ) -> None:
        self.needed_columns = needed
        self.errors: list[CellError] = []
        self.warnings: list[tuple[str, str]] = []
        self.unknown: list[tuple[str, str]] = []
        self.blanks: list[tuple[str, str]] = []  # of the warnings, those that only say that a cell is blank
        self.cells: dict[str, str] = {}
        for column, text in cells.items():
            value = plain_cell(text)
            if "\0" in value:
                self.refuse(
                    CellError(column, _("Cette cellule contient un caractère illisible. Retapez-la."))
                )
            elif fault := cell_fault(value):
                self.refuse(CellError(column, fault))
            elif value and column not in ANSWERS and means_nothing(value):
                self.cells[column] = ""
                if tells_blanks:
                    self.blanks.append(
                        (column, _("« %(value)s » est lu comme une cellule vide.") % {"value": value[:20]})
                    )
                    self.warnings.append(self.blanks[-1])
            else:
                self.cells[column] = value

    def refuse(self, error: CellError) -> None:
        """The row, where the cell is needed; else the cell alone, with a warning."""
        self.note_unknown(error)
        if error.column in self.needed_columns:
            self.errors.append(error)
        else:
            self.cells.pop(error.column, None)
            self.warnings.append(
                (error.column, _("%(why)s La cellule est laissée de côté.") % {"why": error.message})
            )

    def needed(self, column: str, parse: Callable[..., T], *more: Any) -> T | None:
        """The value of a needed cell; None once it is refused."""
        if any(error.column == column for error in self.errors):
            return None
        try:
            return parse(column, self.cells.get(column, ""), *more)
        except CellError as error:
            self.note_unknown(error)
            self.errors.append(error)
            return None

    def note_unknown(self, error: CellError) -> None:
        if error.unknown:
            self.unknown.append((error.column, error.unknown))

    def take(self, column: str, parse: Callable[..., T], *more: Any) -> T | None:
        """The value of an optional cell; None where it is left out, and `column` is then gone from `cells`."""
        try:
            return parse(column, self.cells.get(column, ""), *more)
        except CellError as error:
            self.refuse(error)
            self.cells.pop(column, None)
            return None

    def finish(self) -> None:
        """Raises `RowRefused` with all that is wrong in the row."""
        if self.errors:
            raise RowRefused(self.errors, self.warnings, self.unknown, self.blanks)

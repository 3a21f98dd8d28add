"""The columns of a buyer's own list, in French or English, and what its cells say. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from marketplace.web.folding import fold_text
from marketplace.web.tabular.asking import HEADER_CELL
from suppliers.cells import CellError, parse_neq, parse_text
from suppliers.importing.headers import LISTING_SYNONYMS, columns_by_key, header_key, known_column
from suppliers.importing.reading import cell_fault, means_nothing, plain_cell

NEQ, NAME, AMOUNT, CATEGORY, CITY = "neq", "name", "amount", "category", "city"
LABELS = {
    NAME: _("Nom du fournisseur"),
    NEQ: _("NEQ"),
    AMOUNT: _("Montant payé"),
    CATEGORY: _("Catégorie de ce qui est acheté"),
    CITY: _("Ville"),
}
SYNONYMS: dict[str, tuple[str, ...]] = {
    NEQ: LISTING_SYNONYMS["neq"],
    NAME: (
        *LISTING_SYNONYMS["name"], "Vendeur", "Nom du vendeur", "Vendor", "Vendor name", "Bénéficiaire", "Payee", "Payee name",
        "Nom du bénéficiaire", "Adjudicataire", "Contractant", "Cocontractant", "Contractor", "Créancier", "Fournisseur nom",
        "Raison sociale du fournisseur", "Tiers", "Nom du tiers",
    ),
    AMOUNT: (
        "Montant", "Montants", "Montant total", "Montant payé", "Montant annuel", "Montant du contrat", "Montant des achats",
        "Montant facturé", "Montant dépensé", "Montant TTC", "Montant avant taxes", "Total", "Total payé", "Total annuel",
        "Total des achats", "Achats", "Achats annuels", "Dépense", "Dépenses", "Dépenses totales", "Dépense totale",
        "Volume d’achats", "Valeur", "Valeur du contrat", "Facturé", "Payé", "Amount", "Amount paid", "Total amount", "Spend",
        "Total spend", "Annual spend", "Purchases", "Value", "Contract value", "Paid",
    ),
    CATEGORY: (
        "Catégorie", "Catégories", "Catégorie d’achat", "Famille", "Famille d’achat", "Famille de produits", "Nature",
        "Nature de la dépense", "Nature du contrat", "Type de dépense", "Type d’achat", "Type de service", "Objet",
        "Objet du contrat", "Description", "Description du contrat", "Produit", "Produits", "Service", "Services", "Biens",
        "Biens et services", "Produits et services", "Activité", "Secteur", "Secteur d’activité", "Poste budgétaire", "UNSPSC",
        "Code UNSPSC", "Category", "Spend category", "Commodity", "Expense type", "Purpose", "Goods and services", "Product",
        "Sector", "Industry", "Contract description",
    ),
    CITY: (*LISTING_SYNONYMS["town"], "Ville du fournisseur", "Lieu", "Supplier city", "Vendor city"),
}  # fmt: skip
_KNOWN = columns_by_key({}, SYNONYMS)
#: What a longer header is about: « Dépenses 2025-2026 », « Nom du fournisseur (légal) ».
_WITHIN = (
    (re.compile(r"\b(montants?|depenses?|amounts?|spend|spending|achats annuels)\b"), AMOUNT),
    (re.compile(r"\b(categories?|category|commodity)\b"), CATEGORY),
    (re.compile(r"\b(fournisseurs?|vendors?|suppliers?)\b"), NAME),
)
#: Of one row: fifty thousand of them still add up within their column.
LARGEST = Decimal(10) ** 9


@dataclass(frozen=True, kw_only=True)
class ListedRow:
    """`neq` is ten digits or empty; `faults` are sentences about cells, `is_readable` where someone is named."""

    neq: str
    name: str
    amount: Decimal | None
    category: str
    city: str
    faults: tuple[str, ...]

    @property
    def is_readable(self) -> bool:
        return bool(self.neq or self.name)


def guess_columns(header: Sequence[str]) -> dict[str, int]:
    """Place by what the column holds. An exact name comes before one that only says it within a longer header."""
    found: dict[str, int] = {}
    for look in (_said_exactly, lambda text: known_column(text, _KNOWN), _said_within):
        for at, text in enumerate(header):
            column = look(text)
            if column and column not in found and at not in found.values():
                found[column] = at
    return found


def _said_exactly(text: str) -> str | None:
    return _KNOWN.get(header_key(text))


def _said_within(text: str) -> str | None:
    folded = fold_text(text)
    return next((column for pattern, column in _WITHIN if pattern.search(folded)), None)


def header_score(header: list[str]) -> int:
    """How much a row looks like the header of such a list: it must name someone."""
    found = guess_columns([cell for cell in header if len(cell) <= HEADER_CELL])
    return len(found) if NAME in found or NEQ in found else 0


def read_cells(cells: Sequence[str], columns: Mapping[str, int]) -> ListedRow:
    said: dict[str, str] = {}
    faults: list[str] = []
    for column, at in columns.items():
        text = plain_cell(cells[at] if at < len(cells) else "").replace("\0", "")
        fault = cell_fault(text)
        if fault:
            faults.append(fault)
        said[column] = "" if fault or means_nothing(text) else " ".join(text.split())
    return ListedRow(
        neq=_neq(faults, said.get(NEQ, "")),
        name=_cut(said.get(NAME, ""), 255),
        amount=_amount(faults, said.get(AMOUNT, "")),
        category=_cut(said.get(CATEGORY, ""), 200),
        city=_cut(said.get(CITY, ""), 120),
        faults=tuple(faults),
    )


def _neq(faults: list[str], text: str) -> str:
    if not text:
        return ""
    try:
        return parse_neq(NEQ, text)
    except CellError as error:
        faults.append(f"NEQ\u00a0: {error.message}")
        return ""


def _cut(text: str, limit: int) -> str:
    try:
        return parse_text("", text[:limit], limit)
    except CellError:
        return ""


def _amount(faults: list[str], text: str) -> Decimal | None:
    if not text:
        return None
    amount = read_money(text)
    if amount is None:
        faults.append(str(_("« %(value)s » n’est pas un montant.") % {"value": text[:20]}))
    return amount


def read_money(text: str) -> Decimal | None:
    """« 1 234,56 $ », « $1,234.56 », « 1.234,56 », « (1 200) », « 1200- » in dollars; None for anything else.

    One comma or point before exactly three figures parts thousands: nobody pays a third of a cent.
    """
    compact = re.sub(r"[\s\u00a0\u202f$]|CAD|CA\$", "", text, flags=re.IGNORECASE)
    minus = compact.startswith(("-", "−", "(")) or compact.endswith("-")
    digits = compact.strip("()-−")
    if not re.fullmatch(r"[0-9][0-9.,'’]*(?:E\+?[0-9]{1,2})?", digits, re.IGNORECASE):
        return None
    digits = digits.replace("'", "").replace("’", "")
    marks = [mark for mark in digits if mark in ".,"]
    if marks and "E" not in digits.upper():
        last = marks[-1]
        whole, _point, cents = digits.rpartition(last)
        is_thousands = marks.count(last) > 1 or (len(set(marks)) == 1 and len(cents) == 3)
        digits = (
            re.sub(r"[.,]", "", digits) if is_thousands else f"{re.sub(r'[.,]', '', whole)}.{cents or '0'}"
        )
    try:
        value = Decimal(digits.replace(",", "."))
    except InvalidOperation:
        return None
    if not value.is_finite() or value >= LARGEST:
        return None
    value = value.quantize(Decimal("0.01"))
    return -value if minus else value


def category_key(text: str) -> str:
    """What the same category is known by, however it is written."""
    return fold_text(text)[:200]

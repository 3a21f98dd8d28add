"""The kinds of files that are read (docs/import.md), by the name that `--mapping` gives them."""

from __future__ import annotations

from marketplace.web.folding import fold_text
from suppliers.importing.listing import LISTING
from suppliers.importing.registry import REGISTRY
from suppliers.importing.rows import FileMapping

MAPPINGS: dict[str, FileMapping] = {mapping.code: mapping for mapping in (LISTING, REGISTRY)}

#: What a column « Territoire » can mean: where the enterprise is, or what it serves.
TERRITORY_ANSWERS = LISTING.asked["territory"]
#: Headers that only the registry's own extracts carry.
REGISTRY_SIGNS = frozenset(
    (
        "adresselign1", "adresselign2", "adresselign3", "adresselign4", "secteuractivite", "codformejuri", "indfail",
        "codregimjuri", "datimmat", "datinittfaillite", "codstatimmat", "dernommajr", "nomassuj", "codactecoucae",
        "codactecon", "descactecon", "ligadresse", "statimmat", "dateimmatriculation", "statutimmatriculation",
    )
)  # fmt: skip


def looks_like_registry(header: list[str]) -> bool:
    """Whether the columns are the registry's own: a sign of it, or its very names for the NEQ, the name and the form."""
    folded = {fold_text(cell).replace(" ", "") for cell in header}
    if folded & REGISTRY_SIGNS or any("registre" in cell or "registry" in cell for cell in folded):
        return True
    exact = {cell.strip() for cell in header}
    return {"NEQ", "NomEntreprise", "FormeJuridique"} <= exact

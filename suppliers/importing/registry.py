"""The registry's open-data extract, `--mapping req`: registered is not yet social economy, so its rows are prospects."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from marketplace.territories.places import Gazetteer
from marketplace.web.folding import fold_text
from suppliers.cells import (
    parse_coordinate,
    parse_legal_form,
    parse_neq,
    parse_postal_code,
    parse_text,
    point_in_quebec,
)
from suppliers.importing.listing import parse_name
from suppliers.importing.reading import RowReader
from suppliers.importing.rows import FileMapping, SupplierRow
from suppliers.models import Status, Supplier

REGISTRY_HEADERS = {
    "neq": "NEQ",
    "name": "NomEntreprise",
    "address": "Adresse",
    "town": "Municipalite",
    "line3": "Adresse_Lign3",
    "postal_code": "CodePostal",
    "activity": "SecteurActivite",
    "form": "FormeJuridique",
    "lat": "lat",
    "lon": "long",
}
PROVINCE = re.compile(r"[\s,]*(\(\s*qu[ée]bec\s*\)|\bqc)[\s,]*$", re.IGNORECASE)


NEEDED = ("neq", "name", "form")


def read_registry_row(cells: dict[str, str], number: int, gazetteer: Gazetteer) -> SupplierRow:
    """One registry row. What only the registry can correct (a postal code, a point) is left out with a warning."""
    reader = RowReader(cells, NEEDED, tells_blanks=False)
    neq = reader.needed("neq", parse_neq)
    name = reader.needed("name", parse_name)
    form = reader.needed("form", parse_legal_form, name or "")
    address, town = registry_address(reader.cells)
    address = reader.take("address", lambda column, _text: parse_text(column, address, 255)) or ""
    town = reader.take("town", lambda column, _text: parse_text(column, town, 120)) or ""
    postal_code = reader.take("postal_code", parse_postal_code) or ""
    lat, lon = reader.take("lat", parse_coordinate, 90), reader.take("lon", parse_coordinate, 180)
    point = point_in_quebec(lat, lon)
    if (lat is not None or lon is not None) and point is None:
        reader.warnings.append(
            ("lat", _("Ces coordonnées ne sont pas au Québec : elles sont laissées de côté."))
        )
    activity = reader.take("activity", parse_text, 5000) or ""
    reader.finish()
    if neq is None or name is None or form is None:  # told already, each by its own sentence
        raise AssertionError
    row = SupplierRow(
        number=number,
        neq=neq,
        organisation={"name": name, "address": address, "town": town, "postal_code": postal_code},
        supplier={"legal_form": form.value, "activity": activity if fold_text(activity) else ""},
        warnings=reader.warnings,
    )
    row.locate(gazetteer, town, point, "lat")
    return row


def registry_address(row: dict[str, str]) -> tuple[str, str]:
    """Street and town. Where a post-office box took the town's column, the town stands on the third line."""
    street, town, third = (" ".join(row.get(key, "").split()) for key in ("address", "town", "line3"))
    if PROVINCE.search(third) and not PROVINCE.search(town):
        street = ", ".join(filter(None, [street, town]))
        town = third
    town = PROVINCE.sub("", town)
    return street, town


REGISTRY = FileMapping(
    code="req",
    columns={fold_text(header).replace(" ", ""): key for key, header in REGISTRY_HEADERS.items()},
    required=NEEDED,
    printed=REGISTRY_HEADERS,
    source=Supplier.Source.REGISTRY,
    status=Status.PROSPECT,
    read=read_registry_row,
)

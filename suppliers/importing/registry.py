"""Mapping `req`: the registry's open-data extract. Registered is not yet social economy, so its rows are prospects."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from marketplace.territories.places import Gazetteer
from marketplace.web.folding import fold_text
from suppliers.models import Status, Supplier

from . import cells
from .sheets import FileMapping, Sheet

PRINTED = {
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


def read(row: dict[str, str], number: int, gazetteer: Gazetteer) -> Sheet:
    """One registry row. What only the registry can correct (a postal code, a point) is left out with a warning."""
    neq = cells.neq("neq", row["neq"])
    name = cells.text("name", row["name"], 255)
    if not name:
        raise cells.CellError("name", _("Il faut un nom."))
    address, town = seat(row)
    warnings = []
    try:
        postal_code = cells.postal_code("postal_code", row.get("postal_code", ""))
    except cells.CellError as error:
        warnings.append((error.column, error.message))
        postal_code = ""
    lat, lon = (
        cells.coordinate("lat", row.get("lat", ""), 90),
        cells.coordinate("lon", row.get("lon", ""), 180),
    )
    point = cells.point(lat, lon)
    if (lat is not None or lon is not None) and point is None:
        warnings.append(("lat", _("Ces coordonnées ne sont pas au Québec : elles sont laissées de côté.")))
    activity = cells.text("activity", row.get("activity", ""), 5000)
    sheet = Sheet(
        row=number,
        neq=neq,
        seat={"name": name, "address": address, "town": town, "postal_code": postal_code},
        profile={
            "legal_form": cells.legal_form("form", row["form"], name).value,
            "activity": activity if fold_text(activity) else "",
        },
        warnings=warnings,
    )
    sheet.locate(gazetteer, town, point, "lat")
    return sheet


def seat(row: dict[str, str]) -> tuple[str, str]:
    """Street and town. Where a post-office box took the town's column, the town stands on the third line."""
    street = cells.text("address", row.get("address", ""), 200)
    town = cells.text("town", row.get("town", ""), 200)
    third = cells.text("line3", row.get("line3", ""), 200)
    if PROVINCE.search(third) and not PROVINCE.search(town):
        street = ", ".join(filter(None, [street, town]))
        town = third
    town = PROVINCE.sub("", town)
    return cells.text("address", street, 255), cells.text("town", town, 120)


REGISTRY = FileMapping(
    code="req",
    columns={fold_text(header).replace(" ", ""): key for key, header in PRINTED.items()},
    required=("neq", "name", "form"),
    printed=PRINTED,
    source=Supplier.Source.REGISTRY,
    status=Status.PROSPECT,
    read=read,
)

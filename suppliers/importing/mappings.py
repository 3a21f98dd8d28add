"""The kinds of files that are read (docs/import.md), by the name that `--mapping` gives them.

`maillage` is the listing that a pôle keeps, in our own columns: its rows are drafts. `req` is the registry's open-data
extract: registered is not yet social economy, so its rows are prospects.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from marketplace.classification.labels import certification_labels, purpose_labels, sector_names
from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.territories.places import Gazetteer
from marketplace.web.folding import fold_text
from marketplace.web.process_cache import cached_in_process
from suppliers.cells import (
    CellError,
    parse_coordinate,
    parse_email,
    parse_integer,
    parse_legal_form,
    parse_neq,
    parse_phone,
    parse_postal_code,
    parse_text,
    parse_unspsc,
    parse_website,
    parse_yes_or_no,
    point_in_quebec,
)
from suppliers.importing.rows import ContactLine, FileMapping, OfferLine, SupplierRow
from suppliers.models import Offer, Status, Supplier

# -- maillage ----------------------------------------------------------------------------------------------------

LISTING_HEADERS = {
    "neq": "neq", "name": "nom", "form": "forme", "activity": "activite", "address": "adresse", "town": "ville",
    "postal_code": "code_postal", "lat": "latitude", "lon": "longitude", "email": "courriel", "phone": "telephone",
    "website": "site", "sector": "secteur", "staff_count": "effectif", "capacity": "capacite", "offers": "offres",
    "codes": "codes_unspsc", "areas": "territoires", "purposes": "finalites", "certifications": "certifications",
    "contact_name": "contact_nom", "contact_title": "contact_fonction", "contact_email": "contact_courriel",
    "contact_phone": "contact_telephone", "contact_public": "contact_public",
}  # fmt: skip
LISTING_SYNONYMS = {
    "raisonsociale": "name", "nomdelentreprise": "name", "nomentreprise": "name", "formejuridique": "form",
    "municipalite": "town", "email": "email", "adressecourriel": "email", "tel": "phone", "siteweb": "website",
    "description": "activity", "scian": "sector", "employes": "staff_count", "capaciteparcontrat": "capacity",
    "offre": "offers", "unspsc": "codes", "codeunspsc": "codes", "territoire": "areas", "territoiresdesservis": "areas",
    "finalite": "purposes", "certification": "certifications", "lat": "lat", "long": "lon", "lon": "lon",
    "contact": "contact_name", "numerodentreprise": "neq",
}  # fmt: skip
KINDS = {"bien": Offer.Kind.GOOD, "service": Offer.Kind.SERVICE, "location": Offer.Kind.RENTAL}
SECTOR_SPANS = {"32": "31", "33": "31", "45": "44", "49": "48"}


def read_listing_row(cells: dict[str, str], number: int, gazetteer: Gazetteer) -> SupplierRow:
    """One row of a listing. Every cell that cannot be taken rejects the row: its author can correct it."""
    neq = parse_neq("neq", cells["neq"]) if cells.get("neq", "").strip() else ""
    name = parse_text("name", cells["name"], 255)
    if not name:
        raise CellError("name", _("Il faut un nom."))
    town = parse_text("town", cells.get("town", ""), 120)
    row = SupplierRow(number=number, neq=neq, organisation={"name": name}, supplier={})
    if fold_text(cells.get("form", "")):
        row.supplier["legal_form"] = parse_legal_form("form", cells["form"], name).value
    for key, value in cells.items():
        if key in ORGANISATION_CELLS:
            row.organisation[key] = ORGANISATION_CELLS[key](key, value)
        elif key in SUPPLIER_CELLS:
            field, clean = SUPPLIER_CELLS[key]
            row.supplier[field] = clean(key, value)
    lat, lon = (
        parse_coordinate("lat", cells.get("lat", ""), 90),
        parse_coordinate("lon", cells.get("lon", ""), 180),
    )
    if (lat is None) != (lon is None):
        raise CellError("lat" if lat is None else "lon", _("Il faut la latitude et la longitude."))
    point = point_in_quebec(lat, lon)
    if lat is not None and point is None:
        raise CellError("lat", _("Ces coordonnées ne sont pas au Québec."))
    if "offers" in cells or "codes" in cells:
        row.offers = parse_offers(cells.get("offers", ""), cells.get("codes", ""))
    if "areas" in cells:
        row.areas = parse_areas(cells["areas"])
    if "purposes" in cells:
        row.purposes = parse_known_codes("purposes", cells["purposes"], purpose_labels())
    if "certifications" in cells:
        row.certifications = parse_known_codes(
            "certifications", cells["certifications"], certification_labels()
        )
    if "contact_name" in cells:
        row.contacts = parse_contacts(cells)
    row.locate(gazetteer, town, point, "lat")
    return row


def split_parts(value: str) -> list[str]:
    return [part for part in (" ".join(part.split()) for part in re.split(r"[|\n]", value)) if part]


def parse_offers(titles: str, unspsc: str) -> list[OfferLine]:
    """« service: Traiteur | location: Salle » with « 90101603 90101604 | 80131502 »: one group of codes per offer."""
    lines = split_parts(parse_text("offers", titles, 5000, lines=True))
    groups = re.split(r"[|\n]", parse_text("codes", unspsc, 2000, lines=True)) if unspsc.strip() else []
    if len(groups) > len(lines):
        if lines:
            raise CellError(
                "codes",
                _("Il y a %(codes)s groupes de codes pour %(offers)s offres.")
                % {"codes": len(groups), "offers": len(lines)},
            )
        raise CellError("codes", _("Ces codes n’ont pas d’offre : nommez-la dans la colonne « offres »."))
    found = []
    for index, line in enumerate(lines):
        kind, colon, title = line.partition(":")
        known_kind = KINDS.get(fold_text(kind)) if colon else None
        title = title.strip() if known_kind else line
        if not title:
            raise CellError("offers", _("Une offre n’a pas de nom."))
        group = re.split(r"[;,]| (?=[0-9]{8}\b)", groups[index]) if index < len(groups) else []
        codes = tuple(dict.fromkeys(parse_unspsc("codes", code) for code in group if code.strip()))
        found.append(OfferLine(known_kind or Offer.Kind.SERVICE, parse_text("offers", title, 160), codes))
    return found


def parse_areas(value: str) -> list[tuple[str, str]]:
    """« Mauricie | Les Chenaux », « tout le Québec », « 04 »: a region by code or name, an MRC by name."""
    names = territory_names()
    found: list[tuple[str, str]] = []
    for part in split_parts(parse_text("areas", value, 3000, lines=True)):
        area = names.get(
            fold_text(re.sub(r"^\s*MRC\s+(de |d[’']|des |du |de la )?", "", part, flags=re.IGNORECASE))
        )
        area = area or names.get(fold_text(part))
        if area is None:
            raise CellError(
                "areas", _("« %(value)s » n’est ni une région ni une MRC.") % {"value": part[:60]}
            )
        found.append(area)
    return list(dict.fromkeys(found))


@cached_in_process
def territory_names() -> dict[str, tuple[str, str]]:
    """Folded name or code → (region, MRC). A region wins over the MRC of the same name (Laval, Montréal)."""
    names = {fold_text(info.name): ("", code) for code, info in mrcs_by_code().items()}
    names |= {re.sub(r"^(la|le|les|l) ", "", name): area for name, area in names.items()}
    for code, name in region_names().items():
        names |= dict.fromkeys((fold_text(name), code, fold_text(f"{code} {name}"), f"r{code}"), (code, ""))
    return names | dict.fromkeys(("quebec", "tout le quebec", "province", "q"), ("", ""))


def parse_known_codes(column: str, value: str, choices: dict[str, str]) -> list[str]:
    """Codes for « integration-travail | Environnement »: each part a code or a label of ours."""
    by_name = {fold_text(str(label)): code for code, label in choices.items()} | {
        fold_text(c): c for c in choices
    }
    found = []
    for part in split_parts(parse_text(column, value, 2000, lines=True)):
        code = by_name.get(fold_text(part))
        if code is None:
            raise CellError(
                column, _("« %(value)s » n’est pas dans la liste de cette colonne.") % {"value": part[:60]}
            )
        found.append(code)
    return sorted(dict.fromkeys(found))


def parse_sector(column: str, value: str) -> str | None:
    """« 72 », « 722320 », « 31-33 » or the sector's label."""
    value = parse_text(column, value, 160)
    if not value:
        return None
    choices = sector_names()
    digits = re.match(r"[0-9]{2}", value)
    code = SECTOR_SPANS.get(digits[0], digits[0]) if digits else None
    if code is None:
        code = {fold_text(str(label)): code for code, label in choices.items()}.get(fold_text(value))
    if code not in choices:
        raise CellError(column, _("« %(value)s » n’est pas un secteur SCIAN.") % {"value": value[:40]})
    return code


def parse_contacts(row: dict[str, str]) -> list[ContactLine]:
    name = parse_text("contact_name", row["contact_name"], 120)
    title = parse_text("contact_title", row.get("contact_title", ""), 120)
    email = parse_email("contact_email", row.get("contact_email", ""))
    phone = parse_phone("contact_phone", row.get("contact_phone", ""))
    public = parse_yes_or_no("contact_public", row.get("contact_public", ""))
    if not name:
        if title or email or phone:
            raise CellError("contact_name", _("Il faut le nom de la personne-ressource."))
        return []
    return [ContactLine(name, title, email, phone, public)]


ORGANISATION_CELLS = {
    "address": lambda column, value: parse_text(column, value, 255),
    "town": lambda column, value: parse_text(column, value, 120),
    "postal_code": parse_postal_code,
    "email": parse_email,
    "phone": parse_phone,
    "website": parse_website,
}
SUPPLIER_CELLS = {
    "activity": ("activity", lambda column, value: parse_text(column, value, 5000, lines=True)),
    "sector": ("sector_id", parse_sector),
    "staff_count": ("staff_count", parse_integer),
    "capacity": ("capacity", parse_integer),
}
LISTING = FileMapping(
    code="maillage",
    columns={fold_text(header).replace(" ", ""): key for key, header in LISTING_HEADERS.items()}
    | LISTING_SYNONYMS,
    required=("name",),
    printed=LISTING_HEADERS,
    source=Supplier.Source.FILE,
    status=Status.DRAFT,
    read=read_listing_row,
)


# -- req ---------------------------------------------------------------------------------------------------------

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


def read_registry_row(cells: dict[str, str], number: int, gazetteer: Gazetteer) -> SupplierRow:
    """One registry row. What only the registry can correct (a postal code, a point) is left out with a warning."""
    neq = parse_neq("neq", cells["neq"])
    name = parse_text("name", cells["name"], 255)
    if not name:
        raise CellError("name", _("Il faut un nom."))
    address, town = registry_address(cells)
    warnings = []
    try:
        postal_code = parse_postal_code("postal_code", cells.get("postal_code", ""))
    except CellError as error:
        warnings.append((error.column, error.message))
        postal_code = ""
    lat, lon = (
        parse_coordinate("lat", cells.get("lat", ""), 90),
        parse_coordinate("lon", cells.get("lon", ""), 180),
    )
    point = point_in_quebec(lat, lon)
    if (lat is not None or lon is not None) and point is None:
        warnings.append(("lat", _("Ces coordonnées ne sont pas au Québec : elles sont laissées de côté.")))
    activity = parse_text("activity", cells.get("activity", ""), 5000)
    row = SupplierRow(
        number=number,
        neq=neq,
        organisation={"name": name, "address": address, "town": town, "postal_code": postal_code},
        supplier={
            "legal_form": parse_legal_form("form", cells["form"], name).value,
            "activity": activity if fold_text(activity) else "",
        },
        warnings=warnings,
    )
    row.locate(gazetteer, town, point, "lat")
    return row


def registry_address(row: dict[str, str]) -> tuple[str, str]:
    """Street and town. Where a post-office box took the town's column, the town stands on the third line."""
    street = parse_text("address", row.get("address", ""), 200)
    town = parse_text("town", row.get("town", ""), 200)
    third = parse_text("line3", row.get("line3", ""), 200)
    if PROVINCE.search(third) and not PROVINCE.search(town):
        street = ", ".join(filter(None, [street, town]))
        town = third
    town = PROVINCE.sub("", town)
    return parse_text("address", street, 255), parse_text("town", town, 120)


REGISTRY = FileMapping(
    code="req",
    columns={fold_text(header).replace(" ", ""): key for key, header in REGISTRY_HEADERS.items()},
    required=("neq", "name", "form"),
    printed=REGISTRY_HEADERS,
    source=Supplier.Source.REGISTRY,
    status=Status.PROSPECT,
    read=read_registry_row,
)

MAPPINGS: dict[str, FileMapping] = {mapping.code: mapping for mapping in (LISTING, REGISTRY)}

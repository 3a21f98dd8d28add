"""The listing that a pôle keeps, `--mapping maillage`: its rows are drafts, and prospects where who they are is not known."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from marketplace.classification.labels import certification_labels, purpose_labels, sector_names
from marketplace.territories.places import Gazetteer
from marketplace.web.folding import fold_text
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
from suppliers.importing.areas import EVERYWHERE, Area, find_area, parse_areas
from suppliers.importing.headers import LISTING_SYNONYMS, columns_by_key
from suppliers.importing.reading import RowReader
from suppliers.importing.rows import ContactLine, FileMapping, OfferLine, SupplierRow
from suppliers.models import Offer, Status, Supplier

LISTING_HEADERS = {
    "neq": "neq", "name": "nom", "form": "forme", "activity": "activite", "address": "adresse", "town": "ville",
    "postal_code": "code_postal", "lat": "latitude", "lon": "longitude", "email": "courriel", "phone": "telephone",
    "website": "site", "sector": "secteur", "staff_count": "effectif", "capacity": "capacite", "offers": "offres",
    "codes": "codes_unspsc", "areas": "territoires", "purposes": "finalites", "certifications": "certifications",
    "contact_name": "contact_nom", "contact_title": "contact_fonction", "contact_email": "contact_courriel",
    "contact_phone": "contact_telephone", "contact_public": "contact_public", "territory": "territoire", "mrc": "mrc",
    "region": "region",
}  # fmt: skip
KINDS = {"bien": Offer.Kind.GOOD, "service": Offer.Kind.SERVICE, "location": Offer.Kind.RENTAL}
SECTOR_SPANS = {"32": "31", "33": "31", "45": "44", "49": "48"}


NEEDED = ("neq", "name", "form")


def read_listing_row(cells: dict[str, str], number: int, gazetteer: Gazetteer) -> SupplierRow:
    """One row of a listing. A NEQ, a name or a form that cannot be taken refuses it; another cell is left out."""
    reader = RowReader(cells, NEEDED)
    name = reader.needed("name", parse_name) or ""
    neq = reader.needed("neq", parse_neq) or "" if reader.cells.get("neq") else ""
    row = SupplierRow(
        number=number,
        neq=neq,
        organisation={"name": name},
        supplier={},
        warnings=reader.warnings,
        unknown=reader.unknown,
        blanks=reader.blanks,
    )
    if reader.cells.get("form"):
        row.supplier["legal_form"] = reader.needed("form", parse_legal_form, name)
    for key, clean in ORGANISATION_CELLS.items():
        if key in reader.cells:
            value = reader.take(key, clean)
            if key in reader.cells:
                row.organisation[key] = value
    for key, (field, clean_cell) in SUPPLIER_CELLS.items():
        if key in reader.cells:
            taken = reader.take(key, clean_cell)
            if key in reader.cells:
                row.supplier[field] = taken
    if "offers" in cells or "codes" in cells:
        row.offers = read_offers(reader)
    if "areas" in reader.cells:
        row.areas = reader.take("areas", lambda column, text: parse_areas(text, column))
    if "purposes" in reader.cells:
        row.purposes = reader.take("purposes", parse_known_codes, purpose_labels())
    if "certifications" in reader.cells:
        row.certifications = reader.take("certifications", parse_known_codes, certification_labels())
    if "contact_name" in reader.cells:
        row.contacts = read_contacts(reader)
    point = read_point(reader)
    seat = read_seat(reader)
    reader.finish()
    if form := row.supplier.get("legal_form"):
        row.supplier["legal_form"] = form.value
    row.locate(gazetteer, row.organisation.get("town", ""), point, "lat", seat)
    return row


def parse_name(column: str, value: str) -> str:
    name = parse_text(column, value, 255)
    if not name:
        raise CellError(column, _("Il faut un nom."))
    return name


def read_point(reader: RowReader) -> tuple[float, float] | None:
    """Both coordinates, in Québec; what cannot be true is left out, both of them."""
    lat, lon = reader.take("lat", parse_coordinate, 90), reader.take("lon", parse_coordinate, 180)
    both = "lat" in reader.cells and "lon" in reader.cells
    if (lat is None) != (lon is None):
        if both:
            reader.refuse(
                CellError("lat" if lat is None else "lon", _("Il faut la latitude et la longitude."))
            )
        return None
    point = point_in_quebec(lat, lon)
    if lat is not None and point is None:
        reader.refuse(CellError("lat", _("Ces coordonnées ne sont pas au Québec.")))
    return point


def read_seat(reader: RowReader) -> Area | None:
    """The MRC or the region that the file gives for the seat: it places what the town does not."""
    for column in ("seat", "mrc", "region"):
        text = reader.cells.get(column, "")
        if not text or column not in reader.cells:
            continue
        area = find_area(f"MRC {text}") if column == "mrc" else None
        area = area or find_area(text)
        if area and area != EVERYWHERE:
            return area
        if column != "seat":
            reader.refuse(
                CellError(
                    column,
                    _("« %(value)s » n’est ni une région ni une MRC.") % {"value": text[:60]},
                    unknown=text,
                )
            )
    return None


def read_offers(reader: RowReader) -> list[OfferLine] | None:
    """Offers without their codes where only the codes cannot be taken; None where the offers cannot."""
    titles, codes = reader.cells.get("offers", ""), reader.cells.get("codes", "")
    if "offers" not in reader.cells and "codes" not in reader.cells:
        return None
    try:
        return parse_offers(titles, codes)
    except CellError as error:
        reader.refuse(error)
    if "codes" in reader.cells or not titles:
        return None
    try:
        return parse_offers(titles, "")
    except CellError as error:
        reader.refuse(error)
    return None


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
                column,
                _("« %(value)s » n’est pas dans la liste de cette colonne.") % {"value": part[:60]},
                unknown=part,
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
        raise CellError(
            column, _("« %(value)s » n’est pas un secteur SCIAN.") % {"value": value[:40]}, unknown=value
        )
    return code


def read_contacts(reader: RowReader) -> list[ContactLine] | None:
    """The contact person, without what cannot be taken of it; None where a name is missing for the rest."""
    name = reader.take("contact_name", parse_text, 120)
    if name is None:
        return None
    title = reader.take("contact_title", parse_text, 120) or ""
    email = reader.take("contact_email", parse_email) or ""
    phone = reader.take("contact_phone", parse_phone) or ""
    public = reader.take("contact_public", parse_yes_or_no) or False
    if not name:
        if title or email or phone:
            reader.refuse(CellError("contact_name", _("Il faut le nom de la personne-ressource.")))
            return None
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
    columns=columns_by_key(LISTING_HEADERS, LISTING_SYNONYMS),
    asked={"territory": {"siege": "seat", "desservi": "areas"}},
    required=("name",),
    printed=LISTING_HEADERS,
    source=Supplier.Source.FILE,
    status=Status.DRAFT,
    read=read_listing_row,
)

"""Mapping `maillage`: the listing that a pôle keeps, in our own columns (docs/import.md). Its rows are drafts."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from marketplace.classification.labels import certification_labels, purpose_labels, sector_names
from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.territories.places import Gazetteer
from marketplace.web.folding import fold_text
from marketplace.web.process_cache import cached_in_process
from suppliers.models import Offer, Status, Supplier

from . import cells
from .sheets import ContactLine, FileMapping, OfferLine, Sheet

PRINTED = {
    "neq": "neq", "name": "nom", "form": "forme", "activity": "activite", "address": "adresse", "town": "ville",
    "postal_code": "code_postal", "lat": "latitude", "lon": "longitude", "email": "courriel", "phone": "telephone",
    "website": "site", "sector": "secteur", "staff_count": "effectif", "capacity": "capacite", "offers": "offres",
    "codes": "codes_unspsc", "areas": "territoires", "purposes": "finalites", "certifications": "certifications",
    "contact_name": "contact_nom", "contact_title": "contact_fonction", "contact_email": "contact_courriel",
    "contact_phone": "contact_telephone", "contact_public": "contact_public",
}  # fmt: skip
ALSO = {
    "raisonsociale": "name", "nomdelentreprise": "name", "nomentreprise": "name", "formejuridique": "form",
    "municipalite": "town", "email": "email", "adressecourriel": "email", "tel": "phone", "siteweb": "website",
    "description": "activity", "scian": "sector", "employes": "staff_count", "capaciteparcontrat": "capacity",
    "offre": "offers", "unspsc": "codes", "codeunspsc": "codes", "territoire": "areas", "territoiresdesservis": "areas",
    "finalite": "purposes", "certification": "certifications", "lat": "lat", "long": "lon", "lon": "lon",
    "contact": "contact_name", "numerodentreprise": "neq",
}  # fmt: skip
KINDS = {"bien": Offer.Kind.GOOD, "service": Offer.Kind.SERVICE, "location": Offer.Kind.RENTAL}
SECTOR_SPANS = {"32": "31", "33": "31", "45": "44", "49": "48"}


def read(row: dict[str, str], number: int, gazetteer: Gazetteer) -> Sheet:
    """One row of a listing. Every cell that cannot be taken rejects the row: its author can correct it."""
    neq = cells.neq("neq", row["neq"])
    name = cells.text("name", row["name"], 255)
    if not name:
        raise cells.CellError("name", _("Il faut un nom."))
    town = cells.text("town", row.get("town", ""), 120)
    sheet = Sheet(row=number, neq=neq, seat={"name": name}, profile={})
    sheet.profile["legal_form"] = cells.legal_form("form", row["form"], name).value
    for key, value in row.items():
        if key in SEAT:
            sheet.seat[key] = SEAT[key](key, value)
        elif key in PROFILE:
            field, clean = PROFILE[key]
            sheet.profile[field] = clean(key, value)
    lat, lon = (
        cells.coordinate("lat", row.get("lat", ""), 90),
        cells.coordinate("lon", row.get("lon", ""), 180),
    )
    if (lat is None) != (lon is None):
        raise cells.CellError("lat" if lat is None else "lon", _("Il faut la latitude et la longitude."))
    point = cells.point(lat, lon)
    if lat is not None and point is None:
        raise cells.CellError("lat", _("Ces coordonnées ne sont pas au Québec."))
    if "offers" in row or "codes" in row:
        sheet.offers = offers(row.get("offers", ""), row.get("codes", ""))
    if "areas" in row:
        sheet.areas = areas(row["areas"])
    if "purposes" in row:
        sheet.purposes = known("purposes", row["purposes"], purpose_labels())
    if "certifications" in row:
        sheet.certifications = known("certifications", row["certifications"], certification_labels())
    if "contact_name" in row:
        sheet.contacts = contacts(row)
    sheet.locate(gazetteer, town, point, "lat")
    return sheet


def parts(value: str) -> list[str]:
    return [part for part in (" ".join(part.split()) for part in re.split(r"[|\n]", value)) if part]


def offers(titles: str, unspsc: str) -> list[OfferLine]:
    """« service: Traiteur | location: Salle » with « 90101603 90101604 | 80131502 »: one group of codes per offer."""
    lines = parts(cells.text("offers", titles, 5000, lines=True))
    groups = re.split(r"[|\n]", cells.text("codes", unspsc, 2000, lines=True)) if unspsc.strip() else []
    if len(groups) > len(lines):
        if lines:
            raise cells.CellError(
                "codes",
                _("Il y a %(codes)s groupes de codes pour %(offers)s offres.")
                % {"codes": len(groups), "offers": len(lines)},
            )
        raise cells.CellError(
            "codes", _("Ces codes n’ont pas d’offre : nommez-la dans la colonne « offres ».")
        )
    found = []
    for index, line in enumerate(lines):
        kind, colon, title = line.partition(":")
        known_kind = KINDS.get(fold_text(kind)) if colon else None
        title = title.strip() if known_kind else line
        if not title:
            raise cells.CellError("offers", _("Une offre n’a pas de nom."))
        group = re.split(r"[;,]| (?=[0-9]{8}\b)", groups[index]) if index < len(groups) else []
        codes = tuple(dict.fromkeys(cells.unspsc("codes", code) for code in group if code.strip()))
        found.append(OfferLine(known_kind or Offer.Kind.SERVICE, cells.text("offers", title, 160), codes))
    return found


def areas(value: str) -> list[tuple[str, str]]:
    """« Mauricie | Les Chenaux », « tout le Québec », « 04 »: a region by code or name, an MRC by name."""
    names = territory_names()
    found: list[tuple[str, str]] = []
    for part in parts(cells.text("areas", value, 3000, lines=True)):
        area = names.get(
            fold_text(re.sub(r"^\s*MRC\s+(de |d[’']|des |du |de la )?", "", part, flags=re.IGNORECASE))
        )
        area = area or names.get(fold_text(part))
        if area is None:
            raise cells.CellError(
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


def known(column: str, value: str, choices: dict[str, str]) -> list[str]:
    """Codes for « integration-travail | Environnement »: each part a code or a label of ours."""
    by_name = {fold_text(str(label)): code for code, label in choices.items()} | {
        fold_text(c): c for c in choices
    }
    found = []
    for part in parts(cells.text(column, value, 2000, lines=True)):
        code = by_name.get(fold_text(part))
        if code is None:
            raise cells.CellError(
                column, _("« %(value)s » n’est pas dans la liste de cette colonne.") % {"value": part[:60]}
            )
        found.append(code)
    return sorted(dict.fromkeys(found))


def sector(column: str, value: str) -> str | None:
    """« 72 », « 722320 », « 31-33 » or the sector's label."""
    value = cells.text(column, value, 160)
    if not value:
        return None
    choices = sector_names()
    digits = re.match(r"[0-9]{2}", value)
    code = SECTOR_SPANS.get(digits[0], digits[0]) if digits else None
    if code is None:
        code = {fold_text(str(label)): code for code, label in choices.items()}.get(fold_text(value))
    if code not in choices:
        raise cells.CellError(column, _("« %(value)s » n’est pas un secteur SCIAN.") % {"value": value[:40]})
    return code


def contacts(row: dict[str, str]) -> list[ContactLine]:
    name = cells.text("contact_name", row["contact_name"], 120)
    title = cells.text("contact_title", row.get("contact_title", ""), 120)
    email = cells.email("contact_email", row.get("contact_email", ""))
    phone = cells.phone("contact_phone", row.get("contact_phone", ""))
    public = cells.yes_or_no("contact_public", row.get("contact_public", ""))
    if not name:
        if title or email or phone:
            raise cells.CellError("contact_name", _("Il faut le nom de la personne-ressource."))
        return []
    return [ContactLine(name, title, email, phone, public)]


SEAT = {
    "address": lambda column, value: cells.text(column, value, 255),
    "town": lambda column, value: cells.text(column, value, 120),
    "postal_code": cells.postal_code,
    "email": cells.email,
    "phone": cells.phone,
    "website": cells.website,
}
PROFILE = {
    "activity": ("activity", lambda column, value: cells.text(column, value, 5000, lines=True)),
    "sector": ("sector_id", sector),
    "staff_count": ("staff_count", cells.integer),
    "capacity": ("capacity", cells.integer),
}
LISTING = FileMapping(
    code="maillage",
    columns={fold_text(header).replace(" ", ""): key for key, header in PRINTED.items()} | ALSO,
    required=("neq", "name", "form"),
    printed=PRINTED,
    source=Supplier.Source.FILE,
    status=Status.DRAFT,
    read=read,
)

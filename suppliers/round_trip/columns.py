"""The tabs and the columns of the workbook: how each is written, read again, and known not to have changed.

The first column of a row is its version: a keyed digest of each of its cells as it left (docs/adr/0042). Nothing of it is
kept here, and no value can be read from it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.classification.labels import certification_labels, purpose_labels
from marketplace.territories.labels import mrcs_by_code, region_names
from suppliers.cells import (
    CellError,
    parse_email,
    parse_integer,
    parse_legal_form,
    parse_phone,
    parse_postal_code,
    parse_price,
    parse_text,
    parse_unspsc,
    parse_website,
    parse_yes_or_no,
)
from suppliers.importing.areas import parse_areas
from suppliers.importing.listing import KINDS, parse_known_codes, parse_name, parse_sector
from suppliers.models import Contact, CriterionAnswer, Finding, Offer, Supplier

DIGEST = 6  # bytes of each cell's digest
Read = Callable[[Any], str]
Parse = Callable[[str, str], Any]


@dataclass(frozen=True)
class Column:
    """`parse` None: to be read only. `target` is the column of the model, empty where it is none of its own."""

    key: str
    header: str | Promise
    read: Read
    parse: Parse | None = None
    target: str = ""


@dataclass(frozen=True)
class Tab:
    """`mark` heads the column of versions, and tells which tab it is, in any language. `id_header`: the row's own number."""

    mark: str
    title: str | Promise
    id_header: str | Promise
    columns: tuple[Column, ...]

    @property
    def is_listing(self) -> bool:
        return self.mark == LISTINGS

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


LISTINGS, OFFERS, CONTACTS = "maillage-fiches", "maillage-offres", "maillage-personnes"


def plain(text: str) -> str:
    """As a spreadsheet may bring it back: blanks and line ends aside, and the apostrophe that keeps it from computing."""
    lines = [" ".join(line.split()) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    text = "\n".join(lines).strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def version_of(tab: Tab, pk: int, texts: dict[str, str]) -> str:
    return urlsafe_b64encode(
        b"".join(_digest(tab, pk, column.key, texts[column.key]) for column in tab.columns)
    ).decode()


def seen_digests(tab: Tab, version: str) -> dict[str, bytes]:
    """By column; empty where the version was lost or was made for other columns: each difference is then a question."""
    try:
        raw = urlsafe_b64decode(version.strip())
    except ValueError:
        return {}
    if len(raw) != DIGEST * len(tab.columns):
        return {}
    return {column.key: raw[n * DIGEST : (n + 1) * DIGEST] for n, column in enumerate(tab.columns)}


def _digest(tab: Tab, pk: int, key: str, text: str) -> bytes:
    made = salted_hmac("returned sheet", f"{tab.mark}\n{pk}\n{key}\n{plain(text)}", algorithm="sha256")
    return made.digest()[:DIGEST]


def digest_text(tab: Tab, pk: int, key: str, text: str) -> str:
    """What a page carries of the value that it showed."""
    return urlsafe_b64encode(_digest(tab, pk, key, text)).decode()


def same_digest(seen: bytes, tab: Tab, pk: int, key: str, text: str) -> bool:
    return seen == _digest(tab, pk, key, text)


# -- reading and parsing ---------------------------------------------------------------------------------------------


def _of(name: str) -> Read:
    return lambda row: "" if getattr(row, name) is None else str(getattr(row, name))


def _of_organisation(name: str) -> Read:
    return lambda supplier: (
        "" if getattr(supplier.organisation, name) is None else str(getattr(supplier.organisation, name))
    )


def _text(limit: int, *, lines: bool = False) -> Parse:
    return lambda column, text: parse_text(column, text, limit, lines=lines)


def _parse_day(column: str, text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise CellError(column, _("Une date s’écrit comme 2027-03-31.")) from None


def _form_text(supplier: Supplier) -> str:
    """In French, whoever reads: the same listing leaves as the same text."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(supplier.form.label) if supplier.form else ""


def _parse_form(column: str, text: str) -> str:
    return parse_legal_form(column, text, "").value if text.strip() else ""


def _parse_kind(column: str, text: str) -> str:
    kind = KINDS.get(text.strip().lower())
    if kind is None:
        raise CellError(column, _("Écrivez bien, service ou location."))
    return str(kind)


def _parse_codes(column: str, text: str) -> list[str]:
    parts = [
        part
        for part in text.replace("|", ",").replace(";", ",").replace("\n", ",").split(",")
        if part.strip()
    ]
    return sorted({parse_unspsc(column, part) for part in parts})


def _parse_title(column: str, text: str) -> str:
    title = parse_text(column, text, 160)
    if not title:
        raise CellError(column, _("Une offre n’a pas de nom."))
    return title


def _parse_days(column: str, text: str) -> int | None:
    days = parse_integer(column, text)
    if days is not None and days > 32_000:
        raise CellError(column, _("Ce nombre est trop grand."))
    return days


def _areas_text(supplier: Supplier) -> str:
    """Names that `parse_areas` reads again."""
    said = []
    for area in supplier.served_areas.all():
        if area.offer_id is None:
            mrc, region = mrcs_by_code().get(area.mrc_id or ""), region_names().get(area.region_id or "")
            said.append(f"MRC {mrc.name}" if mrc else region or "Québec")
    return " | ".join(sorted(said))


def _parse_areas(column: str, text: str) -> list[tuple[str, str]]:
    return sorted(parse_areas(text, column))


def _known(labels: Callable[[], dict[str, str]]) -> Parse:
    return lambda column, text: parse_known_codes(column, text, labels())


def _criterion(number: int) -> Read:
    def read(supplier: Supplier) -> str:
        answer: CriterionAnswer | None = next(
            (one for one in supplier.answers.all() if one.criterion == number), None
        )
        if answer is None:
            return ""
        found = str(Finding(answer.state).label) if answer.state else ""
        return f"{found}\u00a0: {answer.text}" if found and answer.text else found or answer.text

    return read


FICHE = Tab(
    LISTINGS,
    gettext_lazy("Fiches"),
    gettext_lazy("Fiche"),
    (
        Column("name", gettext_lazy("Nom"), _of_organisation("name"), parse_name, "name"),
        Column("neq", gettext_lazy("NEQ (à lire)"), _of_organisation("neq")),
        Column("status", gettext_lazy("État (à lire)"), lambda row: str(row.get_status_display())),
        Column("form", gettext_lazy("Forme juridique"), _form_text, _parse_form, "legal_form"),
        Column("activity", gettext_lazy("Activité"), _of("activity"), _text(5000, lines=True), "activity"),
        Column("sector", gettext_lazy("Secteur (SCIAN)"), _of("sector_id"), parse_sector, "sector_id"),
        Column("address", gettext_lazy("Adresse"), _of_organisation("address"), _text(255), "address"),
        Column("town", gettext_lazy("Ville"), _of_organisation("town"), _text(120), "town"),
        Column("postal_code", gettext_lazy("Code postal"), _of_organisation("postal_code"), parse_postal_code, "postal_code"),
        Column("mrc", gettext_lazy("MRC (à lire)"), lambda row: row.organisation.mrc.name if row.organisation.mrc else ""),
        Column("region", gettext_lazy("Région (à lire)"), lambda row: region_names().get(row.organisation.region_id or "", "")),
        Column("email", gettext_lazy("Courriel"), _of_organisation("email"), parse_email, "email"),
        Column("phone", gettext_lazy("Téléphone"), _of_organisation("phone"), parse_phone, "phone"),
        Column("website", gettext_lazy("Site Web"), _of_organisation("website"), parse_website, "website"),
        Column("hours", gettext_lazy("Heures d’ouverture"), _of("hours"), _text(160), "hours"),
        Column("staff_count", gettext_lazy("Nombre de personnes"), _of("staff_count"), parse_integer, "staff_count"),
        Column("capacity", gettext_lazy("Capacité par contrat ($)"), _of("capacity"), parse_integer, "capacity"),
        Column("people_served", gettext_lazy("Personnes servies ou accompagnées"), _of("people_served"), _text(160), "people_served"),
        Column("insured_for", gettext_lazy("Assurance responsabilité civile ($)"), _of("insured_for"), parse_integer, "insured_for"),
        Column("insured_until", gettext_lazy("Assurée jusqu’au (AAAA-MM-JJ)"), _of("insured_until"), _parse_day, "insured_until"),
        Column("areas", gettext_lazy("Territoires desservis"), _areas_text, _parse_areas),
        Column("purposes", gettext_lazy("Finalités"), lambda row: " | ".join(sorted(one.pk for one in row.purposes.all())), _known(purpose_labels)),
        Column("certifications", gettext_lazy("Certifications"), lambda row: " | ".join(sorted(one.pk for one in row.certifications.all())), _known(certification_labels)),
        *(Column(f"c{n}", gettext_lazy("Critère (à lire)"), _criterion(n)) for n in range(1, 7)),
    ),
)  # fmt: skip
OFFER = Tab(
    OFFERS,
    gettext_lazy("Offres"),
    gettext_lazy("Offre"),
    (
        Column("listing", gettext_lazy("Entreprise (à lire)"), lambda row: row.supplier.organisation.name),
        Column("kind", gettext_lazy("Type (bien, service, location)"), lambda row: next(word for word, kind in KINDS.items() if kind == row.kind), _parse_kind, "kind"),
        Column("title", gettext_lazy("Offre (nom)"), _of("title"), _parse_title, "title"),
        Column("description", gettext_lazy("Description"), _of("description"), _text(5000, lines=True), "description"),
        Column("codes", gettext_lazy("Codes UNSPSC"), lambda row: ", ".join(sorted(code.pk for code in row.codes.all())), _parse_codes),
        Column("capacity", gettext_lazy("Capacité par contrat ($)"), _of("capacity"), parse_integer, "capacity"),
        Column("output", gettext_lazy("Volume"), _of("output"), _text(80), "output"),
        Column("lead_days", gettext_lazy("Délai habituel (jours)"), _of("lead_days"), _parse_days, "lead_days"),
        Column("minimum_order", gettext_lazy("Commande minimale"), _of("minimum_order"), _text(80), "minimum_order"),
        Column("price_from", gettext_lazy("Prix, à partir de ($)"), _of("price_from"), parse_price, "price_from"),
        Column("price_to", gettext_lazy("Prix, jusqu’à ($)"), _of("price_to"), parse_price, "price_to"),
        Column("unit", gettext_lazy("Unité"), _of("unit"), _text(40), "unit"),
    ),
)  # fmt: skip
CONTACT = Tab(
    CONTACTS,
    gettext_lazy("Personnes-ressources"),
    gettext_lazy("Personne"),
    (
        Column("listing", gettext_lazy("Entreprise (à lire)"), lambda row: row.supplier.organisation.name),
        Column("name", gettext_lazy("Nom"), _of("name"), lambda column, text: parse_name(column, text)[:120], "name"),
        Column("title", gettext_lazy("Fonction"), _of("title"), _text(120), "title"),
        Column("email", gettext_lazy("Courriel"), _of("email"), parse_email, "email"),
        Column("phone", gettext_lazy("Téléphone"), _of("phone"), parse_phone, "phone"),
        Column("is_public", gettext_lazy("Affichée au public (oui, non)"), lambda row: "oui" if row.is_public else "non", parse_yes_or_no, "is_public"),
    ),
)  # fmt: skip
TABS = (FICHE, OFFER, CONTACT)
MODELS: dict[str, Any] = {LISTINGS: Supplier, OFFERS: Offer, CONTACTS: Contact}


def header_of(column: Column) -> str:
    """« Critère 3 (à lire) »."""
    if column.key in {f"c{n}" for n in range(1, 7)}:
        return _("Critère %(n)s (à lire)") % {"n": column.key[1:]}
    return str(column.header)


def headers_of(tab: Tab) -> list[str]:
    """Of the workbook: version, listing, own number where it is another, columns."""
    own = [] if tab.is_listing else [str(tab.id_header)]
    return [tab.mark, str(FICHE.id_header), *own, *(header_of(column) for column in tab.columns)]


def texts_of(tab: Tab, row: Any) -> dict[str, str]:
    return {column.key: column.read(row) for column in tab.columns}


def rows_of(tab: Tab, suppliers: Sequence[Supplier]) -> list[Any]:
    """The rows of a tab, of suppliers that `whole` has fetched."""
    if tab.is_listing:
        return list(suppliers)
    related = "offers" if tab.mark == OFFERS else "contacts"
    found = []
    for supplier in suppliers:
        for row in getattr(supplier, related).all():
            row.supplier = supplier
            found.append(row)
    return sorted(found, key=lambda row: (row.supplier.organisation.name.casefold(), row.supplier_id, row.pk))


def whole(rows: Any) -> Any:
    """A queryset of suppliers with all that the tabs read: a fixed number of statements."""
    return rows.select_related("organisation__mrc", "sector").prefetch_related(
        "purposes", "certifications", "served_areas", "offers__codes", "contacts", "answers"
    )

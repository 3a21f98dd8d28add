"""Files to import, and what they hold unless a test says otherwise."""

import csv
import io
from pathlib import Path

from suppliers.importing.importer import import_suppliers
from suppliers.importing.report import ImportReport
from suppliers.models import Supplier
from tests import factories

REGISTRY = (
    "NEQ,NomEntreprise,Adresse,Municipalite,Adresse_Lign3,CodePostal,SecteurActivite,FormeJuridique,lat,long"
)
GOOD = {
    "neq": "1160000001",
    "nom": "Ressourcerie de l’Énergie",
    "forme": "coop de solidarité",
    "activite": "Collecte et vente de meubles usagés",
    "adresse": "12, rue Principale",
    "ville": "Shawinigan",
    "code_postal": "g9n 1a1",
    "courriel": "info@ressourcerie.example",
    "telephone": "819 555-0188",
    "site": "www.ressourcerie.example",
    "secteur": "44-45",
    "effectif": "18",
    "capacite": "120 000 $",
    "offres": "bien: Meubles usagés | Collecte à domicile",
    "codes_unspsc": "56101500, 56101700 | 76121500",
    "territoires": "Mauricie | Drummond",
    "finalites": "environnement | Insertion en emploi",
    "certifications": "ISO 14001 (management environnemental)",
    "contact_nom": "Maude Archambault",
    "contact_courriel": "maude@ressourcerie.example",
}


def listing_text(*rows: dict[str, str], only: list[str] | None = None) -> str:
    """A pôle's listing, one dict per row over `GOOD`."""
    out = io.StringIO()
    columns = only or list(dict.fromkeys([*GOOD, *(key for row in rows for key in row)]))
    writer = csv.DictWriter(out, columns, delimiter=";", extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow({**GOOD, **row})
    return out.getvalue()


def load(path: Path, mapping: str = "maillage", **options) -> ImportReport:
    return import_suppliers(path=path, mapping=mapping, by=None, **options)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, len(report.rejected)


def supplier(neq: str = GOOD["neq"]) -> Supplier:
    return Supplier.objects.select_related("organisation").get(organisation__neq=neq)


POLE_HEADER = "NomEntreprise,Adresse,Municipalite,CodePostal,SiteWeb,Telephone,Contact,Description"


def load_pole_list(path: Path) -> ImportReport:
    return load(path, pole=factories.pole("mauricie"))


def named(name: str) -> Supplier:
    return Supplier.objects.select_related("organisation").get(organisation__name=name)

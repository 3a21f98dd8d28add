"""A pôle's own list, without NEQ nor legal form, imported as a real one is: what « NEQ à confirmer » shows in the demo."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from marketplace.territories.models import Pole
from marketplace.web.folding import fold_text
from suppliers.importing.importer import import_suppliers
from suppliers.models import Status, Supplier

from .naming import own_part

POLE = "mauricie"
HEADER = ("NomEntreprise", "Municipalite", "CodePostal", "Telephone", "Description")
PROSPECTS, LISTED = 7, 9  # of the rows that the registry has, so many at most nobody has approached
#: Enterprises that the registry of the demo does not have.
UNKNOWN = (
    ("Atelier Quinquet", "Shawinigan", "", "819 555-0171", "Lampes et petits meubles remis à neuf"),
    ("Les Bocaux d’Adèle", "St-Tite", "", "819 555-0172", "Conserves et repas à emporter"),
    ("Groupe scout de la Presqu’île", "Trois-Rivières", "", "819 555-0173", ""),
    ("Syndicat des copropriétaires du Ruisseau", "Shawinigan", "", "819 555-0174", ""),
)
SHORTER = (
    ("Coopérative", "Coop"),
    ("Saint-", "St-"),
    ("Sainte-", "Ste-"),
    ("Centre de la petite enfance", "CPE"),
)


def seed_pole_list(*, rng: random.Random) -> None:
    """Some prospects of Mauricie and some published enterprises, as their pôle writes them, and some that nobody knows."""
    here = Supplier.objects.filter(organisation__region="04", organisation__neq__isnull=False)
    known = here.select_related("organisation").order_by("organisation__neq")
    chosen = list(known.filter(status=Status.PROSPECT, source=Supplier.Source.REGISTRY)[:PROSPECTS])
    chosen += known.filter(status=Status.PUBLISHED)[3 : 3 + LISTED - len(chosen)]  # the first is the member's
    rows = [
        (retyped_name(supplier.organisation.name, rng), supplier.organisation.town if rng.random() < 0.8 else "",
         supplier.organisation.postal_code if rng.random() < 0.5 else "", f"819 555-01{60 + n}", supplier.activity)
        for n, supplier in enumerate(chosen)
    ]  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder, "liste-du-pole.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows, *UNKNOWN])
        report = import_suppliers(
            path=path, mapping="maillage", by=None, pole=Pole.objects.get(pk=POLE), name="liste-du-pole.csv"
        )
    if report.rejected:
        raise RuntimeError(str(report.rejected[0]))


def retyped_name(name: str, rng: random.Random) -> str:
    """As a list has it: short words for long ones, or capitals without accents, or the first words."""
    way = rng.randrange(3)
    if way == 0:
        for long, short in SHORTER:
            name = name.replace(long, short)
        return name
    if way == 1:
        return fold_text(name).upper()
    words = own_part(name).split()
    return " ".join(words[:4]) if len(words) > 4 and words[3][0].isupper() else f"{name} inc."

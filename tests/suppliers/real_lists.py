"""A list as a pôle keeps it: a title above the header, forms as people write them, towns misspelt, no NEQ, a second tab of notes."""

import io
import random

from openpyxl import Workbook

REAL_HEADER = (
    "Nom de l’organisme", "Forme juridique", "Municipalité", "CP", "Tél.", "Courriel", "Personne-ressource", "Activités",
    "Territoire desservi", "Notes internes",
)  # fmt: skip
FORMS = (
    "O.B.N.L.",
    "OBNL",
    "osbl",
    "Coop de solidarité",
    "Coop trav.",
    "Coopérative",
    "Org. comm.",
    "À voir",
    "",
)
TOWNS = (
    "Trois-Rivières",
    "Trois-Rivieres",
    "SHAWINIGAN",
    "La Tuque",
    "Louiseville",
    "St-Tite",
    "Maskinongé",
    "",
)
KINDS = (
    "Ressourcerie",
    "Cuisine collective",
    "Atelier",
    "Maison des jeunes",
    "Ferme",
    "Friperie",
    "Théâtre",
    "Café",
)
AREAS = ("Mauricie", "MRC de Maskinongé", "Tout le Québec", "")


def real_rows(rows, seed=14):
    rng = random.Random(seed)
    for n in range(rows):
        kind = KINDS[n % len(KINDS)]
        yield [
            f"{kind} du rang {n + 1}", rng.choice(FORMS), rng.choice(TOWNS), rng.choice(("G9A 1A1", "g9n1a1", "")),
            f"819 555-{rng.randrange(100, 200):04d}", f"info{n}@exemple.test" if n % 3 else "s. o.",
            "Maude Archambault" if n % 5 == 0 else "", f"{kind} ouverte à tous", rng.choice(AREAS), "rappeler",
        ]  # fmt: skip


def real_list(rows):
    """The bytes of the workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Membres")
    sheet.append(["Répertoire des entreprises d’économie sociale de la Mauricie"])
    sheet.append(["Mis à jour en septembre 2026"])
    sheet.append([])
    sheet.append(list(REAL_HEADER))
    for row in real_rows(rows):
        sheet.append(row)
    notes = book.create_sheet("À faire")
    notes.append(["Appeler Nadia"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

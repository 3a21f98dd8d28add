"""Imports from the page, in the states that staff meet: one done, one taken back, one that waits with something to put right."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.accounts.models import User
from marketplace.territories.models import Pole
from marketplace.web.private_files.tables import check_table
from marketplace.web.spreadsheets import write_csv
from suppliers.import_jobs.deposit import choose_columns, deposit_import, run_import, undo_import
from suppliers.import_jobs.running import advance_import
from suppliers.models import SupplierImport

HEADER = (
    "Nom de l’organisme",
    "Forme juridique",
    "Municipalité",
    "Téléphone",
    "Activités",
    "Territoire desservi",
)
DONE = (
    ("Le Petit Rabot", "O.B.N.L.", "Shawinigan", "819 555-0181", "Bancs et tables de parc", "Mauricie"),
    ("Coop La Récolte d’Irène", "coop de solidarité", "Louiseville", "819 555-0182", "Légumes et conserves", "Mauricie"),
    ("Atelier Grand Fil", "osbl", "Trois-Rivieres", "819 555-0183", "Réparation de vêtements de travail", "Tout le Québec"),
    ("Les Mains vertes de Mékinac", "OBNL", "Saint-Tite", "s. o.", "Entretien de terrains", "MRC de Mékinac"),
)  # fmt: skip
UNDONE = (
    ("Café du Vieux Quai", "OBNL", "Trois-Rivières", "", "Repas et salle", ""),
    ("Friperie du Parc", "OBNL", "Shawinigan", "", "Vêtements usagés", ""),
)
WAITING = (
    ("Ressourcerie des Bois-Francs", "Org. comm.", "Shawinigan", "819 555-0184", "Meubles usagés", "Mauricie"),
    ("Cuisine Tante Alma", "Org. comm.", "La Tuque", "819 555-0185", "Repas livrés", "Haute-Batiscanie"),
    ("Le Petit Rabot", "O.B.N.L.", "Shawinigan", "819 555-0199", "Bancs, tables et abribus", "Mauricie"),
    ("Bistro L’Escale", "incorporée", "Louiseville", "555", "Traiteur", ""),
)  # fmt: skip


def seed_imports(*, staff: User) -> None:
    """Before the triage, which would meet what they bring."""
    done = _brought("membres-2026.csv", DONE, staff)
    _run(done, staff)
    undone = _brought("anciens-membres.csv", UNDONE, staff)
    _run(undone, staff)
    undo_import(job=undone, by=staff)
    advance_import(undone.pk)
    _brought("membres-automne.csv", WAITING, staff)


def _brought(name: str, rows: tuple[tuple[str, ...], ...], by: User) -> SupplierImport:
    upload = check_table(SimpleUploadedFile(name, write_csv([HEADER, *rows])))
    job = deposit_import(upload=upload, pole=Pole.objects.get(pk="mauricie"), by=by)
    choose_columns(job=job, columns=job.columns, by=by)
    advance_import(job.pk)
    job.refresh_from_db()
    return job


def _run(job: SupplierImport, by: User) -> None:
    run_import(job=job, revision=job.revision, by=by)
    advance_import(job.pk)
    job.refresh_from_db()

"""Seeded registrations in Mauricie: three to decide, one sent back, one that the demo's member has to finish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.text import slugify

from marketplace.accounts.models import Organisation, User
from marketplace.territories.models import Mrc
from suppliers.criteria import Found, record_findings
from suppliers.curation import DecisionNote, return_supplier
from suppliers.editing import (
    add_evidence,
    save_activity,
    save_answer,
    save_delivery,
    save_identity,
    save_offer,
)
from suppliers.models import CriterionAnswer, Decision, Finding, Registration, Supplier
from suppliers.registration.verbs import DECLARATION, begin_registration, submit_registration

from .papers import pdf

#: Between the enterprises, which count up from 1199000000, and the buyers, which count down from 1199999999.
FIRST_NEQ = 1_199_990_000


@dataclass(frozen=True)
class Sketch:
    """One enterprise that registers. `proved` are the criteria with a document, `days` how long it waits."""

    name: str
    form: str
    mrc: str
    town: str
    person: tuple[str, str, str]
    activity: str
    sector: str
    purposes: tuple[str, ...]
    offers: tuple[tuple[str, str, str], ...]
    proved: tuple[int, ...]
    days: int


ANSWERS = (
    "Nous offrons du travail et un service de proximité aux gens du quartier qui en ont le plus besoin.",
    "Sept personnes siègent au conseil, toutes élues par les membres. Aucun siège ne revient à un organisme public.",
    "Un vote par membre, assemblée annuelle chaque mai. 112 membres en règle.",
    "Nos ventes font 68 % de nos revenus; nous avons trois mois de réserve.",
    "Les surplus vont à une réserve et à l’équipement. Nos règlements interdisent de les distribuer.",
    "L’article 9 de nos lettres patentes remet les biens à un organisme aux buts semblables de la région.",
)
PAPERS = {
    1: (
        "lettres-patentes.pdf",
        "Lettres patentes",
        "Objets : répondre aux besoins des membres et du milieu.",
    ),
    2: ("conseil.pdf", "Conseil d’administration", "Sept personnes élues par les membres."),
    3: (
        "reglements-generaux.pdf",
        "Règlements généraux",
        "Article 14. Chaque membre en règle a droit à un seul vote.",
    ),
    4: ("etats-financiers.pdf", "États financiers", "Ventes : 412 000 $. Total des produits : 606 000 $."),
    5: ("reglements-surplus.pdf", "Règlements généraux", "Article 22. Aucun surplus n’est distribué."),
    6: ("dissolution.pdf", "Lettres patentes", "Article 9. Le reliquat est remis à un organisme semblable."),
}
SENT = (
    Sketch(
        "Cuisine collective du Cap", "obnl", "371", "Trois-Rivières", ("Sylvain", "Tremblay", "cuisine"),
        "Repas préparés et traiteur pour réunions et événements, cuisinés par des personnes en parcours d’insertion.",
        "72", ("insertion",), (("Traiteur pour réunions", "90101600", "service"), ("Boîtes à lunch", "90101600", "good")),
        (1, 2, 3, 4, 5), 6,
    ),
    Sketch(
        "Coopérative Vélo des Chutes", "coop_solidarite", "36", "Shawinigan", ("Josée", "Caron", "velo"),
        "Entretien de flottes de vélos et livraison sans essence dans le centre-ville.",
        "48", ("environnement",), (("Livraison de colis à vélo", "78101800", "service"),),
        (1, 2, 3, 4, 5, 6), 2,
    ),
    Sketch(
        "Les Ateliers Tournesol", "obnl", "371", "Trois-Rivières", ("Marc", "Gélinas", "tournesol"),
        "Mobilier et jouets en bois récupéré, fabriqués par des personnes en parcours d’insertion.",
        "31", ("insertion", "environnement"), (("Mobilier de bureau en bois", "56101700", "good"),),
        (3,), 0,
    ),
)  # fmt: skip
RETURNED = Sketch(
    "Répit et compagnie Mauricie", "obnl", "51", "Louiseville", ("Nicole", "Boucher", "repit"),
    "Répit à domicile pour les proches aidants, le jour, le soir et la fin de semaine.",
    "62", ("sante",), (("Répit à domicile", "85101600", "service"),), (1, 2, 4), 4,
)  # fmt: skip
UNFINISHED = Sketch(
    "Récolte Les Trois Rives", "coop_travail", "371", "Trois-Rivières", ("", "", ""),
    "Fruits et légumes de proximité, lavés et portionnés pour les cuisines.", "11", (), (), (), 1,
)  # fmt: skip


def seed_registrations(*, member: User, staff: User) -> int:
    """Write them through the doors that people use; returns how many. None where their NEQs are taken."""
    if Organisation.objects.filter(neq__gte=str(FIRST_NEQ), neq__lte=str(FIRST_NEQ + len(SENT) + 1)).exists():
        return 0
    for number, sketch in enumerate(SENT):
        _sent(sketch, str(FIRST_NEQ + number))
    supplier = _sent(RETURNED, str(FIRST_NEQ + len(SENT)))
    _ask_for_more(supplier, staff)
    draft = begin_registration(neq=str(FIRST_NEQ + len(SENT) + 1), by=member)
    _identity(draft, UNFINISHED, member)
    save_activity(
        supplier=draft, by=member, values={"activity": UNFINISHED.activity, "sector_id": UNFINISHED.sector}
    )
    return len(SENT) + 2


def _sent(sketch: Sketch, neq: str) -> Supplier:
    first, last, box = sketch.person
    person = User.objects.create(
        email=f"{box}@demo.example",
        first_name=first,
        last_name=last,
        password=make_password("maillage-demo" if settings.DEMO else None),
    )
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    supplier = begin_registration(neq=neq, by=person)
    _identity(supplier, sketch, person)
    values = {"activity": sketch.activity, "sector_id": sketch.sector, "staff_count": 14}
    save_activity(supplier=supplier, by=person, values=values, purposes=sketch.purposes, certifications=[])
    for title, code, kind in sketch.offers:
        save_offer(supplier=supplier, by=person, values={"title": title, "kind": kind}, codes=[code])
    save_delivery(supplier=supplier, by=person, capacity=60_000, areas=["R04"])
    for number, text in enumerate(ANSWERS, 1):
        save_answer(supplier=supplier, by=person, criterion=number, text=text)
        if number in sketch.proved:
            name, title, line = PAPERS[number]
            paper = SimpleUploadedFile(name, pdf(title, [sketch.name, line]), "application/pdf")
            add_evidence(supplier=supplier, by=person, criterion=number, upload=paper)
    submit_registration(supplier=supplier, by=person, declaration=str(DECLARATION))
    since = timezone.now() - timedelta(days=sketch.days)
    Supplier.objects.filter(pk=supplier.pk).update(status_changed_at=since)
    Decision.objects.filter(supplier=supplier).update(at=since)
    Registration.objects.filter(supplier=supplier).update(started_at=since, declared_at=since)
    return Supplier.objects.get(pk=supplier.pk)


def _identity(supplier: Supplier, sketch: Sketch, person: User) -> None:
    mrc = Mrc.objects.get(pk=sketch.mrc)
    save_identity(
        supplier=supplier,
        by=person,
        values={
            "name": sketch.name,
            "legal_form": sketch.form,
            "town": sketch.town,
            "mrc_id": mrc.pk,
            "region_id": mrc.region_id,
            "lat": mrc.lat,
            "lon": mrc.lon,
        },
        contact={"name": "", "email": f"info@{slugify(sketch.name)}.example", "phone": "819 555-0140"},
    )


def _ask_for_more(supplier: Supplier, staff: User) -> None:
    """What the pôle has found so far, and its question about the last criterion."""
    notes = {6: "Il manque la clause qui dit à qui iraient les biens en cas de dissolution."}
    given = {
        answer.criterion: Found(
            Finding.INCOMPLETE if answer.criterion in notes else Finding.PROVED,
            notes.get(answer.criterion, ""),
            answer.answered_at,
        )
        for answer in CriterionAnswer.objects.filter(supplier=supplier)
        if answer.criterion in (1, 2, 4, 6)
    }
    record_findings(supplier=supplier, by=staff, findings=given)
    return_supplier(
        supplier=supplier,
        by=staff,
        note=DecisionNote(
            "Bonjour Nicole, il manque la clause de dissolution. Avez-vous une modification aux lettres patentes?"
        ),
    )

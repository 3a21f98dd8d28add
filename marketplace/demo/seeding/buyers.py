"""Seeded buyers: invented institutions in real MRCs and regions (`data/buyers.json`), with their profiles.

No town, MRC, school service centre, health body, college or ministry of these names exists: what they buy here is said of
nobody. They stand in a real MRC, for territories, distances and the pôles that cover them are real.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from django.utils.text import slugify

from buyers.models import Buyer
from marketplace.accounts.models import Organisation
from marketplace.web.typography import NB

from .addresses import PopulatedTown, regional_phone
from .seed_data import read_seed_data

KINDS = Buyer.Kind


@dataclass(frozen=True)
class InventedBuyer:
    """`people`: who lives in the territory, or studies or works in the institution; None where nobody counts."""

    kind: str
    name: str
    town: str
    mrc: str | None
    region: str
    people: int | None


#: The first one is where the demo's buyer works.
BUYERS: tuple[InventedBuyer, ...] = tuple(InventedBuyer(*row) for row in read_seed_data("buyers.json"))
PEOPLE = {buyer.name: buyer.people for buyer in BUYERS}
STREETS = (
    "rue de l’Hôtel-de-Ville",
    "rue Principale",
    "rue de l’Église",
    "chemin du Moulin",
    "avenue des Saules",
)
#: What each kind says of itself; {people} is filled in.
PRESENTATIONS = {
    KINDS.MUNICIPALITY: "{people} personnes habitent ici. Nous achetons surtout des services d’entretien, de loisirs et de voirie, "
    "et nous consultons le marché local avant chaque appel d’offres.",
    KINDS.MRC: "Nous servons {people} personnes : matières résiduelles, transport collectif, évaluation et développement du territoire.",
    KINDS.SCHOOL: "Nos écoles et nos centres accueillent {people} élèves. Repas, mobilier, entretien et transport font l’essentiel de nos achats.",
    KINDS.HEALTH: "{people} personnes y travaillent. Buanderie, repas, entretien et soutien à domicile sont achetés pour toutes nos installations.",
    KINDS.CEGEP: "{people} étudiantes et étudiants. Notre politique d’achat responsable demande d’inviter au moins une entreprise d’économie sociale.",
    KINDS.UNIVERSITY: "{people} étudiantes et étudiants. Nos achats sont regroupés par le service de l’approvisionnement.",
    KINDS.MINISTRY: "Nos directions régionales achètent près d’où elles servent. Les appels d’offres publics paraissent dans SEAO.",
    KINDS.STATE_ENTERPRISE: "Nous gérons des haltes et des parcs au bord de l’eau, dans sept régions.",
    KINDS.OTHER: "Nous gérons des habitations communautaires où vivent {people} personnes.",
}
INVENTED = "Institution inventée pour la démonstration."


def seed_buyers(*, towns: list[PopulatedTown], rng: random.Random, first_neq: int) -> list[Buyer]:
    """Write the buyers; their NEQs go down from `first_neq` so that they never meet a supplier's (0: they have none)."""
    big = sorted(towns, key=lambda town: -town.weight)
    hosts = {town.region: town for town in reversed(big)} | {town.mrc: town for town in reversed(big)}
    organisations = Organisation.objects.bulk_create(
        _organisation(
            buyer, hosts.get(buyer.mrc or buyer.region, big[0]), rng, first_neq and first_neq - index
        )
        for index, buyer in enumerate(BUYERS)
    )
    return Buyer.objects.bulk_create(
        Buyer(
            organisation=organisation,
            slug=slugify(buyer.name)[:78],
            kind=buyer.kind,
            presentation=f"{_presentation(buyer)}\n\n{INVENTED}",
        )
        for organisation, buyer in zip(organisations, BUYERS, strict=True)
    )


def _organisation(buyer: InventedBuyer, host: PopulatedTown, rng: random.Random, neq: int) -> Organisation:
    """Near the host town, under a postal code of its district that Canada Post gives to nobody (it begins by 9)."""
    code = f"{host.postal_code[:3]}9{rng.choice('ABCEGHJ')}{rng.randrange(10)}"
    return Organisation(
        neq=str(neq) if neq else None,
        name=buyer.name,
        address=f"{rng.randrange(1, 900)}, {rng.choice(STREETS)}",
        town=buyer.town,
        postal_code=code,
        mrc_id=buyer.mrc,
        region_id=buyer.region,
        lat=round(host.lat + rng.uniform(-0.06, 0.06), 5),
        lon=round(host.lon + rng.uniform(-0.08, 0.08), 5),
        phone=regional_phone(rng, buyer.region, buyer.mrc),
    )


def _presentation(buyer: InventedBuyer) -> str:
    people = f"{buyer.people:,}".replace(",", NB) if buyer.people else ""
    return PRESENTATIONS[KINDS(buyer.kind)].format(people=people)

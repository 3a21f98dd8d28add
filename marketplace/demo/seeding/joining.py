"""People at the door: claims that wait in Mauricie, an institution to verify, and a team with an open invitation."""

from __future__ import annotations

from datetime import date

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from buyers.models import Buyer
from buyers.registration import register_institution
from marketplace.accounts.members import add_member, invite_member
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.territories.models import Pole
from marketplace.territories.places import current_gazetteer
from suppliers.claims import claim_supplier
from suppliers.models import Status, Supplier

from .people import PASSWORD

CLAIMANTS = (
    (
        "claire.roy",
        "Claire",
        "Roy",
        "directrice générale",
        "Je dirige l’entreprise depuis avril. La présidente du conseil peut le confirmer au numéro de la fiche.",
    ),
    (
        "yvan.cote",
        "Yvan",
        "Côté",
        "consultant",
        "Je les aide pour leurs soumissions.",
    ),
)
TOWN = "Saint-Tite"
NEQ = "1199990901"


def seed_joining(*, member: User, shop: Buyer, day: date) -> None:
    """Through the verbs that people use, so that the mails, the history and the queues are there too."""
    password = make_password(PASSWORD if settings.DEMO else None)
    mauricie = Pole.objects.get(code="mauricie")
    town = shop.organisation
    town.institution_verified_on, town.institution_verified_by = day, mauricie
    town.email_domains = ["ville.demo.example"]
    town.save(update_fields=["institution_verified_on", "institution_verified_by", "email_domains"])

    mine = Supplier.objects.get(organisation__memberships__user=member, status=Status.PUBLISHED).organisation
    colleague = _person("collegue@demo.example", "Émile", "Caron", password)
    add_member(organisation=mine, user=colleague, role=Membership.Role.EDITOR, by=member)
    invite_member(organisation=mine, email="invitee@demo.example", role=Membership.Role.EDITOR, by=member)

    sheets = (
        Supplier.objects.published()
        .filter(organisation__mrc__in=["371", "36", "51"], organisation__memberships__isnull=True)
        .order_by("pk")
    )
    for (name, first, last, function, message), sheet in zip(CLAIMANTS, sheets, strict=False):
        person = _person(f"{name}@demo.example", first, last, password)
        claim_supplier(supplier=sheet, title=function, message=message, by=person)

    if Organisation.objects.filter(neq=NEQ).exists():
        return  # a million enterprises leave no number free
    clerk = _person("greffe@saint-tite.demo.example", "Solange", "Veillette", password)
    found = current_gazetteer().resolve(TOWN)
    register_institution(
        neq=NEQ,
        kind=Buyer.Kind.MUNICIPALITY,
        place={
            "name": f"Ville de {TOWN}",
            "town": TOWN,
            "municipality_id": found.municipality,
            "mrc_id": found.mrc,
            "region_id": found.region,
            "lat": found.lat,
            "lon": found.lon,
        },
        title="greffière",
        message="Joignez-moi à l’hôtel de ville le matin.",
        by=clerk,
    )


def _person(email: str, first_name: str, last_name: str, password: str) -> User:
    person = User.objects.create(email=email, first_name=first_name, last_name=last_name, password=password)
    EmailAddress.objects.create(user=person, email=email, primary=True, verified=True)
    return person

"""Seeded people: staff for every pôle, one login per role, and those who ask to act for an organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from buyers.models import Buyer
from buyers.registration import register_institution
from marketplace.accounts.members import add_member, invite_member
from marketplace.accounts.models import Membership, Organisation, PolePost, User
from marketplace.accounts.own_domains import ask_for_domain, confirm_domain
from marketplace.territories.models import Mrc, Pole
from suppliers.claims import claim_supplier
from suppliers.models import Status, Supplier

from .seed_data import FIRST_NAMES, LAST_NAMES

#: The demo's password. Outside the demo nobody can sign in with it: the accounts get none.
PASSWORD = "maillage-demo"  # noqa: S105  # printed at start: it opens invented data only


@dataclass(frozen=True)
class Login:
    role: str
    email: str


LOGINS = (
    Login("administration de la plateforme", "admin@demo.example"),
    Login("équipe du pôle de la Mauricie", "mauricie@demo.example"),
    Login("acheteuse, Ville de Val-aux-Cèdres", "acheteuse@demo.example"),
    Login("membre d’une entreprise", "entreprise@demo.example"),
)


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
#: Invented, in Mékinac, as the other buyers are.
INSTITUTION_TOWN, INSTITUTION_MRC = "Saint-Adélard-du-Portage", "35"
INSTITUTION_NEQ = "1199990901"


#: Of the pôles whose telephones do not begin by 819.
AREA_CODES = {
    **dict.fromkeys(
        ("bas-saint-laurent", "saguenay-lac-saint-jean", "capitale-nationale", "cote-nord",
         "gaspesie-iles-de-la-madeleine", "chaudiere-appalaches"), "418",
    ),
    **dict.fromkeys(
        ("laval", "lanaudiere", "laurentides", "longueuil", "monteregie-est", "vallee-du-haut-saint-laurent"), "450"
    ),
    "montreal": "514",
}  # fmt: skip


def create_person(email: str, first_name: str, last_name: str) -> User:
    """Someone with a verified address, who can sign in with PASSWORD in the demo only."""
    person = User.objects.create(
        email=email, first_name=first_name, last_name=last_name, password=_password_hash()
    )
    EmailAddress.objects.create(user=person, email=email, primary=True, verified=True)
    return person


def _password_hash() -> str:
    return make_password(PASSWORD if settings.DEMO else None)


def seed_people(*, buyer: Buyer, supplier: Supplier) -> User:
    """Everyone who can sign in; returns the member of the enterprise."""
    password = _password_hash()
    poles = list(Pole.objects.order_by("code"))
    people = [
        User(email="admin@demo.example", first_name="Dominique", last_name="Lemay", is_superuser=True),
        User(email="acheteuse@demo.example", first_name="Chantal", last_name="Gagné"),
        User(email="entreprise@demo.example", first_name="Maude", last_name="Archambault"),
    ]
    people += [
        User(
            email=f"{pole.code}@demo.example",
            first_name=FIRST_NAMES[(index * 7) % len(FIRST_NAMES)],
            last_name=LAST_NAMES[(index * 5) % len(LAST_NAMES)],
        )
        for index, pole in enumerate(poles)
    ]
    for person in people:
        person.password = password
    User.objects.bulk_create(people)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, primary=True, verified=True) for person in people
    )
    _admin, shopper, member, *staff = people
    PolePost.objects.bulk_create(
        PolePost(user=person, pole=pole) for person, pole in zip(staff, poles, strict=True)
    )
    Membership.objects.create(user=shopper, organisation=buyer.organisation, role=Membership.Role.OWNER)
    Membership.objects.create(user=member, organisation=supplier.organisation, role=Membership.Role.OWNER)
    for pole in poles:
        pole.email = pole.email or f"equipe.{pole.code}@demo.example"
        pole.phone = pole.phone or f"{AREA_CODES.get(pole.code, '819')} 555-0100"
        pole.postal_address = pole.postal_address or "100, rue de la Démonstration, Québec (Québec) G1A 1A1"
    Pole.objects.bulk_update(poles, ["email", "phone", "postal_address"])
    return member


def _seed_domains(town: Organisation) -> None:
    """One that a pôle has confirmed, one that waits for its answer."""
    owner = User.objects.get(email="acheteuse@demo.example")
    staff = User.objects.get(email="mauricie@demo.example")
    own = ask_for_domain(organisation=town, domain="ville.demo.example", by=owner)
    confirm_domain(email_domain=own, by=staff)
    ask_for_domain(organisation=town, domain="bibliotheque-ville.demo.example", by=owner)


def seed_join_requests(*, member: User, shop: Buyer, day: date) -> None:
    """Claims that wait in Mauricie, an institution to verify, and a team with an open invitation.

    Through the verbs that people use, so that the mails, the history and the queues are there too.
    """
    mauricie = Pole.objects.get(code="mauricie")
    town = shop.organisation
    town.institution_verified_on, town.institution_verified_by = day, mauricie
    town.save(update_fields=["institution_verified_on", "institution_verified_by"])
    _seed_domains(town)

    mine = Supplier.objects.get(organisation__memberships__user=member, status=Status.PUBLISHED).organisation
    colleague = create_person("collegue@demo.example", "Émile", "Caron")
    add_member(organisation=mine, user=colleague, role=Membership.Role.EDITOR, by=member)
    invite_member(organisation=mine, email="invitee@demo.example", role=Membership.Role.EDITOR, by=member)

    unclaimed = (
        Supplier.objects.published()
        .filter(organisation__mrc__in=["371", "36", "51"], organisation__memberships__isnull=True)
        .order_by("pk")
    )
    for (name, first, last, function, message), supplier in zip(CLAIMANTS, unclaimed, strict=False):
        person = create_person(f"{name}@demo.example", first, last)
        claim_supplier(supplier=supplier, title=function, message=message, by=person)

    if Organisation.objects.filter(neq=INSTITUTION_NEQ).exists():
        return  # a million enterprises leave no number free
    clerk = create_person("greffe@saint-adelard.demo.example", "Solange", "Veillette")
    around = Mrc.objects.get(code=INSTITUTION_MRC)
    register_institution(
        neq=INSTITUTION_NEQ,
        kind=Buyer.Kind.MUNICIPALITY,
        place={
            "name": f"Municipalité de {INSTITUTION_TOWN}",
            "town": INSTITUTION_TOWN,
            "municipality_id": None,
            "mrc_id": around.code,
            "region_id": around.region_id,
            "lat": around.lat,
            "lon": around.lon,
        },
        title="greffière",
        message="Joignez-moi à l’hôtel de ville le matin.",
        by=clerk,
    )

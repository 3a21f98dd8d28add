"""Seeded people: staff for every pôle, members of some organisations, and one login per role."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from buyers.models import Buyer
from marketplace.accounts.models import Membership, PolePost, User
from marketplace.territories.models import Pole
from suppliers.models import Supplier

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
    Login("acheteuse, Ville de Trois-Rivières", "acheteuse@demo.example"),
    Login("membre d’une entreprise", "entreprise@demo.example"),
)


def seed_people(*, buyer: Buyer, supplier: Supplier) -> User:
    """Everyone who can sign in; returns the member of the enterprise."""
    password = make_password(PASSWORD if settings.DEMO else None)
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
        pole.phone = pole.phone or "819 555-0100"
        pole.postal_address = pole.postal_address or "100, rue de la Démonstration, Québec (Québec) G1A 1A1"
    Pole.objects.bulk_update(poles, ["email", "phone", "postal_address"])
    return member

"""The demo's rows: as many as asked, believable, the same for the same (seed, day), all or none."""

from datetime import date

import pytest
from django.utils import timezone

from buyers.models import Award, Buyer, Tender
from marketplace.accounts.models import Organisation, PolePost, User
from marketplace.demo.seeding import seed as seeding
from marketplace.demo.seeding.french import branded, of
from marketplace.territories.models import Pole
from suppliers.models import DirectoryEntry, Offer, Status, Supplier

pytestmark = pytest.mark.django_db


def seed(suppliers: int = 60, tenders: int = 16, number: int = 1, day: date | None = None) -> dict[str, int]:
    return seeding.seed(
        suppliers=suppliers,
        tenders=tenders,
        seed=number,
        day=day or timezone.localdate(),
        progress=lambda what, done, total: None,
    )


def test_seed_writes_what_was_asked():
    seed()
    assert Supplier.objects.published().count() == DirectoryEntry.objects.count() == 60
    assert Tender.objects.open().count() == 16
    assert Award.objects.count() == 4
    assert Buyer.objects.count() == seeding.BUYERS + 1  # and one that waits to be verified
    assert Supplier.objects.waiting().exists()
    assert Supplier.objects.filter(status=Status.PROSPECT).exists()


def test_seeded_neqs_start_with_1199_and_stand_once():
    seed()
    # Those at the door have no NEQ of their own until a pôle has decided.
    neqs = list(Organisation.objects.filter(neq__isnull=False).values_list("neq", flat=True))
    assert Organisation.objects.filter(neq__isnull=True).count() <= 3
    assert all(neq.startswith("1199") for neq in neqs)
    assert len(set(neqs)) == len(neqs)


def test_seed_is_the_same_for_the_same_seed_and_day():
    from django.db import transaction

    def names(number: int) -> list[str]:
        with transaction.atomic():
            seed(number=number)
            found = list(Organisation.objects.order_by("neq").values_list("name", flat=True))
            transaction.set_rollback(True)
        return found

    first = names(1)
    assert names(1) == first
    assert names(2) != first


def test_seed_gives_staff_to_every_pole():
    seed()
    assert PolePost.objects.count() == Pole.objects.count()


def test_seed_passwords_open_nothing_outside_the_demo(settings):
    settings.DEMO = False
    seed()
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_second_seed_changes_nothing():
    seed()
    before = Organisation.objects.count()
    with pytest.raises(seeding.AlreadySeeded):
        seed()
    assert Organisation.objects.count() == before


def test_seed_that_fails_leaves_nothing(monkeypatch):
    def fail(releases):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(seeding, "load", fail)
    with pytest.raises(RuntimeError):
        seed()
    assert not Organisation.objects.exists()


def test_seeded_french_uses_the_typographic_apostrophe():
    seed(suppliers=200)
    texts = [
        *Organisation.objects.values_list("name", flat=True),
        *Offer.objects.values_list("title", flat=True),
    ]
    assert not [text for text in texts if "'" in text or "  " in text]


def test_notices_are_in_the_region_of_their_buyer():
    seed()
    tenders = Tender.objects.select_related("buyer__organisation")
    assert all(t.region_id == t.buyer.organisation.region_id for t in tenders if t.buyer)
    assert sum(t.buyer is not None for t in tenders) == tenders.count()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Le Pivot", "du Pivot"), ("Alma", "d’Alma"), ("L’Escale", "de l’Escale"), ("Québec", "de Québec")],
)
def test_of_contracts_the_article(name, expected):
    assert of(name) == expected


def test_branded_joins_a_brand_by_its_article():
    assert branded("Atelier {brand}", "Boréal") == "Atelier Boréal"
    assert branded("Les Jardins {brand}", "Les Pins") == "Les Jardins des Pins"

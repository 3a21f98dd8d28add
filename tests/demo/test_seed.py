"""Seeding the demo: the same for the same (seed, day), all or none, and no open door outside the demo."""

from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.accounts.models import Organisation, User
from marketplace.demo.seeding import seed as seeding
from marketplace.demo.seeding.french_names import branded_name, with_de

pytestmark = pytest.mark.django_db


def seed(suppliers: int = 60, tenders: int = 16, number: int = 1, day: date | None = None) -> dict[str, int]:
    return seeding.seed_demo(
        suppliers=suppliers,
        tenders=tenders,
        seed=number,
        day=day or timezone.localdate(),
        progress=lambda what, done, total: None,
    )


def test_seed_is_the_same_for_the_same_seed_and_day_and_its_passwords_open_nothing_outside_the_demo(settings):
    settings.DEMO = False

    def names() -> list[str]:
        with transaction.atomic():
            seed()
            found = list(Organisation.objects.order_by("neq", "pk").values_list("name", flat=True))
            assert not any(user.has_usable_password() for user in User.objects.all())
            transaction.set_rollback(True)
        return found

    assert names() == names()


def test_seed_that_fails_leaves_nothing(monkeypatch):
    def fail(releases):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(seeding, "import_releases", fail)
    with pytest.raises(RuntimeError):
        seed()
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Le Pivot", "du Pivot"), ("Alma", "d’Alma"), ("L’Escale", "de l’Escale"), ("Québec", "de Québec")],
)
def test_with_de_contracts_the_article(name, expected):
    assert with_de(name) == expected


def test_branded_name_joins_a_brand_by_its_article():
    assert branded_name("Atelier {brand}", "Boréal") == "Atelier Boréal"
    assert branded_name("Les Jardins {brand}", "Les Pins") == "Les Jardins des Pins"

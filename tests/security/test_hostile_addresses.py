"""Addresses that nobody would write by hand, on every public list and page: a page, never a fault."""

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db

PAGES = [
    "/", "/fournisseurs/", "/fournisseurs/inscription/", "/appels-doffres/", "/acheteurs/", "/activites/", "/cohortes/",
    "/joindre-mon-pole/", "/mon-espace/", "/mon-espace/cohortes/", "/compte/connexion/", "/gestion/login/",
    "/gestion/suppliers/supplier/", "/gestion/outbox/message/", "/api/v1/suppliers/", "/api/v1/tenders/",
    "/api/v1/events/", "/api/v1/cohorts/",
]  # fmt: skip
NAMES = [
    "q",
    "page",
    "page_size",
    "region",
    "mrc",
    "offre",
    "offer",
    "secteur",
    "sector",
    "territoire",
    "serves",
    "forme",
    "legal_form",
    "finalite",
    "certification",
    "capacite_min",
    "tri",
    "ordering",
    "vue",
    "methode",
    "statut",
    "cloture_avant",
    "pour",
    "neq",
    "next",
    "p",
    "o",
    "e",
    "region[]",
]
VALUES = [
    "-1", "0", "99999999999999999999", "abc", "%00", "%ED%A0%80", "%FF", "%C2%B2", "%D9%A3", "1e400", "NaN",
    "2026-99-99", "%E2%80%AE", "x" * 10_000,
]  # fmt: skip


@pytest.fixture(scope="module")
def asked() -> list[str]:
    every = ["&".join(f"{name}={value}" for name in NAMES) for value in VALUES[:-1]]
    return [*every, f"q={VALUES[-1]}", f"neq={VALUES[-1]}", "&".join(f"region={n}" for n in range(900))]


@pytest.mark.parametrize("path", PAGES)
def test_what_means_nothing_breaks_no_page(asked, path):
    factories.SupplierFactory()
    client = Client(raise_request_exception=False)
    client.force_login(factories.UserFactory(is_superuser=True))
    wrong = [
        (query[:60], answer.status_code)
        for query in asked
        if (answer := client.get(f"{path}?{query}")).status_code not in (200, 302)
    ]
    assert not wrong

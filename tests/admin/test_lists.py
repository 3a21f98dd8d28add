"""Lists: found without accents and by number, filtered, and at one price whatever the rows."""

from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.matching.models import Suggestion
from marketplace.territories.models import Mrc
from suppliers.editing import update_supplier
from suppliers.models import Decision, Supplier
from tests import factories
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db

LIST = "/gestion/suppliers/supplier/"


def names(response):
    return [supplier.organisation.name for supplier in response.context["cl"].result_list]


@pytest.fixture
def sheets(db):
    for name, fields in {
        "Entretien ménager Le Fil": {"status": "prospect"},
        "Œuvre du Cap": {"status": "submitted", "legal_form": "obnl"},
        "Coop L’Étincelle": {"status": "published", "mrc": Mrc.objects.get(code="36")},
    }.items():
        factories.SupplierFactory(name=name, **fields)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("entretien menager", ["Entretien ménager Le Fil"]),
        ("FIL  ménager", ["Entretien ménager Le Fil"]),
        ("oeuvre", ["Œuvre du Cap"]),
        ("l'etincelle", ["Coop L’Étincelle"]),
        ("trois-rivieres cap", ["Œuvre du Cap"]),
        ("rien de tel", []),
        ("%", []),
        ("'\"\\", []),
    ],
)
def test_search_finds_by_words_without_accents(sheets, pole_staff, asked, found):
    response = signed_in(pole_staff).get(LIST, {"q": asked})
    assert response.status_code == 200
    assert names(response) == found


def test_search_finds_by_neq_with_spaces(sheets, pole_staff):
    supplier = Supplier.objects.get(organisation__name="Œuvre du Cap")
    neq = supplier.organisation.neq
    for asked in (neq, f"{neq[:4]} {neq[4:7]} {neq[7:]}", neq[:9]):
        assert "Œuvre du Cap" in names(signed_in(pole_staff).get(LIST, {"q": asked}))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"etat": "submitted"}, {"Œuvre du Cap"}),
        ({"forme": "obnl"}, {"Œuvre du Cap"}),
        ({"forme": "coop"}, {"Entretien ménager Le Fil", "Coop L’Étincelle"}),
        ({"mrc": "36"}, {"Coop L’Étincelle"}),
        ({"mrc": "sans"}, {"Sans lieu"}),
        ({"source": "registry"}, set()),
        ({"etat": "prospect", "q": "menager"}, {"Entretien ménager Le Fil"}),
    ],
)
def test_filters_narrow_the_list(sheets, pole_staff, query, found):
    adrift = factories.SupplierFactory(name="Sans lieu", mrc=None, status="archived", legal_form="mutuelle")
    adrift.organisation.pole = factories.pole("mauricie")
    adrift.organisation.save()
    assert set(names(signed_in(pole_staff).get(LIST, query))) == found


@pytest.mark.parametrize(
    "query", ["etat=zz", "mrc=65", "forme=zz", "p=99999", "p=zz", "o=99", "inconnu=1", "_facets=zz"]
)
def test_nonsense_gets_a_message_and_the_whole_list(sheets, pole_staff, query):
    response = signed_in(pole_staff).get(f"{LIST}?{query}", follow=True)
    assert response.status_code == 200
    assert len(names(response)) == 3
    if query.partition("=")[0] not in (
        "o",
        "p",
        "_facets",
    ):  # these lead to the first page, in the usual order
        assert "n’existe pas" in response.content.decode()


def test_mrc_filter_offers_the_readers_mrcs_only(sheets, pole_staff):
    page = signed_in(pole_staff).get(LIST).content.decode()
    assert "?mrc=371" in page
    assert "?mrc=65" not in page


def test_names_sort_without_accents(pole_staff):
    for name in ("Zèbre", "École", "Eau", "étoile"):
        factories.SupplierFactory(name=name)
    assert names(signed_in(pole_staff).get(LIST)) == ["Eau", "École", "étoile", "Zèbre"]


def test_columns_of_dates_are_written_as_elsewhere_and_sort(pole_staff):
    many(1)
    Suggestion.objects.update(computed_at=datetime(2026, 11, 30, 17, 51, tzinfo=UTC))
    page = signed_in(pole_staff).get("/gestion/matching/suggestion/").content.decode()
    assert "30 nov. 2026, 12 h 51" in page.replace("\u00a0", " ")
    assert "sortable column-computed_at" in page


def many(n):
    """`n` more rows of every kind, in Mauricie."""
    for _ in range(n):
        supplier = factories.SupplierFactory(status="submitted")
        tender = factories.TenderFactory(buyer=factories.BuyerFactory())
        factories.ContactFactory(supplier=supplier)
        update_supplier(supplier=supplier, by=None)
        Suggestion.objects.create(
            supplier=supplier, tender=tender, points=1, rank=1, reasons=[], tender_version="1"
        )


PAGES = [
    "suppliers_supplier_changelist",
    "suppliers_admin:queue",
    "suppliers_decision_changelist",
    "accounts_organisation_changelist",
    "accounts_invitation_changelist",
    "buyers_buyer_changelist",
    "buyers_tender_changelist",
    "matching_suggestion_changelist",
    "outbox_message_changelist",
    "territories_pole_changelist",
    "index",
]


@pytest.mark.parametrize("role", ["staff", "platform"])
@pytest.mark.parametrize("page", PAGES)
def test_list_costs_the_same_with_one_and_three_rows(page, role, pole_staff, platform_admin):
    client = signed_in(pole_staff if role == "staff" else platform_admin)
    url = reverse(page if ":" in page else f"admin:{page}")
    many(1)
    client.get(url)  # per-process caches fill once
    with CaptureQueriesContext(connection) as one:
        assert client.get(url).status_code == 200
    many(2)
    with CaptureQueriesContext(connection) as three:
        client.get(url)
    assert len(one) == len(three), "\n".join(q["sql"][:150] for q in three)
    assert len(three) <= 15, "\n".join(q["sql"][:150] for q in three)


def test_empty_list_says_so(pole_staff):
    page = signed_in(pole_staff).get(LIST).content.decode()
    assert "Rien ici pour l’instant" in page
    assert not Decision.objects.exists()


def test_unmatched_search_says_what_would_help(sheets, pole_staff):
    assert "Retirez un filtre" in signed_in(pole_staff).get(LIST, {"q": "zzz"}).content.decode()


def test_queue_shows_oldest_first(pole_staff):
    from datetime import timedelta

    from django.utils import timezone

    for days, name in ((1, "Récente"), (6, "Ancienne"), (3, "Entre")):
        supplier = factories.SupplierFactory(name=name, status="submitted")
        Supplier.objects.filter(pk=supplier.pk).update(
            status_changed_at=timezone.now() - timedelta(days=days)
        )
    factories.SupplierFactory(name="Démarchage", status="prospect")
    response = signed_in(pole_staff).get(reverse("suppliers_admin:queue"))
    assert [row[0].organisation.name for row in response.context["rows"]] == ["Ancienne", "Entre", "Récente"]
    assert "Depuis 6 jours" in response.content.decode()


@pytest.mark.parametrize("page", ["99999", "zz", "-1"])
def test_queue_takes_any_page_number(pole_staff, page):
    factories.SupplierFactory(status="submitted")
    response = signed_in(pole_staff).get(reverse("suppliers_admin:queue"), {"page": page})
    assert response.status_code == 200
    assert len(response.context["rows"]) == 1


def test_first_page_counts_what_waits_in_the_territory(pole_staff):
    factories.SupplierFactory(status="submitted")
    factories.SupplierFactory(status="prospect")
    factories.SupplierFactory(status="submitted", mrc=Mrc.objects.get(code="65"))
    waiting = signed_in(pole_staff).get("/gestion/").context["waiting"]
    counts = {w.icon: w.count for w in waiting}
    assert (counts["clock"], counts["search"]) == (1, 1)
    assert "warning" not in counts, "what waits nowhere has no tile"


def test_first_page_of_the_platform_also_counts_what_no_pole_sees(platform_admin):
    factories.SupplierFactory(status="prospect", mrc=None)
    waiting = signed_in(platform_admin).get("/gestion/").context["waiting"]
    assert [w.count for w in waiting if w.icon == "pin"] == [1]


def test_page_beyond_the_last_says_so(pole_staff, monkeypatch):
    monkeypatch.setattr(admin.site.get_model_admin(Supplier), "list_per_page", 2)
    for _ in range(3):
        factories.SupplierFactory()
    response = signed_in(pole_staff).get(f"{LIST}?p=99999", follow=True)
    assert response.status_code == 200
    assert "n’existe pas" in response.content.decode()
    assert 'aria-current="page"' in response.content.decode()

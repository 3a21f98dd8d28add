"""My alerts and the mailed links: GET shows, POST acts, strangers see nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.accounts.models import Consent
from marketplace.matching import alerts
from marketplace.matching.models import Alert, PendingNotice
from marketplace.matching.panels import form_prefix
from suppliers.models import Status
from tests.factories import MembershipFactory, SupplierFactory, TenderFactory, UserFactory
from tests.matching.factories import alert_for, member_of

pytestmark = pytest.mark.django_db

PAGE = "/mon-espace/alertes/"


@pytest.fixture
def supplier():
    return SupplierFactory(name="Atelier Les Trois Rives")


@pytest.fixture
def member(supplier, client):
    user = member_of(supplier)
    client.force_login(user)
    return user


def ask(supplier, **data):
    prefix = form_prefix(supplier)
    return {"supplier": supplier.pk, **{f"{prefix}-{name}": value for name, value in data.items()}}


def test_page_asks_to_sign_in(client):
    response = client.get(PAGE)
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_page_without_an_enterprise_says_what_to_do(client):
    client.force_login(UserFactory())
    assert "Aucune entreprise à votre nom" in client.get(PAGE).content.decode()


def test_page_offers_an_unticked_box(client, supplier, member):
    html = client.get(PAGE).content.decode()
    assert str(alerts.CONSENT_WORDING) in html
    box = html[html.index('type="checkbox"') :]
    assert "checked" not in box[: box.index(">")]
    assert "Recevoir les alertes" in html


def test_page_sets_an_alert_with_the_words_shown(client, supplier, member):
    response = client.post(PAGE, ask(supplier, frequency="weekly", consent="on"), follow=True)
    assert "une fois par semaine, le lundi" in response.content.decode()
    assert Alert.objects.get().frequency == "weekly"
    assert Consent.objects.get().wording == str(alerts.CONSENT_WORDING)


def test_page_without_the_tick_says_so_and_keeps_the_choice(client, supplier, member):
    response = client.post(PAGE, ask(supplier, frequency="weekly"))
    html = response.content.decode()
    assert response.status_code == 200
    assert "Cochez la case pour accepter" in html
    assert 'value="weekly" checked' in html or 'checked value="weekly"' in html or "checked" in html
    assert not Alert.objects.exists()


@pytest.mark.parametrize("data", [{}, {"frequency": "hourly", "consent": "on"}])
def test_page_with_a_nonsense_frequency_says_so(client, supplier, member, data):
    html = client.post(PAGE, ask(supplier, **data)).content.decode()
    assert "Choisissez à quelle fréquence nous vous écrivons." in html
    assert not Alert.objects.exists()


def test_page_never_touches_the_enterprise_of_others(client, member):
    other = alert_for()
    for data in (
        ask(other.supplier, frequency="daily", consent="on"),
        {"supplier": other.supplier_id, "stop": "1"},
    ):
        response = client.post(PAGE, data, follow=True)
        assert "n’est pas la vôtre" in response.content.decode()
    assert list(Alert.objects.active()) == [other]
    assert other.supplier.organisation.name not in client.get(PAGE).content.decode()


def test_page_shows_what_waits_and_stops(client, supplier, member):
    alert = alert_for(supplier, "weekly", member)
    PendingNotice.objects.create(alert=alert, tender=TenderFactory())
    html = client.get(PAGE).content.decode()
    assert "avec 1 avis en attente" in html
    assert str(alerts.CONSENT_WORDING) not in html.replace("J’accepte.", "")
    response = client.post(PAGE, {"supplier": supplier.pk, "stop": "1"}, follow=True)
    assert "est arrêtée" in response.content.decode()
    assert not Alert.objects.active().exists()


def test_page_of_an_unpublished_sheet_says_when_it_begins(client, member, supplier):
    supplier.status = Status.DRAFT
    supplier.save()
    assert "commenceront à sa publication" in client.get(PAGE).content.decode()


def test_page_costs_the_same_with_one_and_three_enterprises(client, supplier, member):
    alert_for(supplier, "daily", member)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    one = cost()
    for _ in range(2):
        more = SupplierFactory()
        MembershipFactory(user=member, organisation=more.organisation)
        alert_for(more, "weekly", member)
    assert cost() == one <= 11


def test_panel_is_for_members_of_a_supplier(client, supplier, member):
    assert "Recevoir des alertes" in client.get("/mon-espace/").content.decode()
    alert_for(supplier, "weekly", member)
    assert "Prochain courriel" in client.get("/mon-espace/").content.decode()
    client.force_login(UserFactory())
    assert (
        reverse("matching:alert_list")
        not in client.get("/mon-espace/").content.decode().partition("<footer")[0]
    )


def test_unsubscribe_link_only_shows_a_button(client):
    alert = alert_for()
    response = client.get(alerts.unsubscribe_path(alert))
    assert "Arrêter cette alerte" in response.content.decode()
    assert Alert.objects.active().exists()


def test_unsubscribe_in_one_click_without_sign_in_or_cookie():
    """RFC 8058, as a mail program does it; doing it twice is no fault."""
    alert, other = alert_for(), alert_for()
    robot = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = robot.post(alerts.unsubscribe_path(alert), {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert "Alerte arrêtée" in response.content.decode()
        assert "Mes alertes" in response.content.decode()
    assert list(Alert.objects.active()) == [other]
    assert not Consent.objects.standing().filter(user=alert.user).exists()


def test_unsubscribe_says_what_still_runs(client):
    alert = alert_for()
    alert_for(SupplierFactory(), user=alert.user)
    assert "encore 1 autre alerte" in client.post(alerts.unsubscribe_path(alert)).content.decode()


def test_all_stop_link_stops_all_of_one_person(client):
    alert, other = alert_for(), alert_for()
    alert_for(SupplierFactory(name="Café Boréal"), user=alert.user)
    shown = client.get(alerts.stop_all_path(alert.user)).content.decode()
    assert "Café Boréal" in shown
    assert Alert.objects.active().count() == 3
    robot = Client(enforce_csrf_checks=True)
    assert "Aucune alerte active" in robot.post(alerts.stop_all_path(alert.user)).content.decode()
    assert list(Alert.objects.active()) == [other]


@pytest.mark.parametrize("name", ["matching:unsubscribe", "matching:stop_all"])
@pytest.mark.parametrize("token", ["x", "1.abc", "1.2.3", "%00"])
def test_broken_link_says_so_and_stops_nothing(client, name, token):
    alert_for()
    for method in (client.get, client.post):
        response = method(reverse(name, kwargs={"token": token}))
        assert response.status_code == 404
        assert "Rien n’a changé" in response.content.decode()
    assert Alert.objects.active().exists()

"""The pages of Law 25: a copy of everything, and the end of an account; both ask for the password again."""

import json
import time

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from marketplace.accounts.consents import give_consent
from marketplace.accounts.models import Consent, Membership, User
from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.web.errors import WrongMove
from tests import factories
from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db
OWNER, EDITOR = Membership.Role.OWNER, Membership.Role.EDITOR
HOME = "/mon-espace/mes-renseignements/"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def person():
    user = factories.UserFactory(email="marie@exemple.test", first_name="Marie")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    give_consent(user=user, purpose=Consent.Purpose.ALERTS, wording="Oui, écrivez-moi.", by=user)
    return user


def signed_in(user, *, just_now=True):
    client = Client()
    client.force_login(user)
    if just_now:
        client.post("/compte/confirmer-identite/", {"password": factories.PASSWORD})
    return client


def test_page_shows_what_is_held_and_the_words_of_each_consent(person, django_assert_max_num_queries):
    factories.MembershipFactory(user=person, organisation__name="Atelier X")
    client = signed_in(person, just_now=False)
    client.get(HOME)  # the session is noted once
    with django_assert_max_num_queries(11):
        response = client.get(HOME)
    assert_clean(response)
    page = response.content.decode()
    assert "Oui, écrivez-moi." in page
    assert "Atelier X" in page


def test_copy_asks_for_the_password_then_comes(person):
    client = signed_in(person, just_now=False)
    response = client.post(HOME + "exporter/")
    assert response["Location"].startswith("/compte/confirmer-identite/")
    response = client.post(response["Location"], {"password": "faux"})
    assert response.status_code == 200
    response = client.post(
        "/compte/confirmer-identite/", {"password": factories.PASSWORD, "next": HOME + "exporter/"}
    )
    assert response["Content-Type"].startswith("application/json")
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    held = json.loads(response.content)["data"]
    assert held["accounts"]["email"] == person.email
    assert {"accounts", "outbox", "join_requests", "alerts"} <= held.keys()
    assert "pbkdf2" not in response.content.decode()


def test_copy_is_not_given_by_a_link(person):
    assert signed_in(person).get(HOME + "exporter/").status_code == 405


def test_copy_names_nobody_else(person):
    other = factories.MembershipFactory(
        organisation=factories.MembershipFactory(user=person).organisation,
        user__email="zyxwolia@exemple.test",
    )
    assert other.user.email not in json.dumps(export_personal_data(person), default=str)


def test_erasing_is_asked_first_then_done_after_the_password(person):
    client = signed_in(person, just_now=False)
    page = client.get(HOME + "effacer/")
    assert_clean(page)
    assert "Ce qui restera" in page.content.decode()
    response = client.post(HOME + "effacer/")
    assert response["Location"].startswith("/compte/confirmer-identite/")
    assert User.objects.filter(pk=person.pk).exists()
    client.post("/compte/confirmer-identite/", {"password": factories.PASSWORD, "next": HOME + "effacer/"})
    assert not User.objects.filter(pk=person.pk).exists()
    assert "_auth_user_id" not in client.session


def test_last_owner_hands_over_first(person):
    mine = factories.MembershipFactory(user=person, role=OWNER, organisation__name="Atelier X")
    colleague = factories.MembershipFactory(organisation=mine.organisation, role=EDITOR)
    client = signed_in(person)
    page = client.get(HOME + "effacer/")
    assert_clean(page)
    assert "Cédez d’abord votre rôle" in page.content.decode()
    client.post(HOME + "effacer/")
    assert User.objects.filter(pk=person.pk).exists()
    with pytest.raises(WrongMove):
        erase_personal_data(user=person, by=person)
    colleague.role = OWNER
    colleague.save()
    client.post(HOME + "effacer/")
    assert not User.objects.filter(pk=person.pk).exists()


def test_who_is_alone_may_go(person):
    factories.MembershipFactory(user=person, role=OWNER, organisation__name="Atelier X")
    client = signed_in(person)
    assert "Plus personne n’agira pour Atelier X" in client.get(HOME + "effacer/").content.decode()
    client.post(HOME + "effacer/")
    assert not User.objects.filter(pk=person.pk).exists()


def test_session_of_yesterday_is_not_enough(person):
    client = signed_in(person)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 3600
    session.save()
    assert client.post(HOME + "exporter/").status_code == 302

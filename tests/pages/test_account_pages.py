"""allauth's pages, in our look and our words."""

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache

from tests import factories
from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    user = factories.UserFactory(email="maude@exemple.test")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.mark.parametrize(
    "address",
    [
        "/compte/connexion/",
        "/compte/creer/",
        "/compte/inactif/",
        "/compte/courriel/a-confirmer/",
        "/compte/courriel/confirmer/faux:jeton/",
        "/compte/mot-de-passe/oublie/",
        "/compte/mot-de-passe/oublie/envoye/",
        "/compte/mot-de-passe/nouveau/1-faux/",
        "/compte/mot-de-passe/nouveau/choisi/",
    ],
)
def test_page_for_a_passer_by_is_clean(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert_clean(response)


@pytest.mark.parametrize(
    "address",
    [
        "/compte/deconnexion/",
        "/compte/courriel/",
        "/compte/mot-de-passe/changer/",
        "/compte/confirmer-identite/",
    ],
)
def test_page_for_a_person_is_clean(client, person, address, django_assert_max_num_queries):
    client.force_login(person)
    with django_assert_max_num_queries(11):
        response = client.get(address)
    assert response.status_code == 200
    assert_clean(response)


def test_sign_in_leads_to_my_space(client, person):
    response = client.post("/compte/connexion/", {"login": person.email, "password": factories.PASSWORD})
    assert response["Location"] == "/mon-espace/"


def test_sign_in_keeps_where_one_was_going(client, person):
    page = client.get("/compte/connexion/?next=/mon-espace/alertes/").content.decode()
    assert '<input type="hidden" name="next" value="/mon-espace/alertes/"' in page


@pytest.mark.parametrize("address", ["maude@exemple.test", "inconnue@exemple.test"])
def test_sign_in_that_fails_does_not_say_which_part_was_wrong(client, person, address):
    cache.clear()
    response = client.post("/compte/connexion/", {"login": address, "password": "mauvais-mot-de-passe"})
    assert_clean(response)
    page = response.content.decode()
    assert "Ce courriel et ce mot de passe ne correspondent pas." in page
    assert "mauvais-mot-de-passe" not in page


def test_sign_out_takes_a_post(client, person):
    client.force_login(person)
    client.get("/compte/deconnexion/")
    assert "_auth_user_id" in client.session
    response = client.post("/compte/deconnexion/", follow=True)
    assert "_auth_user_id" not in client.session
    assert_clean(response)
    assert "La session est fermée." in response.content.decode()


def test_new_password_is_asked_without_telling_who_has_an_account(client, person):
    answers = []
    for address in (person.email, "inconnue@exemple.test"):
        cache.clear()
        response = client.post("/compte/mot-de-passe/oublie/", {"email": address}, follow=True)
        assert_clean(response)
        answers.append(response.content)
    assert answers[0] == answers[1]


def test_password_changes_with_the_old_one_only(client, person):
    client.force_login(person)
    new = {"password1": "une-autre-longue-phrase", "password2": "une-autre-longue-phrase"}
    response = client.post("/compte/mot-de-passe/changer/", {"oldpassword": "faux", **new})
    assert_clean(response)
    assert "Écrivez votre mot de passe actuel." in response.content.decode()
    client.post("/compte/mot-de-passe/changer/", {"oldpassword": factories.PASSWORD, **new})
    person.refresh_from_db()
    assert person.check_password("une-autre-longue-phrase")


def test_address_waits_until_it_is_confirmed(client, person):
    person.set_password("une-longue-phrase")
    person.save()
    client.force_login(person)
    wanted = {"email": "autre@exemple.test", "action_add": ""}
    asked = client.post(
        "/compte/courriel/", wanted, follow=True
    )  # whoever finds the browser open is asked again
    assert asked.redirect_chain[-1][0].startswith("/compte/confirmer-identite/")
    here = asked.redirect_chain[-1][0]
    client.post(here, {"password": "une-longue-phrase"})
    response = client.post("/compte/courriel/", wanted, follow=True)
    assert_clean(response)
    assert "Une adresse attend d’être confirmée" in response.content.decode()
    person.refresh_from_db()
    assert person.email == "maude@exemple.test"

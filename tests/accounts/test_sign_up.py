"""Open sign-up: the page answers the same for a new and a known address, and the mailed link finds the way back."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.accounts.retention import forget_unproved_accounts
from marketplace.accounts.security.log import record_security_event
from marketplace.outbox.models import Message
from tests import factories
from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db

NEW = "nouvelle@exemple.test"
KNOWN = "maude@exemple.test"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def person():
    user = factories.UserFactory(email=KNOWN)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def form(email=NEW, **more):
    return {
        "first_name": "Odile",
        "last_name": "Hébert",
        "email": email,
        "password1": factories.PASSWORD,
        **more,
    }


def link_in(message):
    return re.search(r"https?://[^/\s]+(/\S+)", message.text)[1]


def steps(client, address, data):
    """Every status and body that a visitor sees after sending a form, without the token of the form."""
    response = client.post(address, data, follow=True)
    assert_clean(response)
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return response.redirect_chain, response.status_code, body.replace(data.get("email", "-"), "ADRESSE")


def test_sign_up_keeps_name_language_and_sends_one_link(client):
    response = client.post("/compte/creer/", form())
    assert response.status_code == 302
    user = User.objects.get()
    assert (user.email, user.first_name, user.last_name, user.language) == (NEW, "Odile", "Hébert", "fr")
    assert user.check_password(factories.PASSWORD)
    assert not EmailAddress.objects.get(user=user).verified
    message = Message.objects.get()
    assert message.address == NEW
    assert message.kind == "account.email_confirmation_signup"
    assert message.is_secret


def test_sign_up_in_english_makes_an_english_reader(client):
    from django.urls import reverse
    from django.utils import translation

    with translation.override("en"):
        address = reverse("account_signup")
    client.post(address, form())
    assert User.objects.get().language == "en"


def test_known_and_new_address_get_the_same_answer(person):
    answers = [steps(Client(), "/compte/creer/", form(email)) for email in (NEW, KNOWN)]
    assert answers[0] == answers[1]
    assert set(Message.objects.values_list("address", "kind")) == {
        (NEW, "account.email_confirmation_signup"),
        (KNOWN, "account.account_already_exists"),
    }
    person.refresh_from_db()
    assert person.first_name == "Maude"


def test_known_and_new_address_hash_one_password_each(person, monkeypatch):
    from django.contrib.auth import hashers

    hashed = []
    encode = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher, "encode", lambda *a, **k: (hashed.append(1), encode(*a, **k))[1]
    )
    for email in (NEW, KNOWN):
        hashed.clear()
        Client().post("/compte/creer/", form(email))
        assert len(hashed) == 1


def test_password_reset_costs_alike_for_known_and_unknown(person):
    counts, answers = [], []
    for email in (KNOWN, "inconnue@exemple.test"):
        with CaptureQueriesContext(connection) as queries:
            answers.append(steps(Client(), "/compte/mot-de-passe/oublie/", {"email": email}))
        counts.append(len(queries))
    assert answers[0] == answers[1]
    assert abs(counts[0] - counts[1]) <= 3


def test_sign_in_fails_alike_for_known_unknown_and_unproved(person):
    client = Client()
    client.post("/compte/creer/", form())
    answers = []
    for email in (KNOWN, "inconnue@exemple.test", NEW):
        status, body = None, None
        response = Client().post("/compte/connexion/", {"login": email, "password": "mauvais-mot-de-passe"})
        status, body = response.status_code, response.content.decode()
        answers.append((status, re.sub(r'csrfmiddlewaretoken" value="\w+"', "", body).replace(email, "A")))
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("wanted", [KNOWN, "libre@exemple.test"])
def test_change_of_address_does_not_say_whether_it_is_taken(person, wanted):
    other = factories.UserFactory(email="autre@exemple.test")
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    client = Client()
    client.force_login(other)
    response = client.post("/compte/courriel/", {"email": wanted, "action_add": ""}, follow=True)
    page = response.content.decode()
    assert "existe déjà" not in page
    assert "sert déjà" not in page
    other.refresh_from_db()
    assert other.email == "autre@exemple.test"


def test_opening_the_link_only_shows_a_button_and_the_button_confirms(client):
    client.post("/compte/creer/", form())
    link = link_in(Message.objects.get())
    elsewhere = Client()
    assert_clean(elsewhere.get(link))
    assert not EmailAddress.objects.get().verified
    response = elsewhere.post(link.partition("?")[0])
    assert response["Location"].startswith("/compte/connexion/")
    assert EmailAddress.objects.get().verified


def test_another_device_comes_back_to_where_one_was_going_by_signing_in(client):
    client.post("/compte/creer/", form(next="/fournisseurs/zephirine/revendiquer/"))
    link = link_in(Message.objects.get())
    elsewhere = Client()
    page = elsewhere.get(link)
    hidden = re.search(r'name="next" value="([^"]+)"', page.content.decode())[1]
    response = elsewhere.post(link.partition("?")[0], {"next": hidden.replace("&amp;", "&")})
    assert response["Location"] == "/compte/connexion/?next=%2Ffournisseurs%2Fzephirine%2Frevendiquer%2F"
    response = elsewhere.post(
        "/compte/connexion/",
        {"login": NEW, "password": factories.PASSWORD, "next": "/fournisseurs/zephirine/revendiquer/"},
    )
    assert response["Location"] == "/fournisseurs/zephirine/revendiquer/"


def test_same_browser_is_signed_in_by_confirming(client):
    client.post("/compte/creer/", form(next="/mon-espace/alertes/"))
    link = link_in(Message.objects.get())
    response = client.post(link)
    assert response["Location"] == "/mon-espace/alertes/"
    assert client.session["_auth_user_id"]


@pytest.mark.parametrize("wanted", ["https://mechant.example/", "//mechant.example/", "javascript:alert(1)"])
def test_an_address_elsewhere_is_not_carried_along(client, wanted):
    client.post("/compte/creer/", form(next=wanted))
    assert "mechant" not in Message.objects.get().text
    assert "javascript" not in Message.objects.get().text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("first_name", "", "Écrivez votre prénom."),
        ("first_name", "Gagnez sur https://spam.example", "Écrivez des mots seulement"),
        ("email", "pas-une-adresse", "Ce courriel n’est pas complet."),
        ("password1", "court", ""),
        ("password1", "nouvelle@exemple.test", ""),
    ],
)
def test_faulty_form_says_why_and_opens_nothing(client, field, value, sentence):
    response = client.post("/compte/creer/", form(**{field: value}))
    assert response.status_code == 200
    assert_clean(response)
    assert sentence in response.content.decode()
    assert not User.objects.exists()
    assert not Message.objects.exists()


def test_mail_to_an_unproved_address_does_not_carry_the_name_that_was_typed(client):
    client.post("/compte/creer/", form(first_name="Odieuse"))
    message = Message.objects.get()
    assert "Odieuse" not in message.text + message.html


def test_unproved_account_gives_way_to_who_proves_the_address(client, person):
    client.post("/compte/creer/", form())  # a stranger took the address
    new = EmailAddress.objects.create(user=person, email=NEW, verified=False)
    from allauth.account.models import EmailConfirmationHMAC

    key = EmailConfirmationHMAC(new).key
    client = Client()
    client.force_login(person)
    client.post(f"/compte/courriel/confirmer/{key}/")
    person.refresh_from_db()
    assert person.email == NEW
    assert User.objects.count() == 1


def test_unproved_accounts_are_forgotten_after_a_week(client, person):
    client.post("/compte/creer/", form())
    assert forget_unproved_accounts(by=None) == 0
    User.objects.update(date_joined=timezone.now() - timedelta(days=8))
    assert forget_unproved_accounts(by=None) == 1
    assert list(User.objects.all()) == [person]
    assert not Message.objects.filter(address=NEW).exists() or Message.objects.get(address=NEW).text == ""


def test_links_from_before_a_restore_open_nothing(client, person):
    """Of an account that never signed in too; one of a row of today could name another's row of yesterday."""
    confirm_page = "/compte/confirm-email/"  # allauth's address, which takes what is posted

    def links():
        client.post("/compte/creer/", form(email=f"nouvelle{Message.objects.count()}@exemple.test"))
        Client().post("/compte/mot-de-passe/oublie/", {"email": KNOWN})
        confirm, reset = [link_in(message) for message in Message.objects.order_by("-pk")[:2]][::-1]
        return confirm, reset

    def opened(confirm, reset):
        key = confirm.rstrip("/").rpartition("/")[2]
        pages = [Client().get(confirm), Client().get(reset, follow=True)]
        return [b"<form class" in pages[0].content, b'name="password1"' in pages[1].content, key]

    before = links()
    *shown, key = opened(*before)
    assert shown == [True, True]
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        record_security_event(kind="backup_restored", by=None)
    with time_machine.travel(timezone.now() + timedelta(seconds=4)):
        assert opened(*before)[:2] == [False, False]
        assert Client().post(f"{confirm_page}{key}/").status_code == 404
        assert opened(*links())[:2] == [True, True]

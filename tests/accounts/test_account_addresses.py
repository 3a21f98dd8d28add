"""The account's pages stand at addresses of ours; allauth's own, where they were before, lead there."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import translation

from marketplace.outbox.models import Message
from tests import factories

pytestmark = pytest.mark.django_db

FORMER = {
    "/compte/login/": "/compte/connexion/",
    "/compte/login/?next=/mon-espace/alertes/&x=%C3%A9": "/compte/connexion/?next=/mon-espace/alertes/&x=%C3%A9",
    "/compte/signup/?next=/acheteurs/": "/compte/creer/?next=/acheteurs/",
    "/compte/password/reset/": "/compte/mot-de-passe/oublie/",
    "/compte/password/reset/key/1-cyx-abc/": "/compte/mot-de-passe/nouveau/1-cyx-abc/",
    "/compte/confirm-email/MQ:1abc:Z-z/?next=/": "/compte/courriel/confirmer/MQ:1abc:Z-z/?next=/",
    "/compte/2fa/totp/activate/": "/compte/deux-etapes/activer/",
    "/en/account/login/?next=/en/my-space/": "/en/account/sign-in/?next=/en/my-space/",
    "/en/account/password/reset/key/1-cyx-abc/": "/en/account/password/new/1-cyx-abc/",
}


@pytest.fixture
def person():
    user = factories.UserFactory(email="maude@exemple.test")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.mark.parametrize(("before", "now"), FORMER.items())
def test_former_address_leads_to_the_page_for_good(client, before, now):
    response = client.get(before)
    assert (response.status_code, response["Location"]) == (301, now)
    assert "no-store" in response["Cache-Control"], "some hold a key"


@pytest.mark.parametrize("address", ["/compte/login/", "/en/account/login/", "/compte/connexion/"])
def test_posting_where_one_always_has_still_signs_in(client, person, address):
    response = client.post(address, {"login": person.email, "password": factories.PASSWORD})
    assert response["Location"] == "/mon-espace/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_reset_link_mailed_before_still_opens(client, person):
    client.post(reverse("account_reset_password"), {"email": person.email})
    sent = re.search(r"https?://[^/]+(/compte/mot-de-passe/nouveau/\S+)", Message.objects.latest("pk").text)
    before = sent[1].replace("/mot-de-passe/nouveau/", "/password/reset/key/")
    page = client.get(before, follow=True)
    assert 'name="password1"' in page.content.decode()
    form = re.search(r'<form[^>]* action="(/compte/[^"]+)"', page.content.decode())
    there = form[1] if form else page.request["PATH_INFO"]
    client.post(there, {"password1": "une-phrase-toute-neuve", "password2": "une-phrase-toute-neuve"})
    person.refresh_from_db()
    assert person.check_password("une-phrase-toute-neuve")


def test_a_confirmation_link_mailed_before_still_opens(client):
    given = {
        "first_name": "Maude",
        "last_name": "Roy",
        "email": "m.roy@exemple.test",
        "password1": factories.PASSWORD,
    }
    client.post("/compte/signup/", given)
    sent = re.search(r"https?://[^/]+(/compte/courriel/confirmer/\S+)", Message.objects.latest("pk").text)
    before = sent[1].replace("/courriel/confirmer/", "/confirm-email/")
    page = client.get(before, follow=True)
    assert "m.roy@exemple.test" in page.content.decode()
    client.post(page.request["PATH_INFO"])
    assert EmailAddress.objects.get(email="m.roy@exemple.test").verified


def test_no_link_of_ours_leads_to_a_former_address():
    """`reverse` answers the page's own address, in both languages."""
    names = [name for name in get_resolver().reverse_dict if isinstance(name, str)]
    ours = {
        name for name in names if name.startswith(("account_", "mfa_")) and not name.endswith("_formerly")
    }
    assert len(ours) > 15
    for name in ours:
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        assert not re.search(r"login|logout|signup|reset|2fa|reauth", address), address
        with translation.override("en"):
            assert not re.search(r"login|logout|signup|reset|2fa|reauth", reverse(name))

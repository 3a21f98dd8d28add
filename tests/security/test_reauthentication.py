"""What touches the account, from a session left open: the password first; then it goes on where it stopped."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import Membership, User
from marketplace.outbox.models import Message
from tests import factories
from tests.security import people

pytestmark = pytest.mark.django_db
CONFIRM = "/compte/confirmer-identite/"
NEW = "nouvelle@exemple.test"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def person():
    return people.person(email="ancienne@exemple.test")


def left_open(user):
    client = Client()
    client.force_login(user)
    return client


def test_every_sensitive_step_asks_for_the_password(person):
    mine = factories.MembershipFactory(user=person, role="owner")
    other = factories.MembershipFactory(organisation=mine.organisation)
    team = [mine.organisation.pk]
    steps = {
        reverse("mfa_deactivate_totp"): {},
        reverse("mfa_generate_recovery_codes"): {},
        reverse("accounts:own_data_export"): {},
        reverse("accounts:erase"): {},
        reverse("accounts:members_leave", args=team): {},
        reverse("accounts:members_hand_over", args=[*team, other.pk]): {},
    }
    client = left_open(person)
    email = client.post(reverse("account_email"), {"action_add": "", "email": NEW})
    assert email["Location"].startswith(CONFIRM)
    people.give_second_factor(person)
    asked = {address: client.post(address, data).get("Location", "") for address, data in steps.items()}
    confirm = (reverse("account_reauthenticate"), reverse("mfa_reauthenticate"))
    assert not [address for address, where in asked.items() if not where.startswith(confirm)]
    seen = {
        client.get(reverse(name)).get("Location", "")
        for name in ("mfa_view_recovery_codes", "mfa_activate_totp")
    }
    assert all(where.startswith(confirm) for where in seen)
    words = {"password1": "girafe tambour lundi cerise", "password2": "girafe tambour lundi cerise"}
    client.post(reverse("account_change_password"), {"oldpassword": "", **words})
    person.refresh_from_db()
    assert person.check_password(factories.PASSWORD)
    assert people.kinds(person) == {"totp", "recovery_codes"}
    assert [address.email for address in EmailAddress.objects.filter(user=person)] == [person.email]
    assert Membership.objects.get(pk=mine.pk).role == "owner"


def test_a_new_address_comes_after_the_password_and_the_former_is_told(person):
    client, page = left_open(person), reverse("account_email")
    client.post(page, {"action_add": "", "email": NEW})
    client.post(CONFIRM, {"password": "faux", "next": page})
    assert not EmailAddress.objects.filter(email=NEW).exists()
    client.post(CONFIRM, {"password": factories.PASSWORD, "next": page})
    assert EmailAddress.objects.filter(email=NEW, verified=False).exists(), "it went on where it stopped"
    link = re.search(
        r"https?://[^/]+(/\S+/confirmer/\S+)", Message.objects.filter(address=NEW).latest("pk").text
    )[1]
    client.post(link)
    assert User.objects.get(pk=person.pk).email == NEW
    told = Message.objects.get(kind="account.email_changed")
    assert told.address == "ancienne@exemple.test"
    assert NEW not in told.text


def test_leaving_goes_on_after_the_password(person):
    mine = factories.MembershipFactory(user=person, role="editor")
    client, page = left_open(person), reverse("accounts:members_leave", args=[mine.organisation.pk])
    client.post(page)
    client.post(CONFIRM, {"password": "faux", "next": page})
    assert person.memberships.exists()
    client.post(CONFIRM, {"password": factories.PASSWORD, "next": page})
    assert not person.memberships.exists()


def test_with_a_second_factor_its_code_confirms_too(person):
    people.give_second_factor(person)
    client, page = left_open(person), reverse("mfa_deactivate_totp")
    client.get(page)
    client.post(reverse("mfa_reauthenticate"), {"code": people.code(), "next": page})
    client.post(page)
    assert not Authenticator.objects.filter(user=person, type="totp").exists()


def test_the_link_of_a_reset_signs_in_and_still_asks_for_the_code(person):
    people.give_second_factor(person)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": person.email})
    link = re.search(r"https?://[^/]+(/\S+/nouveau/\S+)", Message.objects.latest("pk").text)[1]
    page = client.get(link, follow=True).request["PATH_INFO"]
    words = {"password1": "girafe tambour lundi cerise", "password2": "girafe tambour lundi cerise"}
    assert client.post(page, words)["Location"] == reverse("mfa_authenticate")
    assert not people.is_in(client)
    people.give_code(client, people.code())
    assert people.is_in(client)

"""What a new password may not be; who has one already keeps it."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from marketplace.accounts.invitations import create_invitation
from marketplace.accounts.models import User
from tests import factories
from tests.security import people

pytestmark = pytest.mark.django_db
GOOD = [
    "girafe tambour lundi cerise",
    "un-tout-nouveau-mot",
    "k7#Vq2!mPz9wLx",
    "la pluie tombait sur nos bottes",
]
BAD = {
    "girafe-lun": "password_too_short",
    "iloveyou1234": "password_guessable",  # in lists of stolen passwords, at its number
    "P@ssw0rd1234": "password_guessable",
    "azertyuiop12": "password_guessable",
    "Motdepasse2026!": "password_guessable",
    "canadiens2026!": "password_guessable",
    "abcabcabcabcabc": "password_guessable",
    "ＰＡＳＳＷＯＲＤ1234": "password_guessable",
    "123456789012": "password_guessable",
    "girafe-m@i11age-lundi": "password_own_word",
    "girafe Sidonie lundi": "password_own_word",
    "girafe-Thériault-lundi": "password_own_word",
    "girafe BORÉALIS lundi": "password_own_word",  # the organisation
    "girafe-stidonat-lundi": "password_own_word",  # the domain of the address
}


@pytest.fixture
def sidonie():
    user = people.person(first_name="Sidonie", last_name="Thériault", email="st@stidonat.exemple.test")
    factories.MembershipFactory(user=user, role="owner", organisation__name="Coopérative Boréalis")
    return user


def codes(password, user):
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return {fault.code for fault in refused.error_list}
    return set()


def test_passwords_that_are_refused_and_accepted(sidonie):
    assert {password: codes(password, sidonie) for password in GOOD} == {password: set() for password in GOOD}
    assert not [(bad, codes(bad, sidonie)) for bad, why in BAD.items() if why not in codes(bad, sidonie)]


def test_every_way_to_choose_a_password_asks_the_same(sidonie):
    weak, told = "Motdepasse2026!", "facile à deviner"
    client = Client()
    signing_up = {"first_name": "Luc", "last_name": "Roy", "email": "luc@exemple.test", "password1": weak}
    assert told in client.post(reverse("account_signup"), signing_up).content.decode()
    _sent, token = create_invitation(
        organisation=sidonie.memberships.get().organisation,
        email="luc@exemple.test",
        role="editor",
        by=sidonie,
    )
    invited = reverse("accounts:invitation", args=[token])
    words = {"first_name": "Luc", "last_name": "Roy"}
    assert told in client.post(invited, {**words, "password": weak}).content.decode()
    page = client.post(invited, {**words, "password": "girafe-borealis-lundi"}).content.decode()
    assert "contient «\u00a0borealis\u00a0»" in page
    assert not User.objects.filter(email="luc@exemple.test").exists()
    people.sign_in(client, sidonie)
    change = {"oldpassword": factories.PASSWORD, "password1": weak, "password2": weak}
    assert told in client.post(reverse("account_change_password"), change).content.decode()


def test_who_has_a_short_password_keeps_signing_in(sidonie):
    sidonie.set_password("court")
    sidonie.save()
    client = Client()
    people.sign_in(client, sidonie, "court")
    assert people.is_in(client)

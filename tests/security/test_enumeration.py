"""Nobody learns from a page whether an address has an account: same answer, same words, as much work."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.accounts.invitations import create_invitation
from marketplace.accounts.models import Membership
from marketplace.outbox.models import Message
from tests import factories
from tests.security import people

pytestmark = pytest.mark.django_db

UNKNOWN = "personne.ici@exemple.test"


def known() -> str:
    return people.person(email="connue@exemple.test").email


def unconfirmed() -> str:
    user = factories.UserFactory(email="a.confirmer@exemple.test")
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    return user.email


def inactive() -> str:
    return people.person(email="partie@exemple.test", is_active=False).email


def without_password() -> str:
    user = people.person(email="sans.mot.de.passe@exemple.test")
    user.set_unusable_password()
    user.save()
    return user.email


def in_two_steps() -> str:
    user = people.person(email="deux.etapes@exemple.test")
    people.give_second_factor(user)
    return user.email


KINDS = [known, unconfirmed, inactive, without_password, in_two_steps]


class Answer:
    """What a passer-by sees of one request, and the work behind it."""

    def __init__(self, monkeypatch, email: str, url: str, data: dict[str, str], client: Client | None = None):
        client = client or Client()
        client.get(url)  # the session and the first-time work
        self.hashed = 0

        def count(encode):
            def counted(hasher, *args, **kwargs):
                self.hashed += 1
                return encode(hasher, *args, **kwargs)

            return counted

        with monkeypatch.context() as patch, CaptureQueriesContext(connection) as asked:
            hasher = hashers.MD5PasswordHasher
            patch.setattr(hasher, "encode", count(hasher.encode))
            answer = client.post(url, {name: value.replace("@@", email) for name, value in data.items()})
        self.queries = len(asked)
        self.status = answer.status_code
        self.location = answer.get("Location", "").replace(email, "…")
        self.headers = sorted(set(answer.headers) - {"X-Request-ID", "Content-Length"})
        self.cookies = sorted(answer.cookies)
        self.said = [str(message).replace(email, "…") for message in get_messages(answer.wsgi_request)]
        self.body = self._plain(answer.content.decode(), email)
        if answer.status_code == 302:
            self.body = self._plain(client.get(answer["Location"], follow=True).content.decode(), email)

    @staticmethod
    def _plain(body: str, email: str) -> str:
        body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
        return body.replace(email, "…")

    def seen(self) -> tuple[object, ...]:
        return (self.status, self.location, self.headers, self.cookies, self.said, self.body)


@pytest.mark.parametrize("kind", KINDS)
def test_signing_in_with_a_wrong_password_tells_nothing(monkeypatch, kind):
    data = {"login": "@@", "password": "un-mauvais-mot-de-passe"}
    there = Answer(monkeypatch, kind(), reverse("account_login"), data)
    nowhere = Answer(monkeypatch, UNKNOWN, reverse("account_login"), data)
    assert there.status == 200
    assert "ne correspondent pas" in there.body
    assert there.seen() == nowhere.seen()
    assert there.hashed == nowhere.hashed == 1


@pytest.mark.parametrize("email", [UNKNOWN, None])
def test_signing_in_too_often_tells_nothing(email):
    email = email or known()
    client = Client()
    data = {"login": email, "password": "un-mauvais-mot-de-passe"}
    pages = [client.post(reverse("account_login"), data).content.decode() for _ in range(6)]
    assert "ne correspondent pas" in pages[4]
    assert "Trop d’essais" in pages[5]


@pytest.mark.parametrize("kind", KINDS)
def test_asking_for_a_new_password_tells_nothing(monkeypatch, kind):
    data = {"email": "@@"}
    there = Answer(monkeypatch, kind(), reverse("account_reset_password"), data)
    nowhere = Answer(monkeypatch, UNKNOWN, reverse("account_reset_password"), data)
    assert there.status == 302
    assert there.seen() == nowhere.seen()
    assert there.hashed == nowhere.hashed
    assert abs(there.queries - nowhere.queries) <= 3, "as much work, within what nobody can measure"
    assert Message.objects.filter(address=UNKNOWN).count() == 1, "a mail is written either way"


@pytest.mark.parametrize("kind", [known, unconfirmed, in_two_steps])
def test_opening_an_account_tells_nothing(monkeypatch, kind):
    data = {
        "first_name": "Maude",
        "last_name": "Archambault",
        "email": "@@",
        "password1": "une-phrase-bien-a-moi",
        "password2": "une-phrase-bien-a-moi",
    }
    there = Answer(monkeypatch, kind(), reverse("account_signup"), data)
    nowhere = Answer(monkeypatch, UNKNOWN, reverse("account_signup"), data)
    assert there.status == 302, there.body
    assert (there.status, there.location, there.said, there.body) == (
        nowhere.status,
        nowhere.location,
        nowhere.said,
        nowhere.body,
    )
    assert there.hashed == nowhere.hashed


def test_a_weak_password_is_refused_alike(monkeypatch):
    data = {"first_name": "M", "last_name": "A", "email": "@@", "password1": "court", "password2": "court"}
    there = Answer(monkeypatch, known(), reverse("account_signup"), data)
    nowhere = Answer(monkeypatch, UNKNOWN, reverse("account_signup"), data)
    assert there.status == 200
    assert there.seen() == nowhere.seen()


@pytest.mark.parametrize("kind", [known, unconfirmed])
def test_changing_ones_address_to_anothers_tells_nothing(monkeypatch, kind):
    data = {"email": "@@", "action_add": ""}
    answers = []
    for email in (kind(), UNKNOWN):
        client = Client()
        client.force_login(people.person())
        answer = Answer(monkeypatch, email, reverse("account_email"), data, client)
        answer.body = re.sub(r"personne\d+@exemple\.test", "moi", answer.body)
        answers.append(answer)
    there, nowhere = answers
    assert (there.status, there.location, there.said) == (nowhere.status, nowhere.location, nowhere.said)
    assert there.body == nowhere.body


def test_inviting_an_address_tells_its_owner_only(monkeypatch):
    """Whoever invites sees the same for an address with an account; who has one shows on the mailed page alone."""
    organisation = factories.OrganisationFactory()
    owner = factories.MembershipFactory(organisation=organisation, role=Membership.Role.OWNER).user
    sent = [
        create_invitation(organisation=organisation, email=email, role=Membership.Role.EDITOR, by=owner)
        for email in (known(), UNKNOWN)
    ]
    first, second = (invitation for invitation, _token in sent)
    assert (first.role, bool(first.accepted_at)) == (second.role, bool(second.accepted_at))


@pytest.mark.parametrize("token", ["faux", "A" * 43, "../..", "%00"])
def test_a_made_up_invitation_link_opens_nothing(client, token):
    answer = client.get(f"/compte/invitation/{token}/")
    assert answer.status_code == 404

"""allauth's mails wait in the outbox like all others; their links leave no trace once sent."""

from __future__ import annotations

import re

import pytest
from allauth.core import context
from django.core import mail
from django.urls import reverse

from marketplace.outbox.account_adapter import AccountAdapter
from marketplace.outbox.models import Message
from tests.factories import PASSWORD, UserFactory
from tests.outbox.running import send_message

pytestmark = pytest.mark.django_db


def sent() -> Message:
    message = Message.objects.get()
    assert mail.outbox == []  # nothing leaves by another door
    assert message.is_secret
    assert send_message(message_id=message.pk)
    return message


def test_changing_address_writes_a_confirmation_that_opens(client):
    user = UserFactory()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": "neuve@exemple.test", "action_add": ""})
    message = sent()
    assert (message.title, message.address) == ("Confirmez votre courriel", "neuve@exemple.test")
    [link] = re.findall(r"https://maillage.example\S+", message.text)
    assert link in message.html
    assert client.get(link).status_code == 200
    message.refresh_from_db()
    assert message.text == "Contenu retiré après l’envoi."
    assert message.html == ""


def test_forgotten_password_writes_to_its_owner(client):
    user = UserFactory()
    client.post(reverse("account_reset_password"), {"email": user.email})
    message = sent()
    assert (message.recipient, message.title) == (user, "Choisir un nouveau mot de passe")
    [link] = re.findall(r"https://maillage.example\S+", message.text)
    assert client.get(link, follow=True).status_code == 200


def test_forgotten_password_of_nobody_says_so_to_the_address_only(client):
    client.post(reverse("account_reset_password"), {"email": "inconnue@exemple.test"})
    message = sent()
    assert (message.recipient, message.title) == (None, "Aucun compte n’est lié à ce courriel")


def test_asking_twice_writes_twice(client):
    """Only the last link may still work, so each is sent."""
    user = UserFactory()
    for _ in range(2):
        client.post(reverse("account_reset_password"), {"email": user.email})
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "title", "said"),
    [
        ("account_already_exists", "Vous avez déjà un compte", "Si c’est vous, connectez-vous"),
        ("password_changed", "", "127.0.0.1"),  # one that we have not written: its own words in our dress
    ],
)
def test_every_mail_of_allauth_leaves_in_our_dress(rf, name, title, said):
    request = rf.get("/")
    details = {
        "ip": "127.0.0.1",
        "user_agent": "x",
        "timestamp": 0,
        "password_reset_url": "http://testserver/x/",
    }
    with context.request_context(request):
        AccountAdapter(request).send_mail(f"account/email/{name}", "maude@exemple.test", details)
    message = sent()
    assert message.title == title if title else message.title
    assert said in message.text
    assert "<html" in message.html

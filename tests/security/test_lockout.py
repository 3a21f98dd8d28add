"""Whoever guesses at a password locks out themselves, not the person."""

import pytest
from django.test import Client

from marketplace.outbox import account_adapter
from marketplace.web import limits
from tests import factories
from tests.security import people

pytestmark = pytest.mark.django_db
WRONG = "un-mauvais-mot-de-passe"


def test_a_stranger_who_guesses_does_not_keep_the_person_out(valkey):
    person = people.person()
    stranger, own = Client(REMOTE_ADDR="203.0.113.66"), Client(REMOTE_ADDR="198.51.100.7")
    for _try in range(8):
        refused = people.sign_in(stranger, person, WRONG)
    assert "Trop d’essais" in refused.content.decode()
    assert "Trop d’essais" in people.sign_in(stranger, person).content.decode(), (
        "the right one comes too late"
    )
    people.sign_in(own, person)
    assert people.is_in(own)


def test_many_networks_together_guess_only_so_often(valkey, monkeypatch):
    monkeypatch.setattr(account_adapter, "FAILURES", limits.Rate(6, 3600))
    person = people.person()
    pages = [
        people.sign_in(Client(REMOTE_ADDR=f"203.0.113.{n}"), person, WRONG).content.decode() for n in range(7)
    ]
    assert ["Trop d’essais" in page for page in pages] == [False] * 6 + [True]
    other = people.person()
    elsewhere = Client(REMOTE_ADDR="203.0.113.1")
    people.sign_in(elsewhere, other)
    assert people.is_in(elsewhere)


def test_signing_in_well_is_not_counted(valkey, monkeypatch):
    monkeypatch.setattr(account_adapter, "FAILURES", limits.Rate(2, 3600))
    person = people.person()
    for n in range(4):
        client = Client(REMOTE_ADDR=f"203.0.113.{n}")
        people.sign_in(client, person, factories.PASSWORD)
        assert people.is_in(client)

"""The security log of a day in which an outsider tried: a platform admin reads who, what, from where, and nothing typed."""

from __future__ import annotations

import html
import re

from django.urls import reverse

from marketplace.accounts.security.models import Kind, SecurityEvent
from tests import factories
from tests.proofs.outside.site import Outside, Visitor
from tests.security import people

LOG = "/gestion/security/securityevent/"
#: What people type at the door, in the wrong field too.
TYPED = ("Mauvais-mot-9", "Mon.Mot.De.Passe9@typo.example", "encore-un-secret-77", "cherchez-moi")


def test_day_is_read_by_a_platform_admin(outside: Outside) -> None:
    marie = people.person(first_name="Marie", last_name="Tremblay")
    admin = people.person(first_name="Dominique", last_name="Lemay", is_superuser=True)
    people.give_second_factor(admin)
    door = reverse("account_login")
    for n in range(12):  # twelve addresses, twice each
        stranger = Visitor(outside, address=f"203.0.113.{n}")
        for again in range(2):
            stranger.sign_in(marie.email, f"{TYPED[0]}-{n}-{again}")
    stranger = Visitor(outside, address="198.51.100.9")
    stranger.sign_in(TYPED[1], TYPED[2])
    for _again in range(8):  # after five, the door is shut to this address
        stranger.sign_in(marie.email, TYPED[2])
    form = {"login": marie.email, "password": TYPED[2]}
    assert outside.ask(door, straight=True, address="198.51.100.9", form=form).status == 403  # no token
    visitor = Visitor(outside, address="198.51.100.20")
    visitor.sign_in(marie.email, factories.PASSWORD)
    assert visitor.get(f"/gestion/login/?q={TYPED[3]}").status == 403
    assert visitor.post(reverse("account_logout"), {}).status == 302
    reader = Visitor(outside, address="192.0.2.9")
    reader.sign_in(admin.email, factories.PASSWORD)
    assert reader.post(reverse("mfa_authenticate"), {"code": people.code()}).status == 302
    page = reader.get(LOG)
    assert page.status == 200
    lines = _lines(page.text)
    print("\n".join(lines))  # noqa: T201 (what the proof shows)
    told = "\n".join(lines)
    for sentence in (
        "Échec de connexion pour Marie Tremblay, depuis 203.0.113.3",
        "Échec de connexion avec une adresse sans compte",
        "Connexion bloquée après trop d’essais pour Marie Tremblay, depuis 198.51.100.9",
        "refusé à quelqu’un, depuis 198.51.100.9",
        "Page refusée à Marie Tremblay, depuis 198.51.100.20",
        "Marie Tremblay a fermé sa session, depuis 198.51.100.20",
        "Dominique Lemay a ouvert une session, depuis 192.0.2.9",
    ):
        assert sentence in told, sentence
    kept = told + str(list(SecurityEvent.objects.values())) + outside.log.read_text()
    assert not [typed for typed in (*TYPED, factories.PASSWORD, marie.email) if typed in kept]
    failures = SecurityEvent.objects.filter(kind=Kind.SIGN_IN_FAILED, person=marie)
    assert failures.count() < sum(failures.values_list("count", flat=True))  # alike, counted in one row


def _lines(page: str) -> list[str]:
    """The rows of the list, as they read."""
    rows = re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    text = (html.unescape(re.sub(r"<[^>]+>", " ", row)) for row in rows)
    return [" ".join(row.replace("\u00a0", " ").split()) for row in text]

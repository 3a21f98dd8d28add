"""Registering, claiming and inviting tell nobody whether an organisation has people, or an address an account.

Same status, same words, as much work: a mail rendered for a member would be heard in the time that the answer takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.accounts.invitations import create_invitation
from marketplace.accounts.models import Membership, User
from marketplace.accounts.tasks import tell_members
from marketplace.outbox import compose
from marketplace.outbox.models import Message
from suppliers.models import Status
from tests import factories
from tests.security import people
from tests.security.test_enumeration import UNKNOWN, known, unconfirmed

pytestmark = pytest.mark.django_db
OWNER, EDITOR = Membership.Role.OWNER, Membership.Role.EDITOR
NAME = "Coop Zénith"
NEQS = ("1167403218", "1167403226")


def peopled(organisation):
    factories.MembershipFactory(organisation=organisation, role=OWNER)
    factories.MembershipFactory(organisation=organisation, role=EDITOR)


def visitor() -> Client:
    return Client()


def person() -> Client:
    """Always of the same name and address, so that two pages can be compared."""
    user = User.objects.filter(email="claire@exemple.test").first()
    if user is None:
        user = people.person(email="claire@exemple.test", first_name="Claire", last_name="Roy")
    client = Client()
    client.force_login(user)
    return client


class Seen:
    """What comes back, with what differs by right taken out, and the work behind it."""

    def __init__(self, monkeypatch, ask: Callable[[], object], *names: str) -> None:
        self.rendered = 0

        def render(email, **letter):
            self.rendered += 1
            return original(email, **letter)

        original = compose.render_email
        with monkeypatch.context() as patch, CaptureQueriesContext(connection) as asked:
            patch.setattr(compose, "render_email", render)
            answer = ask()
        self.queries = len(asked)
        self.status = answer.status_code
        self.chain = [(self._plain(url, names), status) for url, status in answer.redirect_chain]
        self.headers = sorted(set(answer.headers) - {"X-Request-ID", "Content-Length"})
        self.body = self._plain(answer.content.decode(), names)

    @staticmethod
    def _plain(text: str, names: tuple[str, ...]) -> str:
        text = re.sub(r'name="(csrfmiddlewaretoken|form_version)" value="[^"]+"', "", text)
        text = re.sub(
            r"/(inscription|register|revendications|organisations|invitations|demandes)/\d+/", r"/\1/0/", text
        )
        text = re.sub(
            r"encore envoyer \d+", "encore envoyer n", text
        )  # the second of two has one less to send
        text = re.sub(r'name="invitation" value="\d+"|id="[a-z_-]+-?\d+"|value="\d+"', "", text)
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, "…").replace(f"{name[:4]}\u00a0{name[4:7]}\u00a0{name[7:]}", "…")
        return text

    def lines(self) -> list[str]:
        return [line.strip() for line in self.body.splitlines() if line.strip()]

    def facts(self) -> tuple[object, ...]:
        return (self.status, self.chain, self.headers, self.rendered)


def assert_alike(there: Seen, nowhere: Seen, *, within: int = 0) -> None:
    assert there.facts() == nowhere.facts()
    assert [pair for pair in zip(there.lines(), nowhere.lines(), strict=False) if pair[0] != pair[1]] == []
    assert len(there.lines()) == len(nowhere.lines())
    assert abs(there.queries - nowhere.queries) <= within, (there.queries, nowhere.queries)


# -- a NEQ -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [visitor, person])
@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.PROSPECT, Status.DRAFT, Status.ARCHIVED])
def test_a_neq_with_a_sheet_answers_alike_whoever_holds_it(monkeypatch, who, status):
    seen = []
    for neq, is_held in zip(NEQS, (True, False), strict=True):
        sheet = factories.SupplierFactory(organisation__neq=neq, organisation__name=NAME, status=status)
        if is_held:
            peopled(sheet.organisation)
        address = f"{reverse('suppliers:register')}?neq={neq}"
        client = who()
        client.get("/")
        seen.append(Seen(monkeypatch, lambda c=client, a=address: c.get(a, follow=True), neq, sheet.slug))
    assert seen[0].status == 200
    assert_alike(*seen)


@pytest.mark.parametrize("who", [visitor, person])
def test_a_neq_without_a_sheet_answers_alike_whether_we_know_it_or_not(monkeypatch, who):
    """Known and with people, known without, unknown."""
    peopled(factories.OrganisationFactory(neq=NEQS[0]))
    factories.OrganisationFactory(neq=NEQS[1])
    seen = []
    for neq in (*NEQS, "1167403234"):
        address = f"{reverse('suppliers:register')}?neq={neq}"
        client = who()
        client.get("/")
        seen.append(Seen(monkeypatch, lambda c=client, a=address: c.get(a, follow=True), neq))
    with_people, without, unknown = seen
    assert "Commencer" in unknown.body or "Créer un compte" in unknown.body
    assert_alike(with_people, unknown)
    assert_alike(without, unknown)


def test_beginning_a_sheet_answers_alike_whether_the_organisation_has_people(monkeypatch):
    person()
    factories.MembershipFactory(
        user=User.objects.get(email="claire@exemple.test")
    )  # the second time they have one
    peopled(factories.OrganisationFactory(neq=NEQS[0]))
    factories.OrganisationFactory(neq=NEQS[1])
    first = factories.OrganisationFactory().neq  # what a process reads once a minute is read for this one
    seen = []
    for neq in (first, *NEQS):
        client = person()
        client.get("/")
        ask = lambda c=client, n=neq: c.post(reverse("suppliers:register_begin"), {"neq": n}, follow=True)  # noqa: E731
        seen.append(Seen(monkeypatch, ask, neq))
    del seen[0]
    assert seen[0].status == 200
    assert_alike(*seen)


# -- a claim ---------------------------------------------------------------------------------------------------


def test_claiming_answers_alike_and_works_as_much_whoever_holds_the_sheet(monkeypatch):
    seen, claimed = [], []
    for is_held in (True, False):
        sheet = factories.SupplierFactory(organisation__name=NAME)
        if is_held:
            peopled(sheet.organisation)
        claimed.append(sheet)
        address = reverse("suppliers:claim", args=[sheet.slug])
        client = person()
        client.get(address)
        said = {"title": "Trésorière", "message": "Appelez le bureau."}
        ask = lambda c=client, a=address, s=said: c.post(a, s, follow=True)  # noqa: E731
        seen.append(Seen(monkeypatch, ask, sheet.slug, sheet.organisation.neq))
    there, nowhere = seen
    assert "Votre demande est chez le pôle." in there.body
    assert there.rendered == 1, "the receipt, nothing to members"
    assert_alike(there, nowhere)
    assert tell_members() == 2, "a worker looks for members of either"
    assert (
        Message.objects.filter(
            kind="claim.told", subject=f"organisation:{claimed[0].organisation_id}"
        ).count()
        == 2
    )


# -- an institution ----------------------------------------------------------------------------------------------


def test_joining_an_institution_works_as_much_whether_it_has_owners(monkeypatch):
    seen = []
    for neq, has_owner in zip(("8812345678", "8812345686"), (True, False), strict=True):
        buyer = factories.BuyerFactory(
            organisation__neq=neq,
            organisation__name=NAME,
            verified_at=[],
        )
        if has_owner:
            peopled(buyer.organisation)
        address = f"{reverse('buyers:register_institution')}?neq={neq}"
        client = person()
        client.get(address)
        ask = lambda c=client, a=address: c.post(a, {"title": "Greffe", "message": ""}, follow=True)  # noqa: E731
        seen.append(Seen(monkeypatch, ask, neq, buyer.slug))
    assert "Votre demande est envoyée." in seen[0].body
    assert_alike(*seen)


# -- an invitation ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [known, unconfirmed])
def test_inviting_an_address_answers_alike_whether_it_has_an_account(monkeypatch, kind):
    seen = []
    for email in (kind(), UNKNOWN):
        organisation = factories.OrganisationFactory(name=NAME)
        client = person()
        owner = User.objects.get(email="claire@exemple.test")
        Membership.objects.create(user=owner, organisation=organisation, role=OWNER)
        address = reverse("accounts:members", args=[organisation.pk])
        client.get(address)
        ask = lambda c=client, a=address, e=email: c.post(a, {"email": e, "role": EDITOR}, follow=True)  # noqa: E731
        seen.append(Seen(monkeypatch, ask, email, organisation.neq or "-"))
    there, nowhere = seen
    assert "Une invitation est envoyée à" in there.body
    assert there.rendered == 1
    assert_alike(there, nowhere, within=1)  # one look for a second address: what nobody can measure


def test_an_invitation_opened_by_someone_else_tells_nothing_of_the_invited(monkeypatch):
    seen = []
    for email in (known(), UNKNOWN):
        organisation = factories.OrganisationFactory(name=NAME)
        _invitation, token = create_invitation(organisation=organisation, email=email, by=None)
        client = person()
        client.get("/")
        address = reverse("accounts:invitation", args=[token])
        seen.append(Seen(monkeypatch, lambda c=client, a=address: c.get(a, follow=True), email, token))
        posted = client.post(address, {"first_name": "X", "last_name": "Y", "password": factories.PASSWORD})
        assert posted.status_code == 200
    assert seen[0].status == 200
    assert_alike(*seen, within=1)
    assert not EmailAddress.objects.filter(email=UNKNOWN).exists()

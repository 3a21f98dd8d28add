"""The doors: a hundred wrong passwords from forty addresses, a NEQ that is another's, a provider's domain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest
from allauth.account.models import EmailAddress

from buyers.models import Buyer
from marketplace.accounts.models import EmailDomain, JoinRequest, Membership, Organisation, User
from marketplace.accounts.security.models import SecretTry, SecurityEvent
from marketplace.accounts.security.tries import COOKIE
from suppliers.models import Supplier
from tests import factories
from tests.proofs.outside.site import Outside, Visitor

WRONG = "un-mauvais-mot-de-passe"
TRIES, ADDRESSES, AT_ONCE = 100, 40, 2
LOGIN = "/compte/connexion/"
REFUSED = "ne correspondent pas"


def someone(email: str, **fields: object) -> User:
    user = factories.UserFactory(email=email, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/mon-espace/").status == 200


def signed_in(site: Outside, user: User, address: str) -> Visitor:
    visitor = Visitor(site, address=address)
    visitor.sign_in(user.email, factories.PASSWORD)
    assert is_in(visitor)
    return visitor


def guess(site: Outside, email: str) -> None:
    """All at once, as far as the limit, and twenty more; then the right one, which is answered as they were."""
    attackers = [Visitor(site, address=f"203.0.113.{n}") for n in range(ADDRESSES)]
    who = cycle(attackers)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda v: v.sign_in(email, WRONG), [next(who) for _ in range(TRIES + 20)]))
    assert {answer.status for answer in answers} == {200}
    assert all(REFUSED in answer.text for answer in answers)
    counted = SecretTry.objects.count()
    print(f"    {len(answers)} wrong passwords from {ADDRESSES} addresses: {counted} were tried")  # noqa: T201
    assert TRIES <= counted < TRIES + AT_ONCE, "those sent at the same instant pass together"
    late = Visitor(site, address="198.51.100.99")
    assert REFUSED in late.sign_in(email, factories.PASSWORD).text, "the right one, told as a wrong one"
    assert not is_in(late)


def hundred_wrong_passwords(site: Outside) -> None:
    person, neighbour = someone("solange@exemple.test"), someone("voisine@exemple.test")
    home = signed_in(site, person, "192.0.2.50")
    home.post("/compte/deconnexion/", {})
    guess(site, person.email)
    home.address = "192.0.2.51"  # elsewhere today, the same browser
    home.sign_in(person.email, factories.PASSWORD)
    assert is_in(home), "a browser that is known comes in"
    other = Visitor(site, address="203.0.113.1")
    other.sign_in(neighbour.email, factories.PASSWORD)
    assert is_in(other), "another account is not concerned"
    assert COOKIE in other.cookies
    thief = Visitor(site, address="203.0.113.200", cookies={COOKIE: other.cookies[COOKIE]})
    assert REFUSED in thief.sign_in(person.email, factories.PASSWORD).text, "another's cookie knows nobody"
    kinds = set(SecurityEvent.objects.filter(person=person).values_list("kind", flat=True))
    assert {"sign_in_failed", "sign_in_blocked"} <= kinds
    said = " ".join(str(vars(event)) for event in SecurityEvent.objects.all())
    assert not any(secret in said + site.said() for secret in (WRONG, factories.PASSWORD))


def test_a_hundred_wrong_passwords_from_forty_addresses(outside: Outside) -> None:
    hundred_wrong_passwords(outside)


def test_a_hundred_wrong_passwords_without_valkey(outside_without_valkey: Outside) -> None:
    hundred_wrong_passwords(outside_without_valkey)


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
def test_a_neq_that_is_anothers_opens_nothing(outside: Outside, is_known: bool) -> None:
    """Both takeovers, through the pages: registering an enterprise's NEQ, and enrolling a town's."""
    neqs = {"enterprise": "1167403218", "town": "8812345678"}
    if is_known:
        real = factories.SupplierFactory(
            organisation__neq=neqs["enterprise"], name="Coop véritable"
        ).organisation
        factories.MembershipFactory(organisation=real, role=Membership.Role.OWNER)
        town = factories.BuyerFactory(
            name="Ville véritable", organisation__neq=neqs["town"], verified_at=["ville.test"]
        )
        factories.MembershipFactory(organisation=town.organisation, role=Membership.Role.OWNER)
    before = set(Organisation.objects.filter(neq__in=neqs.values()).values_list("neq", "name"))
    members = list(Membership.objects.order_by("pk").values_list("pk", "role"))
    thief = signed_in(outside, someone("voleur@ville.test.mal.test"), "203.0.113.7")
    start = "/fournisseurs/inscription/"
    thief.post(f"{start}commencer/", {"neq": neqs["enterprise"]}, page=f"{start}?neq={neqs['enterprise']}")
    enrolment = f"/acheteurs/inscription/institution/?neq={neqs['town']}"
    words = {
        "name": "Ville de Voleurville",
        "kind": "municipality",
        "town": "Shawinigan",
        "title": "Maire",
        "message": "",
    }
    thief.post(enrolment, words)
    asked = JoinRequest.objects.filter(user__email__startswith="voleur")
    assert asked.exists()
    assert not asked.exclude(state=JoinRequest.State.OPEN).exists()
    for request in asked:
        thief.post(f"/acheteurs/inscription/{request.pk}/", {"decision": "accept"})
    assert set(Organisation.objects.filter(neq__in=neqs.values()).values_list("neq", "name")) == before
    own = Supplier.objects.filter(registration__started_by__email__startswith="voleur").values("organisation")
    strange = Membership.objects.exclude(pk__in=[pk for pk, _role in members]).exclude(organisation__in=own)
    assert not strange.exists()
    assert (
        list(Membership.objects.exclude(organisation__in=own).order_by("pk").values_list("pk", "role"))
        == members
    )
    for organisation in Organisation.objects.exclude(pk__in=own):
        for page in ("membres/", "membres/quitter/", "domaines/"):
            assert thief.get(f"/mon-espace/organisations/{organisation.pk}/{page}").status == 404
    assert not Buyer.objects.filter(organisation__name="Ville de Voleurville", is_listed=True).exists()
    for public in ("/acheteurs/", "/fournisseurs/", "/api/v1/suppliers/"):
        assert "Voleurville" not in outside.ask(public).text


def test_a_providers_domain_opens_no_town(outside: Outside) -> None:
    """A town that writes from cogeco.ca: its owner cannot ask for it, and what was noted before lets no neighbour in."""
    town = factories.BuyerFactory(name="Saint-Exemple", organisation__neq="8812345678", verified_at=[])
    clerk = someone("mairie@cogeco.ca")
    factories.MembershipFactory(organisation=town.organisation, user=clerk, role=Membership.Role.OWNER)
    owner = signed_in(outside, clerk, "192.0.2.60")
    page = f"/mon-espace/organisations/{town.organisation_id}/domaines/"
    for domain in ("cogeco.ca", "COGECO.ca.", "client.cogeco.ca", "cоgeco.ca", "gouv.qc.ca"):
        assert "err-sum" in owner.post(page, {"domain": domain}).text, domain
    assert not EmailDomain.objects.exists()
    EmailDomain.objects.create(
        organisation=town.organisation, domain="cogeco.ca"
    )  # as set before, to be confirmed
    EmailDomain.objects.create(organisation=town.organisation, domain="saint-exemple.test")
    enrolment = "/acheteurs/inscription/institution/?neq=8812345678"
    for n, email in enumerate(
        ["voisin@cogeco.ca", "voisin@saint-exemple.test", "voisin@saint-exernple.test"]
    ):
        neighbour = signed_in(outside, someone(email), f"203.0.113.{n + 20}")
        neighbour.post(enrolment, {"title": "Voisin", "message": ""})
        assert JoinRequest.objects.get(user__email=email).state == JoinRequest.State.OPEN
        assert neighbour.get(page).status == 404
    assert town.organisation.memberships.get().user == clerk
    assert not EmailDomain.objects.confirmed().exists()

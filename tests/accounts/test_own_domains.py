"""Joining by an e-mail domain: only one that is the institution's own, confirmed by staff, and its owners are told."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from buyers.registration import join_institution, register_institution
from marketplace.accounts.email_domains import domain_of_email
from marketplace.accounts.joining import accept_join_request, joins_at_once
from marketplace.accounts.models import EmailDomain, JoinRequest, Membership
from marketplace.accounts.own_domains import (
    ask_for_domain,
    clean_domain,
    confirm_domain,
    refuse_domain,
    remove_domain,
)
from marketplace.accounts.security.models import SecurityEvent
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from tests import factories
from tests.admin.conftest import signed_in
from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db
OWNER, EDITOR = Membership.Role.OWNER, Membership.Role.EDITOR
DOMAIN = "ville.exemple.test"


def someone(email):
    user = factories.UserFactory(email=email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture
def town():
    return factories.BuyerFactory(
        name="Ville d’Exemple", verified_at=[], organisation__website="https://ville.exemple.test"
    )


@pytest.fixture
def owner(town):
    return factories.MembershipFactory(organisation=town.organisation, role=OWNER).user


@pytest.fixture
def asked(town, owner):
    return ask_for_domain(organisation=town.organisation, domain=f"@{DOMAIN.upper()}", by=owner)


def joined(town, email):
    return join_institution(buyer=town, title="Greffe", by=someone(email)).state == JoinRequest.State.ACCEPTED


# -- what one may ask for ---------------------------------------------------------------------------------------------

REFUSED = {
    "N’importe qui": [
        "cogeco.ca", "videotron.ca", "bell.net", "gmail.com", "client.cogeco.ca", "hotmail.be", "yahoo.com.br", "outlook.de",
        "ＣＯＧＥＣＯ.ca", "cogeco。ca", "maude@videotron.ca", "tlb.sympatico.ca", "aol.fr",
        "yopmail.net", "web.de",
    ],
    "Plusieurs institutions": ["gouv.qc.ca", "qc.ca", "ssss.gouv.qc.ca", "canada.ca"],
    "pas un domaine": ["ville", "", "ville..ca", "-ville.ca", "127.0.0.1", "ville.ca/x", "a" * 64 + ".ca", "ville exemple.ca",
        "laßomption.ca", "vil\u200dle.ca"],
    "autre alphabet": ["vіlle.ca", "xn--vlle-xnd.ca", "cоgeco.ca", "ville.рф", "vılle.ca"],
}  # fmt: skip


def test_only_a_domain_that_can_be_ones_own_is_taken():
    faults = []
    for why, texts in REFUSED.items():
        for text in texts:
            try:
                faults.append((text, clean_domain(text)))
            except WrongMove as refused:
                if why not in str(refused):
                    faults.append((text, str(refused)))
    assert not faults
    assert (
        clean_domain("Québec-Ville.CA.")
        == clean_domain("xn--qubec-ville-cbb.ca")
        == domain_of_email("a@québec-ville.ca")
    )
    assert clean_domain("mail@ville.saint-tite.qc.ca") == "ville.saint-tite.qc.ca"


def test_a_domain_that_waits_opens_nothing_and_a_confirmed_one_does(town, owner, asked, pole_staff):
    assert (asked.domain, asked.state, asked.asked_by) == (DOMAIN, "asked", owner)
    assert not joined(town, f"luc@{DOMAIN}")
    confirm_domain(email_domain=asked, by=pole_staff)
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == ("confirmed", pole_staff)
    assert asked.decided_at is not None
    assert DOMAIN in Message.objects.get(kind="domains.confirmed", address=owner.email).text
    others = [
        f"a@sous.{DOMAIN}",
        f"a@faux{DOMAIN}",
        "a@vi11e.exemple.test",
        "a@exemple.test",
        f"a@{DOMAIN}.mal.test",
    ]
    assert not [email for email in others if joined(town, email)]
    assert joined(town, f"zoe@{DOMAIN.upper()}")
    told = Message.objects.filter(kind="enrolment.joined", address=owner.email).latest("pk").text
    assert f"son adresse est à {DOMAIN}" in told


def test_an_address_in_the_other_spelling_of_an_accented_domain_joins(town, owner, pole_staff):
    row = ask_for_domain(organisation=town.organisation, domain="québec-ville.ca", by=owner)
    confirm_domain(email_domain=row, by=pole_staff)
    assert joined(town, "zoe@xn--qubec-ville-cbb.ca")


def test_taking_a_confirmation_back_or_the_last_owner_leaving_closes_the_door(town, owner, asked, pole_staff):
    confirm_domain(email_domain=asked, by=pole_staff)
    Membership.objects.filter(user=owner).update(role=EDITOR)
    assert not joined(town, f"a@{DOMAIN}"), "nobody is there to be told"
    Membership.objects.filter(user=owner).update(role=OWNER)
    refuse_domain(email_domain=asked, reason="shared", by=pole_staff)
    assert not joined(town, f"b@{DOMAIN}")
    assert "Plusieurs institutions" in Message.objects.get(kind="domains.refused").text
    again = ask_for_domain(organisation=town.organisation, domain=DOMAIN, by=owner)
    assert (again.pk, again.state, again.decided_by) == (asked.pk, "asked", None)
    remove_domain(email_domain=again, by=owner)
    assert not EmailDomain.objects.exists()
    logged = SecurityEvent.objects.filter(kind__startswith="domain").order_by("pk")
    assert [(event.kind, event.actor, event.target) for event in logged] == [
        ("domains_confirmed", pole_staff, DOMAIN),
        ("domain_refused", pole_staff, DOMAIN),
        ("domain_removed", owner, DOMAIN),
    ]


def test_who_may_ask_decide_and_remove(town, owner, asked, pole_staff, foreign_staff, admin_user):
    editor = factories.MembershipFactory(organisation=town.organisation, role=EDITOR).user
    stranger = factories.MembershipFactory(role=OWNER).user
    factories.MembershipFactory(organisation=town.organisation, role=OWNER, user=admin_user)
    for person in (editor, stranger, pole_staff):
        with pytest.raises(NotAllowed):
            ask_for_domain(organisation=town.organisation, domain="x.exemple.test", by=person)
        with pytest.raises(NotAllowed):
            remove_domain(email_domain=asked, by=person)
    for person in (owner, editor, stranger, foreign_staff):
        with pytest.raises(NotAllowed):
            confirm_domain(email_domain=asked, by=person)
        with pytest.raises(NotAllowed):
            refuse_domain(email_domain=asked, reason="shared", by=person)
    own = ask_for_domain(organisation=town.organisation, domain="autre.exemple.test", by=admin_user)
    with pytest.raises(NotAllowed, match="votre propre demande"):
        confirm_domain(email_domain=own, by=admin_user)
    confirm_domain(email_domain=own, by=pole_staff)


def test_a_domain_is_of_one_institution_and_a_provider_confirmed_before_is_refused_now(
    town, asked, pole_staff
):
    other = factories.BuyerFactory(verified_at=[DOMAIN])
    with pytest.raises(WrongMove, match="déjà confirmé pour une autre institution"):
        confirm_domain(email_domain=asked, by=pole_staff)
    before = EmailDomain.objects.create(
        organisation=other.organisation, domain="cogeco.ca"
    )  # as the migration writes it
    with pytest.raises(WrongMove, match="N’importe qui"):
        confirm_domain(email_domain=before, by=pole_staff)
    assert not joins_at_once(other.organisation, someone("voisin@cogeco.ca"))


def test_an_unverified_institution_asks_for_none(owner, town):
    town.organisation.institution_verified_on = None
    town.organisation.save()
    with pytest.raises(WrongMove, match="pas encore vérifiée"):
        ask_for_domain(organisation=town.organisation, domain=DOMAIN, by=owner)
    assert (
        signed_in(owner).get(f"/mon-espace/organisations/{town.organisation_id}/domaines/").status_code == 404
    )


def test_a_provider_opens_no_town(pole_staff):
    """A town that writes from cogeco.ca, as a pôle accepts it on its page: its neighbours stay outside."""
    clerk = someone("mairie@cogeco.ca")
    place = {"name": "Saint-Exemple", "town": "Shawinigan", "mrc_id": "36", "region_id": "04"}
    made = register_institution(neq="8812345678", kind="municipality", place=place, title="Greffe", by=clerk)
    staff, decision = signed_in(pole_staff), f"/gestion/accounts/joinrequest/{made.pk}/decision/"
    page = staff.get(f"/gestion/accounts/joinrequest/{made.pk}/change/").content.decode()
    assert 'name="email_domains"' in page
    assert 'value="cogeco.ca"' not in page
    said = staff.post(
        decision, {"decision": "accept", "role": OWNER, "email_domains": "cogeco.ca"}
    ).content.decode()
    assert "N’importe qui peut avoir une adresse à cogeco.ca" in said
    staff.post(decision, {"decision": "accept", "role": OWNER, "email_domains": ""})
    town = made.organisation.buyer
    assert clerk.memberships.exists()
    client = signed_in(clerk)
    page = client.post(f"/mon-espace/organisations/{town.organisation_id}/domaines/", {"domain": "cogeco.ca"})
    assert "N’importe qui peut avoir une adresse à cogeco.ca" in page.content.decode()
    assert not EmailDomain.objects.exists()
    assert not joined(town, "voisin@cogeco.ca")


def test_a_registrants_own_domain_is_not_taken_by_itself(pole_staff):
    clerk = someone(f"greffe@{DOMAIN}")
    place = {"name": "Saint-Exemple", "town": "Shawinigan", "mrc_id": "36", "region_id": "04"}
    made = register_institution(neq="8812345678", kind="municipality", place=place, title="Greffe", by=clerk)
    page = signed_in(pole_staff).get(f"/gestion/accounts/joinrequest/{made.pk}/change/").content.decode()
    assert f'value="{DOMAIN}"' not in page
    accept_join_request(join_request=made, by=pole_staff)
    assert not EmailDomain.objects.exists()
    assert not joined(made.organisation.buyer, f"luc@{DOMAIN}")


# -- pages ---------------------------------------------------------------------------------------------------------


def test_owner_asks_on_the_page_and_removes(town, owner, pole_staff, django_assert_max_num_queries):
    client, page = signed_in(owner), f"/mon-espace/organisations/{town.organisation_id}/domaines/"
    assert page in client.get(f"/mon-espace/organisations/{town.organisation_id}/membres/").content.decode()
    assert_clean(client.get(page))
    answer = client.post(page, {"domain": "videotron.ca"})
    assert_clean(answer)
    assert "N’importe qui peut avoir une adresse à videotron.ca" in answer.content.decode()
    assert_clean(client.post(page, {"domain": DOMAIN}, follow=True))
    with django_assert_max_num_queries(11):
        assert "Chez le pôle" in client.get(page).content.decode()
    assert "attend déjà la réponse" in client.post(page, {"domain": DOMAIN}).content.decode()
    row = EmailDomain.objects.get()
    editor = factories.MembershipFactory(organisation=town.organisation, role=EDITOR).user
    assert "Demander au pôle" not in signed_in(editor).get(page).content.decode()
    signed_in(editor).post(f"{page}{row.pk}/retirer/")
    assert EmailDomain.objects.exists()
    stranger = signed_in(factories.MembershipFactory(role=OWNER).user)
    assert stranger.get(page).status_code == stranger.post(f"{page}{row.pk}/retirer/").status_code == 404
    client.post(f"{page}{row.pk}/retirer/")
    assert not EmailDomain.objects.exists()
    assert "demandé" not in client.get(page.replace("/mon-espace", "/en/my-space")).content.decode()


def test_staff_see_what_waits_and_decide(
    town, owner, asked, pole_staff, foreign_staff, django_assert_max_num_queries
):
    factories.MembershipFactory(organisation=town.organisation, user=someone(f"a@{DOMAIN}"))
    client, page = signed_in(pole_staff), f"/gestion/accounts/emaildomain/{asked.pk}/change/"
    assert page in client.get("/mon-espace/").content.decode()
    assert "à confirmer" in client.get("/gestion/").content.decode()
    changelist = "/gestion/accounts/emaildomain/?state__exact=asked"
    with django_assert_max_num_queries(15):
        assert_clean(answer := client.get(changelist))
    assert DOMAIN in answer.content.decode()
    with django_assert_max_num_queries(15):
        assert_clean(answer := client.get(page))
    assert "1 membre de l’équipe y a une adresse confirmée." in answer.content.decode()
    outsider = signed_in(foreign_staff)
    assert (
        outsider.get(page).status_code
        == outsider.post(page, {"decision": "confirm", "seen": "asked"}).status_code
        == 404
    )
    assert DOMAIN not in outsider.get(changelist).content.decode()
    assert "Rechargez la page" in client.post(page, {"decision": "confirm"}).content.decode()
    assert (
        "Choisissez une raison" in client.post(page, {"decision": "refuse", "seen": "asked"}).content.decode()
    )
    assert_clean(client.post(page, {"decision": "confirm", "seen": "asked"}, follow=True))
    old = client.post(page, {"decision": "refuse", "reason": "shared", "seen": "asked"})
    assert "a changé d’état entretemps" in old.content.decode()
    asked.refresh_from_db()
    assert asked.is_confirmed
    assert page not in client.get("/mon-espace/").content.decode()
    client.post(page, {"decision": "refuse", "reason": "over", "seen": "confirmed"})
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("refused", "over")
    assert_clean(client.get(page))
    assert_clean(client.get(f"/gestion/accounts/emaildomain/{asked.pk}/history/"))


def test_a_domain_that_looks_like_the_site_is_said_so(town, owner, pole_staff):
    row = ask_for_domain(organisation=town.organisation, domain="vi11e.exemple.test", by=owner)
    page = signed_in(pole_staff).get(f"/gestion/accounts/emaildomain/{row.pk}/change/").content.decode()
    assert "méfiez-vous" in page


def test_nobody_signed_out_sees_a_domain(town, asked):
    for address in (
        f"/mon-espace/organisations/{town.organisation_id}/domaines/",
        f"/gestion/accounts/emaildomain/{asked.pk}/change/",
    ):
        assert Client().get(address).status_code == 302

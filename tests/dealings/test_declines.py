"""« Pas pour nous »: shown by GET, done by POST, undone on the same page; only for one's own enterprise."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import Membership
from marketplace.dealings import declines
from marketplace.dealings.models import Decline
from marketplace.dealings.notices import notice_key
from marketplace.web.errors import NotAllowed
from tests.factories import MembershipFactory, SupplierFactory, TenderFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier():
    return SupplierFactory(name="Atelier Les Trois Rives")


@pytest.fixture
def member(supplier):
    return MembershipFactory(organisation=supplier.organisation).user


@pytest.fixture
def tender():
    return TenderFactory()


@pytest.fixture
def mailed(supplier, tender, member) -> str:
    return declines.decline_path(supplier_id=supplier.pk, tender_id=tender.pk, reader_id=member.pk)


def test_decline_is_kept_once_and_taken_back(supplier, tender, member):
    for _ in range(2):
        assert declines.decline_notice(supplier=supplier, notice=tender, by=member).by == member
    assert Decline.objects.count() == 1
    assert declines.take_back_decline(supplier=supplier, notice=tender, by=member)
    assert not declines.take_back_decline(supplier=supplier, notice=tender, by=member)


def test_decline_is_for_members_and_the_staff_of_their_pole(supplier, tender, pole_staff, foreign_staff):
    declines.decline_notice(supplier=supplier, notice=tender, by=pole_staff)
    for stranger in (UserFactory(), foreign_staff):
        with pytest.raises(NotAllowed):
            declines.take_back_decline(supplier=supplier, notice=tender, by=stranger)
    assert Decline.objects.exists()


def test_mailed_link_shows_a_button_and_does_nothing(client, mailed, tender):
    html = client.get(mailed).content.decode()
    assert tender.title in html
    assert "Ce n’est pas pour nous" in html
    assert not Decline.objects.exists()


def test_mailed_link_acts_on_post_without_sign_in_and_undoes(mailed, supplier, tender, member):
    browser = Client(enforce_csrf_checks=True)
    response = browser.post(mailed, follow=True)
    assert "Avis écarté pour Atelier Les Trois Rives" in response.content.decode()
    assert Decline.objects.get().by == member
    response = browser.post(mailed, {"undo": "1"}, follow=True)
    assert "Ce n’est pas pour nous" in response.content.decode()
    assert not Decline.objects.exists()


def test_mailed_link_dies_with_the_membership(client, mailed, member):
    Membership.objects.filter(user=member).delete()
    for method in (client.get, client.post):
        response = method(mailed)
        assert response.status_code == 404
        assert "Rien n’a changé" in response.content.decode()
    assert not Decline.objects.exists()


@pytest.mark.parametrize("token", ["x", "1-2-3", "1-2-3.abc", "1-2.abc"])
def test_broken_link_says_so(client, token):
    assert client.post(reverse("dealings:decline", kwargs={"token": token})).status_code == 404


def test_notice_page_button_needs_a_sign_in(client, tender):
    assert client.post(reverse("dealings:decline_notice", args=[notice_key(tender)])).status_code == 302
    assert not Decline.objects.exists()


def test_notice_page_button_acts_for_my_enterprise(client, supplier, tender, member):
    client.force_login(member)
    url = reverse("dealings:decline_notice", args=[notice_key(tender)])
    assert "Avis écarté" in client.post(url, follow=True).content.decode()
    assert Decline.objects.get().supplier == supplier


def test_notice_page_button_with_two_enterprises_asks_which(client, supplier, tender, member):
    second = SupplierFactory()
    MembershipFactory(user=member, organisation=second.organisation)
    client.force_login(member)
    url = reverse("dealings:decline_notice", args=[notice_key(tender)])
    client.post(url)
    assert not Decline.objects.exists()
    client.post(url, {"supplier": second.pk})
    assert Decline.objects.get().supplier == second


def test_notice_page_button_never_acts_for_others(client, supplier, tender):
    stranger = UserFactory()
    client.force_login(stranger)
    url = reverse("dealings:decline_notice", args=[notice_key(tender)])
    response = client.post(url, {"supplier": supplier.pk})
    assert response.url == reverse("tenders:tender", args=[tender.ocid])
    MembershipFactory(user=stranger, organisation=SupplierFactory().organisation)
    MembershipFactory(user=stranger, organisation=SupplierFactory().organisation)
    client.post(url, {"supplier": supplier.pk})
    assert not Decline.objects.exists()


@pytest.mark.parametrize("status", ["draft", "submitted", "suspended"])
def test_notice_page_declines_for_published_enterprises_only(client, tender, status):
    enterprise = SupplierFactory(status=status)
    client.force_login(MembershipFactory(organisation=enterprise.organisation).user)
    url = reverse("dealings:decline_notice", args=[notice_key(tender)])
    assert client.get(url).url == reverse("tenders:tender", args=[tender.ocid])
    client.post(url, {"supplier": enterprise.pk})
    assert not Decline.objects.exists()

"""Winners without a NEQ, recognised by staff; contracts that end, shown to whom they fit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from buyers.models import Award, SellerName
from buyers.ocds.importer import link_known
from marketplace.dealings.contracts.renewals import renewals_for, renewals_of_territory
from marketplace.dealings.contracts.seller_names import (
    confirm_seller_name,
    propose_seller_names,
    refuse_seller_name,
    take_back_seller_name,
)
from marketplace.matching.models import Experience
from marketplace.web.errors import NotAllowed, WrongMove
from tests.factories import (
    AwardFactory,
    MembershipFactory,
    PolePostFactory,
    SupplierFactory,
    TenderFactory,
    pole,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def coop():
    return SupplierFactory(
        name="Coopérative de solidarité Les Balais verts",
        organisation__town="Shawinigan",
        offers=[("Entretien ménager", "76111500")],
        serves=["36"],
    )


@pytest.fixture
def staff():
    return PolePostFactory().user


def won(name="COOP LES BALAIS VERTS", town="Shawinigan", **more):
    return AwardFactory(neq="", name=name, town=town, **more)


def test_a_winner_is_proposed_confirmed_and_every_award_of_that_name_follows(coop, staff):
    first, other = won(), won(name="Plomberie Untel inc.")
    assert propose_seller_names(by=None) == 1
    assert propose_seller_names(by=None) == 0
    seller = SellerName.objects.get()
    assert (seller.organisation, seller.confidence > 60) == (coop.organisation, True)
    assert not Award.objects.exclude(organisation=None)

    assert confirm_seller_name(seller=seller, by=staff) == 1
    later = won(name="Coop Les Balais Verts")
    link_known(by=None)

    for award, owner in ((first, coop.organisation), (later, coop.organisation), (other, None)):
        award.refresh_from_db()
        assert award.organisation == owner
    assert Experience.objects.filter(supplier=coop, won=True).exists()

    seller.refresh_from_db()
    take_back_seller_name(seller=seller, by=staff)
    assert not Award.objects.exclude(organisation=None).exists()
    assert not Experience.objects.filter(supplier=coop).exists()


def test_what_was_refused_is_not_proposed_again_and_can_be_taken_back(coop, staff):
    won()
    propose_seller_names(by=None)
    seller = SellerName.objects.get()
    refuse_seller_name(seller=seller, by=staff)

    assert propose_seller_names(by=None) == 0
    with pytest.raises(WrongMove):
        confirm_seller_name(seller=seller, by=staff)
    take_back_seller_name(seller=seller, by=staff)
    assert SellerName.objects.waiting().get() == seller


def test_another_pole_neither_sees_nor_decides(coop, client):
    won()
    propose_seller_names(by=None)
    seller = SellerName.objects.get()
    elsewhere = PolePostFactory(pole=pole("laval")).user
    with pytest.raises(NotAllowed):
        confirm_seller_name(seller=seller, by=elsewhere)
    client.force_login(elsewhere)
    assert "BALAIS" not in client.get(reverse("dealings_admin:seller_names")).content.decode()
    assert (
        client.post(reverse("dealings_admin:seller_name", args=[seller.pk]), {"move": "confirm"}).status_code
        == 404
    )


def test_staff_decide_on_the_page_and_a_second_click_says_so(coop, staff, client):
    won()
    propose_seller_names(by=None)
    seller = SellerName.objects.get()
    client.force_login(staff)
    assert "COOP LES BALAIS VERTS" in client.get(reverse("dealings_admin:seller_names")).content.decode()
    address = reverse("dealings_admin:seller_name", args=[seller.pk])
    for word in ("rattaché", "déjà décidée"):
        assert word in client.post(address, {"move": "confirm"}, follow=True).content.decode()
    page = client.get(reverse("dealings_admin:seller_names")).content.decode()
    assert "Décidés récemment" in page


def test_contracts_that_end_are_shown_to_who_sells_that_there_and_to_its_pole(coop, staff, client):
    soon = timezone.localdate() + timedelta(days=200)
    laval = TenderFactory(region_id="13", mrc_id="65")
    other_trade = TenderFactory(unspsc=["43211500"])
    fits = AwardFactory(ends_on=soon)
    own = AwardFactory(
        ends_on=soon,
        organisation=coop.organisation,
        tender=TenderFactory(unspsc=[], region_id="13", mrc_id=None),
    )
    for award in (
        {"tender": laval}, {"tender": other_trade}, {"status": "cancelled"},
        {"ends_on": soon + timedelta(days=300)}, {"ends_on": timezone.localdate() + timedelta(days=20)},
        {"ends_on": None},
    ):  # fmt: skip
        AwardFactory(**{"ends_on": soon} | award)

    assert set(renewals_for(coop)) == {fits, own}
    assert fits in renewals_of_territory(staff)
    assert not renewals_of_territory(staff).filter(tender=laval).exists()
    client.force_login(MembershipFactory(organisation=coop.organisation).user)
    page = client.get(reverse("dealings:renewals")).content.decode()
    assert "C’est votre contrat." in page
    assert "Du même domaine que vos offres" in page
    client.force_login(staff)
    assert fits.tender.title in client.get(reverse("dealings_admin:renewals")).content.decode()

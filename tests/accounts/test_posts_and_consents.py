"""Posts in a pôle are given and ended by platform admins; a consent is a dated row with its words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.accounts import consents, posts
from marketplace.accounts.models import Consent, PolePost
from marketplace.web.errors import NotAllowed, WrongMove
from tests import factories

pytestmark = pytest.mark.django_db


def test_appoint_opens_the_territory_and_end_closes_it(platform_admin, mauricie):
    user = factories.UserFactory()
    assert not user.is_staff
    post = posts.appoint(user=user, pole=mauricie, by=platform_admin)
    assert user.is_staff
    assert "371" in user.covered_mrcs
    posts.end(post=post, by=platform_admin)
    assert not user.is_staff
    assert user.covered_mrcs == frozenset()


def test_appoint_again_reopens_an_ended_post(platform_admin, mauricie):
    post = posts.appoint(user=factories.UserFactory(), pole=mauricie, by=platform_admin)
    posts.end(post=post, by=platform_admin)
    again = posts.appoint(user=post.user, pole=mauricie, by=platform_admin)
    assert again.pk == post.pk
    assert again.until is None


def test_pole_staff_appoints_nobody(pole_staff, mauricie):
    with pytest.raises(NotAllowed):
        posts.appoint(user=factories.UserFactory(), pole=mauricie, by=pole_staff)
    assert PolePost.objects.count() == 1


def test_post_does_not_end_before_it_began(platform_admin, mauricie):
    today = timezone.localdate()
    post = posts.appoint(user=factories.UserFactory(), pole=mauricie, by=platform_admin, since=today)
    with pytest.raises(WrongMove):
        posts.end(post=post, by=platform_admin, until=today - timedelta(days=1))


def test_consent_given_twice_keeps_the_first_words():
    user = factories.UserFactory()
    first = consents.give(user=user, purpose=Consent.Purpose.ALERTS, wording="Oui, écrivez-moi.", by=user)
    again = consents.give(user=user, purpose=Consent.Purpose.ALERTS, wording="Autre texte", by=user)
    assert again == first
    assert again.wording == "Oui, écrivez-moi."
    assert consents.stands(user, Consent.Purpose.ALERTS)


def test_consent_withdrawn_stays_as_a_proof_and_can_be_given_again():
    user = factories.UserFactory()
    consents.give(user=user, purpose=Consent.Purpose.ALERTS, wording="Oui", by=user)
    assert consents.withdraw(user=user, purpose=Consent.Purpose.ALERTS, by=user)
    assert not consents.stands(user, Consent.Purpose.ALERTS)
    assert not consents.withdraw(user=user, purpose=Consent.Purpose.ALERTS, by=user)
    consents.give(user=user, purpose=Consent.Purpose.ALERTS, wording="Oui encore", by=user)
    assert [c.withdrawn_at is None for c in user.consents.order_by("pk")] == [False, True]

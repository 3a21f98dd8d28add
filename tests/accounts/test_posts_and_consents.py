"""Posts in a pôle are given and ended by platform admins; a consent is a dated row with its words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.accounts.consents import give_consent, has_consent, withdraw_consent
from marketplace.accounts.models import Consent, PolePost
from marketplace.accounts.poles import appoint_to_pole, end_pole_post
from marketplace.web.errors import NotAllowed, WrongMove
from tests import factories

pytestmark = pytest.mark.django_db


def test_appoint_opens_the_territory_and_end_closes_it(platform_admin, mauricie):
    user = factories.UserFactory()
    assert not user.is_staff
    post = appoint_to_pole(user=user, pole=mauricie, by=platform_admin)
    assert user.is_staff
    assert "371" in user.covered_mrcs
    end_pole_post(post=post, by=platform_admin)
    assert not user.is_staff
    assert user.covered_mrcs == frozenset()


def test_appoint_again_reopens_an_ended_post(platform_admin, mauricie):
    post = appoint_to_pole(user=factories.UserFactory(), pole=mauricie, by=platform_admin)
    end_pole_post(post=post, by=platform_admin)
    again = appoint_to_pole(user=post.user, pole=mauricie, by=platform_admin)
    assert again.pk == post.pk
    assert again.until is None


def test_pole_staff_appoints_nobody(pole_staff, mauricie):
    with pytest.raises(NotAllowed):
        appoint_to_pole(user=factories.UserFactory(), pole=mauricie, by=pole_staff)
    assert PolePost.objects.count() == 1


def test_post_does_not_end_before_it_began(platform_admin, mauricie):
    today = timezone.localdate()
    post = appoint_to_pole(user=factories.UserFactory(), pole=mauricie, by=platform_admin, since=today)
    with pytest.raises(WrongMove):
        end_pole_post(post=post, by=platform_admin, until=today - timedelta(days=1))


def test_consent_given_twice_keeps_the_first_words():
    user = factories.UserFactory()
    first = give_consent(user=user, purpose=Consent.Purpose.ALERTS, wording="Oui, écrivez-moi.", by=user)
    again = give_consent(user=user, purpose=Consent.Purpose.ALERTS, wording="Autre texte", by=user)
    assert again == first
    assert again.wording == "Oui, écrivez-moi."
    assert has_consent(user, Consent.Purpose.ALERTS)


def test_consent_withdrawn_stays_as_a_proof_and_can_be_given_again():
    user = factories.UserFactory()
    give_consent(user=user, purpose=Consent.Purpose.ALERTS, wording="Oui", by=user)
    assert withdraw_consent(user=user, purpose=Consent.Purpose.ALERTS, by=user)
    assert not has_consent(user, Consent.Purpose.ALERTS)
    assert not withdraw_consent(user=user, purpose=Consent.Purpose.ALERTS, by=user)
    give_consent(user=user, purpose=Consent.Purpose.ALERTS, wording="Oui encore", by=user)
    assert [c.withdrawn_at is None for c in user.consents.order_by("pk")] == [False, True]

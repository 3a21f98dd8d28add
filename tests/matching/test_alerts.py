"""Consent stands exactly while an alert does; links stop what they name and nothing else."""

from __future__ import annotations

import pytest

from marketplace.accounts.consents import has_consent
from marketplace.accounts.models import Consent
from marketplace.matching import alerts
from marketplace.matching.models import Alert, PendingNotice
from marketplace.web.errors import NotAllowed, WrongMove
from tests.factories import SupplierFactory, TenderFactory, UserFactory
from tests.matching.factories import alert_for, member_of

pytestmark = pytest.mark.django_db


def token_of(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def test_set_alert_keeps_the_words_that_were_ticked():
    supplier = SupplierFactory()
    user = member_of(supplier)
    alert = alerts.set_alert(
        user=user, supplier=supplier, frequency="weekly", consent_wording="J’accepte ceci.", by=user
    )
    assert (alert.frequency, alert.stopped_at) == ("weekly", None)
    consent = Consent.objects.get(user=user)
    assert (consent.purpose, consent.wording, consent.withdrawn_at) == ("alerts", "J’accepte ceci.", None)


def test_set_alert_needs_a_ticked_box():
    supplier = SupplierFactory()
    user = member_of(supplier)
    with pytest.raises(WrongMove, match="Cochez la case"):
        alerts.set_alert(user=user, supplier=supplier, frequency="daily", consent_wording=" ", by=user)
    assert not Alert.objects.exists()


def test_set_alert_is_for_members_and_for_oneself(platform_admin):
    supplier, stranger = SupplierFactory(), UserFactory()
    member = member_of(supplier)
    wanted = {"supplier": supplier, "frequency": "daily", "consent_wording": "Oui."}
    for user, by in [(stranger, stranger), (member, stranger)]:
        with pytest.raises(NotAllowed):
            alerts.set_alert(user=user, by=by, **wanted)
    assert not Consent.objects.exists()


def test_set_alert_refuses_an_unknown_frequency():
    alert = alert_for()
    with pytest.raises(WrongMove):
        alerts.set_alert(
            user=alert.user, supplier=alert.supplier, frequency="hourly", consent_wording="", by=alert.user
        )


def test_set_alert_again_changes_the_frequency_without_asking_again():
    alert = alert_for(frequency="weekly")
    before = alert.digested_until
    again = alerts.set_alert(
        user=alert.user, supplier=alert.supplier, frequency="daily", consent_wording="", by=alert.user
    )
    assert (again.pk, again.frequency) == (alert.pk, "daily")
    assert again.digested_until > before
    assert Consent.objects.count() == 1


def test_stop_alert_withdraws_consent_with_the_last_one_only():
    first = alert_for()
    second = alert_for(SupplierFactory(), user=first.user)
    assert alerts.stop_alert(alert=first, by=first.user)
    assert has_consent(first.user, "alerts")
    assert alerts.stop_alert(alert=second, by=first.user)
    assert not has_consent(first.user, "alerts")
    assert not alerts.stop_alert(alert=second, by=first.user)


def test_stop_alert_drops_what_waited_for_it_only():
    alert, other = alert_for(frequency="daily"), alert_for(frequency="daily")
    tender = TenderFactory()
    PendingNotice.objects.create(alert=alert, tender=tender)
    PendingNotice.objects.create(alert=other, tender=tender)
    alerts.stop_alert(alert=alert, by=alert.user)
    assert PendingNotice.objects.get().alert == other


def test_stop_alert_refuses_a_stranger():
    alert = alert_for()
    with pytest.raises(NotAllowed):
        alerts.stop_alert(alert=alert, by=UserFactory())
    assert Alert.objects.active().count() == 1


def test_set_alert_after_a_stop_asks_for_consent_again():
    alert = alert_for()
    alerts.stop_alert(alert=alert, by=alert.user)
    with pytest.raises(WrongMove):
        alerts.set_alert(
            user=alert.user, supplier=alert.supplier, frequency="daily", consent_wording="", by=alert.user
        )
    again = alerts.set_alert(
        user=alert.user, supplier=alert.supplier, frequency="daily", consent_wording="Oui.", by=alert.user
    )
    assert (again.pk, again.stopped_at) == (alert.pk, None)
    assert Consent.objects.count() == 2


def test_stop_all_stops_every_alert_of_one_person():
    mine, other = alert_for(), alert_for()
    alert_for(SupplierFactory(), user=mine.user)
    assert alerts.stop_all_alerts(user=mine.user, by=mine.user) == 2
    assert list(Alert.objects.active()) == [other]
    assert has_consent(other.user, "alerts")


def test_unsubscribe_stops_what_the_link_names():
    alert, other = alert_for(), alert_for()
    token = token_of(alerts.unsubscribe_path(alert))
    assert alerts.stop_alert_by_token(token=token) == alert
    assert alerts.stop_alert_by_token(token=token) == alert
    assert list(Alert.objects.active()) == [other]


@pytest.mark.parametrize("token", ["", "1", "1.", "x.y", "1.abcdef", "é"])
def test_unsubscribe_with_a_broken_link_stops_nothing(token):
    alert_for()
    assert alerts.stop_alert_by_token(token=token) is None
    assert Alert.objects.active().count() == 1


def test_links_of_one_kind_do_not_open_the_other():
    alert = alert_for()
    assert alerts.user_from_token(token_of(alerts.unsubscribe_path(alert))) is None
    assert alerts.alert_from_token(token_of(alerts.stop_all_path(alert.user))) is None


def test_links_hold_no_personal_data():
    alert = alert_for()
    for path in (alerts.unsubscribe_path(alert), alerts.stop_all_path(alert.user)):
        assert "exemple" not in path
        assert alert.user.last_name not in path

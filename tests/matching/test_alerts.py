"""Consent stands exactly while an alert does; several profiles of one person; links stop what they name and nothing else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.accounts.consents import has_consent
from marketplace.accounts.models import Consent, Membership
from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.matching.alerts import verbs
from marketplace.matching.alerts.criteria import read_words_again
from marketplace.matching.alerts.digests import write_due_emails
from marketplace.matching.alerts.verbs import Profile
from marketplace.matching.models import Alert, PendingNotice
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from tests.factories import BuyerFactory, SupplierFactory, TenderFactory, UserFactory
from tests.matching.factories import alert_for, announce, member_of, own_alert, suggestion

pytestmark = pytest.mark.django_db


def token_of(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def ask(user, supplier=None, *, by=None, wording="J’accepte ceci.", **asked):
    profile = Profile(**{"words": "ménage", **asked})
    return verbs.ask_alert(
        user=user, supplier=supplier, profile=profile, consent_wording=wording, by=by or user
    )


def test_ask_alert_keeps_the_words_that_were_ticked_and_needs_them_once():
    user = UserFactory()
    with pytest.raises(WrongMove, match="Cochez la case"):
        ask(user, wording=" ")
    ask(user)
    ask(user, words="traiteur", wording="")
    consent = Consent.objects.get(user=user)
    assert (consent.purpose, consent.wording, consent.withdrawn_at) == ("alerts", "J’accepte ceci.", None)
    again = ask(user, words="traiteur", wording="", name="Autre nom")  # a second click
    assert (again.name, Alert.objects.filter(user=user).count()) == ("Autre nom", 2)


def test_ask_alert_is_for_members_and_for_oneself():
    supplier, stranger = SupplierFactory(), UserFactory()
    member = member_of(supplier)
    for user, by in [(stranger, stranger), (member, stranger)]:
        with pytest.raises(NotAllowed):
            ask(user, supplier, by=by)
    assert not Consent.objects.exists()
    alert = ask(member, supplier)
    for act in (verbs.change_alert, verbs.resume_alert):
        said = {"profile": Profile(words="x")} if act is verbs.change_alert else {"consent_wording": ""}
        with pytest.raises(NotAllowed):
            act(alert=alert, by=stranger, **said)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"frequency": "hourly"}, "fréquence"),
        ({"words": "de la"}, "aucun mot"),
        ({"words": ""}, "tous les avis"),
    ],
)
def test_ask_alert_refuses_what_sends_nothing_or_everything(asked, said):
    with pytest.raises(WrongMove, match=said):
        ask(UserFactory(), **asked)
    assert not Alert.objects.exists()


def test_stop_withdraws_consent_with_the_last_one_only_and_drops_what_waited():
    first = alert_for()
    second = alert_for(SupplierFactory(), user=first.user)
    other = alert_for(frequency="daily")
    tender = TenderFactory()
    for alert in (first, other):
        PendingNotice.objects.create(alert=alert, tender=tender)
    with pytest.raises(NotAllowed):
        verbs.stop_alerts(alerts=[first], by=UserFactory())
    assert verbs.stop_alerts(alerts=[first], by=first.user) == 1
    assert PendingNotice.objects.get().alert == other
    assert has_consent(first.user, "alerts")
    assert verbs.stop_alerts(alerts=[second], by=first.user) == 1
    assert not has_consent(first.user, "alerts")
    assert verbs.stop_alerts(alerts=[second], by=first.user) == 0
    with pytest.raises(WrongMove, match="Cochez"):
        verbs.resume_alert(alert=second, consent_wording="", by=first.user)
    assert verbs.resume_alert(alert=second, consent_wording="Oui.", by=first.user).stopped_at is None
    assert Consent.objects.filter(user=first.user).count() == 2
    assert verbs.stop_all_alerts(user=first.user, by=first.user) == 1
    assert has_consent(other.user, "alerts")


# --- What a profile asks --------------------------------------------------------------------------------------------------


def test_each_criterion_keeps_what_answers_and_leaves_out_the_rest():
    """What a notice does not say passes; invitations only where they are asked."""
    town = BuyerFactory(name="Ville de Zacharie")
    tender = {
        "title": "Enlèvement de la neige",
        "unspsc": ["72102902"],
        "region_id": "04",
        "estimated_amount": Decimal(50_000),
        "buyer": town,
        "language": "fr",
    }
    reader = UserFactory()
    asked = [
        ({"words": "déneigement"}, True),  # another way to say it, by the lexicon
        ({"words": "traiteur, déneigement"}, True),
        ({"words": "déneigement -neige"}, False),
        ({"words": '"neige de toit"'}, False),
        ({"words": "toiture"}, False),
        ({"codes": ("7210",)}, True),
        ({"codes": ("72102902",)}, True),
        ({"codes": ("5610",)}, False),
        ({"regions": ("04", "06")}, True),
        ({"regions": ("06",)}, False),
        ({"amount_from": Decimal(40_000), "words": "neige"}, True),
        ({"amount_from": Decimal(60_000), "words": "neige"}, False),
        ({"amount_to": Decimal(40_000), "words": "neige"}, False),
        ({"buyers": (town.pk,)}, True),
        ({"buyers": (town.pk + 1,)}, False),
        ({"methods": ("open",)}, True),
        ({"methods": ("limited",)}, False),
        ({"languages": ("fr",)}, True),
        ({"languages": ("en",)}, False),
    ]
    alerts = [(own_alert(reader, **one), wanted) for one, wanted in asked]
    notice = TenderFactory(**tender)
    announce(notice)
    answered = set(PendingNotice.objects.values_list("alert", flat=True))
    assert {alert.pk for alert, wanted in alerts if wanted} == answered
    silent = TenderFactory(title="Neige", region_id=None, estimated_amount=None)
    by_invitation = TenderFactory(title="Enlèvement de la neige", method="limited")
    announce(silent)
    announce(by_invitation)
    waiting = {
        tender: set(PendingNotice.objects.filter(tender=tender).values_list("alert", flat=True))
        for tender in (silent, by_invitation)
    }
    assert alerts[9][0].pk in waiting[silent]
    assert alerts[10][0].pk in waiting[silent]
    assert waiting[by_invitation] == {alerts[16][0].pk}


def test_minimum_fit_and_criteria_hold_together_and_a_fit_may_be_waived():
    supplier = SupplierFactory()
    close = alert_for(supplier, minimum_fit=75)
    narrow = alert_for(supplier, user=close.user, words="toiture")
    waived = alert_for(supplier, user=close.user, minimum_fit=None, words="ménager")
    tender = TenderFactory(title="Entretien ménager")
    suggestion(supplier, tender, points=60)
    announce(tender)
    assert [row.alert for row in PendingNotice.objects.all()] == [waived]
    assert narrow.minimum_fit == 40


def test_changed_profile_drops_what_waits_and_answers_no_more():
    alert = alert_for(frequency="daily")
    tender = TenderFactory(title="Entretien ménager")
    suggestion(alert.supplier, tender)
    announce(tender)
    verbs.change_alert(alert=alert, profile=Profile(words="ménager", minimum_fit=40), by=alert.user)
    assert PendingNotice.objects.exists()
    verbs.change_alert(alert=alert, profile=Profile(words="toiture", minimum_fit=40), by=alert.user)
    assert not PendingNotice.objects.exists()


def test_words_are_read_again_where_the_lexicon_changed():
    alert = own_alert(UserFactory(), words="déneigement")
    Alert.objects.update(words_query="", words_codes=[], words_version="before")
    assert read_words_again(by=None) == 1
    assert read_words_again(by=None) == 0
    alert.refresh_from_db()
    assert "neig" in alert.words_query


# --- When it writes -------------------------------------------------------------------------------------------------------


def test_pause_gathers_what_comes_and_says_how_many_closed():
    alert = own_alert(UserFactory(), words="ménager")
    today = timezone.localdate()
    with pytest.raises(WrongMove):
        verbs.pause_alerts(
            alerts=[alert], paused_from=today, paused_until=today - timedelta(days=1), by=alert.user
        )
    verbs.pause_alerts(
        alerts=[alert], paused_from=today, paused_until=today + timedelta(days=6), by=alert.user
    )
    kept = TenderFactory(title="Entretien ménager des bureaux")
    over = TenderFactory(title="Entretien ménager bref", closes_at=timezone.now() + timedelta(days=2))
    for tender in (kept, over):
        announce(tender)
    now = timezone.now()
    assert write_due_emails(now=now + timedelta(days=5)) == 0
    over.closes_at = now - timedelta(hours=1)
    over.save()
    assert write_due_emails(now=now + timedelta(days=8)) == 1
    text = Message.objects.get().text
    assert "Pendant votre pause, un autre avis est paru" in text
    assert kept.title in text


def test_a_batch_costs_few_statements_a_mail_and_leavers_get_none():
    people = [alert_for(frequency="instant") for _ in range(12)]
    tender = TenderFactory()
    for rank, alert in enumerate(people, 1):
        suggestion(alert.supplier, tender, rank=rank, reasons=[])
    announce(tender)
    Membership.objects.filter(user=people[0].user).delete()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert write_due_emails(now=timezone.now() + timedelta(minutes=11)) == 11
    assert len(queries) <= 30
    assert not PendingNotice.objects.exists()


# --- Links and personal data ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "1", "1.", "x.y", "1.abcdef", "é"])
def test_a_broken_link_names_nothing(token):
    alert_for()
    assert verbs.alerts_from_token(token) == []
    assert verbs.user_from_token(token) is None


def test_links_name_one_kind_of_thing_and_no_person():
    alert, other = alert_for(), alert_for()
    path, all_path = verbs.stop_path([alert.pk, other.pk]), verbs.stop_all_path(alert.user)
    assert verbs.alerts_from_token(token_of(path)) == [alert, other]
    assert verbs.user_from_token(token_of(path)) is None
    assert verbs.alerts_from_token(token_of(all_path)) == []
    for one in (path, all_path):
        assert "exemple" not in one
        assert alert.user.last_name not in one


def test_personal_data_holds_the_profile_and_goes_with_the_account():
    alert = own_alert(UserFactory(), words="ménage secret", name="Mon secret")
    assert export_personal_data(alert.user)["alerts"]["alerts"][0]["words"] == "ménage secret"
    assert "secret" not in str(alert)
    erase_personal_data(user=alert.user, by=None)
    assert not Alert.objects.exists()

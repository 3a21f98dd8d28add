"""Following a notice, saying that it interests one's enterprise, and what others may know of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from buyers.models import AuthorisationRule, NeedVersion, Tender, TenderVersion
from buyers.needs.lifecycle import cancel_need, change_need
from buyers.needs.versions import said_by
from marketplace.dealings.interests import dates
from marketplace.dealings.interests.changes import closing_change
from marketplace.dealings.interests.closing import tell_closings
from marketplace.dealings.interests.follows import follow_notice, tell_followers
from marketplace.dealings.interests.go_no_go import Asked, go_no_go
from marketplace.dealings.interests.interests import express_interest
from marketplace.dealings.interests.links import unfollow_path
from marketplace.dealings.models import Decline, Follow, Interest
from marketplace.dealings.notices import TENDERS, notice_key
from marketplace.matching.alerts.digests import write_due_emails
from marketplace.matching.engine import SupplierProfile
from marketplace.outbox.models import Mention, Message
from marketplace.web.errors import NotAllowed, WrongMove
from tests.factories import (
    BuyerFactory,
    MembershipFactory,
    NeedFactory,
    SupplierFactory,
    TenderFactory,
    UserFactory,
)
from tests.matching.factories import announce, own_alert
from tests.web.versions import page_forms

pytestmark = pytest.mark.django_db
CLOSING = datetime(2030, 12, 3, 16, tzinfo=UTC)


@pytest.fixture
def supplier():
    return SupplierFactory(name="Atelier Les Trois Rives", serves=["R04"])


@pytest.fixture
def member(supplier):
    return MembershipFactory(organisation=supplier.organisation).user


@pytest.fixture
def tender():
    row = TenderFactory(closes_at=CLOSING, version="20261101120000", versions=False)
    add_version(row, "20261101120000", tenderPeriod={"endDate": CLOSING.isoformat()})
    return row


def add_version(row: Tender, release_id: str, tags: tuple[str, ...] = ("tender",), **said) -> None:
    """One more version, and the row as all of them say."""
    release = {"tag": list(tags), "tender": {"title": row.title, "status": "active", **said}}
    TenderVersion.objects.create(tender=row, release_id=release_id, tags=list(tags), release=release)
    Tender.objects.filter(pk=row.pk).update(version=release_id)
    row.refresh_from_db()


def sign_in(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_follow_button_is_said_not_toggled_and_a_version_is_told_once(member, tender):
    browser, url = sign_in(member), reverse("dealings:follow", args=[notice_key(tender)])
    for _ in range(2):
        assert "Vous suivez cet avis" in browser.post(url, {"wanted": "1"}, follow=True).content.decode()
    assert Follow.objects.get().user == member
    assert tell_followers() == 0
    add_version(tender, "20261102120000", tenderPeriod={"endDate": (CLOSING + timedelta(days=7)).isoformat()})
    assert (tell_followers(), tell_followers()) == (1, 0)
    message = Message.objects.get()
    assert message.title == f"Clôture reportée : {tender.title}"
    assert "Clôture reportée du 3 au 10\u00a0décembre\u00a02030, 11\u00a0h." in message.text
    assert "Ne plus suivre" in message.text
    assert "One-Click" in message.headers["List-Unsubscribe-Post"]
    assert Mention.objects.get().version == "20261102120000"
    browser.post(url, {"wanted": "0"})
    browser.post(url, {"wanted": "0"})
    assert not Follow.objects.exists()


def test_followers_hear_of_documents_of_the_award_and_of_the_end_and_not_of_nothing(member, tender):
    follow_notice(notice=tender, by=member)
    add_version(tender, "20261102000000", tenderPeriod={"endDate": CLOSING.isoformat()})
    assert tell_followers() == 0
    assert Follow.objects.get().told_version == "20261102000000"
    document = {"id": "1", "title": "Addenda 2", "url": "https://exemple.test/a2.pdf"}
    add_version(tender, "20261103000000", documents=[document])
    tell_followers()
    add_version(tender, "20261104000000", ("tenderCancellation",), status="cancelled")
    tell_followers()
    titles = list(Message.objects.order_by("pk").values_list("title", flat=True))
    assert [title.partition(" : ")[0] for title in titles] == ["Addenda", "Avis annulé"]
    assert "Document ajouté : Addenda 2." in Message.objects.order_by("pk")[0].text


def test_a_mail_that_names_the_version_already_is_enough(member, tender):
    follow_notice(notice=tender, by=member)
    add_version(tender, "20261102120000", tenderPeriod={"endDate": (CLOSING + timedelta(days=7)).isoformat()})
    told = Message.objects.create(
        address=member.email, recipient=member, message_id="<un@exemple.test>", kind="alert"
    )
    Mention.objects.create(recipient=member, notice=tender.ocid, version=tender.version, message=told)
    assert tell_followers() == 0


def test_what_closes_within_five_days_is_told_once_in_one_mail_and_again_where_it_moves(member, tender):
    other = TenderFactory(title="Déneigement", closes_at=CLOSING + timedelta(days=1))
    for notice in (tender, other):
        follow_notice(notice=notice, by=member)
    assert tell_closings(now=CLOSING - timedelta(days=6)) == 0
    assert tell_closings(now=(CLOSING - timedelta(days=3)).replace(hour=11)) == 0  # alerts leave first
    near = CLOSING - timedelta(days=3)
    with time_machine.travel(near, tick=False):
        assert (tell_closings(), tell_closings()) == (1, 0)
    message = Message.objects.get()
    assert message.title == "2 avis suivis se ferment dans moins de cinq jours"
    assert tender.title in message.text
    with time_machine.travel(near, tick=False):
        follow_notice(notice=TenderFactory(closes_at=CLOSING), by=member)
        assert tell_closings() == 0  # followed as late as that, its closing is known
        Tender.objects.filter(pk=other.pk).update(closes_at=CLOSING + timedelta(hours=30))
    assert tell_closings(now=near + timedelta(minutes=5)) == 1
    link = message.headers["List-Unsubscribe"].split(">")[0].removeprefix("<https://maillage.example")
    assert "Ne plus suivre ces avis?" in Client().get(link).content.decode()
    assert Follow.objects.count() == 3
    Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})
    assert Follow.objects.count() == 1


def test_mail_of_alerts_says_what_is_followed_and_what_closes_soon(member):
    own_alert(member, words="ménager")
    soon, found = TenderFactory(title="Déneigement"), TenderFactory(title="Entretien ménager")
    for notice in (soon, found):
        follow_notice(notice=notice, by=member)
    Follow.objects.update(at=timezone.now() - timedelta(days=30))
    Tender.objects.filter(pk=soon.pk).update(closes_at=timezone.now() + timedelta(days=4))
    announce(found)
    assert write_due_emails(now=timezone.now() + timedelta(days=1)) == 1
    text = Message.objects.get().text.replace("\u00a0", " ")
    assert "Vous suivez cet avis." in text
    assert "Se ferment bientôt, parmi vos avis suivis" in text
    assert "Déneigement" in text
    assert tell_closings(now=timezone.now().replace(hour=16) + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("after", "french", "english"),
    [
        (
            CLOSING + timedelta(days=7),
            "Clôture reportée du 3 au 10 décembre 2030, 11 h.",
            "December 3 to December 10, 2030",
        ),
        (
            CLOSING - timedelta(days=7),
            "Clôture devancée du 3 décembre au 26 novembre 2030, 11 h.",
            "November 26",
        ),
        (
            CLOSING + timedelta(hours=3),
            "Clôture à 14 h au lieu de 11 h, le 3 déc. 2030.",
            "2:00 pm instead of 11:00 am",
        ),
        (CLOSING, "", ""),
    ],
)
def test_another_closing_is_said_as_people_do(after, french, english):
    assert closing_change(CLOSING, after).replace("\u00a0", " ") == french
    with translation.override("en"):
        assert english in closing_change(CLOSING, after).replace("\u00a0", " ")


def test_unfollow_link_needs_no_sign_in_and_only_acts_on_post(client, member, tender):
    path = unfollow_path(follow_notice(notice=tender, by=member))
    assert "Ne plus suivre cet avis?" in client.get(path).content.decode()
    assert Follow.objects.exists()
    assert "Vous ne suivez plus cet avis" in Client(enforce_csrf_checks=True).post(path).content.decode()
    assert not Follow.objects.exists()


def test_interest_page_says_it_changes_who_sees_it_and_takes_it_back(supplier, member, tender):
    browser, url = sign_in(member), reverse("dealings:interest", args=[notice_key(tender)])
    Decline.objects.create(supplier=supplier, tender=tender)

    def post(**data):
        version = next(
            dict(form["fields"])["form_version"]
            for form in page_forms(browser.get(url))
            if "form_version" in dict(form["fields"])
        )
        return browser.post(url, {"supplier": supplier.pk, "form_version": version, **data}, follow=True)

    post(open_to_partners="on")
    interest = Interest.objects.get()
    assert (interest.open_to_partners, interest.seen_by_others, interest.seen_by_buyer) == (
        True,
        False,
        False,
    )
    assert not Decline.objects.exists()
    assert Follow.objects.get().user == member
    for _ in range(2):
        post(seen_by_buyer="on")
    assert Interest.objects.get().seen_by_buyer
    assert "plus personne ne voit" in post(undo="1").content.decode()
    assert not Interest.objects.exists()
    stranger = sign_in(MembershipFactory(organisation=SupplierFactory().organisation).user)
    stranger.post(url, {"supplier": supplier.pk})
    assert not Interest.objects.exists()


def test_interest_is_for_members_and_not_after_the_closing(supplier, member, tender):
    with pytest.raises(NotAllowed):
        express_interest(supplier=supplier, notice=tender, by=UserFactory())
    over = TenderFactory(closes_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(WrongMove):
        express_interest(supplier=supplier, notice=over, by=member)


def test_interest_is_shown_to_those_alone_whom_it_agreed_to(client, supplier, member, tender):
    shop = BuyerFactory()
    Tender.objects.filter(pk=tender.pk).update(buyer=shop)
    readers = {
        "enterprise": MembershipFactory(organisation=SupplierFactory().organisation).user,
        "buyer": MembershipFactory(organisation=shop.organisation).user,
        "stranger": UserFactory(),
    }

    def seen_by() -> set[str]:
        page = reverse("tenders:tender", args=[tender.ocid])
        name = supplier.organisation.name
        assert name not in client.get(page).content.decode()
        return {who for who, user in readers.items() if name in sign_in(user).get(page).content.decode()}

    assert seen_by() == set()
    interest = express_interest(supplier=supplier, notice=tender, by=member)
    assert seen_by() == set()
    for column, who in (("seen_by_others", "enterprise"), ("seen_by_buyer", "buyer")):
        Interest.objects.filter(pk=interest.pk).update(seen_by_others=False, seen_by_buyer=False)
        Interest.objects.filter(pk=interest.pk).update(**{column: True})
        assert seen_by() == {who}


def test_a_need_is_followed_answered_and_put_aside_as_a_notice_is(client, supplier, member):
    need = NeedFactory(closes_at=CLOSING)
    NeedVersion.objects.create(need=need, number=1, said=said_by(need))
    key, browser = notice_key(need), sign_in(member)
    browser.post(reverse("dealings:follow", args=[key]), {"wanted": "1"})
    change_need(need=need, values={"closes_at": CLOSING + timedelta(days=7)}, by=None)
    assert (tell_followers(), tell_followers()) == (1, 0)
    cancel_need(need=need, reason="Le budget a changé.", by=None)
    assert tell_followers() == 1
    titles = Message.objects.filter(kind="follows.changed").order_by("pk").values_list("title", flat=True)
    assert [title.partition(" : ")[0] for title in titles] == ["Clôture reportée", "Besoin annulé"]
    other = NeedFactory(title="Ménage de la bibliothèque")
    express_interest(supplier=supplier, notice=other, by=member, open_to_partners=True)
    assert other.title in browser.get("/mon-espace/suivis/").content.decode()
    page = browser.get(reverse("needs:need", args=[other.slug])).content.decode()
    assert "Cet avis vous intéresse" in page
    assert browser.get(reverse("dealings:consortium_search", args=[notice_key(other)])).status_code == 200
    browser.post(reverse("dealings:decline_notice", args=[notice_key(other)]), {"supplier": supplier.pk})
    assert Decline.objects.get().need == other
    hidden = notice_key(NeedFactory(audience="invited"))
    for name in ("follow", "interest", "decline_notice", "notice_calendar"):
        method = browser.post if name == "follow" else browser.get
        assert method(reverse(f"dealings:{name}", args=[hidden])).status_code == 404


def test_dates_feed_opens_by_its_secret_alone_until_it_is_renewed(client, member, tender):
    follow_notice(notice=tender, by=member)
    TenderVersion.objects.update(release={"tender": {"enquiryPeriod": {"endDate": "2030-11-25T16:00:00Z"}}})
    feed = dates.open_dates_feed(by=member)
    first = reverse("dealings:dates_calendar", args=[feed.token])
    body = client.get(first).content.decode()
    assert "DTEND;TZID=America/Toronto:20301203T110000" in body
    assert body.count("BEGIN:VEVENT") == 2
    second = dates.renew_dates_feed(by=member)
    assert client.get(first).status_code == 404
    assert client.get(reverse("dealings:dates_calendar", args=[second.token])).status_code == 200
    dates.close_dates_feed(by=member)
    assert client.get(reverse("dealings:dates_calendar", args=[second.token])).status_code == 404
    one = client.get(reverse("dealings:notice_calendar", args=[notice_key(tender)]))
    assert one["Content-Type"].startswith("text/calendar")


def test_go_no_go_weighs_time_place_size_and_says_what_to_confirm():
    notice = TenderFactory.build(
        closes_at=CLOSING, estimated_amount=Decimal(1_200_000), method="limited", versions=False
    )
    asked = Asked(
        profile=TENDERS.profile(notice),
        closes_at=CLOSING,
        is_running=True,
        is_by_invitation=True,
    )
    supplier = SupplierProfile(key=1, serves=frozenset({"R13"}), capacity=100_000)
    rules = list(AuthorisationRule.objects.asked_by(category="services", amount=notice.estimated_amount))
    checks = go_no_go(asked, supplier, [], rules, CLOSING.date() - timedelta(days=2))
    assert [(check.topic, check.verdict) for check in checks] == [
        ("Invitation", "none"),
        ("Temps", "none"),
        ("Territoire", "none"),
        ("Capacité", "none"),
        ("Autorisation", "part"),
        ("Autorisation", "part"),
    ]
    assert "Autorité des marchés publics" in checks[4].lead
    assert checks[4].detail.startswith("À confirmer.")
    held = go_no_go(asked, supplier, ["amp"], rules, CLOSING.date() - timedelta(days=30))
    assert [check.verdict for check in held][1::3] == ["full", "full"]
    AuthorisationRule.objects.filter(certification="amp").update(
        valid_until=timezone.localdate() - timedelta(days=1)
    )
    assert not AuthorisationRule.objects.standing().filter(certification="amp").exists()


@pytest.mark.parametrize(
    ("category", "amount", "codes"),
    [
        ("services", 999_999, [None]),
        ("services", 1_000_000, ["amp", None]),
        ("works", 1_000_000, ["rbq", None]),
        ("works", None, ["rbq"]),
        ("", 1_000_000, ["amp", None]),
        ("", 6_000_000, ["amp", "amp", None]),
        ("", None, []),
    ],
)
@pytest.mark.django_db
def test_rules_are_asked_by_nature_and_amount(category, amount, codes):
    rules = AuthorisationRule.objects.asked_by(category=category, amount=amount)
    assert [rule.certification_id for rule in rules] == codes

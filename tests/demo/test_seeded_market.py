"""The buying side of the demo: institutions of nobody's, notices that hold together, days that fit who meets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from random import Random
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from buyers.models import Buyer, Tender
from cohorts.models import Cohort
from cohorts.models import State as CohortState
from marketplace.dealings.models import OwnList, OwnListRow, SuggestedNotice, Visits
from marketplace.dealings.outcomes.periods import USUAL
from marketplace.dealings.outcomes.searches import searches_of
from marketplace.demo.seeding.buyers import BUYERS, INVENTED
from marketplace.demo.seeding.enterprises import MEMBER_NEQ
from marketplace.demo.seeding.events import BOUGHT_BY, EVENT_PLANS, SOUGHT
from marketplace.demo.seeding.notice_subjects import SUBJECTS
from marketplace.demo.seeding.notice_text import ABOVE, THRESHOLD
from marketplace.demo.seeding.seed_data import CODE_LABELS, TRADES
from marketplace.demo.seeding.tenders import DemoReleaseWriter
from marketplace.demo.seeding.trades import suppliers_of_trade
from marketplace.events.models import MatchmakingEvent, Meeting, Participation, State, Wish
from marketplace.matching.models import BuyerSuggestion, NewSupplierAlert, SavedSearch
from marketplace.outbox.models import Suppression
from marketplace.territories.body_names import find_place_in_name
from marketplace.territories.places import current_gazetteer
from marketplace.web.workdays import is_working_day
from suppliers.models import Supplier
from tests.web.clean import assert_clean

from .test_seed import seed

pytestmark = pytest.mark.django_db
TUESDAY, THURSDAY = 1, 3


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Seeded once, for every test that only reads."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed(suppliers=150, tenders=24, number=2)
        yield
        transaction.set_rollback(True)


def test_buyers_are_nobody_s_and_say_so(seeded):
    gazetteer = current_gazetteer()
    taken = [
        buyer.name
        for buyer in BUYERS
        if find_place_in_name(gazetteer, buyer.name).region
        or (buyer.town not in ("Montréal", "Laval") and gazetteer.resolve(buyer.town, "").region)
    ]
    assert taken == []
    seeded_buyers = Buyer.objects.filter(organisation__name__in=[buyer.name for buyer in BUYERS])
    assert seeded_buyers.count() == len(BUYERS)
    assert all(buyer.presentation.endswith(INVENTED) for buyer in seeded_buyers)
    assert len({buyer.region for buyer in BUYERS}) >= 15


def test_subjects_join_codes_trades_and_texts():
    offered = {trade.key: {code for _title, code, _kind in trade.offers} for trade in TRADES}
    families = {key: {code[:4] for code in codes} for key, codes in offered.items()}
    wrong = [
        subject.key
        for subject in SUBJECTS
        if (subject.trade in families and subject.code[:4] not in families[subject.trade])
        or not (subject.code in CODE_LABELS or subject.code.endswith("0000"))  # families are labelled already
        or (subject.award == "quality") != bool(subject.criteria)
        or (subject.criteria and sum(int(one.rpartition("|")[2]) for one in subject.criteria) != 100)
        or (
            subject.category[0] != {"goods": "G", "services": "S", "works": "C"}[subject.nature]
            and (subject.nature, subject.category) != ("services", "G15")
        )
        or not all(subject.titles_for(kind) for kind in subject.buyers)
    ]
    assert wrong == []
    assert set(SOUGHT) <= set(BOUGHT_BY)
    assert all(set(plan.trades) <= set(SOUGHT) for plan in EVENT_PLANS)


def test_written_notices_close_when_bids_are_opened_and_hold_together(seeded):
    day = timezone.localdate()
    buyers = list(
        Buyer.objects.filter(organisation__name__in=[b.name for b in BUYERS]).select_related("organisation")
    )
    writer = DemoReleaseWriter(buyers, Random(5), day)
    written = [writer.open_tender(n)[-1] for n in range(240)] + [
        writer.awarded_tender(n, {})[-1] for n in range(240, 320)
    ]
    wrong: list[tuple[str, object]] = []
    for release in written:
        tender = release["tender"]
        opens = datetime.fromisoformat(tender["tenderPeriod"]["startDate"])
        end = tender["tenderPeriod"].get("endDate")
        closes = datetime.fromisoformat(end) if end else None
        amount, method = tender["value"]["amount"], tender["procurementMethod"]
        awards = [datetime.fromisoformat(one["date"]).date() for one in release.get("awards", [])]
        if not all(is_working_day(one) for one in awards):
            wrong.append(("awarded", awards))
        if not is_working_day(opens.date()) or not 8 <= opens.hour < 16:
            wrong.append(("published", opens))
        if closes and not (
            is_working_day(closes.date())
            and TUESDAY <= closes.weekday() <= THURSDAY
            and 10 <= closes.hour <= 15
            and (closes.date() - opens.date()).days >= 16
        ):
            wrong.append(("closes", closes))
        if (method == "open" and THRESHOLD <= amount < ABOVE) or (method != "open" and amount >= THRESHOLD):
            wrong.append(("method", (method, amount)))
        item = tender["items"][0]
        known = [(s.category, s.code) for s in SUBJECTS]
        if (item["id"], item["classification"]["id"]) not in known:
            wrong.append(("code", item))
        text = tender["description"]
        if (
            any(mark in tender["title"] + text for mark in "{}[]|'")
            or " :" in text
            or "  " in text
            or not 300 < len(text) < 3000
        ):
            wrong.append(("text", (tender["title"], text)))
    assert wrong == []
    texts = {release["tender"]["description"] for release in written}
    assert len(texts) > 300
    assert len({release["tender"]["title"] for release in written}) > 200


@pytest.mark.urls("tests.demo.demo_urls")
def test_links_of_notices_answer_in_the_demo(seeded, client):
    tender = next(t for t in Tender.objects.open().order_by("pk") if t.url)
    page = client.get(urlsplit(tender.url).path)
    assert page.status_code == 200
    assert_clean(page)
    assert "Avis simulé" in page.content.decode()
    version = tender.versions.order_by("-pk")[0].release
    links = [one["url"] for one in version["tender"]["documents"]][1:]
    assert len(links) >= 2
    for link in links:
        response = client.get(urlsplit(link).path)
        assert (response.status_code, response.content[:5]) == (200, b"%PDF-"), link
    for nothing in (
        "/avis-simule/1/",
        f"{urlsplit(tender.url).path}rien.pdf",
        "/avis-simule/99999999999999999999/",
    ):
        assert client.get(nothing).status_code == 404


def test_every_state_stands_somewhere(seeded):
    notices = Counter(Tender.objects.values_list("status", flat=True))
    assert set(notices) == set(Tender.Status.values)
    assert Tender.objects.filter(status="active", closes_at__lt=timezone.now(), awarded="").exists()
    assert {"open", "limited"} <= set(Tender.objects.values_list("method", flat=True))
    assert set(MatchmakingEvent.objects.values_list("state", flat=True)) == set(State.values)
    assert set(Cohort.objects.values_list("state", flat=True)) == set(CohortState.values)
    assert len(set(MatchmakingEvent.objects.values_list("region", flat=True))) >= 6
    assert len(set(Cohort.objects.values_list("region", flat=True))) >= 6
    assert {"ready", "columns", "failed"} == set(OwnList.objects.values_list("state", flat=True))
    assert OwnListRow.objects.filter(state="proposed").exists()
    assert {(s.reason, s.lifted_at is None) for s in Suppression.objects.all()} == {
        ("refused", True), ("complaint", True), ("refused", False),
    }  # fmt: skip
    assert SavedSearch.objects.running().exists()
    assert NewSupplierAlert.objects.standing().exists()
    assert BuyerSuggestion.objects.standing().exists()
    assert Visits.objects.values("supplier").distinct().count() > 2
    assert {True, False} == set(SuggestedNotice.objects.values_list(Q(opened_on=None), flat=True).distinct())
    member = Supplier.objects.get(organisation__neq=MEMBER_NEQ)
    assert searches_of(member, USUAL)
    assert Participation.objects.filter(event__state=State.DONE, state=Participation.State.ABSENT).exists()
    assert {Meeting.State.DONE, Meeting.State.ABSENT} <= set(
        Meeting.objects.filter(event__state=State.DONE).values_list("state", flat=True)
    )


def test_wishes_go_to_who_sells_what_is_sought(seeded):
    of_trade = {trade: set(suppliers_of_trade(trade).values_list("pk", flat=True)) for trade in SOUGHT}
    said = {text: trade for trade, texts in SOUGHT.items() for text in texts}
    wrong = []
    for wish in Wish.objects.select_related("wisher", "wanted"):
        buyer, supplier = sorted((wish.wisher, wish.wanted), key=lambda one: not one.is_buyer)
        sought = {said[one] for one in said if f"{one}." in buyer.needs}
        if not any(supplier.supplier_id in of_trade[trade] for trade in sought):
            wrong.append((buyer.needs, supplier.needs))
    assert wrong == []
    assert Wish.objects.count() > 100

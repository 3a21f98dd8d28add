"""The demo's rows: as many as asked, and believable; institutions of nobody's, notices that hold together."""

from __future__ import annotations

import csv
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from buyers.feeds.admin import health_badge
from buyers.models import Award, Buyer, EnteredNotice, FeedFile, NoticeSource, SellerName, Tender
from cohorts.models import Cohort
from cohorts.models import State as CohortState
from marketplace.accounts.models import JoinRequest, Organisation, PolePost
from marketplace.dealings.models import OwnList, OwnListRow, SuggestedNotice, Visits
from marketplace.dealings.outcomes.periods import USUAL
from marketplace.dealings.outcomes.searches import searches_of
from marketplace.demo.seeding import seed as seeding
from marketplace.demo.seeding.addresses import AREA_CODES, AREA_CODES_OF_MRC, populated_towns
from marketplace.demo.seeding.buyers import BUYERS, INVENTED
from marketplace.demo.seeding.duplicates import TWINS
from marketplace.demo.seeding.enterprises import (
    MEMBER_MRC,
    MEMBER_NEQ,
    MEMBER_TRADE,
    NEIGHBOURS,
    plan_enterprises,
)
from marketplace.demo.seeding.events import BOUGHT_BY, EVENT_PLANS, SOUGHT
from marketplace.demo.seeding.notice_subjects import SUBJECTS
from marketplace.demo.seeding.notice_text import ABOVE, THRESHOLD
from marketplace.demo.seeding.outreach import BODIES
from marketplace.demo.seeding.seed_data import CODE_LABELS, TRADES
from marketplace.demo.seeding.tenders import DemoReleaseWriter
from marketplace.demo.seeding.trades import suppliers_of_trade
from marketplace.events.models import MatchmakingEvent, Meeting, Participation, State, Wish
from marketplace.matching.models import BuyerSuggestion, NewSupplierAlert, SavedSearch
from marketplace.outbox.models import Suppression
from marketplace.territories.body_names import find_place_in_name
from marketplace.territories.models import Pole
from marketplace.territories.places import current_gazetteer
from marketplace.web.folding import fold_text
from marketplace.web.workdays import is_working_day
from suppliers.models import (
    CriterionAnswer,
    DirectoryEntry,
    DuplicatePair,
    NeqProposal,
    Offer,
    Registration,
    RegistryDrift,
    Status,
    Supplier,
    SupplierMerge,
)
from tests.web.clean import assert_clean

from .test_seed import seed

pytestmark = pytest.mark.django_db
TUESDAY, THURSDAY = 1, 3
SUPPLIERS, TENDERS = 200, 16
PAGES = 12
TRADE_OF_TITLE = {title: trade for trade in TRADES for title, _code, _kind in trade.offers}
CODE_OF_TITLE = {title: code for trade in TRADES for title, code, _kind in trade.offers}
POSTAL_LETTERS = {
    "03": "G",
    "04": "GJ",
    "06": "H",
    "07": "J",
    "09": "G",
    "13": "H",
    "14": "J",
    "15": "J",
    "16": "JH",
}
#: A name to fill in, a choice to make, a word or a space too many, an article that should have been contracted.
UNFINISHED = re.compile(
    r"[{}\[\]|]|  | ,| \.|\.\.|’’|\b(de le|de les|à le|à les|de des|du le|des les|la la|les les|de de|d’[bcdfgjklmnpqrstvwxz])\b"
    r"|\bde [AEÉÈÊIOUÎÔ]",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Seeded once, for every test that only reads."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed(suppliers=SUPPLIERS, tenders=TENDERS)
        yield
        transaction.set_rollback(True)


def test_seed_writes_what_was_asked(seeded):
    assert Supplier.objects.published().count() == DirectoryEntry.objects.count() == SUPPLIERS
    seao = Tender.objects.filter(ocid__startswith="ocds-ec9k95-")
    invited = seao.filter(method=Tender.Method.LIMITED, closes_at__gt=timezone.now())
    assert seao.open().count() + invited.count() == TENDERS
    assert Award.objects.filter(tender__in=seao).count() == 4
    assert Buyer.objects.count() == seeding.BUYERS + 2  # one that waits to be verified, one that is invited
    assert Supplier.objects.waiting().exists()
    assert Supplier.objects.filter(status=Status.PROSPECT).exists()


def test_sources_stand_in_each_state_with_files_rejections_and_winners_to_recognise(seeded):
    states = {source.name: health_badge(source)[1] for source in NoticeSource.objects.select_related("state")}
    assert sorted(map(str, states.values())) == ["En retard", "À jour", "Éteinte"]
    assert FeedFile.objects.filter(rejected_count__gt=0).exists()
    assert FeedFile.objects.filter(status="failed").exists()
    assert Tender.objects.open().exclude(title_en="").count() == 4
    assert set(EnteredNotice.objects.values_list("tender__status", flat=True)) == {"active", "cancelled"}
    assert {name.status for name in SellerName.objects.all()} == {"proposed", "confirmed", "refused"}
    assert Award.objects.filter(neq="", organisation__isnull=False).exists()


def test_seeded_notices_have_lots_bidders_a_partial_award_and_an_unknown_closing(seeded):
    assert Tender.objects.filter(lots__isnull=False).exists()
    assert Tender.objects.filter(awarded="part").exists()
    assert Tender.objects.open().filter(closes_at=None).exists()
    assert Tender.objects.filter(bidder_count__gt=1).exists()


def test_seeded_neqs_start_with_1199_and_stand_once(seeded):
    # Those who register only declare theirs until a pôle has decided.
    declared = [
        *Registration.objects.exclude(claimed_neq="").values_list("claimed_neq", flat=True),
        *JoinRequest.objects.exclude(claimed_neq="").values_list("claimed_neq", flat=True),
    ]
    listed = Supplier.objects.awaiting_neq()  # a pôle's list gives none
    assert listed.filter(neq_proposals__isnull=True).exists()
    assert NeqProposal.objects.open().exists()
    without = Organisation.objects.filter(neq__isnull=True)
    assert without.count() == len(declared) + listed.count() + TWINS + len(BODIES)
    neqs = [*Organisation.objects.filter(neq__isnull=False).values_list("neq", flat=True), *declared]
    assert all(neq.startswith("1199") for neq in neqs)
    assert len(set(neqs)) == len(neqs) - 1, "two colleagues began with one NEQ, and nothing else stands twice"


def test_seeded_pages_say_verified_only_with_six_proofs_in_date(seeded, client):
    today = timezone.localdate()
    proved: dict[int, list[CriterionAnswer]] = {}
    for answer in CriterionAnswer.objects.filter(proved_on__isnull=False):
        assert answer.basis
        assert answer.proved_on <= today
        proved.setdefault(answer.supplier_id, []).append(answer)
    wrong, states = [], Counter()
    said = cards(client)
    api = {row["slug"]: row for row in everything(client, "/api/v1/suppliers/?page_size=100")}
    for supplier in Supplier.objects.published():
        in_date = sum(answer.expires_on >= today for answer in proved.get(supplier.pk, []))
        says = {
            "card": "Vérifiée le" in said[supplier.slug],
            "api": api[supplier.slug]["verified_on"] is not None,
            "api state": api[supplier.slug]["verification"]["state"] == "verified",
        }
        state = api[supplier.slug]["verification"]["state"]
        if states[state] < PAGES:  # of each state, so many pages
            page = client.get(f"/fournisseurs/{supplier.slug}/").content.decode()
            says["page"] = "Vérifiée le" in page
        wrong += [(supplier.slug, where, in_date) for where, word in says.items() if word != (in_date == 6)]
        if api[supplier.slug]["verification"]["proved"] != in_date:
            wrong.append((supplier.slug, "count", in_date))
        states[state] += 1
    assert wrong == []
    assert len(said) == len(api) == SUPPLIERS
    assert states["verified"] > SUPPLIERS / 2
    assert states["in_progress"] >= 5
    assert states["lapsed"] >= 1


def cards(client) -> dict[str, str]:
    """The directory's items by slug, page after page."""
    found = {}
    for number in range(1, SUPPLIERS // 20 + 1):
        page = client.get("/fournisseurs/", {"page": number}).content.decode()
        for item in page.partition('<ol class="res">')[2].partition("</ol>")[0].split("<li>")[1:]:
            found[re.search(r'href="/fournisseurs/([^/"]+)/"', item)[1]] = item
    return found


def everything(client, address: str) -> list[dict]:
    rows = []
    while address:
        page = client.get(address).json()
        rows += page["results"]
        address = page["next"]
    return rows


def test_seeded_enterprises_hold_together(seeded):
    """Trade, form, team, capacity, place and telephone belong to each other, and every sentence is finished."""
    suppliers = (
        Supplier.objects.published()
        .select_related("organisation")
        .prefetch_related("offers__codes", "contacts")
    )
    faults, texts = [], []
    for supplier in suppliers:
        offers, organisation = list(supplier.offers.all()), supplier.organisation
        trade = TRADE_OF_TITLE[offers[0].title]
        said = [supplier.activity, *(offer.description for offer in offers)]
        texts += said
        phones = [organisation.phone, *(contact.phone for contact in supplier.contacts.all())]
        codes = AREA_CODES_OF_MRC.get(organisation.mrc_id) or AREA_CODES[organisation.region_id]
        least, most = trade.contract
        checks = {
            "trade": all(TRADE_OF_TITLE[offer.title] is trade for offer in offers),
            "code": all([c.code for c in o.codes.all()] == [CODE_OF_TITLE[o.title]] for o in offers),
            "form": supplier.form in trade.forms[0],
            "co-operative in its name": supplier.form.family == "coop"
            or "coop" not in organisation.name.casefold(),
            "sector": supplier.sector_id == trade.sector,
            "staff": trade.staff[0] <= supplier.staff_count <= trade.staff[1],
            "capacity": supplier.capacity is None or least <= supplier.capacity <= most * 1.2,
            "telephone": all(phone[:3] in codes and phone[4:10] == "555-01" for phone in phones),
            "postal code": organisation.postal_code[0] in POSTAL_LETTERS.get(organisation.region_id, "GJ"),
            "text": not any(UNFINISHED.search(text) for text in [organisation.name, *said]),
            "sentences": all(text.count(". ") >= 1 and text.endswith(".") for text in said),
        }
        faults += [(supplier.slug, what) for what, right in checks.items() if not right]
    assert faults == []
    assert len(set(texts)) > 0.97 * len(texts) > SUPPLIERS * 2
    assert len(set(suppliers.values_list("organisation__name"))) == SUPPLIERS


def test_titles_of_offers_belong_to_one_trade_and_say_who_is_of_it(seeded):
    assert len(CODE_OF_TITLE) == sum(len(trade.offers) for trade in TRADES)
    cleaners = suppliers_of_trade("menage")
    assert {offer.title for one in cleaners for offer in one.offers.all()} <= {
        o[0] for o in MEMBER_TRADE.offers
    }
    assert cleaners.filter(organisation__neq=MEMBER_NEQ).exists()
    assert not suppliers_of_trade("no such trade").exists()


@pytest.mark.shared_data
def test_no_seeded_name_is_one_of_the_real_registers(shared, seeded):
    def own_words(name: str) -> str:
        words = re.findall(r"[a-z0-9]+", fold_text(name))
        return " ".join(
            word
            for word in words
            if word not in {"inc", "ltee", "enr", "coop", "cooperative", "le", "la", "les"}
        )

    with (shared / "suppliers/req_obnl_coop_mauricie.csv").open(encoding="utf-8-sig", newline="") as file:
        real = {own_words(row["NomEntreprise"]) for row in csv.DictReader(file)}
    with (shared / "seao/awards_until_2020-03-01.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            names = "|".join(
                str(value)
                for key, value in row.items()
                if "name" in key or "winner" in key or "bidder" in key
            )
            real |= {own_words(name.removeprefix("NAME:")) for name in names.split("|")}
    planned = plan_enterprises(random.Random(1), 3_000, populated_towns())
    assert len(real) > 10_000
    assert [e.name for e in planned if own_words(e.name) in real] == []


def test_members_pole_has_listings_to_compare_whatever_the_draw():
    """Of 200, one day in five left it fewer than the demo enters twice."""
    for number in range(3):
        first = list(plan_enterprises(random.Random(number), 20, populated_towns()))[: NEIGHBOURS + 1]
        assert {one.town.mrc for one in first} == {MEMBER_MRC}
    assert NEIGHBOURS >= TWINS


def test_seed_gives_staff_to_every_pole(seeded):
    assert PolePost.objects.count() == Pole.objects.count()


def test_second_seed_changes_nothing(seeded):
    before = Organisation.objects.count()
    with pytest.raises(seeding.AlreadySeeded):
        seed()
    assert Organisation.objects.count() == before


def test_seeded_french_uses_the_typographic_apostrophe(seeded):
    texts = [
        *Organisation.objects.values_list("name", flat=True),
        *Offer.objects.values_list("title", flat=True),
    ]
    assert not [text for text in texts if "'" in text or "  " in text]


def test_notices_are_in_the_region_of_their_buyer(seeded):
    seao = Tender.objects.filter(ocid__startswith="ocds-ec9k95-")
    tenders = seao.select_related("buyer__organisation")
    assert all(t.region_id == t.buyer.organisation.region_id for t in tenders if t.buyer)
    assert sum(t.buyer is not None for t in tenders) == tenders.count()


# --- The buying side -------------------------------------------------------------------------------------------------


def test_enterprises_are_of_no_later_hour_than_the_first_of_the_day(seeded):
    """Rows of a later hour are edited all the time until then, for whatever looks for what changed."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    planned = Organisation.objects.filter(neq__startswith="1199", supplier__isnull=False)
    assert planned.filter(created_at=midnight).count() > SUPPLIERS / 2
    assert not planned.filter(created_at__gt=timezone.now()).exists()


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
    writer = DemoReleaseWriter(buyers, random.Random(5), day)
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


def test_seeded_duplicates_and_differences_stand_in_each_state(seeded):
    assert set(DuplicatePair.objects.values_list("state", flat=True)) == set(DuplicatePair.State.values)
    assert SupplierMerge.objects.standing().exists()
    assert set(RegistryDrift.objects.waiting().values_list("kind", flat=True)) == set(
        RegistryDrift.Kind.values
    )
    assert set(RegistryDrift.objects.values_list("state", flat=True)) == set(RegistryDrift.State.values)

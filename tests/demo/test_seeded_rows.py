"""The demo's rows: as many as asked, and believable."""

from __future__ import annotations

import csv
import random
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone

from buyers.feeds.admin import health_badge
from buyers.models import Award, Buyer, EnteredNotice, FeedFile, NoticeSource, SellerName, Tender
from marketplace.accounts.models import JoinRequest, Organisation, PolePost
from marketplace.demo.seeding import seed as seeding
from marketplace.demo.seeding.addresses import AREA_CODES, AREA_CODES_OF_MRC, populated_towns
from marketplace.demo.seeding.enterprises import MEMBER_NEQ, MEMBER_TRADE, plan_enterprises
from marketplace.demo.seeding.seed_data import TRADES
from marketplace.demo.seeding.trades import suppliers_of_trade
from marketplace.territories.models import Pole
from marketplace.web.folding import fold_text
from suppliers.models import (
    CriterionAnswer,
    DirectoryEntry,
    NeqProposal,
    Offer,
    Registration,
    Status,
    Supplier,
)

from .test_seed import seed

pytestmark = pytest.mark.django_db
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
    assert Buyer.objects.count() == seeding.BUYERS + 1  # and one that waits to be verified
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
    assert Organisation.objects.filter(neq__isnull=True).count() == len(declared) + listed.count()
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

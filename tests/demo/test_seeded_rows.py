"""The demo's rows: as many as asked, and believable."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone

from buyers.models import Award, Buyer, Tender
from marketplace.accounts.models import JoinRequest, Organisation, PolePost
from marketplace.demo.seeding import seed as seeding
from marketplace.territories.models import Pole
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


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Seeded once, for every test that only reads."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed(suppliers=SUPPLIERS, tenders=TENDERS)
        yield
        transaction.set_rollback(True)


def test_seed_writes_what_was_asked(seeded):
    assert Supplier.objects.published().count() == DirectoryEntry.objects.count() == SUPPLIERS
    assert Tender.objects.open().count() == TENDERS
    assert Award.objects.count() == 4
    assert Buyer.objects.count() == seeding.BUYERS + 1  # and one that waits to be verified
    assert Supplier.objects.waiting().exists()
    assert Supplier.objects.filter(status=Status.PROSPECT).exists()


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
    assert len(set(neqs)) == len(neqs)


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
    tenders = Tender.objects.select_related("buyer__organisation")
    assert all(t.region_id == t.buyer.organisation.region_id for t in tenders if t.buyer)
    assert sum(t.buyer is not None for t in tenders) == tenders.count()

"""Inputs that were once told wrongly, rebuilt small: what each shows, whichever file came first."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from buyers.models import Tender
from tests import factories
from tests.buyers.ocds_files import changed, notice

pytestmark = pytest.mark.django_db
NOV_1, NOV_10, DEC_20, DEC_22 = "20261101140000", "20261110140000", "20261220140000", "20261222140000"
WON = [
    {
        "id": "A1",
        "status": "active",
        "value": {"amount": 50000},
        "suppliers": [{"id": "FO-1199000001", "name": "Coop gagnante"}],
    }
]


def version(release_id: str, end: str | None = None, **changes: Any) -> dict[str, Any]:
    period = {"startDate": "2026-11-01T09:00:00-05:00"} | ({"endDate": end} if end else {})
    return notice(
        20990010, release_id, date="2026-11-01T09:00:00-05:00", tender__tenderPeriod=period, **changes
    )


def test_versions_of_another_publisher_are_ordered_by_date_not_by_id(feed):
    free = {"ocid": "ocds-b5fd17-u1"}
    old = changed(version("b7d1", tender__title="Ancienne version"), date="2026-11-01T00:00:00Z", **free)
    new = changed(version("a3c9", tender__title="Nouvelle version"), date="2026-11-15T00:00:00Z", **free)

    for files in permutations([old, new]):
        Tender.objects.all().delete()
        for one in files:
            feed.load(one)
        assert Tender.objects.get().title == "Nouvelle version"


def test_an_award_that_repeats_no_closing_keeps_the_closing_of_the_second_version(feed):
    week = [version(NOV_10, "2026-12-10T14:00:00-05:00", tag=["tenderUpdate"])]
    month = [
        version(NOV_1, "2026-12-01T14:00:00-05:00"),
        version(DEC_20, tag=["award"], tender__status="complete") | {"awards": WON},
    ]
    for files in permutations([week, month]):
        Tender.objects.all().delete()
        for one in files:
            feed.load(*one)
        tender = Tender.objects.get()
        assert tender.closes_at.isoformat() == "2026-12-10T19:00:00+00:00"
        assert [award.name for award in tender.awards.all()] == ["Coop gagnante"]
        assert tender.status == "complete"


def test_an_award_before_a_silent_update_is_kept(feed):
    first = [version(NOV_1, "2026-12-01T14:00:00-05:00")]
    second = [
        version(DEC_20, tag=["award"], tender__status="complete") | {"awards": WON},
        version(DEC_22, tag=["contractUpdate"], tender__status="complete"),
    ]
    for files in permutations([first, second]):
        Tender.objects.all().delete()
        for one in files:
            feed.load(*one)
        tender = Tender.objects.get()
        assert [award.name for award in tender.awards.all()] == ["Coop gagnante"]
        assert tender.closes_at.isoformat() == "2026-12-01T19:00:00+00:00"
        assert tender.version == DEC_22


def test_a_closing_at_twenty_four_hours_is_understood_and_the_others_are_open_without_one(feed, client):
    ends = {"c": "2027-01-31T24:00:00-05:00", "d": "vers la fin janvier", "e": None}
    feed.load(*(changed(version(NOV_1, end), ocid=f"ocds-ec9k95-{key}") for key, end in ends.items()))

    assert Tender.objects.get(ocid="ocds-ec9k95-c").closes_at.isoformat() == "2027-02-01T05:00:00+00:00"
    content = client.get("/appels-doffres/?statut=ouvert").content.decode()
    assert content.count("Clôture non précisée, voir l’avis") == 2
    found = client.get("/api/v1/tenders/").json()["results"]
    assert [(row["ocid"][-1], row["closes_at"] is None, row["is_open"]) for row in found] == [
        ("c", False, True), ("d", True, True), ("e", True, True),
    ]  # fmt: skip


def test_an_amount_in_pounds_is_shown_in_pounds(feed, client):
    feed.load(version(NOV_1, "2027-01-10", tender__value={"amount": 1000000, "currency": "GBP"}))

    assert "1 000 000 GBP" in client.get("/appels-doffres/ocds-ec9k95-20990010/").content.decode().replace(
        "\u00a0", " "
    )


def test_lots_are_found_by_their_words_and_shown(feed, client):
    lots = [
        {"id": "1", "title": "1. Nettoyage des écoles"},
        {"id": "2", "title": "2. Réfection du centre sportif"},
    ]
    feed.load(version(NOV_1, "2027-01-31", tender__lots=lots))

    listed = client.get("/appels-doffres/?q=centre+sportif").content.decode()
    assert "Entretien ménager de l’hôtel de ville" in listed
    content = client.get("/appels-doffres/ocds-ec9k95-20990010/").content.decode()
    assert "1. Nettoyage des écoles" in content
    assert "2. Réfection du centre sportif" in content
    lots = client.get("/api/v1/tenders/ocds-ec9k95-20990010/").json()["lots"]
    assert [lot["title"] for lot in lots] == ["1. Nettoyage des écoles", "2. Réfection du centre sportif"]


def test_bidders_of_each_lot_are_counted_once_and_a_partial_award_says_so(feed, client):
    three = [{"id": f"FO-{n}", "name": f"Soumissionnaire {n}"} for n in (1, 2, 3)]
    bids = [{"id": f"FO-{n}", "value": 1, "relatedLots": [f"L{k}"]} for n in (1, 2, 3) for k in (1, 2, 3, 4)]
    award = [{"id": "A1", "status": "active", "suppliers": [three[0]]}]
    release = version(
        NOV_1, "2026-10-10T14:00:00-04:00", tag=["tenderUpdate"], tender__tenderers=three, tender__numberOfTenderers=3,
        tender__lots=[{"id": f"L{k}", "title": f"Lot {k}"} for k in (1, 2, 3, 4)],
    )  # fmt: skip
    feed.load(release | {"awards": award, "bids": bids})

    tender = Tender.objects.get()
    assert (tender.bidder_count, tender.bidders.count(), tender.lots.count(), tender.awarded) == (
        3,
        3,
        4,
        "part",
    )
    content = client.get(f"/appels-doffres/{tender.ocid}/").content.decode()
    assert "Attribué en partie" in content
    assert "Soumissionnaire 3" in content
    assert "12" not in content.partition("<dt>Soumissionnaires</dt>")[2][:60]
    assert "Attribué en partie" in client.get("/appels-doffres/?statut=attribue").content.decode()


def test_an_award_made_before_its_notice_is_linked_to_its_seller(feed):
    seller = factories.OrganisationFactory(neq="1199000001")
    alone = version(DEC_20, tag=["award"]) | {"awards": WON}
    del alone["tender"]
    feed.load(alone)
    feed.load(version(NOV_1, "2026-12-10"))

    tender = Tender.objects.get()
    assert tender.title.startswith("Entretien")
    assert tender.awards.get().organisation == seller

"""`import_tenders`: versions kept, the latest shown, regions resolved, only open news announced."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from buyers.models import Award, BuyerParty, Tender, TenderVersion
from buyers.ocds import importer, writing
from buyers.ocds.derivation import derive_notice
from marketplace.classification.models import UnspscCode
from marketplace.outbox.models import Event
from tests import factories
from tests.buyers.ocds_files import awarded, changed, counts, in_days, notice

pytestmark = pytest.mark.django_db


def announced() -> list[tuple[str, str]]:
    rows = Event.objects.filter(kind="tender.imported").order_by("pk")
    return [(event.subject, event.version) for event in rows]


def test_a_package_becomes_notices_with_their_versions_and_awards(feed):
    report = feed.load(notice(), awarded())

    assert counts(report) == (2, 2, 0, 0, 0)
    tender = Tender.objects.get(number="20990001")
    assert (tender.title, tender.region_id, tender.mrc_id) == (
        "Entretien ménager de l’hôtel de ville",
        "04",
        "36",
    )
    assert tender.region_source == Tender.RegionSource.NAME
    assert tender.seao_category_id == "S9"
    assert tender.url.startswith("https://seao.gouv.qc.ca/")
    assert tender.is_open
    assert [v.release_id for v in tender.versions.all()] == ["20260801120000"]
    award = Award.objects.get()
    assert (award.tender.number, award.neq, award.name) == ("20990002", "1170000001", "Ménage Modèle inc.")


def test_the_second_run_changes_nothing(feed):
    releases = [notice(), awarded(), notice(20990003, tender__title="Autre")]
    feed.load(*releases)
    before = list(Tender.objects.values_list("pk", "changed_at", "version", "region_source"))
    versions, awards = TenderVersion.objects.count(), set(Award.objects.values_list("pk", flat=True))

    report = feed.load(*releases)

    assert counts(report) == (3, 0, 0, 3, 0)
    assert list(Tender.objects.values_list("pk", "changed_at", "version", "region_source")) == before
    assert TenderVersion.objects.count() == versions
    assert set(Award.objects.values_list("pk", flat=True)) == awards
    assert len(announced()) == 2


def test_versions_are_ordered_by_id_though_their_date_stays_the_first(feed):
    first = notice(version="20260801120000", date="2026-08-01T08:00:00-04:00")
    second = notice(version="20260810120000", date="2026-08-01T08:00:00-04:00", tag=["tenderUpdate"],
                    tender__title="Objet modifié")  # fmt: skip

    report = feed.load(second, first)

    tender = Tender.objects.get()
    assert counts(report) == (2, 1, 1, 0, 0)
    assert (tender.title, tender.version) == ("Objet modifié", "20260810120000")
    assert tender.versions.count() == 2


def test_an_older_version_that_arrives_later_is_kept_and_does_not_speak(feed):
    feed.load(notice(version="20260810120000", tender__title="Récent"))

    report = feed.load(notice(version="20260801120000", tender__title="Ancien"))

    tender = Tender.objects.get()
    assert counts(report) == (1, 0, 1, 0, 0)
    assert (tender.title, tender.version, tender.versions.count()) == ("Récent", "20260810120000", 2)
    assert announced() == [(f"tender:{tender.pk}", "20260810120000")]


def test_a_version_published_again_with_other_contents_replaces_itself(feed):
    first = notice()
    feed.load(first, published="2026-08-02T00:00:00Z")

    report = feed.load(changed(first, tender__title="Titre corrigé"), published="2026-08-09T00:00:00Z")

    tender = Tender.objects.get()
    assert counts(report) == (1, 0, 1, 0, 0)
    assert (tender.title, tender.versions.count()) == ("Titre corrigé", 1)
    assert tender.versions.get().release["tender"]["title"] == "Titre corrigé"
    assert len(announced()) == 1  # the same version is never news twice

    again = feed.load(first, published="2026-08-03T00:00:00Z")  # an older package, found late
    assert counts(again) == (1, 0, 0, 1, 0)
    assert Tender.objects.get().title == "Titre corrigé"


def test_a_version_twice_in_one_file_is_taken_as_it_would_be_from_two(feed):
    same, other = notice(), notice(tender__title="Autre chose")  # made once: their dates move with the clock
    report = feed.load(same, same, other)

    assert sum(counts(report)[1:4]) == 3
    assert [warning.index for warning in report.warnings] == [3]
    kept = Tender.objects.get()
    assert kept.versions.count() == 1
    assert counts(feed.load(same, same, other)) == (3, 0, 0, 3, 0)
    Tender.objects.all().delete()
    feed.load(other, same)
    assert Tender.objects.get().title == kept.title  # whichever came first


def test_bad_releases_are_told_with_their_place_and_the_good_ones_kept(feed):
    report = feed.load(
        notice(20990001), None, notice(20990002, id="1#2"), 3, notice(20990003, id=7.5), notice(20990004)
    )

    assert counts(report) == (6, 2, 0, 0, 4)
    assert [(r.index, r.ocid) for r in report.rejected] == [
        (2, ""), (3, "ocds-ec9k95-20990002"), (4, ""), (5, "ocds-ec9k95-20990003"),
    ]  # fmt: skip
    assert report.exit_code == 3


def test_a_release_that_the_database_refuses_costs_only_itself(feed, monkeypatch):

    def careless(ocid, versions):
        state = derive_notice(ocid, versions)
        if ocid.endswith("2"):
            state.said.fields["title"] = "x" * 501
        return state

    monkeypatch.setattr(writing, "derive_notice", careless)

    report = feed.load(*(notice(20990000 + n) for n in range(5)))

    assert counts(report) == (5, 4, 0, 0, 1)
    assert report.rejected[0].index == 3


def test_batches_meet_without_a_seam(feed, monkeypatch):
    monkeypatch.setattr(importer, "BATCH", 2)
    releases = [notice(20990000 + n % 4, version=f"2026080{n}120000") for n in range(7)]

    assert counts(feed.load(*releases)) == (7, 4, 3, 0, 0)
    assert counts(feed.load(*releases)) == (7, 0, 0, 7, 0)
    assert Tender.objects.get(number="20990002").version == "20260806120000"


class TestAwards:
    def test_the_winner_is_linked_where_its_neq_is_known(self, feed):
        seller = factories.OrganisationFactory(neq="1170000001")

        feed.load(awarded())

        assert Award.objects.get().organisation == seller

    def test_a_winner_that_joins_later_is_linked_at_the_next_import(self, feed):
        feed.load(awarded())
        seller = factories.OrganisationFactory(neq="1170000001")

        feed.load(notice())

        assert Award.objects.get().organisation == seller

    def test_a_later_version_replaces_the_winners_and_a_silent_one_leaves_them(self, feed):
        feed.load(awarded(version="20260801120000"))
        feed.load(awarded(version="20260802120000", awards=[{"id": "9", "suppliers": [{"name": "Autre"}]}]))
        assert [award.name for award in Award.objects.all()] == ["Autre"]

        feed.load(awarded(version="20260803120000", awards=None))

        assert [award.name for award in Award.objects.all()] == ["Autre"]

    def test_the_closing_date_outlives_an_award_that_does_not_say_it(self, feed):
        end = in_days(-5)
        feed.load(notice(version="20260801120000", tender__tenderPeriod={"endDate": end}))

        feed.load(awarded(20990001, version="20260820120000"))

        tender = Tender.objects.get()
        assert tender.status == Tender.Status.COMPLETE
        assert (
            tender.closes_at.isoformat(timespec="seconds")[:10]
            == timezone.datetime.fromisoformat(end).astimezone(tender.closes_at.tzinfo).isoformat()[:10]
        )


class TestNews:
    def test_an_open_notice_is_announced_once_per_version(self, feed):
        feed.load(notice())
        tender = Tender.objects.get()
        assert announced() == [(f"tender:{tender.pk}", "20260801120000")]
        assert Event.objects.get().payload == {"open": True}

        feed.load(notice(version="20260802120000", tag=["tenderUpdate"]))

        assert announced()[1:] == [(f"tender:{tender.pk}", "20260802120000")]

    @pytest.mark.parametrize(
        "changes",
        [
            {"tender__tenderPeriod": {"endDate": in_days(-0.01)}},
            {"tender__tenderPeriod": {}, "date": in_days(-31)},
            {"tender__status": "complete"},
            {"tender__status": "cancelled"},
            {"tender__status": "planned"},
            {"tag": ["award"]},
            {"tag": ["contract", "contractUpdate"]},
            {"tag": ["tenderCancellation"]},
        ],
    )
    def test_what_cannot_be_answered_is_never_announced(self, feed, changes):
        report = feed.load(notice(**changes))

        assert report.tenders_created == 1
        assert announced() == []

    def test_several_new_versions_in_one_file_are_one_piece_of_news(self, feed):
        feed.load(notice(version="20260801120000"), notice(version="20260802120000"))

        assert [version for _, version in announced()] == ["20260802120000"]

    def test_a_dry_failure_announces_nothing(self, feed, monkeypatch):
        monkeypatch.setattr(importer, "link_known", lambda **k: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            feed.load(notice())

        assert announced() == []
        assert not Tender.objects.exists()


class TestRegions:
    @pytest.mark.parametrize(
        ("name", "address", "region", "mrc", "source"),
        [
            ("Ville de La Tuque", {}, "04", "90", "name"),
            ("MRC de Maskinongé", {}, "04", "51", "name"),
            ("CISSS de Laval", {}, "13", "65", "name"),
            (
                "Société des achats inconnus",
                {"postalCode": "G9A 5H7", "region": "QC"},
                "04",
                "371",
                "postal_code",
            ),
            ("Société des achats inconnus", {"postalCode": "K7L 3N6", "region": "ON"}, None, None, ""),
            ("Société des achats inconnus", {"postalCode": "n/a", "locality": "???"}, None, None, ""),
            ("Société des achats inconnus", None, None, None, ""),
        ],
    )
    def test_the_place_is_read_from_the_name_then_the_postal_code(
        self, feed, name, address, region, mrc, source
    ):
        party = {"id": "OP-7", "name": name, "roles": ["buyer"], "address": address}

        feed.load(notice(parties=[party], buyer={"id": "OP-7", "name": name}))

        tender = Tender.objects.get()
        assert (tender.region_id, tender.mrc_id, tender.region_source) == (region, mrc, source)

    def test_a_buyers_profile_comes_first(self, feed):
        buyer = factories.BuyerFactory(organisation__name="VILLE DE SHAWINIGAN", organisation__mrc_id="51")

        feed.load(notice())

        tender = Tender.objects.get()
        assert tender.buyer == buyer
        assert (tender.mrc_id, tender.region_source) == ("51", "buyer")
        assert BuyerParty.objects.get().buyer == buyer

    def test_no_profile_is_made_and_a_shared_name_ties_to_nobody(self, feed):
        for _ in range(2):
            factories.BuyerFactory(organisation__name="Ville de Shawinigan")

        feed.load(notice())

        assert Tender.objects.get().buyer is None

    def test_a_profile_made_after_its_notices_is_tied_at_the_next_import(self, feed):
        party = {"id": "OP-7", "name": "Achats communs.", "roles": ["buyer"]}
        feed.load(notice(parties=[party], buyer={"id": "OP-7", "name": "Achats communs."}))
        buyer = factories.BuyerFactory(organisation__name="Achats Communs")

        importer.link_known(by=None)

        tender = Tender.objects.get()
        assert (tender.buyer, tender.region_id, tender.region_source) == (buyer, "04", "buyer")


def test_labels_are_learnt_and_codes_known_without_one(feed):
    item = {
        "id": "S9",
        "classification": {"scheme": "UNSPSC", "id": "76111599", "description": "Nettoyage d'essai"},
    }
    bare = {"id": "ZZ9", "classification": {"scheme": "UNSPSC", "id": "76111598"}}

    feed.load(notice(tender__items=[item, bare]))

    assert UnspscCode.objects.get(code="76111599").label == "Nettoyage d’essai"
    assert UnspscCode.objects.filter(code="76111598").exists()


def test_an_unknown_category_is_left_out(feed):
    feed.load(notice(tender__items=[{"id": "ZZ9"}]))

    assert Tender.objects.get().seao_category is None


def test_open_and_searchable_ask_the_clock_not_the_file(feed):
    feed.load(notice(tender__tenderPeriod={"endDate": in_days(0.001)}))
    assert Tender.objects.open().count() == 1

    Tender.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    assert Tender.objects.open().count() == 0


def test_writing_costs_the_same_number_of_queries_for_few_notices_and_many(feed):
    feed.load(notice(20980000))

    with CaptureQueriesContext(connection) as few:
        feed.load(*(awarded(20990000 + n) for n in range(2)))
    with CaptureQueriesContext(connection) as many:
        feed.load(*(awarded(20991000 + n) for n in range(40)))

    assert len(many) == len(few)
    assert len(few) < 40

"""Sources of notices read by themselves, from a server on this machine that plays them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from buyers.feeds import reading
from buyers.feeds.asking import ask_file_reading, ask_source_reading
from buyers.feeds.canadabuys import is_for_quebec, release_of, values
from buyers.feeds.health import look_at_source, stale_sentences
from buyers.feeds.listing import ListingError, list_canadabuys, list_ckan
from buyers.feeds.reading import claim_source, read_source
from buyers.models import Award, FeedFile, NoticeSource, SourceState, Tender, TenderVersion
from marketplace.outbox.models import Message
from marketplace.web.errors import WrongMove
from marketplace.web.process_cache import clear_process_caches
from tests.buyers.ocds_files import notice, package
from tests.buyers.played_sources import (
    AWARD_COLUMNS,
    CKAN,
    TENDER_COLUMNS,
    canadabuys_csv,
    federal_award,
    federal_row,
    lead_every_name_to,
    play_sources,
    stop_playing,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
WEEK = "hebdo_20261116_20261122.json"


@pytest.fixture
def played(monkeypatch):
    sources = play_sources()
    lead_every_name_to(sources.port, sources.names, monkeypatch.setattr)
    yield sources
    stop_playing(sources)


@pytest.fixture
def seao() -> NoticeSource:
    source = NoticeSource.objects.get(kind="seao")
    source.is_on = True
    source.save()
    return source


@pytest.fixture
def federal() -> NoticeSource:
    source = NoticeSource.objects.get(kind="canadabuys")
    source.is_on = True
    source.save()
    return source


def again(source: NoticeSource) -> bool:
    SourceState.objects.filter(source=source).update(due_at=None)
    return read_source(source.pk)


# --- SEAO, by CKAN ----------------------------------------------------------------------------------------------------


def test_a_week_is_read_once_and_a_file_that_did_not_change_is_304(played, seao):
    played.publish_seao(WEEK, package(notice(20990001), notice(20990002)))

    assert read_source(seao.pk)
    assert not read_source(seao.pk)  # its hour has not come
    assert again(seao)

    file = seao.files.get()
    assert (file.status, file.created, file.contents) == ("done", 2, 1)
    assert (played.count(f"/seao/{WEEK}", 200), played.count(f"/seao/{WEEK}", 304)) == (1, 1)
    state = seao.state
    assert (state.error, state.is_being_read, state.prefix) == ("", False, "ocds-ec9k95-")
    assert state.newest_at is not None


def test_a_name_published_again_is_read_again_and_only_its_changes_count(played, seao):
    first = notice(20990001)
    played.publish_seao(WEEK, package(first))
    read_source(seao.pk)
    played.publish_seao(WEEK, package(first, notice(20990002)), changed="2026-11-24T04:00:00")

    again(seao)

    file = seao.files.get()
    assert (file.created, file.unchanged, file.contents) == (1, 1, 2)
    assert Tender.objects.count() == 2


def test_a_transfer_that_is_cut_goes_on_from_where_it_stopped(played, seao):
    content = package(*(notice(20990000 + n) for n in range(30)))
    played.publish_seao(WEEK, content, cut_once=len(content) // 2)

    read_source(seao.pk)

    asked = [one for one in played.asked if one.path.endswith(WEEK)]
    assert [(one.status, one.range) for one in asked] == [(200, ""), (206, f"bytes={len(content) // 2}-")]
    assert (seao.files.get().status, Tender.objects.count()) == ("done", 30)


def test_a_server_that_cannot_go_on_gives_all_of_it_again(played, seao):
    content = package(*(notice(20990000 + n) for n in range(30)))
    played.publish_seao(WEEK, content, cut_once=100, takes_ranges=False)

    read_source(seao.pk)

    assert played.count(f"/seao/{WEEK}", 200) == 2
    assert Tender.objects.count() == 30


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(played, seao):
    played.publish_seao(WEEK, package(notice()), busy=1)

    read_source(seao.pk)

    state = SourceState.objects.get(source=seao)
    assert "503" in state.error
    assert timedelta(seconds=100) < state.due_at - timezone.now() < timedelta(seconds=121)
    assert again(seao)
    assert (Tender.objects.count(), SourceState.objects.get(source=seao).error) == (1, "")


def test_no_redirection_leads_inside_nor_to_a_server_that_is_not_named(played, seao):
    played.names["interne.example"] = ["10.0.0.5"]
    secret = played.publish("/secret", package(notice()))
    for target, word in (
        ("https://interne.example/secret", "permet"),
        ("https://ailleurs.example/secret", "permet"),
        ("http://www.donneesquebec.ca/secret", "https"),
    ):
        played.publish_seao(WEEK, b"", redirect=target)
        again(seao)
        assert word in seao.files.get().error
    seao.hosts = ["interne.example", "ailleurs.example"]
    seao.save()
    played.publish_seao(WEEK, b"", redirect="https://interne.example/secret")
    again(seao)
    assert "réseau public" in seao.files.get().error
    assert played.count("/secret", 200) == 0

    played.publish_seao(WEEK, b"", redirect="https://ailleurs.example/secret")
    again(seao)
    assert (secret.content != b"", Tender.objects.count()) == (True, 1)


def test_a_bad_file_stops_no_other_and_says_why_until_it_is_mended(played, seao):
    played.publish_seao(WEEK, package(notice(20990001), None))
    played.publish_seao("mensuel_20261001_20261031.json", b"<html>en panne</html>")

    read_source(seao.pk)

    week, month = seao.files.get(name=WEEK), seao.files.exclude(name=WEEK).get()
    assert (week.status, week.created, week.rejected_count) == ("partly", 1, 1)
    assert week.rejected[0]["index"] == 2
    assert "objet JSON" in week.rejected[0]["message"]
    assert month.status == "failed"
    assert month.error
    assert "1 fichier" in SourceState.objects.get(source=seao).error

    played.publish_seao("mensuel_20261001_20261031.json", package(notice(20990009)))
    again(seao)
    month.refresh_from_db()
    assert (month.status, month.error, month.created) == ("done", "", 1)


def test_one_worker_reads_a_source_at_a_time_and_a_dead_one_gives_it_back(seao, monkeypatch):
    assert claim_source(seao.pk) is not None
    assert claim_source(seao.pk) is None
    assert not read_source(seao.pk)

    SourceState.objects.filter(source=seao).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert list(NoticeSource.objects.due(timezone.now())) == [seao]
    assert claim_source(seao.pk) is not None


def test_a_worker_whose_lease_went_to_another_writes_nothing(played, seao, monkeypatch):
    played.publish_seao(WEEK, package(notice()))
    listed = reading.listed_files

    def overtaken(source, folder):
        found = listed(source, folder)
        SourceState.objects.filter(source=source).update(leased_until=timezone.now() + timedelta(hours=1))
        return found

    monkeypatch.setattr(reading, "listed_files", overtaken)

    assert not read_source(seao.pk)
    assert not Tender.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"<html>",
        b'{"success": false}',
        b'{"success": true, "result": {"resources": [{"name": "x"}]}}',
    ],
)
def test_a_list_that_is_none_is_told(text):
    with pytest.raises(ListingError):
        list_ckan(text)


def test_the_list_takes_the_newest_of_two_of_one_name_and_names_in_addresses():
    listed = [
        {"id": "1", "name": "Semaine", "url": f"https://d.example/a/{WEEK}", "last_modified": "2026-11-23"},
        {"id": "2", "name": WEEK, "url": "https://d.example/b", "last_modified": "2026-11-25"},
        {"id": "3", "name": {"fr": "mensuel_20261001_20261031.json"}, "url": "https://d.example/c"},
        {"id": "4", "name": "lisez-moi.pdf", "url": "https://d.example/d"},
        {"id": "5", "name": "hebdo_20260101_20260107.json", "url": "javascript:alert(1)"},
        {"id": "6", "name": "hebdo_20260101_20260199.json", "url": "https://d.example/e"},
    ]

    found = list_ckan(json.dumps({"success": True, "result": {"resources": listed}}).encode())

    assert [(one.name, one.address) for one in found] == [
        (WEEK, "https://d.example/b"),
        ("mensuel_20261001_20261031.json", "https://d.example/c"),
    ]


# --- CanadaBuys -------------------------------------------------------------------------------------------------------


def test_federal_notices_come_in_both_languages_without_their_contact_persons(played, federal, client):
    elsewhere = federal_row(**{
        "referenceNumber-numeroReference": "cb-1", "regionsOfDelivery-regionsLivraison-eng": "*Yukon",
        "regionsOfDelivery-regionsLivraison-fra": "*Yukon",
    })  # fmt: skip
    untitled = {"referenceNumber-numeroReference": "cb-2", "publicationDate-datePublication": "2026-11-16"}
    listed = list_canadabuys(federal.address, date(2026, 11, 30))
    assert [one.name.partition("-")[0] for one in listed] == ["newTenderNotice", "openTenderNotice", "2026"]
    new, still_open, awards = (one.address.removeprefix("https://canadabuys.canada.ca") for one in list_canadabuys(
        federal.address, timezone.localdate()))  # fmt: skip
    played.publish(new, canadabuys_csv(TENDER_COLUMNS, federal_row()))
    played.publish(still_open, canadabuys_csv(TENDER_COLUMNS, federal_row(), elsewhere, untitled))
    played.publish(awards, canadabuys_csv(AWARD_COLUMNS))

    read_source(federal.pk)

    files = {file.name[:3]: file for file in federal.files.all()}
    assert (files["new"].created, files["ope"].unchanged, files["ope"].skipped) == (1, 1, 1)
    assert [(one["index"], one["id"]) for one in files["ope"].rejected] == [(4, "cb-2")]
    tender = Tender.objects.get()
    assert (tender.title, tender.title_en) == (
        "Services d’entretien ménager, Shawinigan",
        "Cleaning services, Shawinigan",
    )
    assert tender.closes_at == datetime(2027, 1, 14, 19, tzinfo=UTC)
    assert (tender.method, tender.category, tender.unspsc) == ("open", "services", ["76111500", "76111501"])
    assert tender.buyer_name == "Agence du revenu du Canada"
    assert (tender.region_id, tender.region_source) == ("04", "title")
    assert "iscr" not in json.dumps(TenderVersion.objects.get().release)
    clear_process_caches()
    french = client.get(f"/appels-doffres/{tender.ocid}/").content.decode()
    english = client.get(f"/en/tenders/{tender.ocid}/").content.decode()
    assert "Trois étages." in french
    assert "Every night." in english
    assert "<h1>Cleaning services, Shawinigan</h1>" in english
    assert "AchatsCanada" in french


def test_an_amendment_is_a_version_and_an_award_joins_its_notice(played, federal):
    moved = federal_row(**{
        "amendmentNumber-numeroModification": "001", "amendmentDate-dateModification": "2026-11-20",
        "tenderClosingDate-appelOffresDateCloture": "2027-01-21T14:00:00",
    })  # fmt: skip
    orders = [federal_row()], [moved], [federal_row(), moved]
    for rows in orders:
        played.publish("/opendata/pub/a.csv", canadabuys_csv(TENDER_COLUMNS, *rows))
        NoticeSource.objects.filter(pk=federal.pk).update(
            address="https://canadabuys.canada.ca/opendata/pub/a.csv"
        )
        again(federal)
    tender = Tender.objects.get()
    assert (tender.versions.count(), tender.closes_at.day, tender.published_at.day) == (2, 21, 16)

    played.publish("/opendata/pub/a.csv", canadabuys_csv(AWARD_COLUMNS, federal_award()))
    again(federal)

    tender.refresh_from_db()
    assert tender.status == Tender.Status.COMPLETE
    award = Award.objects.get()
    assert (award.name, award.town, award.amount, award.ends_on) == (
        "COOP LES BALAIS", "Shawinigan", 84000, date(2028, 2, 14),
    )  # fmt: skip
    assert not award.end_is_reckoned


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("*Canada\n*Québec (sauf RCN)", ["Canada", "Québec (sauf RCN)"]),
        ("*SRV*GD", ["SRV", "GD"]),
        ("Ontario", ["Ontario"]),
        ("", []),
        (None, []),
    ],
)
def test_cells_of_several_values_are_cut(cell, found):
    assert values(cell) == found


def test_rows_are_read_whatever_they_lack():
    cancelled = release_of(federal_row(**{"tenderStatus-appelOffresStatut-eng": "Cancelled"}))
    assert cancelled["tag"] == ["tenderCancellation"]
    over = {"tenderStatus-appelOffresStatut-eng": "Expired", "tenderClosingDate-appelOffresDateCloture": ""}
    assert release_of(federal_row(**over))["tender"]["status"] == "complete"
    english = release_of(federal_row(**{"title-titre-fra": ""}))
    assert (english["language"], english["tender"]["title"]) == ("en", "Cleaning services, Shawinigan")
    alone = release_of(federal_row(**{"solicitationNumber-numeroSollicitation": ""}))
    assert alone["ocid"] == "ocds-cabuys-cb-651-86492266"
    assert is_for_quebec({"regionsOfDelivery-regionsLivraison-eng": "*National Capital Region (NCR)"})
    assert is_for_quebec({})


# --- Any publisher ----------------------------------------------------------------------------------------------------


def test_any_publisher_of_ocds_is_read_by_its_address(played):
    source = NoticeSource.objects.create(
        name="Ailleurs", kind="ocds", address="https://donnees.example/avis.jsonl", is_on=True
    )
    lines = [{**notice(), "ocid": f"ocds-b5fd17-{n}", "id": str(n)} for n in (1, 2)]
    played.publish("/avis.jsonl", b"\n".join(json.dumps(one).encode() for one in lines))

    read_source(source.pk)

    assert (source.files.get().created, SourceState.objects.get(source=source).prefix) == (2, "ocds-b5fd17-")


# --- How they fare ----------------------------------------------------------------------------------------------------


def test_a_stale_source_warns_once_and_readers_are_told_until_it_is_fresh(seao, client, played):
    admin = UserFactory(is_superuser=True)
    played.publish_seao(WEEK, package(notice(20990001)))
    read_source(seao.pk)
    Tender.objects.update(published_at=timezone.now() - timedelta(days=30))
    clear_process_caches()

    for _n in range(3):
        look_at_source(source=seao, by=None)
    clear_process_caches()

    mail = Message.objects.get(kind="sources.stale")
    assert mail.address == admin.email
    assert "SEAO" in mail.title
    with translation.override("fr"):
        assert len(stale_sentences()) == 1
    for address in ("/appels-doffres/", "/appels-doffres/ocds-ec9k95-20990001/"):
        assert "Les derniers avis reçus du SEAO datent du" in client.get(address).content.decode()

    Tender.objects.update(published_at=timezone.now())
    look_at_source(source=seao, by=None)
    clear_process_caches()
    assert "datent du" not in client.get("/appels-doffres/").content.decode()
    assert Message.objects.count() == 1


def test_staff_have_a_source_read_though_it_is_off_and_a_file_taken_again(played, seao, settings):
    seao.is_on = False
    seao.save()
    played.publish_seao(WEEK, package(notice(20990001)))
    assert not read_source(seao.pk)
    staff = UserFactory(is_superuser=True)

    ask_source_reading(source=seao, by=staff)
    assert list(NoticeSource.objects.due(timezone.now())) == [seao]
    assert read_source(seao.pk)
    file = seao.files.get()
    first = file.imported_at

    ask_file_reading(file=file, by=staff)
    assert read_source(seao.pk)
    file.refresh_from_db()
    assert file.imported_at > first
    assert (file.status, file.unchanged, file.contents) == (FeedFile.Status.DONE, 1, 1)

    settings.READ_SOURCES = False
    with pytest.raises(WrongMove):
        ask_source_reading(source=seao, by=staff)
    assert played.count(CKAN, 200) == 2

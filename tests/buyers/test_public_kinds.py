"""Any publisher's releases are taken, each with its right values, and none of them becomes a town or a dollar of Québec."""

import json

import pytest

from buyers.models import Award, Tender
from buyers.ocds.cleaning import clean_moment, is_moment_lost
from buyers.ocds.normalising import normalise_release
from buyers.ocds.releases import read_notice, read_release
from tests.buyers.ocds_files import counts, in_days, notice
from tests.buyers.public_kinds import KINDS


@pytest.mark.parametrize(("kind", "release", "right"), KINDS, ids=[kind for kind, _, _ in KINDS])
def test_a_public_release_is_read_with_its_values(kind, release, right):
    said = read_release(json.loads(json.dumps(release)))

    fields = said.fields
    found = {
        "title": fields["title"],
        "buyer": fields["buyer_name"],
        "status": str(fields["status"]),
        "currency": fields["currency"],
        "amount": fields["estimated_amount"],
        "closes": fields["closes_at"]
        and fields["closes_at"].astimezone(clean_moment("2027-01-01T00Z").tzinfo).isoformat(),
        "awards": [(line.name, line.neq, line.amount, line.currency) for line in said.awards or []],
        "abroad": said.party.is_abroad,
    }
    assert {key: found[key] for key in right} == right
    assert said.warnings == ()


@pytest.mark.parametrize(("kind", "release", "right"), KINDS, ids=[kind for kind, _, _ in KINDS])
def test_what_is_kept_of_a_public_release_reads_the_same(kind, release, right):
    said = read_release(release)

    again = read_notice(said.ocid, json.loads(json.dumps(said.kept)))

    assert (again.fields, again.party, again.awards) == (said.fields, said.party, said.awards)


@pytest.mark.django_db
def test_all_public_kinds_enter_at_once_and_again_change_nothing(feed):
    releases = [release for _kind, release, _right in KINDS]

    assert counts(feed.load(*releases)) == (len(KINDS), len(KINDS), 0, 0, 0)
    assert counts(feed.load(*releases)) == (len(KINDS), 0, 0, len(KINDS), 0)

    assert not Tender.objects.exclude(region=None, buyer=None).exclude(ocid="PW-27-00627094").exists()
    assert not Award.objects.exclude(neq="", organisation=None).exists()
    assert set(Tender.objects.exclude(estimated_amount=None).values_list("currency", flat=True)) >= {
        "GBP",
        "PYG",
        "UAH",
    }


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2027-01-31T24:00:00-05:00", "2027-02-01T00:00:00-05:00"),
        ("2027-01-31T14:00", "2027-01-31T14:00:00-05:00"),
        ("2027-01-31T14", "2027-01-31T14:00:00-05:00"),
        ("2027-01-31 14:00:00-05", "2027-01-31T14:00:00-05:00"),
        ("2027-01-31t14:00:00z", "2027-01-31T14:00:00+00:00"),
        ("2027-01-31T14:00:00,5+0530", "2027-01-31T14:00:00.500000+05:30"),
        ("2027-01-31T14:00:60Z", "2027-01-31T14:00:59+00:00"),
        ("2027-01-31T14:00:00.1234567Z", "2027-01-31T14:00:00.123456+00:00"),
        ("20270131T140000Z", "2027-01-31T14:00:00+00:00"),
        ("20270131", "2027-01-31T23:59:00-05:00"),
        ("2027-01-31Z", "2027-01-31T23:59:00+00:00"),
        ("2027-01", "2027-01-31T23:59:00-05:00"),
        ("2027-W04", "2027-01-31T23:59:00-05:00"),
        ("2027-W04-7", "2027-01-31T23:59:00-05:00"),
        ("2027W047T1400", "2027-01-31T14:00:00-05:00"),
        ("2027-031", "2027-01-31T23:59:00-05:00"),
        ("2027-01-01/2027-01-31", "2027-01-31T23:59:00-05:00"),
        ("2027-01-31T14:00:00\u221205:00", "2027-01-31T14:00:00-05:00"),
    ],
)
def test_every_way_of_iso_8601_is_understood(value, moment):
    assert clean_moment(value, end_of_day=True).isoformat() == moment


@pytest.mark.parametrize(
    "value",
    [
        "31/01/2027",
        "31-01-2027",
        "2027/01/31",
        "January 31, 2027",
        "2027-02-30",
        "2027-366",
        "2027-W54",
        "T14:00",
        "2027-01-31T25:00",
        "2027-01-31T24:01",
        "bientôt",
        1801231231,
        {"a": 1},
    ],
)
def test_what_is_no_iso_8601_is_said_to_be_lost(value):
    assert clean_moment(value, end_of_day=True) is None
    assert is_moment_lost(value)


@pytest.mark.parametrize("value", [None, "", "0001-01-01T00:00:00", "9999-12-31", "1900-01-01"])
def test_what_says_that_there_is_no_date_is_not_lost(value):
    assert clean_moment(value) is None
    assert not is_moment_lost(value)


class TestWarnings:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"tender__tenderPeriod": {"endDate": "31/01/2027"}}, "« 31/01/2027 » n’est pas comprise"),
            ({"tender__tenderPeriod": {}}, "ne donne pas de date de clôture"),
            ({"tender__tenderPeriod": {"endDate": "0001-01-01T00:00:00"}}, "ne donne pas de date de clôture"),
            ({"date": "hier"}, "La date « hier »"),
            ({"tender__value": {"amount": "beaucoup", "currency": "CAD"}}, "Le montant « beaucoup »"),
            ({"tender__value": {"amount": 5, "currency": "livres"}}, "La devise « livres »"),
            ({"tender__description": "x" * 8001}, "est coupé"),
            ({"tender__documents": [{"url": "https://a.example/"}] * 1001}, "est coupé"),
        ],
    )
    def test_what_is_not_understood_is_told_and_the_release_taken(self, feed, changes, words):
        report = feed.load(notice(20990001), notice(20990002, **changes))

        assert counts(report) == (2, 2, 0, 0, 0)
        [warning] = report.warnings
        assert (warning.index, warning.ocid, warning.id) == (2, "ocds-ec9k95-20990002", "20260801120000")
        assert words in warning.message.replace("\u00a0", " ")
        assert report.exit_code == 0

    def test_an_award_need_not_say_when_it_closes(self, feed):
        assert (
            feed.load(notice(tag=["award"], tender__status="complete", tender__tenderPeriod={})).warnings
            == []
        )


def test_the_plain_text_stays_where_no_french_is_given():
    read = normalise_release({"language": "en", "tender": {"title": "Parks", "title_es": "Parques"}})
    assert read["tender"]["title"] == "Parks"
    read = normalise_release({"tender": {"title": "", "title_es": "Parques"}})
    assert read["tender"]["title"] == "Parques"
    read = normalise_release({"tender": {"title": {"fr-CA": "Parcs", "en": "Parks"}}, "language": "en"})
    assert read["tender"]["title"] == "Parcs"
    read = normalise_release({"tender": {"title": {"note": 3}}})
    assert read["tender"]["title"] == ""


@pytest.mark.django_db
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("apart", [True, False])
def test_an_award_without_its_tender_joins_the_notice_whichever_comes_first(feed, order, apart):
    said = notice(tender__tenderPeriod={"endDate": in_days(20)})
    award = {key: said[key] for key in ("ocid", "date", "parties", "buyer")} | {
        "id": "20991220140000",
        "tag": ["award"],
        "awards": [
            {"id": "A1", "status": "active", "value": {"amount": 50000, "currency": "CAD"},
             "suppliers": [{"id": "FO-1199000001", "name": "Coop gagnante"}]},
        ],
    }  # fmt: skip
    pair = [(said, award)[at] for at in order]
    reports = [feed.load(one) for one in pair] if apart else [feed.load(*pair)]

    assert sum(len(report.rejected) for report in reports) == 0
    tender = Tender.objects.get()
    assert tender.title == "Entretien ménager de l’hôtel de ville"
    line = tender.awards.get()
    assert (line.name, line.neq, line.amount) == ("Coop gagnante", "1199000001", 50000)
    assert tender.closes_at is not None

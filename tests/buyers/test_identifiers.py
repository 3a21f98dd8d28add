"""What notices and parties are called in any feed: free ids, NEQs only where their scheme says so, places abroad."""

from urllib.parse import unquote

import pytest
from django.urls import reverse

from buyers.models import Tender
from buyers.ocds.identifiers import fit_id, is_outside_quebec, party_key, party_neq
from tests import factories
from tests.buyers.ocds_files import awarded, counts, notice

SEAO, UK = "ocds-ec9k95-1", "ocds-b5fd17-1"
OCIDS = [
    "ocds-6550wx-TESORERIA GENERAL-DAF-CM-2022-0062",
    "PW-26-00627094",
    "ocds-213czf/2026/école & fils ? 100 %",
    "../admin",
    "a/./..",
    "ocds-x-" + "é" * 300,
    "1",
]


@pytest.mark.django_db
@pytest.mark.parametrize("ocid", OCIDS)
def test_any_ocid_is_kept_and_has_an_address_that_answers(feed, client, ocid):
    report = feed.load(
        notice() | {"ocid": ocid, "id": f"{ocid} v1"}, notice() | {"ocid": ocid, "id": f"{ocid} v2"}
    )

    assert counts(report) == (2, 1, 1, 0, 0)
    tender = Tender.objects.get()
    assert tender.ocid == ocid
    url = reverse("tenders:tender", args=[ocid])
    assert url.isascii()
    assert not {".", ".."} & set(unquote(url).split("/"))
    page = client.get(url)
    assert page.status_code == 200
    assert client.get(reverse("api:tender", args=[ocid])).json()["ocid"] == ocid
    version = client.get(url, {"version": f"{ocid} v1"})
    assert version.status_code == 200
    assert "n’a pas de version" not in version.text


@pytest.mark.django_db
def test_a_release_id_of_any_length_announces_its_notice_once(feed):
    from marketplace.outbox.models import Event

    long = "Buyandsell.gc.ca-2026-11-07-" + "0" * 200
    feed.load(notice(id=long + "a"))
    feed.load(notice(id=long + "b"))
    feed.load(notice(id=long + "b"))

    assert list(Tender.objects.get().versions.values_list("release_id", flat=True)) == [
        long + "a",
        long + "b",
    ]
    versions = list(Event.objects.filter(kind="tender.imported").values_list("version", flat=True))
    assert len(set(versions)) == len(versions) == 2
    assert all(len(version) == 60 for version in versions)


def test_an_id_that_fits_stays_and_two_long_ones_stay_two():
    assert fit_id("abc", 60) == "abc"
    assert fit_id("x" * 61, 60) != fit_id("x" * 62, 60)
    assert len(fit_id("x" * 400, 40)) == 40


@pytest.mark.parametrize(
    ("party", "ocid", "neq"),
    [
        ({"id": "FO-1170000001"}, SEAO, "1170000001"),
        ({"id": "FO-20991234"}, SEAO, ""),
        ({"id": "X", "details": {"neq": "1170000001"}}, SEAO, "1170000001"),
        ({"id": "X", "identifier": {"scheme": "CA-QC-NEQ", "id": "1170000001"}}, UK, "1170000001"),
        ({"id": "X", "identifier": {"scheme": "neq", "id": "1170 000 001"}}, UK, "1170000001"),
        (
            {"id": "X", "additionalIdentifiers": [{"scheme": "CA-QC-NEQ", "id": "1170000001"}]},
            UK,
            "1170000001",
        ),
        ({"id": "CA-QC-NEQ-1170000001"}, UK, "1170000001"),
        ({"id": "GB-COH-1199000000", "identifier": {"scheme": "GB-COH", "id": "1199000000"}}, UK, ""),
        ({"id": "GB-COH-1199000000", "identifier": {"scheme": "GB-COH", "id": "1199000000"}}, SEAO, ""),
        ({"id": "1199000000"}, UK, ""),
        ({"id": "FO-1199000000"}, UK, ""),
        ({"id": "X", "identifier": {"id": "1199000000"}}, UK, ""),
        ({"id": "X", "identifier": {"scheme": "CA-CRA_ACR", "id": "1199000000"}}, SEAO, ""),
        ({"id": "FO-1199000000", "address": {"countryName": "France"}}, SEAO, ""),
    ],
)
def test_a_number_is_a_neq_only_where_its_scheme_or_seao_says_so(party, ocid, neq):
    assert party_neq(party, ocid) == neq


@pytest.mark.parametrize(
    ("party", "changes", "ocid", "outside"),
    [
        ({"address": {"countryName": "France"}}, {}, UK, True),
        ({"address": {"country": {"name": "Sénégal"}}}, {}, UK, True),
        ({"address": {"countryName": "CAN"}}, {}, UK, False),
        ({"address": {"countryName": "Canada", "region": "ON"}}, {}, UK, True),
        ({"address": {"region": "QC"}}, {"currency": "USD"}, UK, False),
        ({"address": {"region": "Normandie"}}, {}, UK, True),
        ({"address": {"postalCode": "SW1A 1AA"}}, {}, UK, True),
        ({"address": {"postalCode": "G9A 5H7"}}, {}, UK, False),
        ({"identifier": {"scheme": "GB-GOV", "id": "D1"}}, {}, UK, True),
        ({}, {"currency": "GBP"}, UK, True),
        ({}, {"language": "es"}, UK, True),
        ({}, {}, UK, False),
        ({"address": {"region": "ON"}}, {}, SEAO, False),
        ({"address": {"countryName": "France"}}, {}, SEAO, True),
    ],
)
def test_a_body_elsewhere_is_told_by_country_province_scheme_currency_or_language(
    party, changes, ocid, outside
):
    release = {"tender": {"value": {"amount": 1, "currency": changes.get("currency", "CAD")}}} | changes

    assert is_outside_quebec(party, release, ocid) is outside


@pytest.mark.django_db
def test_a_town_abroad_is_no_town_of_quebec_and_no_buyer_here(feed):
    factories.BuyerFactory(organisation__name="Ville de Shawinigan")
    party = {
        "id": "12", "name": "Ville de Shawinigan", "roles": ["buyer"],
        "address": {"locality": "Shawinigan", "countryName": "France"},
    }  # fmt: skip
    feed.load(notice(parties=[party], buyer={"id": "12", "name": "Ville de Shawinigan"}) | {"ocid": UK})
    feed.load(notice())  # ties what can be tied

    abroad = Tender.objects.get(ocid=UK)
    assert (abroad.buyer, abroad.region_id, abroad.mrc_id) == (None, None, None)
    assert Tender.objects.get(number="20990001").buyer is not None


@pytest.mark.django_db
def test_a_foreign_company_number_is_linked_to_nobody(feed):
    factories.OrganisationFactory(neq="1199000000")
    seller = {
        "id": "GB-COH-1199000000",
        "name": "Foreign Ltd",
        "identifier": {"scheme": "GB-COH", "id": "1199000000"},
    }

    feed.load(
        awarded(parties=[seller], awards=[{"id": "A1", "suppliers": [{"id": seller["id"]}]}]) | {"ocid": UK}
    )

    award = Tender.objects.get().awards.get()
    assert (award.neq, award.name, award.organisation) == ("", "Foreign Ltd", None)


def test_parties_that_only_share_a_local_number_are_told_apart():
    assert party_key("OP-12", "Ville", SEAO) == "OP-12"
    assert party_key("1", "Leeds", UK) != party_key("1", "York", UK)
    long = "ocds-6550wx-" + "x" * 90
    assert party_key("7", "A" * 60, long) != party_key("8", "A" * 60, long)


@pytest.mark.django_db
def test_other_currencies_are_shown_with_their_code_and_are_no_dollars(feed, client):
    feed.load(notice(tender__value={"amount": 1_000_000, "currency": "GBP"}))

    tender = Tender.objects.get()
    assert (tender.estimated_amount, tender.currency, tender.amount_in_dollars) == (1_000_000, "GBP", None)
    page = client.get(reverse("tenders:tender", args=[tender.ocid]))
    assert "1\u00a0000\u00a0000\u00a0GBP" in page.text
    assert "1\u00a0000\u00a0000\u00a0$" not in page.text

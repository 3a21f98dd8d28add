"""What a release says, whatever shape it has: a notice, or a reason why there is none."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from buyers.models import Tender
from buyers.ocds.cleaning import clean_name
from buyers.ocds.releases import ReleaseError, read_notice, read_release, version_key
from tests.buyers.ocds_files import awarded, changed, notice


def test_a_notice_is_understood():
    said = read_release(notice())

    assert (said.ocid, said.release_id, said.tags) == ("ocds-ec9k95-20990001", "20260801120000", ["tender"])
    fields = said.fields
    assert (fields["number"], fields["reference"]) == ("20990001", "AO-2026-014")
    assert fields["title"] == "Entretien ménager de l’hôtel de ville"
    assert (fields["status"], fields["method"], fields["category"]) == ("active", "open", "services")
    assert fields["unspsc"] == ["76111500"]
    assert fields["closes_at"] > timezone.now()
    assert said.seao_category == "S9"
    assert said.labels == {"76111500": "Services de nettoyage et d’entretien général"}
    assert (said.party.party_id, said.party.is_municipal) == ("OP-10001", True)
    assert said.awards is None
    assert said.may_open


def test_an_award_is_understood_with_its_seller_by_neq():
    said = read_release(awarded())

    [line] = said.awards
    assert (line.neq, line.name, line.amount) == ("1170000001", "Ménage Modèle inc.", Decimal("41250.50"))
    assert line.awarded_on == date(2026, 7, 15)
    assert said.fields["status"] == "complete"
    assert said.fields["closes_at"] is None
    assert not said.may_open


@pytest.mark.parametrize(
    ("release", "message"),
    [
        (None, "objet JSON"),
        ("x", "objet JSON"),
        ([], "objet JSON"),
        (changed(notice(), ocid=...), "« ocid »"),
        (changed(notice(), ocid=""), "« ocid »"),
        (changed(notice(), ocid=True), "« ocid »"),
        (changed(notice(), ocid="a#b"), "« # »"),
        (changed(notice(), ocid="x" * 501), "500"),
        (changed(notice(), id=...), "« id »"),
        (changed(notice(), id=None), "« id »"),
        (changed(notice(), id="1#2"), "« # »"),
        (changed(notice(), tender__items=[{"x": ["y" * 7000] * 500}]), "trop longue"),
    ],
)
def test_what_is_no_notice_says_why(release, message):
    with pytest.raises(ReleaseError, match=message):
        read_release(release)


@pytest.mark.parametrize(
    "changes",
    [
        {"parties": None, "buyer": None, "tender__procuringEntity": None},
        {"parties": [None, 3, "x", {}], "buyer": "Ville"},
        {"tag": None},
        {"tag": "tender"},
        {"tag": [None, 5, {}]},
        {"tender__items": None},
        {"tender__items": [None, {"classification": None, "additionalClassifications": None}]},
        {"tender__items": [{"id": {"a": 1}, "classification": "76111500"}]},
        {"tender__documents": [None, {"url": None}, {"url": ["x"]}]},
        {"tender__tenderPeriod": []},
        {"tender__status": 5},
        {"tender__value": {"amount": "beaucoup"}},
        {"awards": None, "contracts": None, "bids": None},
        {"awards": [None, {"suppliers": None}, {"suppliers": [None]}]},
        {"date": "hier"},
    ],
)
def test_missing_and_misshapen_parts_are_tolerated(changes):
    said = read_release(changed(notice(), **changes))

    assert said.fields["title"]
    json.dumps(said.kept)


@pytest.mark.parametrize(
    "end", ["0001-01-01T00:00:00", "9999-12-31T00:00:00Z", "2026-02-31", "", None, 20260801, {}]
)
def test_dates_that_mean_nothing_are_no_dates(end):
    assert read_release(notice(tender__tenderPeriod={"endDate": end})).fields["closes_at"] is None


def test_a_date_without_an_hour_closes_at_the_end_of_the_day_here():
    closes_at = read_release(notice(tender__tenderPeriod={"endDate": "2026-11-30"})).fields["closes_at"]

    assert timezone.localtime(closes_at).strftime("%Y-%m-%d %H:%M") == "2026-11-30 23:59"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Centre de services scolaire de Laval.", "Centre de services scolaire de Laval"),
        ("CÉGEP de Jonquière. ", "CÉGEP de Jonquière"),
        ("Broyage RM inc.", "Broyage RM inc."),
        ("AVI-SPL Canada Ltee.", "AVI-SPL Canada Ltee."),
        ("MNP S.E.N.C.R.L., s.r.l.", "MNP S.E.N.C.R.L., s.r.l."),
        ("Ville\u00a0de  L'Ancienne-Lorette", "Ville de L’Ancienne-Lorette"),
        ("\u200bVille de Québec\n", "Ville de Québec"),
    ],
)
def test_names_lose_their_stray_stop_and_keep_their_own(said, name):
    assert clean_name(said) == name


def test_a_buyer_that_is_a_sub_unit_keeps_its_name_and_its_party():
    said = read_release(notice(buyer={"id": "OP-10001", "name": "Ville de Shawinigan - Approvisionnement."}))

    assert said.fields["buyer_name"] == "Ville de Shawinigan - Approvisionnement"
    assert said.party.name == "Ville de Shawinigan"


def test_parties_of_two_sources_are_told_apart():
    one = read_release(notice(buyer={"id": "12", "name": "A"}))
    other = read_release(changed(notice(buyer={"id": "12", "name": "A"}), ocid="ocds-213czf-1"))

    assert one.party.party_id != other.party.party_id


def test_codes_are_taken_at_every_level_with_those_beside():
    items = [
        {
            "id": "G8",
            "classification": {"scheme": "UNSPSC", "id": "43211908", "description": "Tableau"},
            "additionalClassifications": [
                {"scheme": "UNSPSC", "id": "4321", "description": "Ordinateurs"},
                {"scheme": "UNSPSC", "id": "43211908", "description": "Encore"},
                {"scheme": "CPV", "id": "30200000"},
                {"id": "pas un code"},
                None,
            ],
        }
    ]

    said = read_release(notice(tender__items=items))

    assert said.fields["unspsc"] == ["43211908", "43210000"]
    assert said.labels == {"43211908": "Tableau", "43210000": "Ordinateurs"}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.b/c", "https://", "https://a b", "data:text/html,x",
                                 "https://a.example/\nx", "//a.example", "https://a.example/" + "x" * 500])  # fmt: skip
def test_only_http_addresses_are_kept(url):
    assert read_release(notice(tender__documents=[{"url": url}])).fields["url"] == ""


def test_an_award_without_a_seller_is_kept_and_one_without_an_amount_takes_its_contracts():
    release = awarded()
    release["awards"] = [
        {"id": "1", "value": {"amount": 10}},
        {"id": "20990102", "suppliers": [{"id": "FO-20991234", "name": "Étrangère"}]},
        {"id": "20990102", "suppliers": [{"id": "FO-20991234", "name": "Étrangère"}]},
    ]

    lines = read_release(release).awards

    assert [(line.award_id, line.neq, line.name, line.amount) for line in lines] == [
        ("1", "", "", Decimal("10.00")),
        ("20990102", "", "Étrangère", Decimal("43000.00")),
    ]


def test_the_neq_is_read_where_each_source_puts_it():
    for details in ({"neq": "1170000001"}, {"NEQ": "1170000001"}, {}):
        release = awarded()
        release["parties"][1]["details"] = details
        assert read_release(release).awards[0].neq == "1170000001"
    release["parties"][1] |= {"id": "X", "identifier": {"id": "1170 000 001"}}
    release["awards"][0]["suppliers"][0]["id"] = "X"
    assert read_release(release).awards[0].neq == "1170000001"


def test_streets_and_people_stay_out_of_what_is_kept():
    release = awarded()
    release["parties"][1]["address"]["streetAddress"] = "12, rue Privée"
    release["parties"][1]["contactPoint"] = {"name": "Jean Untel", "email": "jean@exemple.test"}

    kept = json.dumps(read_release(release).kept, ensure_ascii=False)

    assert "Ménage Modèle" in kept
    assert not any(word in kept for word in ("rue Privée", "Untel", "jean@"))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"tender__status": "planning"}, Tender.Status.PLANNED),
        ({"tender__status": "withdrawn"}, Tender.Status.CANCELLED),
        ({"tender__status": ...}, Tender.Status.ACTIVE),
        ({"tag": ["tenderCancellation"]}, Tender.Status.CANCELLED),
        ({"tender__status": ..., "awards": [{"id": "1"}]}, Tender.Status.COMPLETE),
    ],
)
def test_the_state_comes_from_the_status_and_the_tags(changes, status):
    assert read_release(notice(**changes)).fields["status"] == status


def test_versions_are_ordered_by_id_as_numbers_then_as_text():
    ids = ["20260801120000", "9", "10", "v2", "v10"]

    assert sorted(ids, key=version_key) == ["9", "10", "20260801120000", "v10", "v2"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud800\0"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["ocid", "id", "date", "tag", "parties", "buyer", "tender", "awards", "contracts", "bids"]
TENDER_KEYS = [
    "id",
    "title",
    "description",
    "status",
    "items",
    "value",
    "procurementMethod",
    "tenderPeriod",
    "documents",
]


@settings(max_examples=300, deadline=None)
@given(
    top=st.dictionaries(st.sampled_from(KEYS), anything, max_size=4),
    inside=st.dictionaries(st.sampled_from(TENDER_KEYS), anything, max_size=4),
    deeper=anything,
)
def test_any_shape_is_a_notice_or_a_reason(top, inside, deeper):
    release = awarded(tender__items=[{"classification": deeper}], awards=[{"suppliers": deeper}])
    release["tender"] |= inside
    release |= top
    said, reason = None, ""
    try:
        said = read_release(release)
    except ReleaseError as error:
        reason = str(error)
    assert bool(said) != bool(reason)
    if said is not None:
        assert said.fields["title"]
        text = json.dumps([said.kept, said.fields["title"], said.labels], allow_nan=False)
        assert "\\u0000" not in text
        text.encode()


@pytest.mark.parametrize("release", [notice(), awarded(), notice(buyer=...), notice(parties=[])])
def test_a_kept_version_reads_as_the_release_did(release):
    said = read_release(release)

    assert read_notice(said.ocid, said.kept) == read_notice(said.ocid, release)


def test_a_kept_version_says_where_the_buyer_is_and_never_how_to_reach_a_person():
    party = {
        "id": "OP-10001", "name": "Ville de Shawinigan", "roles": ["buyer"],
        "address": {"streetAddress": "550, avenue de l’Hôtel-de-Ville", "locality": "Shawinigan", "postalCode": "G9N 6V3"},
        "contactPoint": {"name": "Ariane Personne", "email": "ariane@exemple.ca"},
    }  # fmt: skip
    bidder = {
        "id": "FO-1",
        "name": "Une inc.",
        "contactPoint": {"telephone": "819 555-0199"},
        "address": {"locality": "X"},
    }

    kept = json.dumps(read_release(notice(parties=[party], tender__tenderers=[bidder])).kept)

    assert "G9N 6V3" in kept
    assert "Une inc." in kept
    for private in ("550", "Ariane", "ariane@", "555-0199"):
        assert private not in kept

"""The state of a notice follows from all its kept versions: whatever order they came in, whatever files brought them."""

from __future__ import annotations

import random
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyers.models import Award, Bidder, Lot, Tender, TenderVersion
from buyers.ocds.derivation import derive_notice, merge_versions, order_versions
from buyers.ocds.releases import read_release
from buyers.tasks import rederive_outdated_tenders
from tests.buyers.ocds_files import changed, notice

FREE = "ocds-b5fd17-u1"
FIRST, SECOND, THIRD = "20261101140000", "20261110140000", "20261220140000"


def made(release: dict[str, Any], published: str | None = None) -> SimpleNamespace:
    """A version as it would be kept."""
    said = read_release(release)
    return SimpleNamespace(
        release_id=said.release_id,
        tags=said.tags,
        released_at=said.released_at,
        package_published_at=datetime.fromisoformat(published) if published else None,
        release=said.kept,
        fingerprint=said.fingerprint,
    )


def state(*releases: dict[str, Any]) -> Any:
    return derive_notice(releases[0]["ocid"], [made(release) for release in releases])


def fields(*releases: dict[str, Any]) -> dict[str, Any]:
    return state(*releases).said.fields


def call(version: str = FIRST, **changes: Any) -> dict[str, Any]:
    """A version of one notice; dates stand still."""
    period = {"startDate": "2026-11-01T09:00:00-05:00", "endDate": "2026-12-01T14:00:00-05:00"}
    defaults = {"date": "2026-11-01T09:00:00-05:00", "tender__tenderPeriod": period}
    return notice(20990001, version, **defaults | changes)


def award(version: str = THIRD, **changes: Any) -> dict[str, Any]:
    line = {"id": "A1", "status": "active", "date": "2026-12-20", "value": {"amount": 50000}}
    line["suppliers"] = [{"id": "FO-1199000001", "name": "Coop gagnante"}]
    base = call(version, tag=["award"], tender__tenderPeriod={}, tender__status="complete")
    return changed(base | {"awards": [line]}, **changes)


# --- Which version speaks ---------------------------------------------------------------------------------------------


def test_versions_of_seao_are_ordered_by_their_id_whatever_their_date():
    old = call(FIRST, date="2026-12-24T00:00:00Z", tender__title="Ancien")
    new = call(SECOND, date="2026-11-01T00:00:00Z", tender__title="Neuf")

    assert fields(new, old)["title"] == "Neuf"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("b7d1", "2026-11-01T00:00:00Z"), ("a3c9", "2026-11-15T00:00:00Z")),
        (("20261231000000", "2026-11-01T00:00:00Z"), ("20250101000000", "2026-11-15T00:00:00Z")),
        (("v10", "2026-11-01T23:00:00-05:00"), ("v2", "2026-11-02T05:00:00Z")),
        (("z", None), ("a", "2026-11-02T05:00:00Z")),
        (("a", "2026-11-02"), ("b", "2026-11-02")),
        (("9", "2026-11-02"), ("10", "2026-11-02")),
    ],
)
def test_versions_of_other_publishers_are_ordered_by_date_then_by_id(old, new):
    first = call(old[0], ocid=FREE, date=old[1], tender__title="Ancien")
    second = call(new[0], ocid=FREE, date=new[1], tender__title="Neuf")

    for order in ([first, second], [second, first]):
        said = fields(*order)
        assert (said["title"], said["version"]) == ("Neuf", new[0])


def test_of_two_texts_of_one_release_the_newest_package_is_right():
    texts = [
        made(call(tender__title="Premier"), "2026-11-02T00:00:00+00:00"),
        made(call(tender__title="Corrigé"), "2026-11-09T00:00:00+00:00"),
        made(call(tender__title="Sans date de paquet")),
    ]
    for order in (texts, texts[::-1]):
        assert [v.release["tender"]["title"] for v in order_versions("ocds-ec9k95-20990001", order)] == [
            "Corrigé"
        ]


def test_two_texts_that_nothing_dates_end_the_same_in_any_order():
    one, other = call(tender__title="Une"), call(tender__title="Autre")

    assert fields(one, other)["title"] == fields(other, one)["title"]


# --- Silence and speech -----------------------------------------------------------------------------------------------


def test_an_award_that_repeats_no_closing_keeps_the_last_one_said():
    v1, v2 = call(FIRST), call(SECOND, tender__tenderPeriod={"endDate": "2026-12-10T14:00:00-05:00"})

    for order in ([v2, v1, award()], [award(), v1, v2]):
        said = state(*order)
        assert said.said.fields["closes_at"].isoformat() == "2026-12-10T14:00:00-05:00"
        assert [line.name for line in said.awards] == ["Coop gagnante"]
        assert said.said.fields["status"] == "complete"


def test_a_later_silent_update_keeps_the_award():
    silent = award("20261222140000", tag=["contractUpdate"], awards=...)

    said = state(call(), silent, award())

    assert [line.name for line in said.awards] == ["Coop gagnante"]
    assert said.said.fields["version"] == "20261222140000"


@pytest.mark.parametrize(
    "nothing", [..., None, "", {}, {"endDate": None}, {"endDate": "0001-01-01T00:00:00Z"}]
)
def test_what_says_nothing_erases_nothing(nothing):
    later = call(
        SECOND, tender__tenderPeriod=nothing, tender__description=None, tender__items=[], tag=["tenderUpdate"]
    )

    said = fields(call(FIRST, tender__description="Trois étages"), later)

    assert said["closes_at"] is not None
    assert said["description"] == "Trois étages"
    assert said["unspsc"] == ["76111500"]


def test_a_later_closing_that_nobody_understands_is_not_the_one_before():
    later = call(SECOND, tender__tenderPeriod={"endDate": "fin janvier"})

    assert fields(call(FIRST), later)["closes_at"] is None


def test_an_award_release_without_a_tender_joins_its_notice():
    alone = award(tender=...)
    for order in ([call(), alone], [alone, call()]):
        said = state(*order)
        assert said.said.fields["title"].startswith("Entretien")
        assert said.said.fields["status"] == "complete"
        assert [line.amount for line in said.awards] == [50000]


def test_awards_of_seao_are_replaced_and_elsewhere_told_apart_by_their_id():
    first = {"id": "A1", "suppliers": [{"name": "Une"}]}
    second = {"id": "A2", "suppliers": [{"name": "Deux"}]}
    seao = state(award(SECOND, awards=[first]), award(THIRD, awards=[second]))
    assert [line.name for line in seao.awards] == ["Deux"]

    free = [
        award("x", ocid=FREE, date="2026-11-02", awards=[first]),
        award(
            "a",
            ocid=FREE,
            date="2026-11-03",
            awards=[second, {"id": "A1", "suppliers": [{"name": "Une, corrigée"}]}],
        ),
    ]
    assert {line.name for line in state(*free).awards} == {"Une, corrigée", "Deux"}


def test_the_first_publication_is_kept_as_the_date_of_publication():
    later = call(SECOND, ocid=FREE, date="2026-11-20T00:00:00Z", tag=["tenderUpdate"])
    first = call(FIRST, ocid=FREE, date="2026-11-02T00:00:00Z")

    assert fields(later, first)["published_at"].isoformat() == "2026-11-02T00:00:00+00:00"


# --- State ------------------------------------------------------------------------------------------------------------

CANCELLED_AWARD = [{"id": "A1", "status": "cancelled", "suppliers": [{"name": "Coop gagnante"}]}]


@pytest.mark.parametrize(
    ("releases", "status"),
    [
        ([call()], "active"),
        ([call(tender__status=...)], "active"),
        ([call(tag=["planning"], tender__status=...)], "planned"),
        ([call(tag=["planning"], tender__status=...), call(SECOND, tag=["tender"], tender__status=...)], "active"),
        ([call(), call(SECOND, tag=["tenderCancellation"])], "cancelled"),
        ([call(), call(SECOND, tag=["tenderCancellation"], tender=...)], "cancelled"),
        ([call(), call(SECOND, tag=["tenderCancellation"], tender=...), call(THIRD, tag=["tenderUpdate"])], "active"),
        ([call(), call(SECOND, tender__status="withdrawn")], "cancelled"),
        ([call(), call(SECOND, tender__status="unsuccessful")], "unsuccessful"),
        ([call(), award(tender__status=...)], "complete"),
        ([call(), award(tender=...)], "complete"),
        ([call(), award(tender__status="active")], "active"),
        ([call(), award(tender=..., awards=CANCELLED_AWARD)], "active"),
        ([call(), award(tender=..., awards=[{"id": "A1", "status": "unsuccessful"}])], "unsuccessful"),
        ([call(), award(tender=..., awards=[{"id": "A1", "status": "pending"}])], "active"),
        ([call(), award(), call("20261225140000", tag=["contractTermination"], tender__status=...)], "complete"),
        ([call(), award(SECOND, tender=...), award(THIRD, tag=["awardCancellation"], tender=..., awards=...)], "active"),
        ([call(), call(SECOND, tag=["contract"], tender=...) | {"contracts": [{"id": "C1"}]}], "complete"),
        ([call(tag=["compiled"], tender__status="complete")], "complete"),
    ],
)  # fmt: skip
def test_the_state_is_what_the_versions_last_say(releases, status):
    for order in (releases, releases[::-1]):
        assert fields(*order)["status"] == status


# --- Lots -------------------------------------------------------------------------------------------------------------

LOTS = [
    {
        "id": "1",
        "title": "1. Nettoyage des écoles",
        "status": "active",
        "value": {"amount": 90000, "currency": "GBP"},
    },
    {"id": "2", "title": "2. Nettoyage du centre sportif", "description": "Trois patinoires"},
]


def lot_award(*lots: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"A{''.join(lots)}",
        "status": "active",
        "suppliers": [{"name": "Une"}],
        "relatedLots": [*lots],
    } | changes


def test_lots_are_read_with_their_codes_and_searched():
    item = {"id": "I1", "relatedLot": "2", "classification": {"scheme": "UNSPSC", "id": "72154501"}}

    said = state(call(tender__lots=LOTS, tender__items=[item]))

    assert [
        (lot.lot_id, lot.title, lot.amount, lot.currency, lot.status, list(lot.codes)) for lot in said.lots
    ] == [
        ("1", "1. Nettoyage des écoles", 90000, "GBP", "active", []),
        ("2", "2. Nettoyage du centre sportif", None, "CAD", "", ["72154501"]),
    ]
    assert said.said.fields["lots_text"] == (
        "1. Nettoyage des écoles\n2. Nettoyage du centre sportif\nTrois patinoires"
    )
    assert said.said.fields["unspsc"] == ["72154501"]


@pytest.mark.parametrize(
    "lots", [[{}], [None, 3], "un", [{"id": {"x": 1}}], [{"title": "Seul"}, {"title": "Seul"}], {}]
)
def test_odd_lots_cost_nothing_else(lots):
    assert fields(call(tender__lots=lots))["title"].startswith("Entretien")


def test_lots_that_only_the_items_name_are_lots():
    items = [{"id": "I1", "relatedLot": n, "description": f"Ordinateurs {n}"} for n in "AB"]

    assert [(lot.lot_id, lot.title) for lot in state(call(tender__items=items)).lots] == [
        ("A", "Ordinateurs A"), ("B", "Ordinateurs B"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "lots", "awards", "awarded"),
    [
        ("active", LOTS, [], ""),
        ("active", LOTS, [lot_award("1")], "part"),
        ("complete", LOTS, [lot_award("1")], "part"),
        ("active", LOTS, [lot_award("1"), lot_award("2")], "whole"),
        ("active", LOTS, [lot_award("1", "2")], "whole"),
        ("active", LOTS, [lot_award("1"), lot_award("2", status="cancelled")], "part"),
        ("active", LOTS, [lot_award()], "part"),
        ("complete", LOTS, [lot_award()], "whole"),
        ("complete", LOTS, [lot_award("1"), lot_award()], "whole"),
        ("active", LOTS, [lot_award("1", status="cancelled")], ""),
        ("active", [], [lot_award()], "whole"),
        ("active", LOTS[:1], [lot_award()], "whole"),
        ("active", [{**LOTS[0], "status": "complete"}, LOTS[1]], [], "part"),
    ],
)
def test_how_much_is_awarded_follows_the_lots(status, lots, awards, awarded):
    said = fields(award(tender__status=status, tender__lots=lots, awards=awards))

    assert said["awarded"] == awarded


def test_lots_of_contracts_say_what_is_won():
    contract = {"id": "A1", "awardID": "A1", "relatedLots": ["1"]}

    assert (
        fields(award(tender__status="active", tender__lots=LOTS) | {"contracts": [contract]})["awarded"]
        == "part"
    )


# --- Bidders ----------------------------------------------------------------------------------------------------------

THREE = [{"id": f"FO-{n}", "name": f"Soumissionnaire {n}"} for n in (1, 2, 3)]
PER_LOT = [
    {"id": f"FO-{n}", "value": 1, "relatedLots": [f"L{lot}"]} for n in (1, 2, 3) for lot in (1, 2, 3, 4)
]
DETAILS = {
    "details": [
        {"id": f"b{n}{lot}", "status": "valid", "tenderers": [{"id": f"FO-{n}"}], "relatedLots": [lot]}
        for n in (1, 2)
        for lot in "12"
    ]
    + [{"id": "invited", "status": "invited", "tenderers": [{"id": "FO-9", "name": "Invitée"}]}]
}


@pytest.mark.parametrize(
    ("changes", "names", "count"),
    [
        ({}, [], 0),
        ({"tender__tenderers": THREE}, ["Soumissionnaire 1", "Soumissionnaire 2", "Soumissionnaire 3"], 3),
        ({"tender__tenderers": THREE, "bids": PER_LOT, "tender__numberOfTenderers": 3}, None, 3),
        ({"tender__tenderers": THREE, "bids": PER_LOT, "tender__numberOfTenderers": 12}, None, 3),
        ({"bids": PER_LOT}, ["", "", ""], 3),
        ({"bids": DETAILS, "tender__tenderers": THREE[:2]}, ["Soumissionnaire 1", "Soumissionnaire 2"], 2),
        ({"tender__numberOfTenderers": 5}, [], 5),
        ({"tender__tenderers": THREE[:1], "tender__numberOfTenderers": 5}, ["Soumissionnaire 1"], 5),
        ({"tender__numberOfTenderers": "5 ou 6"}, [], 0),
        (
            {"tender__tenderers": [{"id": "x", "name": "Coop Éco"}, {"id": "y", "name": "COOP ECO"}]},
            ["Coop Éco"],
            1,
        ),
        ({"tender__tenderers": [{"id": "FO-1199000002", "name": "Coop"}, {"name": "Coop"}]}, ["Coop"], 1),
        (
            {
                "tender__tenderers": [
                    {"id": "FO-1199000002", "name": "Coop"},
                    {"id": "FO-1199000003", "name": "Coop"},
                ]
            },
            ["Coop", "Coop"],
            2,
        ),
        ({"parties": [{"id": "T1", "name": "Une", "roles": ["tenderer", "supplier"]}]}, ["Une"], 1),
        ({"tender__tenderers": "trois", "bids": 7}, [], 0),
    ],
)
def test_bidders_are_counted_once(changes, names, count):
    said = state(call() | {"bids": None} if not changes else changed(call(), **changes))

    if names is not None:
        assert [bidder.name for bidder in said.bidders] == names
    assert said.said.fields["bidder_count"] == count


def test_who_won_is_told_from_the_other_bidders():
    said = state(award(tender__tenderers=[*THREE, {"id": "FO-1199000001", "name": "Coop gagnante"}]))

    assert [bidder.name for bidder in said.bidders if bidder.won] == ["Coop gagnante"]
    assert len(said.bidders) == 4


def test_whoever_bid_on_one_version_stays_known_for_it():
    said = state(call(tender__tenderers=THREE[:2]), award(tender__tenderers=THREE[1:]))

    assert len(said.bidders) == 3


# --- Any order, any files ---------------------------------------------------------------------------------------------


def versions_of_three_notices() -> list[tuple[dict[str, Any], str]]:
    """(release, publication of its package): thirteen kinds of replay, of SEAO and of another publisher."""
    free = {
        "ocid": FREE,
        "parties": [{"id": "7", "name": "Ville de La Tuque", "roles": ["buyer"]}],
        "buyer": {"id": "7"},
    }
    lots = {"tender__lots": LOTS, "tender__tenderers": THREE}
    week, month, later = "2026-11-02T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"
    return [
        (call(FIRST, tender__title="Nettoyage"), week),
        (call(FIRST, tender__title="Nettoyage, corrigé"), month),
        (call(SECOND, tender__title="Nettoyage des écoles", tag=["tenderUpdate"], **lots), week),
        (award(THIRD, tender__status="active", awards=[lot_award("1")]), month),
        (award("20261222140000", tag=["contractUpdate"], awards=..., tender__status=...), later),
        (award("20261224140000", tender=..., awards=[lot_award("1"), lot_award("2")]), later),
        (changed(call("b7d1", date="2026-11-01T00:00:00Z", tender__title="Ancienne"), **free), week),
        (changed(call("a3c9", date="2026-11-15T00:00:00Z", tender__title="Nouvelle", **lots), **free), week),
        (changed(call("0001", date="2026-11-15T00:00:00Z", tender__tenderPeriod={}), **free), later),
        (changed(award("m", date="2026-12-15T00:00:00Z", tender=...), **free), later),
        (changed(call("c", date="2026-12-20T00:00:00Z", tag=["compiled"], tender__status="complete"), **free), later),
        (notice(20990077, FIRST, date="2026-11-03", tender__tenderPeriod={"endDate": "31-01-2027"}), week),
        (notice(20990077, SECOND, date="2026-11-03", tag=["tenderCancellation"], tender=...), month),
    ]  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.permutations(range(13)))
def test_a_state_is_the_same_in_any_order(order):
    versions = [(release["ocid"], made(release, at)) for release, at in versions_of_three_notices()]
    for ocid in {ocid for ocid, _ in versions}:
        theirs = [version for of, version in versions if of == ocid]
        shuffled = [versions[n][1] for n in order if versions[n][0] == ocid]
        # as they are kept: of one id only the text that wins so far
        kept: list[Any] = []
        for version in shuffled:
            kept = order_versions(ocid, [*kept, version])
        expected = derive_notice(ocid, theirs)
        assert derive_notice(ocid, kept) == expected
        assert merge_versions(ocid, order_versions(ocid, kept)) == expected.said.kept


def whole_state() -> dict[str, Any]:
    """All that is stored of notices, less what only says when it was written."""
    technical = {"id", "tender_id", "imported_at", "changed_at"}
    return {
        model.__name__: sorted(
            str(sorted((k, v) for k, v in row.items() if k not in technical))
            for row in model.objects.values(
                *(() if model is Tender else ("tender__ocid",)),
                *(f.attname for f in model._meta.concrete_fields),
            )
        )
        for model in (Tender, TenderVersion, Lot, Bidder, Award)
    }


@pytest.mark.django_db
def test_any_order_and_any_split_into_files_store_one_state(feed):
    replay = versions_of_three_notices()
    for release, published in replay:
        feed.load(release, published=published)
    expected = whole_state()
    assert [len(expected[name]) for name in ("Tender", "TenderVersion", "Lot")] == [3, 12, 4]
    rng = random.Random(7)
    for _ in range(7):
        Tender.objects.all().delete()
        rng.shuffle(replay)
        files: dict[tuple[int, str], list[Any]] = {}
        for release, published in replay:
            files.setdefault((rng.randrange(3), published), []).append(release)
        for (_, published), releases in files.items():
            feed.load(*releases, published=published)
        assert whole_state() == expected
    for release, published in replay:
        assert feed.load(release, published=published).unchanged == 1
    assert whole_state() == expected


@pytest.mark.django_db
def test_rows_of_an_older_edition_are_derived_again(feed):
    feed.load(award(tender__lots=LOTS, tender__tenderers=THREE, tender__status="active"))
    expected = whole_state()
    Lot.objects.all().delete()
    Bidder.objects.all().delete()
    Tender.objects.update(derivation=0, awarded="", lots_text="", bidder_count=0)

    assert rederive_outdated_tenders() == 1
    assert whole_state() == expected
    assert rederive_outdated_tenders() == 0


# --- When a contract ends ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tender_period", "contract", "ends_on", "is_reckoned"),
    [
        ({}, {}, None, False),
        ({}, {"period": {"endDate": "2027-04-16T00:00:00-04:00"}}, date(2027, 4, 16), False),
        ({}, {"period": {"startDate": "2027-01-01", "durationInDays": 90}}, date(2027, 4, 1), False),
        ({"endDate": "2028-01-31"}, {"dateSigned": "2026-12-22"}, date(2028, 1, 31), True),
        ({"durationInDays": 365}, {"dateSigned": "2026-12-22"}, date(2027, 12, 22), True),
        ({"durationInDays": 365}, {}, date(2027, 12, 20), True),  # from the award
        ({"durationInDays": 10_000_000}, {}, None, False),
        ({"durationInDays": "un an"}, {}, None, False),
        ({"endDate": "0001-01-01T00:00:00"}, {}, None, False),
    ],
)
def test_the_end_of_a_contract_is_its_own_else_reckoned(tender_period, contract, ends_on, is_reckoned):
    contracts = [{"id": "A1", "awardID": "A1", **contract}] if contract else []
    (line,) = state(award(tender__contractPeriod=tender_period) | {"contracts": contracts}).awards

    assert (line.ends_on, line.end_is_reckoned) == (ends_on, is_reckoned)


def test_a_seller_without_a_neq_keeps_its_town_and_one_with_a_neq_does_not():
    address = {"locality": "Shawinigan", "streetAddress": "12 rue des Cèdres"}
    sellers = [{"id": "S1", "name": "Coop", "roles": ["supplier"], "address": address}]
    line = {"id": "A1", "status": "active", "suppliers": [{"id": "S1", "name": "Coop"}]}
    unknown = state(award(ocid=FREE) | {"parties": sellers, "awards": [line]})
    assert [one.town for one in unknown.awards] == ["Shawinigan"]
    assert "Cèdres" not in str(unknown.said.kept)
    sellers[0]["identifier"] = {"scheme": "CA-QC-NEQ", "id": "1199000001"}
    known = state(award(ocid=FREE) | {"parties": sellers, "awards": [line]})
    assert [(one.neq, one.town) for one in known.awards] == [("1199000001", "")]

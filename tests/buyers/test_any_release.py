"""Whatever a feed sends, the database takes it or the report says why: nothing raises, nothing is lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buyers.models import Tender, TenderVersion
from tests.buyers.ocds_files import Feed, awarded, counts, notice

pytestmark = pytest.mark.django_db

text = st.text(max_size=30) | st.sampled_from(
    ["\0", "\ud800", "x" * 9000, "0001-01-01T00:00:00Z", "2026-13-45", "OP-1"]
)
number = st.integers() | st.floats() | st.sampled_from([10**40, -1, 1e308, float("nan"), float("inf")])
anything = st.recursive(
    st.none() | st.booleans() | number | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
party = st.fixed_dictionaries(
    {}, optional={"id": anything, "name": anything, "details": anything, "address": anything}
)
award = st.fixed_dictionaries(
    {}, optional={"id": anything, "value": anything, "date": anything, "suppliers": anything}
)
item = st.fixed_dictionaries(
    {}, optional={"id": anything, "classification": anything, "additionalClassifications": anything}
)
odd_part = st.one_of(
    st.tuples(st.just(("parties",)), st.lists(party, max_size=3) | anything),
    st.tuples(st.just(("awards",)), st.lists(award, max_size=3) | anything),
    st.tuples(st.just(("tender", "items")), st.lists(item, max_size=3) | anything),
    st.tuples(
        st.sampled_from([("buyer",), ("tag",), ("date",), ("contracts",), ("bids",), ("tender",)]), anything
    ),
    st.tuples(
        st.sampled_from(
            [
                ("tender", key)
                for key in ("id", "title", "status", "value", "tenderPeriod", "documents", "description")
            ]
        ),
        anything,
    ),
)


def spoilt(release: dict, parts: list) -> dict:
    for path, value in parts:
        target = release.get(path[0]) if len(path) == 2 else release
        if isinstance(target, dict):
            target[path[-1]] = value
    return release


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(spoils=st.lists(st.lists(odd_part, min_size=1, max_size=4), min_size=1, max_size=6))
def test_any_release_is_kept_or_rejected_with_a_sentence(tmp_path, spoils):
    Tender.objects.all().delete()
    releases = [
        spoilt(awarded(20990000 + n) if n % 2 else notice(20990000 + n), parts)
        for n, parts in enumerate(spoils)
    ]

    report = Feed(tmp_path).load(*releases)

    read, created, updated, unchanged, rejected = counts(report)
    assert read == len(releases) == created + updated + unchanged + rejected
    assert all(rejection.message for rejection in report.rejected)
    assert not any("base de données" in rejection.message for rejection in report.rejected)
    assert Tender.objects.count() == created
    assert TenderVersion.objects.count() == created
    assert counts(Feed(tmp_path).load(*releases)) == (read, 0, 0, created, rejected)


def test_part_of_another_shape_is_told_and_the_rest_is_read(tmp_path):
    odd = notice(20990001) | {"parties": "Ville de Shawinigan", "awards": 12, "contracts": {"id": "1"}}
    report = Feed(tmp_path).load(odd, notice(20990002))
    assert counts(report) == (2, 2, 0, 0, 0)
    said = [warning.message for warning in report.warnings if warning.ocid == odd["ocid"]]
    assert [name for name in ("parties", "awards", "contracts") if name in " ".join(said)] == [
        "parties",
        "awards",
    ]

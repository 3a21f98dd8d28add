"""Whatever stands in the cells of a listing, the database takes the row or the report says why."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suppliers.models import Supplier
from tests.suppliers.import_files import GOOD, counts, listing_text, load

pytestmark = pytest.mark.django_db

# What a CSV can carry: no lone surrogate, which UTF-8 has no bytes for.
cell = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    [
        "=1+1",
        "'=1",
        "1e999",
        "nan",
        "-5",
        "2147483648",
        "javascript:x",
        "https://[",
        "04 | Q | 371",
        "x" * 300,
        '"',
        "\0",
    ]
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(
        st.dictionaries(st.sampled_from([key for key in GOOD if key != "neq"]), cell, max_size=4), max_size=6
    )
)
def test_any_cell_is_taken_or_told(tmp_path, rows):
    Supplier.objects.all().delete()
    path = tmp_path / "pole.csv"
    path.write_text(
        listing_text(*({**row, "neq": f"116000000{n}"} for n, row in enumerate(rows)), {"neq": "1160000009"}),
        encoding="utf-8",
    )

    report = load(path)

    created, updated, unchanged, _ = counts(report)
    assert created >= 1  # the good row at the end
    assert created + unchanged + updated == Supplier.objects.count()
    assert all(rejected.message for rejected in report.rejected)
    assert not any("base de données" in rejected.message for rejected in report.rejected)
    assert load(path).created == 0

"""What the database itself refuses about places."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from marketplace.territories.models import (
    Boundary,
    MrcRegionPeriod,
    Municipality,
    PlaceAlias,
    PoleCoverage,
    TerritoryName,
)

pytestmark = pytest.mark.django_db
LINE = {"type": "Polygon", "coordinates": []}


@pytest.mark.parametrize(
    "row",
    [
        Municipality(code="99991", name="Nulle part"),
        Municipality(code="99992", name="Deux fois", mrc_id="371", region_id="04"),
        Boundary(geometry=LINE),
        Boundary(geometry=LINE, mrc_id="371", region_id="04"),
        PoleCoverage(pole_id="mauricie"),
        PoleCoverage(pole_id="mauricie", mrc_id="65", nation_id="innus"),
        PoleCoverage(pole_id="mauricie", mrc_id="65", since=date(2024, 1, 1), until=date(2024, 1, 1)),
        PoleCoverage(pole_id="mauricie", mrc_id="371"),
        MrcRegionPeriod(mrc_id="371", region_id="04"),
        TerritoryName(words="CHEMIN DU ROY", region_id="04"),
        PlaceAlias(name="cap de la madeleine", municipality_id="37067"),
    ],
    ids=lambda row: str(type(row).__name__),
)
def test_database_refuses(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_alias_may_name_two_municipalities():
    PlaceAlias.objects.create(name="Le Petit-Essai", municipality_id="37067")
    PlaceAlias.objects.create(name="Petit Essai, Le", municipality_id="36033")
    PlaceAlias.objects.create(name="Le Petit Essai", municipality_id="36033")
    assert PlaceAlias.objects.filter(folded="le petit essai").count() == 2


def test_coverage_counts_from_its_first_day_to_the_day_before_its_last():
    PoleCoverage.objects.create(pole_id="laval", mrc_id="371", since=date(2024, 1, 1), until=date(2024, 2, 1))
    covered = [
        PoleCoverage.objects.on(date(2024, *day)).filter(pole="laval", mrc="371").exists()
        for day in [(1, 1), (1, 31), (2, 1)]
    ]
    assert covered == [True, True, False]

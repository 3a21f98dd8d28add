"""Outlines, brought in by `import_territories`."""

import json

import pytest

from marketplace.territories.importing import NoOutlines, import_boundaries
from marketplace.territories.models import Boundary, Mrc, Region

pytestmark = pytest.mark.django_db


def square(west=-72.0, south=46.0):
    return [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]


def feature(code, *rings, kind="Polygon"):
    coordinates = list(rings or [square()])
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": kind, "coordinates": coordinates if kind == "Polygon" else [coordinates]},
    }


@pytest.fixture
def bring(tmp_path):
    def bring(*features, of=Mrc):
        path = tmp_path / "contours.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return import_boundaries(path=path, of=of, by=None)

    return bring


def outcome(report):
    return report.created, report.updated, report.unchanged, len(report.rejected)


def test_outlines_come_once_and_change_only_when_they_do(bring):
    assert outcome(bring(feature("371"), feature("36", kind="MultiPolygon"))) == (2, 0, 0, 0)
    assert outcome(bring(feature("371"), feature("36", kind="MultiPolygon"))) == (0, 0, 2, 0)
    assert outcome(bring(feature("371", square(-73)))) == (0, 1, 0, 0)
    assert Boundary.objects.get(mrc="371").geometry["coordinates"][0][0] == [-73.0, 46.0]
    assert Boundary.objects.count() == 2


def test_outlines_of_regions_stand_beside_those_of_mrcs(bring):
    bring(feature("04"))
    assert outcome(bring(feature("04"), of=Region)) == (1, 0, 0, 0)
    assert Boundary.objects.filter(region="04").exists()
    assert Boundary.objects.filter(mrc="04").exists()


def test_outlines_of_eeyou_istchee_join_those_of_jamesie(bring):
    assert outcome(bring(feature("991"), feature("993", square(-75)))) == (2, 0, 0, 0)
    geometry = Boundary.objects.get(mrc="991").geometry
    assert (geometry["type"], len(geometry["coordinates"])) == ("MultiPolygon", 2)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (feature("888"), "code"),
        ({"type": "Feature", "properties": {}, "geometry": feature("36")["geometry"]}, "code"),
        ({"type": "Feature", "properties": None, "geometry": feature("36")["geometry"]}, "code"),
        ({"type": "Feature", "properties": {"code": "36"}, "geometry": None}, "geometry"),
        (
            {
                "type": "Feature",
                "properties": {"code": "36"},
                "geometry": {"type": "Point", "coordinates": [-72, 46]},
            },
            "geometry",
        ),
        (feature("36", [[-72, 46]]), "geometry"),
        (feature("36", [["-72", 46], [-71, 46], [-71, 47], [-72, 46]]), "geometry"),
        (feature("36", square(300_000, 5_000_000)), "geometry"),
        (feature("36", [[float("nan"), 46]] * 4), "geometry"),
        ("un texte", "geometry"),
        (None, "geometry"),
    ],
)
def test_outline_that_is_none_is_rejected_and_the_others_kept(bring, bad, field):
    report = bring(bad, feature("371"))
    assert outcome(report) == (1, 0, 0, 1)
    assert (report.rejected[0].row, report.rejected[0].field) == (1, field)
    assert list(Boundary.objects.values_list("mrc", flat=True)) == ["371"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"type": "Feature"}', b'{"features": {}}', b"[" * 100_000],
)
def test_file_without_outlines_is_said_so(tmp_path, content):
    path = tmp_path / "mrc.geojson"
    path.write_bytes(content)
    with pytest.raises(NoOutlines):
        import_boundaries(path=path, of=Mrc, by=None)
    assert not Boundary.objects.exists()


@pytest.mark.shared_data
def test_outlines_of_the_real_files_come_whole(shared):
    mrcs = import_boundaries(path=shared / "territory" / "mrc_simplifie.geojson", of=Mrc, by=None)
    regions = import_boundaries(path=shared / "territory" / "regions_simplifie.geojson", of=Region, by=None)
    assert (outcome(mrcs), outcome(regions)) == ((104, 0, 0, 0), (17, 0, 0, 0))
    assert Boundary.objects.exclude(mrc=None).count() == 103

"""`manage import_territories DIR [--json]`: what it prints and how it ends."""

import json

import pytest
from django.core.management import CommandError, call_command

from marketplace.territories.models import Boundary, Municipality
from marketplace.territories.places import current_gazetteer

pytestmark = pytest.mark.django_db

LIST = "code,nom,mrc_code,population\n36999,Ville-des-Essais,36,10\n"
OUTLINE = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "36"}, "geometry": '
    '{"type": "Polygon", "coordinates": [[[-72, 46], [-71, 46], [-71, 47], [-72, 46]]]}}]}'
)


def run(capsys, *args):
    """Exit code, standard output, standard error."""
    code = 0
    try:
        call_command("import_territories", *map(str, args))
    except SystemExit as end:
        code = int(end.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def test_command_reads_what_the_folder_has(tmp_path, capsys):
    (tmp_path / "MUN.csv").write_text(LIST)
    (tmp_path / "mrc_simplifie.geojson").write_text(OUTLINE)
    (tmp_path / "regions.csv").write_text("not a list of municipalities")
    (tmp_path / "notes.txt").write_text("nothing to read")
    code, out, _err = run(capsys, tmp_path, "--json")
    assert code == 0
    assert json.loads(out) == {"read": 2, "created": 2, "updated": 0, "unchanged": 0, "rejected": []}
    assert out.count("\n") == 1
    assert Boundary.objects.filter(mrc="36").exists()


def test_command_shows_a_new_town_at_once(tmp_path, capsys):
    assert not current_gazetteer().resolve("Ville-des-Essais")
    (tmp_path / "municipalites.csv").write_text(LIST)
    run(capsys, tmp_path)
    assert current_gazetteer().resolve("Ville-des-Essais").mrc == "36"


def test_command_ends_with_3_where_rows_are_rejected(tmp_path, capsys):
    (tmp_path / "municipalites.csv").write_text(LIST + "36998,Perdue,888,1\n")
    code, out, err = run(capsys, tmp_path, "--json")
    assert code == 3
    answer = json.loads(out)
    assert answer["read"] == answer["created"] + len(answer["rejected"]) == 2
    assert answer["rejected"] == [
        {
            "row": 3,
            "field": "mrc_code",
            "message": "La MRC «\u00a0888\u00a0» n’est pas connue.",
            "file": "municipalites.csv",
        }
    ]
    assert "municipalites.csv, ligne 3 (mrc_code)" in err


def test_command_ends_with_1_where_nothing_is_done(tmp_path, capsys):
    code, out, err = run(capsys, tmp_path, "--json")
    assert (code, json.loads(out)["read"]) == (1, 0)
    assert "municipalites.csv" in err
    (tmp_path / "MUN.csv").write_text("a,b\n1,2\n")
    code, out, err = run(capsys, tmp_path, "--json")
    assert (code, len(json.loads(out)["rejected"])) == (1, 1)
    assert "Il manque la colonne" in err


def test_command_keeps_the_list_where_the_outlines_are_broken(tmp_path, capsys):
    (tmp_path / "municipalites.csv").write_text(LIST)
    (tmp_path / "mrc.geojson").write_text("{")
    code, _out, err = run(capsys, tmp_path)
    assert code == 3
    assert "mrc.geojson" in err
    assert Municipality.objects.filter(code="36999").exists()


def test_command_without_a_folder_ends_with_2(tmp_path):
    with pytest.raises(CommandError) as refusal:
        call_command("import_territories", str(tmp_path / "absent"))
    assert refusal.value.returncode == 2


def test_command_speaks_to_people_without_json(tmp_path, capsys):
    (tmp_path / "municipalites.csv").write_text(LIST)
    code, out, err = run(capsys, tmp_path)
    assert (code, err) == (0, "")
    assert out == "1 territoire ajouté, 0 mis à jour, 0 sans changement.\n"

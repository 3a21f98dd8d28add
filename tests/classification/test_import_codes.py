"""The official codeset: rows checked one by one, edits kept, words that lead to its codes."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from marketplace.classification.code_words import code_candidates
from marketplace.classification.models import UnspscCode
from marketplace.web.process_cache import clear_process_caches

pytestmark = pytest.mark.django_db

LIST = """code,level,title_fr,title_en
42280000,family,Autre libellé,Medical sterilization
42281502,commodity,Stérilisateurs à plasma d'hydrogène,Plasma sterilizers
42281502,commodity,Autrement,Plasma sterilizers
90109907,commodity,Mets livrés en montgolfière,
4228150,commodity,Trop court,Too short
42281503,commodity,,
42281504,commodity,{long},Long
"""


def imported(path):
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_unspsc", str(path), "--json", stdout=out, stderr=err)
    return ended.value.code, json.loads(out.getvalue()), err.getvalue()


def test_codeset_is_imported_row_by_row_and_found_by_words(tmp_path):
    clear_process_caches()
    path = tmp_path / "codes.csv"
    path.write_text(LIST.format(long="x" * 300), encoding="utf-8")
    UnspscCode.objects.create(
        code="90109900", level=6, parent_id="90100000", label="Appris d’un avis", source="feed"
    )
    before = UnspscCode.objects.get(code="42280000").label
    code, report, told = imported(path)
    assert code == 3
    assert (report["created"], report["unchanged"]) == (2, 1)
    assert [fault["row"] for fault in report["rejected"]] == [4, 6, 7, 8]
    assert "title_fr" in told
    plasma = UnspscCode.objects.get(code="42281502")
    assert (plasma.label, plasma.label_en) == ("Stérilisateurs à plasma d’hydrogène", "Plasma sterilizers")
    assert (plasma.source, plasma.parent_id, plasma.parent.label) == ("import", "42281500", "")
    assert UnspscCode.objects.get(code="42280000").label == before
    for words in ("stérilisateur plasma", "plasma sterilizer"):
        assert code_candidates(words)[0].code == "42281502"
    with translation.override("en"):
        assert code_candidates("sterilisateur a plasma")[0].label == "Plasma sterilizers"
    assert code_candidates("services") == []
    assert imported(path)[1]["created"] == 0


def test_label_that_a_notice_taught_gives_way_and_one_that_someone_wrote_stays(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("code,libelle\n90109900,Officiel\n90109800,Officiel aussi\n", encoding="utf-8")
    for code, source in (("90109900", "feed"), ("90109800", "none")):
        UnspscCode.objects.create(
            code=code, level=6, parent_id="90100000", label="D’ici", source=source, label_en=""
        )
    out = StringIO()
    call_command("import_unspsc", str(path), stdout=out)
    assert UnspscCode.objects.get(code="90109900").label == "Officiel"
    assert UnspscCode.objects.get(code="90109800").label == "D’ici"


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "\x00\x01\x02"])
def test_file_that_is_no_list_is_refused(tmp_path, content):
    path = tmp_path / "codes.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises((CommandError, SystemExit)):
        call_command("import_unspsc", str(path), stderr=StringIO())
    with pytest.raises(CommandError):
        call_command("import_unspsc", str(tmp_path / "absent.csv"))

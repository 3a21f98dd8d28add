"""What changed between two versions, in words that people read."""

from buyers.ocds.changes import TextPiece, compare_releases, compare_words
from buyers.ocds.releases import read_release
from marketplace.web.typography import NB
from tests.buyers.ocds_files import awarded, changed, notice


def changes(before: dict, after: dict) -> dict[str, tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
    found = compare_releases(read_release(before).kept, read_release(after).kept)
    return {
        change.label: ([(p.kind, p.text) for p in change.before], [(p.kind, p.text) for p in change.after])
        for change in found.changes
    }


def test_two_equal_versions_have_no_change():
    found = compare_releases(read_release(notice()).kept, read_release(notice()).kept)

    assert found.changes == []
    assert found.unchanged >= 7


def test_a_new_closing_date_is_said_as_people_write_dates():
    before = notice(tender__tenderPeriod={"endDate": "2026-12-01T11:00:00-05:00"})
    after = notice(tender__tenderPeriod={"endDate": "2026-12-08T11:05:00-05:00"})

    assert changes(before, after) == {
        "Clôture": (
            [("out", f"1ᵉʳ{NB}déc.{NB}2026, 11{NB}h")],
            [("in", f"8{NB}déc.{NB}2026, 11{NB}h{NB}05")],
        )
    }


def test_a_title_is_compared_word_by_word():
    before, after = (
        notice(tender__title="Bancs en cèdre ou pruche"),
        notice(tender__title="Bancs en cèdre ou frêne récupéré"),
    )

    assert changes(before, after)["Objet"] == (
        [("same", "Bancs en cèdre ou "), ("out", "pruche")],
        [("same", "Bancs en cèdre ou "), ("in", "frêne récupéré")],
    )


def test_texts_without_common_words_are_swapped_whole():
    assert compare_words("Bancs de parc", "Services de traiteur pour rencontres") is None
    assert changes(notice(tender__title="Bancs"), notice(tender__title="Service de traiteur"))["Objet"] == (
        [("out", "Bancs")],
        [("in", "Service de traiteur")],
    )


def test_codes_and_documents_are_compared_line_by_line():
    def item(*ids: str) -> list[dict]:
        return [{"id": "S9", "classification": {"id": i, "description": f"Code {i}"}} for i in ids]

    before = notice(
        tender__items=item("76111500", "56101500"), tender__documents=[{"url": "https://a.example/devis.pdf"}]
    )
    after = notice(
        tender__items=item("76111500", "56101600"),
        tender__documents=[
            {"url": "https://a.example/devis.pdf"},
            {"url": "https://a.example/x", "title": "Addenda 1"},
        ],
    )

    found = changes(before, after)

    assert found["Codes UNSPSC"] == (
        [("same", "76111500 Code 76111500"), ("out", "56101500 Code 56101500")],
        [("same", "76111500 Code 76111500"), ("in", "56101600 Code 56101600")],
    )
    assert found["Documents"] == ([("same", "devis.pdf")], [("same", "devis.pdf"), ("in", "Addenda 1")])


def test_an_award_says_what_it_brings_and_its_silence_changes_nothing():
    found = changes(notice(20990002), awarded())

    assert found["État"] == ([("out", "Ouvert")], [("in", "Attribué")])
    assert found["Attribution"] == ([], [("in", f"Ménage Modèle inc., 41{NB}251{NB}$")])
    assert "Clôture" not in found  # the award does not repeat it


def test_a_contract_that_ends_says_so():
    after = awarded(contracts=[{"awardID": "20990102", "status": "terminated", "value": {"amount": 44100}}])

    assert changes(awarded(), after) == {
        "Contrat": ([("out", f"43{NB}000{NB}$, en cours")], [("in", f"44{NB}100{NB}$, terminé")])
    }


def test_codes_without_a_label_take_ours():
    bare = notice(tender__items=[{"classification": {"id": "56101600"}}])

    found = compare_releases(
        read_release(notice()).kept, read_release(bare).kept, lambda code: "Mobilier d’extérieur"
    )

    codes = next(change for change in found.changes if change.label == "Codes UNSPSC")
    assert codes.after == [TextPiece("in", "56101600 Mobilier d’extérieur")]
    assert codes.lines


def test_empty_and_misshapen_versions_compare_without_a_fault():
    for odd in ({}, {"tender": None}, {"tender": {"items": None, "tenderPeriod": []}, "awards": "x"}):
        assert compare_releases(odd, odd).changes == []
        compare_releases(odd, read_release(changed(awarded())).kept)

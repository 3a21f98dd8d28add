"""Codes from plain words: labels, what others chose, slips forgiven, nothing invented."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.classification.code_words import CodeWords
from marketplace.web.process_cache import clear_process_caches
from suppliers.registration.code_suggestions import SHOWN, rank_codes, suggest_codes
from tests import factories

OFFERS = Path(__file__).parents[1] / "trade_offers.tsv"
LABELS = {
    "76110000": "Services de nettoyage et d’entretien",
    "90101600": "Services de banquet et de traiteur",
    "56101700": "Mobilier de bureau",
    "56100000": "Mobilier d’habitation et d’hébergement",
}
KNOWN = CodeWords.of((code, label, "") for code, label in LABELS.items())


def ranked(text: str, used: dict[str, int] | None = None) -> list[str]:
    return [one.code for one in rank_codes(text, KNOWN, used or {})]


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("nettoyages", "76110000"),
        ("traiteur", "90101600"),
        ("mobilier bureaux", "56101700"),
        ("banquets", "90101600"),
    ],
)
def test_label_is_found_by_its_words_in_any_number(text, best):
    assert ranked(text)[0] == best


def test_what_several_suppliers_chose_outweighs_one_shared_word():
    assert ranked("mobilier", {"76110000": 12})[0] == "76110000"
    assert ranked("mobilier bureau", {"76110000": 1})[0] == "56101700"


def test_every_suggestion_says_why():
    by_label, by_use = rank_codes("traiteur", KNOWN, {"76110000": 1})[::-1]
    assert {by_label.why.split()[0], by_use.why.split()[0]} == {"Son", "1"}


def test_words_that_name_nothing_find_nothing():
    assert ranked("zzz") == []
    assert suggest_codes("de la pour") == []


@pytest.mark.django_db
def test_offers_with_the_same_words_lend_their_codes_despite_a_slip():
    clear_process_caches()
    for number in range(3):
        factories.SupplierFactory(
            name=f"Propre {number}", offers=[("Entretien ménager de bureaux", "76111500")]
        )
    factories.SupplierFactory(name="Cachée", status="draft", offers=[("Entretien ménager", "99999900")])
    for text in ("entretien ménager", "entretein menager", "ménage de bureaux"):
        found = suggest_codes(text)
        assert found[0].code == "76111500", text
        assert "99999900" not in [one.code for one in found]
    assert "3 fiches publiées" in suggest_codes("entretien ménager")[0].why.replace("\u00a0", " ")


@pytest.mark.django_db
def test_offers_of_the_social_economy_get_the_codes_of_their_trade():
    """Sixty-two offers as enterprises write them, each with the families that a reader would accept."""
    clear_process_caches()
    rows = [line.split("\t") for line in OFFERS.read_text(encoding="utf-8").splitlines()[1:]]
    first, absurd, shown = [], [], 0
    for offer, good in rows:
        top = [one.code for one in suggest_codes(offer)[:3]]
        shown += len(top)
        if not top or not top[0].startswith(tuple(good.split())):
            first.append((offer, top))
        segments = tuple(family[:2] for family in good.split())
        absurd += [(offer, code) for code in top if not code.startswith(segments)]
    assert len(first) <= 3, first
    assert len(absurd) <= shown * 0.05, absurd
    for office in ("Entretien ménager de bureaux", "office cleaning", "ménage de bureaux"):
        assert {one.code[:4] for one in suggest_codes(office)} <= {"7600", "7611", "7610", "7210"}, office
    assert suggest_codes("Service de traiteur")[0].code == "90101603"
    assert suggest_codes("Service de traiteur")[0].why == "Proposé d’après vos mots."
    assert not [one for one in suggest_codes("Service de traiteur") if one.code.startswith("76")]


@pytest.mark.django_db
@given(text=st.text(max_size=300))
def test_any_text_is_answered(text):
    assert len(suggest_codes(text)) <= SHOWN

"""What people read. French sentences are pinned: their words and their no-break spaces are the product."""

import itertools
import re

import pytest
from django.utils import translation

from marketplace.matching import sentences

pytestmark = pytest.mark.django_db

NB = "\u00a0"


def render(stored):
    sentence = sentences.reason_sentence(stored)
    return sentence.asks, sentence.answers


def reason(kind, verdict="full", **params):
    return {"kind": kind, "verdict": verdict, "params": params}


def code(level, verdict="full", **params):
    return reason("code", verdict, level=level, code="561016", offer="Bancs", offer_code="561016", **params)


def area(case, verdict="full", **params):
    return reason(
        "area", verdict, **({"case": case, "region": "04", "mrc": "371", "serves": ["371"]} | params)
    )


PAST = {"title": "Bancs de parc", "buyer": "Ville de Longueuil", "year": 2024}
EVERY = [
    *(code(level, verdict) for level, verdict in
      [("same", "full"), ("under", "full"), ("above", "part"), ("class", "part"), ("family", "part"), ("none", "none"),
       ("no_codes", "none")]),
    *(reason("text", verdict, words=["bancs", "bois"], where=where, offer="Bancs", no_code=no_code)
      for verdict, where, no_code in itertools.product(["full", "part"], ["offer", "activity", "name"], [True, False])),
    *(reason("meaning", verdict, words=words, code="901016", where=where, offer="Traiteur")
      for verdict, words, where in itertools.product(["full", "part"], [["buffet"], []], ["offer", "sheet"])),
    *(area(case, verdict, km=km) for (case, verdict), km in itertools.product(
        [("quebec", "full"), ("region", "full"), ("mrc", "full"), ("in_part", "part"), ("undeclared", "part"),
         ("elsewhere", "none")], [None, 4, 127])),
    area("unknown", "part", region="", mrc=""),
    area("quebec_unknown", "full", region="", mrc=""),
    *(reason("capacity", verdict, amount=48_700, capacity=220_000) for verdict in ["full", "part", "none"]),
    *(reason("past", verdict, won=won, bids=bids, named=[PAST] * min(2, won + bids))
      for verdict, won, bids in [("full", 1, 0), ("full", 3, 1), ("part", 0, 1), ("part", 0, 2)]),
    *(reason("buyer", verdict, buyer="Ville de Longueuil", won=won, bids=bids, since=since)
      for verdict, won, bids, since in
      [("full", 1, 0, 2024), ("full", 4, 2, 2019), ("part", 0, 1, None), ("part", 0, 3, 2019)]),
]  # fmt: skip


def test_same_code_reads_as_drawn(monkeypatch):
    monkeypatch.setattr(sentences, "code_label", {"56101600": "Mobilier d’extérieur"}.get)
    assert render(code("same")) == (
        "Mobilier d’extérieur 56101600",
        f"La même offre. «{NB}Bancs{NB}», même code UNSPSC.",
    )
    assert (
        sentences.short_reason(code("same")) == f"Même code UNSPSC que votre offre «{NB}Bancs{NB}» (56101600)"
    )


def test_area_says_region_as_french_does():
    assert (
        sentences.short_reason(area("region"))
        == "Livraison en Mauricie (Trois-Rivières), dans votre territoire"
    )
    assert render(area("region", region="15", mrc=""))[0] == "Livraison dans les Laurentides"
    assert render(area("quebec", region="06", mrc="66"))[0] == "Livraison à Montréal"


def test_area_distance_is_no_more_exact_than_it_is_known():
    assert f"à environ 4{NB}km." in render(area("region", km=4))[1]
    assert f"à environ 125{NB}km." in render(area("region", km=127))[1]


def test_unknown_region_is_marked_to_be_checked():
    assert render(area("unknown", "part", region="", mrc="")) == (
        "Lieu de livraison inconnu",
        "Région non précisée, à vérifier. L’avis n’indique pas où livrer.",
    )


def test_capacity_near_the_ceiling_asks_to_check():
    assert render(reason("capacity", "part", amount=231_000, capacity=220_000)) == (
        f"Contrat estimé à 231{NB}000{NB}$",
        f"Près de votre plafond. Vous déclarez 220{NB}000{NB}$ par contrat. À vérifier avant de soumissionner.",
    )


def test_past_counts_in_words_for_one_and_in_figures_for_more():
    one = reason("past", won=1, bids=0, named=[PAST])
    assert render(one)[1] == f"Vous en avez un. «{NB}Bancs de parc{NB}», Ville de Longueuil, 2024."
    assert render(reason("past", won=4, bids=0, named=[PAST]))[1].startswith("Vous en avez 4.")


def test_text_without_code_says_so():
    line = sentences.short_reason(
        reason("text", "part", words=["bancs"], where="offer", offer="Bancs en bois", no_code=True)
    )
    assert line == f"Titre voisin de votre offre «{NB}Bancs en bois{NB}»{NB}: bancs; aucun code publié"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("one", EVERY)
def test_every_reason_can_be_said(one, language):
    with translation.override(language):
        sentence, short = sentences.reason_sentence(one), sentences.short_reason(one)
    assert sentence.asks
    assert sentence.answers.endswith(".")
    assert short
    assert not short.endswith(".")
    for text in (sentence.asks, sentence.answers, short):
        assert "%(" not in text
        assert "None" not in text
        assert "  " not in text


@pytest.mark.parametrize("one", EVERY)
def test_no_sentence_praises_shouts_or_breaks_typography(one):
    sentence = sentences.reason_sentence(one)
    for text in (sentence.asks, sentence.answers, sentences.short_reason(one)):
        assert not re.search(r"idéal|parfait|excellent|meilleur|félicit|!|'", text)
        assert not re.search(r"\s[;?]|(?<!\u00a0):|« |(?<!\u00a0)»", text)

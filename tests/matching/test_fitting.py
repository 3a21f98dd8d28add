"""Weights from decisions: never below zero, what is judged stays, and the file is what the engine reads."""

import numpy as np
import pytest
from django.core.management import call_command

from marketplace.dealings.models import Decline, Interest
from marketplace.matching import weights
from marketplace.matching.evaluation import fitting
from marketplace.matching.evaluation.fitting import (
    JUDGED,
    Answers,
    Decided,
    fit_declared,
    fit_weights,
    pieces_in_order,
    ranks_with,
    told_apart,
)
from tests.factories import SupplierFactory, TenderFactory


def decided(winner_has, others_have):
    pieces = pieces_in_order()
    evidence = np.zeros((6, len(pieces)), dtype=np.float32)
    for row, has in enumerate([winner_has, *[others_have] * 5]):
        for piece, amount in has.items():
            evidence[row, pieces.index(piece)] = amount
    return Decided(evidence, np.arange(6) == 0)


def test_what_winners_have_counts_and_what_others_have_counts_for_nothing_rather_than_against():
    known = [decided({"alike": 2.0, "words_past": 0.4}, {"category": 1.0}) for _ in range(20)]
    known += [decided({"alike": 0.5}, {"category": 0.5, "words": 0.1}) for _ in range(5)]
    found = fit_weights(known)
    assert found["alike"] > 0 == found["category"]
    assert min(found.values()) >= 0
    assert found["words"] == pytest.approx(weights.TOPIC["words"])
    assert ranks_with(found, known) == [1.0] * 25


def test_the_declared_and_the_shown_count_once_and_equals_share_their_ranks():
    one = decided({"words": 1.0, "words_past": 1.0}, {"words": 1.0})
    assert ranks_with(weights.TOPIC | weights.SETTING, [one]) == [3.5]


def test_the_file_reads_as_it_was_written(tmp_path):
    path = tmp_path / "weights.toml"
    now = weights.TOPIC | weights.SETTING
    path.write_text(
        fitting.weights_file(now, {"data": 'a"b'}, [{"hit@10": 0.5, "from": "2019"}]), encoding="utf-8"
    )
    read = weights.read_weights(path)
    assert read["topic"] | read["setting"] == now
    assert (read["about"]["data"], read["split"][0]["hit@10"]) == ("a'b", 0.5)
    assert weights.read_weights()["about"]["decided"] > 1000


def test_answers_move_what_suppliers_declare_and_nothing_else():
    pieces = pieces_in_order()
    rng = np.random.default_rng(1)
    evidence = np.zeros((200, len(pieces)))
    right = rng.random(200) < 0.5
    evidence[:, pieces.index("meant")] = np.where(right, 0.8, 0.2) + rng.normal(0, 0.1, 200)
    evidence[:, pieces.index("code_offered")] = rng.random(200)
    answers = Answers(evidence, right)
    found, now = fit_declared(answers), weights.TOPIC | weights.SETTING
    assert found["meant"] > now["meant"]
    assert found["code_offered"] < now["code_offered"]
    assert {piece: found[piece] for piece in pieces if piece not in JUDGED} == pytest.approx(
        {piece: now[piece] for piece in pieces if piece not in JUDGED}
    )
    assert told_apart(found, answers) > told_apart(now, answers)
    few = fit_declared(Answers(evidence[:4], right[:4]))
    assert few["meant"] == pytest.approx(now["meant"], rel=0.25)


@pytest.mark.django_db
def test_fit_answers_asks_for_enough_answers_and_writes_a_file_to_read(tmp_path, capsys):
    out = tmp_path / "weights.toml"
    with pytest.raises(SystemExit):
        call_command("fit_answers", out=out)
    assert not out.exists()
    for n in range(15):
        cleaner = SupplierFactory(offers=[("Entretien ménager", "76111500")], activity="")
        Interest.objects.create(supplier=cleaner, tender=TenderFactory())
        Decline.objects.create(
            supplier=cleaner, tender=TenderFactory(title=f"Toiture {n}"), reason="other_trade"
        )
    call_command("fit_answers", out=out)
    assert weights.read_weights(out)["about"]["answers"] == 30

"""The measure itself: what it reads, what it counts, and that it leaves no database behind."""

import csv
import json
import signal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from marketplace.matching.evaluation import loading, measuring, rows, scratch
from marketplace.matching.evaluation.rows import Seller
from marketplace.web.tabular import TableError
from tests.databases import migrate_from_snapshot

COLUMNS = [
    "numeroseao", "buyer", "buyer_city", "buyer_postal", "title", "seao_category", "unspsc", "delivery_regions",
    "published", "winner_keys", "winner_names", "winner_postals", "bidder_keys", "bidder_names", "bidder_postals",
]  # fmt: skip


def award(number, title, winner, *, bidder="", code="76111500", published="2019-01-15 10:00", **fields):
    keys = "|".join(filter(None, [winner, bidder]))
    return {
        "numeroseao": number,
        "buyer": "Ville de Shawinigan",
        "buyer_city": "Shawinigan",
        "buyer_postal": "G9N 1C5",
        "title": title,
        "seao_category": "S9 - Entretien",
        "unspsc": code,
        "delivery_regions": "4",
        "published": published,
        "winner_keys": winner,
        "winner_names": f"Gagnante {winner}",
        "winner_postals": "G9A 5H7",
        "bidder_keys": keys,
        "bidder_names": f"Gagnante {winner}|Autre inc.",
        "bidder_postals": "G9A 5H7|H2X 1Y4",
    } | fields


def write(path, awards):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(awards)
    return path


TRAIN = [
    award("1", "Entretien ménager de la mairie", "NEQ:1140000001", bidder="NAME:autre inc"),
    award("2", "Entretien ménager de l’école", "NEQ:1140000001"),
    award("3", "Bancs de parc en bois", "NAME:mobilier abc", code="56101600"),
    award("4", "Pains et brioches", "NEQ:1140000004", code="50181900", published="2026-13-45"),
]
TEST = [
    award("11", "Entretien ménager de la bibliothèque", "NEQ:1140000001", published="2019-06-01 10:00"),
    award("12", "Bancs en bois", "NAME:mobilier abc", code="56101600", published=""),
    award("13", "Entretien ménager du garage", "NEQ:1149999999"),
    award("14", "", "", winner_names="", bidder_names=""),  # nothing to measure, and still to be ranked
]


def test_read_keeps_winners_apart_from_what_is_ranked(tmp_path):
    [row] = rows.read_awards(
        write(tmp_path / "a.csv", [award("1", "Bancs", "NEQ:1140000001", bidder="NAME:b")])
    ).rows
    assert row.winners == {"NEQ:1140000001"}
    assert {(seller.key, seller.won) for seller in row.sellers} == {
        ("NEQ:1140000001", True),
        ("NAME:b", False),
    }
    assert (row.notice.regions, row.notice.category) == (("04",), "S9")
    assert "1140000001" not in repr(row.notice)


def test_read_rejects_rows_and_keeps_the_good_ones(tmp_path):
    bad = [
        award("", "Bancs", "NEQ:1140000001"),
        award("5", "", "NEQ:1140000001"),
        award("6", "Bancs", ""),
        award("7", "Bancs", "1140000001"),
    ]
    found = rows.read_awards(write(tmp_path / "a.csv", [*TRAIN, *bad, TRAIN[0]]))
    assert len(found.rows) == 4
    assert [(row, field) for row, field, _message in found.rejected] == [
        (6, "numeroseao"), (7, "title"), (8, "winner_keys"), (9, "winner_keys"), (10, "numeroseao")
    ]  # fmt: skip


def test_read_refuses_a_file_without_the_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("nom,ville\nA,B\n", encoding="utf-8")
    with pytest.raises(TableError, match="numeroseao"):
        rows.read_awards(path)


def test_figures_leave_out_who_could_not_be_ranked_and_tie_who_was_not():
    candidates = frozenset({"a", "b", "c", "d", "e"})
    assert measuring.winner_rank(["a", "b", "c"], frozenset({"c", "b", "z"}), candidates) == 2
    assert measuring.winner_rank(["a", "b", "c"], frozenset({"e"}), candidates) == 4.5
    assert measuring.winner_rank(["a", "b", "c"], frozenset({"z"}), candidates) is None
    assert measuring.ranking_figures([1, 4, 40, 300]) == {
        "notices": 4, "mrr": 0.3196, "hit@1": 0.25, "hit@10": 0.5, "hit@50": 0.75, "hit@200": 0.75
    }  # fmt: skip
    assert measuring.ranking_figures([])["mrr"] == 0.0


def test_one_enterprise_under_two_keys_is_one_supplier():
    found = rows.AwardRow(
        rows.NoticeRow("1", "Bancs"),
        (
            Seller("NEQ:1140000001", "Bancs & Cie inc.", "", True),
            Seller("NAME:bancs et cie", "BANCS ET CIE", "", False),
            Seller("NAME:autre", "Autre", "", False),
        ),
    )
    owner = loading.keys_by_owner([found], {})
    assert owner["NEQ:1140000001"] == owner["NAME:bancs et cie"] != owner["NAME:autre"]


def databases():
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'maillage_evaluation_%'")
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_evaluate_matching_ranks_and_leaves_no_database(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(scratch, "call_command", migrate_from_snapshot)
    train, test = write(tmp_path / "train.csv", TRAIN), write(tmp_path / "test.csv", TEST)
    rankings = tmp_path / "rankings.jsonl"
    before = databases()
    name = connection.settings_dict["NAME"]
    call_command("evaluate_matching", train, test, json=True, rankings=rankings)
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    result = json.loads(out)
    assert next(iter(result)) == "notices"  # the agreed figure comes first
    # Who only bid is no candidate; the winner of « 13 » is not one either.
    assert (result["candidates"], result["train"], result["test"], result["notices"]) == (3, 4, 4, 2)
    assert (result["hit@1"], result["mrr"], result["hit@200"]) == (1.0, 1.0, 1.0)
    # Without their past the two winners have a name that says nothing.
    assert (result["newcomers"]["notices"], result["newcomers"]["hit@1"]) == (2, 0.0)
    lines = [json.loads(line) for line in rankings.read_text(encoding="utf-8").splitlines()]
    assert [line["numeroseao"] for line in lines] == ["11", "12", "13", "14"]
    winners = {"NEQ:1140000001", "NAME:mobilier abc", "NEQ:1140000004"}
    assert all(set(line["keys"]) == winners and len(line["keys"]) == 3 for line in lines)
    assert lines[0]["keys"][0] == "NEQ:1140000001"
    assert lines[1]["keys"][0] == "NAME:mobilier abc"
    assert databases() == before
    assert connection.settings_dict["NAME"] == name


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("failure", ["error", "signal"])
def test_the_scratch_database_is_dropped_whatever_happens(failure, monkeypatch):
    monkeypatch.setattr(scratch, "call_command", lambda *args, **options: None)
    before = databases()

    def work():
        with scratch.evaluation_database() as name:
            assert name in databases()
            if failure == "error":
                raise ValueError
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises((ValueError, SystemExit)):
        work()
    assert databases() == before
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_evaluate_matching_says_what_is_wrong_with_a_file(tmp_path):
    good, wrong = write(tmp_path / "a.csv", TRAIN), tmp_path / "b.csv"
    wrong.write_text("a,b\n1,2\n", encoding="utf-8")
    for paths, code in [((good, tmp_path / "absent.csv"), 2), ((wrong, good), 2)]:
        with pytest.raises(CommandError) as raised:
            call_command("evaluate_matching", *paths)
        assert raised.value.returncode == code
    empty = write(tmp_path / "c.csv", [])
    with pytest.raises(SystemExit) as stopped:
        call_command("evaluate_matching", good, empty)
    assert stopped.value.code == 1

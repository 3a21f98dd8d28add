"""Cutting a package into releases: each stands for itself, and a file that breaks off keeps what came before."""

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buyers.ocds import packages
from buyers.ocds.packages import PackageError, Unreadable, read_package


@pytest.fixture
def read(tmp_path):
    """Read bytes as a package: (releases, the sentence where reading stopped or "")."""

    def reading(content: bytes) -> tuple[list[object], str]:
        path = tmp_path / "paquet.json"
        path.write_bytes(content)
        found: list[object] = []
        try:
            for release in read_package(path):
                found.append(release)
        except PackageError as error:
            return found, str(error)
        return found, ""

    return reading


def test_releases_come_one_by_one_in_order(read):
    content = b'{"meta": {"releases": [{"not": "this"}]}, "releases": [{"a": 1}, {"b": [{"c": "]}"}]}], "links": {}}'

    assert read(content) == ([{"a": 1}, {"b": [{"c": "]}"}]}], "")


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b" \n "])
def test_a_bom_or_blanks_before_are_passed_over(read, start):
    assert read(start + b'{"releases":[{"a":1}]}') == ([{"a": 1}], "")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "vide"),
        (b"  \n", "vide"),
        (b"ocid;titre\n1;2\n", "du JSON"),
        (b"<html></html>", "du JSON"),
        (b'[{"ocid": "a"}]', "il faut un objet"),
        (b"{}", "pas de « releases »"),
        (b'{"version": "1.1"}', "pas de « releases »"),
        (b'{"releases": null}', "aucune version"),
        (b'{"releases": []}', "aucune version"),
        (b'{"releases": {"a": 1}}', "aucune version"),
        (b'{"records": [{"releases": [{"a": 1}]}]}', "records"),
        (b'{"ocid": "a", "tender": {}}', "version seule"),
        ('{"releases":[]}'.encode("utf-16"), "UTF-8"),
        (b"\x00\x01\x02", "UTF-8"),
    ],
)
def test_what_is_no_release_package_says_what_it_is(read, content, message):
    found, sentence = read(content)

    assert found == []
    assert message in sentence


@pytest.mark.parametrize(
    "broken",
    [
        b'{"b": "\xff\xfe"}',
        b'{"b" 1}',
        b'{"b": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"b": ' + b"1" * 9000 + b"}",
    ],
    ids=["bytes", "colon", "depth", "digits"],
)
def test_a_broken_release_costs_itself(read, broken):
    found, sentence = read(b'{"releases": [{"a": 1}, ' + broken + b', {"c": 3}]}')

    assert (found[0], found[2], sentence) == ({"a": 1}, {"c": 3}, "")
    assert isinstance(found[1], Unreadable)


def test_values_that_are_no_objects_are_handed_over_as_they_are(read):
    found, _ = read(b'{"releases": [null, 3, "x, y", [1, {"a": 2}], {"a": 1}, true]}')

    assert found == [None, 3, "x, y", [1, {"a": 2}], {"a": 1}, True]


def test_a_release_that_never_ends_is_passed_over(read, monkeypatch):
    monkeypatch.setattr(packages, "LONGEST_RELEASE", 2000)
    monkeypatch.setattr(packages, "CHUNK", 500)
    long = json.dumps({"a": [{"b": "x" * 50}] * 200}).encode()

    found, sentence = read(b'{"releases": [{"a": 1}, ' + long + b', {"c": 3}]}')

    assert (found[0], found[2:], sentence) == ({"a": 1}, [{"c": 3}], "")
    assert isinstance(found[1], Unreadable)


def test_a_text_that_never_ends_stops_the_reading(read, monkeypatch):
    monkeypatch.setattr(packages, "LONGEST_RELEASE", 2000)
    monkeypatch.setattr(packages, "CHUNK", 500)

    found, sentence = read(b'{"releases": [{"a": 1}, {"b": "' + b"x" * 9000 + b'"}]}')

    assert found == [{"a": 1}]
    assert "ne se termine pas" in sentence


WHOLE = json.dumps(
    {"uri": "urn:é", "releases": [{"id": str(n), "x": ['a"]}', {"é": n}]} for n in range(6)], "fin": [1]}
).encode()


@given(cut=st.integers(0, len(WHOLE) - 1), chunk=st.integers(1, 64))
def test_a_truncated_package_keeps_every_whole_release(tmp_path_factory, cut, chunk):
    path = tmp_path_factory.mktemp("cut") / "a.json"
    path.write_bytes(WHOLE[:cut])
    found: list[dict[str, str]] = []
    stopped = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packages, "CHUNK", chunk)
        try:
            for release in read_package(path):
                found.append(release)
        except PackageError:
            stopped = True

    assert stopped
    ends = [WHOLE.index(f'"id": "{n + 1}"'.encode()) - 3 for n in range(5)] + [WHOLE.index(b'], "fin"')]
    assert [r["id"] for r in found] == [str(n) for n in range(sum(end <= cut for end in ends))]


@given(chunk=st.integers(1, 300))
def test_the_size_of_what_is_read_at_once_does_not_matter(tmp_path_factory, chunk):
    path = tmp_path_factory.mktemp("chunks") / "a.json"
    path.write_bytes(WHOLE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packages, "CHUNK", chunk)
        assert list(read_package(path)) == json.loads(WHOLE)["releases"]


def test_a_large_package_is_never_held_whole(tmp_path):
    path = tmp_path / "mois.json"
    release = json.dumps({"id": "1", "text": "x" * 10_000})
    with path.open("w") as out:
        out.write('{"releases": [' + ",".join([release] * 2000) + "]}")
    tracemalloc.start()
    count = sum(1 for _ in read_package(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 2000
    assert peak < 5_000_000 < path.stat().st_size

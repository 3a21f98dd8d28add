"""Cutting a file into releases: whatever holds them is opened, and what is broken costs itself alone."""

import gzip
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyers.ocds import jsonscan
from buyers.ocds.opening import PackageError
from buyers.ocds.packages import RawRelease, Unreadable, read_package


@pytest.fixture
def read(tmp_path):
    """Read bytes: (releases, the sentences about the file itself)."""

    def reading(content: bytes) -> tuple[list[object], list[str]]:
        path = tmp_path / "paquet.json"
        path.write_bytes(content)
        return sorted_out(path)

    return reading


def sorted_out(path) -> tuple[list[object], list[str]]:
    found: list[object] = []
    faults: list[str] = []
    try:
        for raw in read_package(path):
            if raw.index is None:
                faults.append(raw.value.message)
            else:
                found.append(raw.value)
                assert raw.index == len(found)
    except PackageError as error:
        faults.append(str(error))
    return found, faults


def release(name: str, **more: object) -> dict[str, object]:
    return {"ocid": name, "id": "1", "tag": ["tender"], "tender": {"title": f"Objet {name}"}, **more}


A, B, C, D = (release(name) for name in "abcd")


def package(*releases: object, **more: object) -> str:
    return json.dumps(
        {"uri": "urn:x", "version": "1.1", **more, "releases": list(releases), "links": {"next": "x"}}
    )


CONTAINERS = {
    "package": package(A, B),
    "releases late": json.dumps(
        {"extensions": [{"releases": [3]}], "publisher": {"name": "]}"}, "releases": [A, B]}
    ),
    "glued": package(A) + "\n" + package(B),
    "glued without a break": package(A) + package(B),
    "list of releases": json.dumps([A, B]),
    "list of packages": json.dumps([json.loads(package(A)), json.loads(package(B))]),
    "lines of releases": f"{json.dumps(A)}\n{json.dumps(B)}\n",
    "lines of packages": f"{package(A)}\r\n{package(B)}",
    "lines of records": "\n".join(json.dumps({"ocid": r["ocid"], "compiledRelease": r}) for r in (A, B)),
    "text sequence": f"\x1e{json.dumps(A)}\n\x1e{json.dumps(B)}\n",
    "one release, then one record": json.dumps(A) + json.dumps({"ocid": "b", "releases": [B]}),
    "record package, embedded": json.dumps(
        {"uri": "x", "records": [{"ocid": "a", "compiledRelease": D, "releases": [A, B]}]}
    ),
    "record package, compiled": json.dumps(
        {"records": [{"ocid": r["ocid"], "compiledRelease": r} for r in (A, B)]}
    ),
    "record package, compiled and linked": json.dumps(
        {
            "records": [
                {"compiledRelease": r, "releases": [{"url": "https://x.example/1", "tag": []}]}
                for r in (A, B)
            ]
        }
    ),
    "answer of a site": json.dumps({"success": True, "data": [A, json.loads(package(B))], "total": 2}),
    "indented": json.dumps({"releases": [A, B]}, indent=4),
    "raw line break in a text": package(A, B).replace("urn:x", "urn:\n\tx"),
}


@pytest.mark.parametrize("content", CONTAINERS.values(), ids=CONTAINERS)
def test_every_container_gives_its_releases(read, content):
    assert read(content.encode()) == ([A, B], [])


@pytest.mark.parametrize(
    "encoded",
    [
        b"\xef\xbb\xbf" + package(A, B).encode(),
        b" \n " + package(A, B).encode(),
        package(A, B).encode("utf-16"),
        package(A, B).encode("utf-16-le"),
        package(A, B).encode("utf-16-be"),
        package(A, B).encode("utf-32"),
        gzip.compress(package(A, B).encode()),
        gzip.compress(package(A, B).encode("utf-16")),
        gzip.compress(package(A).encode()) + gzip.compress(package(B).encode()),
    ],
    ids=[
        "bom",
        "blanks",
        "utf16",
        "utf16le",
        "utf16be",
        "utf32",
        "gzip",
        "gzip of utf16",
        "gzip in two parts",
    ],
)
def test_every_encoding_is_decoded(read, encoded):
    assert read(encoded) == ([A, B], [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "vide"),
        (b"  \n", "vide"),
        (b"ocid;titre\n1;2\n", "du JSON"),
        (b"<html></html>", "page Web"),
        (b"PK\x03\x04abc", "ZIP"),
        (b"\x1f\x8babc", "gzip"),
        (b"{}", "ni « releases »"),
        (b"[]", "ni « releases »"),
        (b'{"version": "1.1"}', "ni « releases »"),
        (b'{"releases": null}', "aucune version"),
        (b'{"releases": []}', "aucune version"),
        (b'{"records": []}', "aucune version"),
        (b'{"releases": {"a": 1}}', "aucune version"),
        (b"\x00\x01\x02", "UTF-8"),
    ],
)
def test_what_holds_no_release_says_what_it_is(read, content, message):
    found, faults = read(content)

    assert found == []
    assert message in faults[0].replace("\u00a0", " ")


def test_a_record_without_anything_to_read_says_what_to_do(read):
    linked = {
        "ocid": "a",
        "releases": [{"url": "https://x.example/1", "date": "2026-01-01", "tag": ["tender"]}],
    }

    found, _ = read(
        json.dumps({"records": [linked, {"ocid": "b", "releases": []}, {"compiledRelease": C}]}).encode()
    )

    assert [type(one) for one in found] == [Unreadable, Unreadable, dict]
    assert [found[0].ocid, found[1].ocid, found[2]] == ["a", "b", C]
    assert "importez ces adresses" in found[0].message


def test_a_compiled_release_without_id_is_named_by_its_date(tmp_path):
    path = tmp_path / "a.json"
    bare = {"tender": {"title": "x"}, "date": "2026-11-01T00:00:00Z"}
    path.write_text(
        json.dumps({"records": [{"ocid": "a", "compiledRelease": bare, "releases": [{"url": "u"}]}]})
    )

    [raw] = read_package(path)

    assert (raw.value["ocid"], raw.value["id"]) == ("a", "compiled-2026-11-01T00:00:00Z")
    assert raw.value["tag"] == ["compiled"]
    assert "adresses" in raw.warnings[0]


@pytest.mark.parametrize(
    "content",
    [
        package(A, publishedDate="2026-11-02T00:00:00Z") + package(B),
        json.dumps({"releases": [A], "publishedDate": "2026-11-02T00:00:00Z"}) + package(B),
    ],
    ids=["before", "after"],
)
def test_each_release_comes_with_the_date_of_its_package(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_text(content)

    assert [raw.published for raw in read_package(path)] == ["2026-11-02T00:00:00Z", ""]


# --- what is broken ---------------------------------------------------------------------------------------------------

BREAKS = {
    "bytes": lambda text: text.replace(b"Objet", b"Obj\xff\xfet"),
    "colon": lambda text: text.replace(b'"id":', b'"id"'),
    "depth": lambda text: text.replace(b'"Objet b"', b"[" * 100_000 + b"]" * 100_000),
    "digits": lambda text: text.replace(b'"Objet b"', b"1" * 9000),
    "quote never closed": lambda text: text.replace(b'Objet b"', b"Objet b"),
    "quote of the ocid": lambda text: text[: text.index(b'b"') + 1],
    "quote too many": lambda text: text.replace(b"Objet b", b'Ob"jet b'),
    "brace never closed": lambda text: text[:-1],
    "bracket never closed": lambda text: text.replace(b"]", b"", 1),
    "brace for bracket": lambda text: text.replace(b"]", b"}", 1),
    "cut in the middle": lambda text: text[: len(text) // 2],
    "quote never closed, brace in the text": lambda text: text.replace(b'Objet b"', b"Objet} b"),
}


@pytest.mark.parametrize("spoil", BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("indent", [None, 1])
def test_a_broken_release_costs_itself_and_is_named(read, spoil, indent):
    whole = [json.dumps(one, indent=indent).encode() for one in (A, B, C, D)]
    whole[1] = spoil(whole[1])

    found, faults = read(b'{"uri": "x", "releases": [' + b",\n".join(whole) + b"]}")

    assert faults == []
    assert [one if isinstance(one, dict) else type(one) for one in found] == [A, Unreadable, C, D]
    assert found[1].ocid == ("" if spoil is BREAKS["quote of the ocid"] else "b")
    assert found[1].id == ("" if spoil in (BREAKS["colon"], BREAKS["quote of the ocid"]) else "1")


def test_two_broken_releases_in_a_row_are_told_apart(read):
    whole = [json.dumps(one).encode() for one in (A, B, C, D)]
    for at in (1, 2):
        whole[at] = whole[at].replace(b"Objet ", b'"Objet ')

    found, _ = read(b'{"releases": [' + b", ".join(whole) + b"]}")

    assert [getattr(one, "ocid", one) for one in found] == [A, "b", "c", D]


def test_a_broken_line_costs_that_line(read):
    lines = [json.dumps(one) for one in (A, B, C)]
    lines[1] = lines[1].replace('Objet b"', "Objet b")

    found, faults = read("\n".join(lines).encode())

    assert [getattr(one, "ocid", one) for one in found] == [A, "b", C]
    assert faults == []


def test_a_place_is_told_by_line_and_byte(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b'{"releases": [\n' + json.dumps(A).encode() + b",\n" + b'{"ocid" "b"}\n]}')

    bad = list(read_package(path))[1]

    assert isinstance(bad, RawRelease)
    assert (bad.index, bad.line) == (2, 3)
    assert path.read_bytes()[bad.offset :].startswith(b'{"ocid" "b"')


def test_a_broken_header_loses_no_release_and_is_told(read):
    found, faults = read(
        b'{"uri": "x, "publisher": {"name": "y"}, "releases": [' + json.dumps(A).encode() + b"]}"
    )

    assert found == [A]
    assert "octets n’ont pas été lus" in faults[0]


def test_what_stands_between_packages_and_is_no_json_is_told_with_its_size(read):
    found, faults = read(package(A).encode() + b" sans rapport " + package(B).encode() + b"\nfin")

    assert found == [A, B]
    assert len(faults) == 2
    assert "14" in faults[0].split("octets")[0] or "13" in faults[0]


def test_an_object_that_is_neither_release_nor_package_is_told_beside_the_others(read):
    found, faults = read(package(A).encode() + b'\n{"error": "limit"}\n' + package(B).encode())

    assert found == [A, B]
    assert "ni une version" in faults[0]


def test_values_that_are_no_objects_are_handed_over_as_they_are(read):
    found, _ = read(b'{"releases": [null, 3, "x, y", {"a": 1}, true]}')

    assert found == [None, 3, "x, y", {"a": 1}, True]


def test_a_gzip_that_breaks_off_keeps_what_came_before(read):
    content = gzip.compress(package(*(release(f"n{n}", x=str(hash(str(n)))) for n in range(2000))).encode())

    found, faults = read(content[: len(content) // 2])

    assert len(found) > 500
    assert any("gzip" in fault for fault in faults)


@pytest.mark.parametrize("size", [5_000_000, 12_000_000])
def test_a_text_without_end_is_refused_quickly_and_the_next_release_kept(read, size):
    long = release("a", description="é" * size)

    found, faults = read(json.dumps({"releases": [long, B]}, ensure_ascii=False).encode())

    assert (found[0].ocid, found[1:], faults) == ("a", [B], [])
    assert "trop longue" in found[0].message


def test_a_release_without_names_that_never_ends_is_passed_over(read, monkeypatch):
    monkeypatch.setattr(jsonscan, "STEP", 500)
    long = json.dumps({"a": [{"b": "x" * 50}] * 70_000}).encode()

    found, faults = read(b'{"releases": [{"a": 1}, ' + long + b', {"c": 3}]}')

    assert (found[0], found[2:], faults) == ({"a": 1}, [{"c": 3}], [])
    assert isinstance(found[1], Unreadable)


WHOLE = json.dumps(
    {"uri": "urn:é", "releases": [release(str(n), x=['a"]}', {"é": n}]) for n in range(6)], "fin": [1]}
).encode()
PARTS = [json.dumps(release(str(n), x=['a"]}', {"é": n}])).encode() for n in range(6)]


@settings(deadline=None)
@given(cut=st.integers(1, len(WHOLE) - 1))
def test_a_truncated_package_keeps_every_whole_release_and_says_so(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("cut") / "a.json"
    path.write_bytes(WHOLE[:cut])

    found, faults = sorted_out(path)

    assert "tronqué" in faults[-1]
    ends = [WHOLE.index(part) + len(part) for part in PARTS]
    assert [one["ocid"] for one in found] == [str(n) for n, end in enumerate(ends) if end <= cut]


@settings(max_examples=200, deadline=None)
@given(
    which=st.integers(0, 5),
    at=st.integers(0, 200),
    remove=st.integers(0, 40),
    insert=st.binary(max_size=6) | st.sampled_from([b'"', b"{", b"}", b"[", b"]", b"\\", b",", b'"}', b"]}"]),
)
def test_no_mutation_of_one_release_changes_what_the_others_become(
    tmp_path_factory, which, at, remove, insert
):
    spoilt = PARTS[which]
    at %= len(spoilt)
    spoilt = spoilt[:at] + insert + spoilt[at + remove :]
    path = tmp_path_factory.mktemp("spoilt") / "a.json"
    path.write_bytes(
        b'{"releases": [' + b", ".join([*PARTS[:which], spoilt, *PARTS[which + 1 :]]) + b'], "fin": 1}'
    )

    found, faults = sorted_out(path)

    others = [json.loads(part) for n, part in enumerate(PARTS) if n != which]
    kept = [one for one in found if one in others]
    assert kept == others
    if which == 5 or len(kept) < len(found):
        return
    # what is gone without a word would be the spoilt release itself
    assert faults or not spoilt.strip(b" ,")


def test_a_large_package_is_never_held_whole(tmp_path):
    path = tmp_path / "mois.json"
    text = json.dumps({"id": "1", "text": "x" * 10_000})
    with path.open("w") as out:
        out.write('{"releases": [' + ",".join([text] * 2000) + "]}")
    tracemalloc.start()
    count = sum(1 for _ in read_package(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 2000
    assert peak < 5_000_000 < path.stat().st_size


def test_a_file_where_everything_is_broken_ends_in_time(read):
    one = json.dumps(release("a", text="x" * 3000)).replace('Objet a"', "Objet a")

    found, _ = read(('{"releases": [' + ",".join([one] * 2000) + "]}").encode())

    assert found
    assert not any(isinstance(value, dict) for value in found)

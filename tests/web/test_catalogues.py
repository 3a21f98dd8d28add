"""Every string is gathered; French repeats itself with its own plurals; English says all of it, as well written."""

import ast
import copy
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from marketplace.web import catalogues

from . import english

ADDRESS = re.compile(r"^[\w<>:./-]+/$|^[\w<>:./-]+\.\w+$")
PLACES = re.compile(r"%\(\w+\)[a-z]|%[sd]|{\w*}|<(?:str|int|slug|path|uuid):\w+>")
ABBREVIATED = re.compile(r"\b(?:a\.m|p\.m|ext|no)\.$")
TAGS = re.compile(r"</?[a-z][^>]*>")


@pytest.fixture(autouse=True, scope="module")
def _gathered_once():
    """Reading all that the checkout says takes seconds, and nothing changes it meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogues, "gather", cache(catalogues.gather))
        yield


@pytest.fixture(scope="module")
def in_english():
    """The English catalogue against the strings of the checkout, as pairs (French forms, English forms)."""
    pairs = []
    for message in catalogues.refreshed("en"):
        if message.id and all(_forms(message.string)):
            pairs.append((_forms(message.id), _forms(message.string)))
    return pairs


def _forms(text) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, (tuple, list)) else (text,)


def test_catalogue_gathers_code_and_templates():
    catalog = catalogues.gather()
    files = {location[0].split("/")[0] for message in catalog for location in message.locations}
    assert {"marketplace", "suppliers", "buyers", "templates"} <= files


def test_every_name_that_code_gives_gettext_is_gathered():
    """`import gettext as tell` would hide its strings."""
    hidden = set()
    for package in catalogues.PACKAGES:
        for path in (Path(settings.BASE_DIR) / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                    hidden |= {
                        name.asname or name.name
                        for name in node.names
                        if "gettext" in name.name and (name.asname or name.name) not in catalogues.KEYWORDS
                    }
    assert not hidden


def test_no_string_hides_inside_an_f_string():
    """The extractor does not read there."""
    hidden = []
    for package in catalogues.PACKAGES:
        for path in (Path(settings.BASE_DIR) / package).rglob("*.py"):
            formatted = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.JoinedStr)]
            hidden += [
                f"{path.name}: {ast.unparse(call)}"
                for node in formatted
                for call in ast.walk(node)
                if isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in catalogues.KEYWORDS
            ]
    assert not hidden


@pytest.mark.parametrize("language", ["fr", "en"])
def test_catalogue_is_up_to_date_and_complete(language):
    """Run `python3 dev.py manage messages` when this fails, and fill what English lacks."""
    fresh = catalogues.refreshed(language)
    assert not catalogues.untranslated(fresh)
    kept = {(m.context, m.id) for m in catalogues.load(language) if m.id}
    assert kept == {(m.context, m.id) for m in fresh if m.id}


def test_missing_string_would_be_seen(monkeypatch):
    gathered = copy.deepcopy(catalogues.gather())
    gathered.add("Une phrase que personne n’a traduite")
    gathered.add(("%(n)s chose nouvelle", "%(n)s choses nouvelles"))
    monkeypatch.setattr(catalogues, "gather", lambda: gathered)
    assert {"Une phrase que personne n’a traduite", "%(n)s chose nouvelle"} <= set(
        catalogues.untranslated(catalogues.refreshed("en"))
    )
    assert not catalogues.untranslated(catalogues.refreshed("fr"))


def test_catalogue_is_written_alike_at_every_run(monkeypatch, tmp_path):
    monkeypatch.setattr(catalogues, "path_of", lambda language: tmp_path / f"{language}.po")
    catalog = catalogues.refreshed("fr")
    catalogues.save(catalog, "fr")
    first = (tmp_path / "fr.po").read_bytes()
    catalogues.save(catalogues.refreshed("fr"), "fr")
    assert (tmp_path / "fr.po").read_bytes() == first
    assert b"-Date" not in first


def test_english_keeps_every_place_and_tag(in_english):
    wrong = []
    for french, said in in_english:
        # the plural names all that the sentence is given; a singular may leave its number unsaid
        if sorted(PLACES.findall(french[-1])) != sorted(PLACES.findall(said[-1])):
            wrong.append((french[-1], said[-1]))
        wrong += [
            (french[0], one) for one in said if set(PLACES.findall(one)) - set(PLACES.findall(french[-1]))
        ]
        wrong += [(a, b) for a, b in zip(french, said, strict=False) if TAGS.findall(a) != TAGS.findall(b)]
    assert not wrong


def test_english_has_both_plural_forms(in_english):
    assert not [french for french, said in in_english if len(french) != len(said)]


def test_english_begins_and_ends_as_the_french_does(in_english):
    """Capitals, stops, colons and the spaces that join a sentence to its neighbour."""
    wrong = []
    for french, said in in_english:
        for a, b in zip(french, said, strict=False):
            if ADDRESS.match(a):
                continue
            spaces = [(text[0].isspace(), text[-1].isspace()) for text in (a.removeprefix("\u00a0"), b)]
            if spaces[0] != spaces[1]:
                wrong.append((a, b))
            if (a[-1] in ".?…:") != (b[-1] in ".?…:") and not ABBREVIATED.search(b):
                wrong.append((a, b))
    assert not wrong


def test_english_is_well_typed(in_english):
    faults = {
        text: found
        for french, said in in_english
        for text in said
        if not ADDRESS.match(french[0]) and (found := english.faults(text))
    }
    assert not faults


@pytest.mark.parametrize(
    "bad",
    [
        "the buyer's",
        'the "best"',
        "« a »",
        "Here : there",
        "Why ?",
        "Well done!",
        "a, b, and c",
        "48 700 $",
        "your e-mail",
        "organisation",
        "the fiche",
        "Wait...",
    ],
)
def test_typing_fault_would_be_seen(bad):
    assert english.faults(bad)


def test_plural_counts_zero_as_each_language_does():
    assert catalogues.load("fr").plural_expr == "(n > 1)"
    assert catalogues.load("en").plural_expr == "(n != 1)"

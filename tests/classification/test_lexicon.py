"""The lexicon: its data in one sweep, how it reads a text, how the reference files meet what staff edited."""

import csv
import doctest
from collections import defaultdict
from importlib import import_module

import pytest
from django.apps import apps

from marketplace.classification.codes import code_prefix, normalise_code
from marketplace.classification.labels import known_code_labels
from marketplace.classification.lexicon import words
from marketplace.classification.lexicon.reading import Lexicon, Meaning, Term, read_lexicon
from marketplace.classification.lexicon.words import text_forms
from marketplace.classification.models import LexiconGroup, LexiconLink, LexiconTerm
from marketplace.web.process_cache import clear_process_caches
from marketplace.web.templatetags.web import lang_of

pytestmark = pytest.mark.django_db
reference = import_module("marketplace.classification.migrations.0006_lexicon_words")


def test_examples_in_the_docstrings_hold():
    assert doctest.testmod(words).failed == 0


def test_every_group_of_the_files_is_sound():
    faults = []
    groups = {row["key"]: row for row in reference.rows()}
    assert len(groups) >= 300
    places = defaultdict(set)
    undeclared = defaultdict(set)
    for key, row in groups.items():
        for language in ("fr", "en"):
            written = [one.strip() for one in row[language].split(",")]
            if not any(written):
                faults.append(f"{key}: no term in {language}")
            for term in written:
                text = term.lstrip(">~").partition("*")[0].strip()
                forms = text_forms(text)
                if not forms or len(text) > 80 or "'" in text:
                    faults.append(f"{key}: {term!r}")
                places[forms].add(key)
                if "~" not in term[:2]:
                    undeclared[forms].add(key)
        for code in row["codes"].split():
            if normalise_code(code) is None or code_prefix(code) != code:
                faults.append(f"{key}: code {code}")
        for target, weight in reference.read_links(row):
            if target not in groups or target == key or not 1 <= weight <= 100:
                faults.append(f"{key}: leads to {target}")
        for _language, text, weight, _one_way in reference.read_terms(row):
            if not 1 <= weight <= 100:
                faults.append(f"{key}: weight of {text}")
        if not (row["label"] and row["label_en"]):
            faults.append(f"{key}: no label")
    faults += [
        f"in two groups, not declared: {' '.join(forms)} {sorted(keys)}"
        for forms, keys in places.items()
        if len(keys) > 1 and undeclared[forms]
    ]
    assert not faults


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("traiteur pour 120 personnes à Shawinigan", ["traiteur"]),
        ("Enlèvement de la neige", ["deneigement"]),
        ("services d’entretien ménager et lavage des vitres", ["menage", "lavage-vitres"]),
        ("snow plowing", ["deneigement"]),
        ("janitorial", ["menage"]),
        ("lunch boxes", ["boite-lunch"]),
        ("mobilier urbain", ["mobilier-urbain"]),
        ("tonte de gazon", ["tonte"]),
        ("chapiteaux", ["tentes"]),
        ("clés", ["serrurerie"]),
        ("femmes", ["femmes"]),
        ("graphisme", ["graphisme"]),
        ("déménagement", ["demenagement"]),
        ("traitement", []),
        ("Entreprise X inc.", []),
    ],
)
def test_a_text_is_read_as(text, keys):
    assert [found.senses[0].meaning.key for found in read_lexicon().find(text)] == keys


def test_a_meal_leads_to_a_caterer_and_not_the_other_way_round():
    lexicon = read_lexicon()
    assert "traiteur" in dict(lexicon.by_key["repas"].leads_to)
    assert "repas" not in dict(lexicon.by_key["traiteur"].leads_to)
    snow = lexicon.by_key["deneigement"]
    assert "neige" in {term.text for term in snow.entries}
    assert "neige" not in {term.text for term in snow.terms}


def test_a_word_of_two_languages_means_what_it_means_in_the_reader_s():
    stage_fr = Meaning("stage", "Stage", "Internship", (Term("stage", "fr", 1.0),))
    stage_en = Meaning("scene", "Scène", "Stage", (Term("stage", "en", 1.0), Term("scène", "fr", 1.0)))
    lexicon = Lexicon("", (stage_fr, stage_en))
    assert [sense.meaning.key for sense in lexicon.senses_of("stages", "fr")] == ["stage"]
    assert [sense.meaning.key for sense in lexicon.senses_of("stages", "en")] == ["scene"]
    assert [sense.meaning.key for sense in lexicon.senses_of("scènes", "en")] == ["scene"]


def test_lexicon_is_read_again_only_once_edited(django_assert_num_queries):
    first = read_lexicon()
    with django_assert_num_queries(0):
        read_lexicon().find("entretien ménager")
    clear_process_caches()
    with django_assert_num_queries(1):
        assert read_lexicon() is first
    LexiconGroup.objects.filter(key="menage").update(is_active=False)
    clear_process_caches()
    assert "menage" not in read_lexicon().by_key
    assert lang_of(read_lexicon().by_key["traiteur"].name) == ""


def test_files_loaded_again_bring_what_is_new_and_keep_edits(monkeypatch):
    before = [{**row} for row in reference.rows()]
    after = [{**row} for row in before]
    (changed,) = (row for row in after if row["key"] == "traiteur")
    changed |= {
        "label": "Traiteurs",
        "label_en": "Caterers",
        "fr": f"{changed['fr']}, agapes, festin",
        "en": changed["en"].replace("catering, ", ""),
        "leads_to": "",
    }
    new = changed | {
        "key": "neuf",
        "label": "Neuf",
        "fr": "neuf d’essai, autre essai",
        "leads_to": "traiteur",
    }
    group = LexiconGroup.objects.get(key="traiteur")
    group.label = "Traiteur et buffets"  # an edit
    group.save()
    LexiconTerm.objects.filter(group=group, text="buffet", language="fr").delete()  # another
    LexiconTerm.objects.create(group=group, text="agapes", weight=20)  # theirs already
    LexiconLink.objects.filter(group=group, target__key="pause-cafe").update(weight=11)
    count = LexiconTerm.objects.count()

    monkeypatch.setattr(reference, "rows", lambda: iter(before))
    reference.load(apps, None)
    assert LexiconTerm.objects.count() == count

    monkeypatch.setattr(reference, "rows", lambda: iter([*after, new]))
    reference.load(apps, None)
    group.refresh_from_db()
    assert (group.label, group.label_en) == ("Traiteur et buffets", "Caterers")
    french = dict(group.terms.filter(language="fr").values_list("text", "weight"))
    assert french["agapes"] == 20
    assert french["festin"] == 100
    assert "buffet" not in french
    assert not group.terms.filter(text="catering", language="en").exists()
    assert dict(group.links.values_list("target__key", "weight")) == {"pause-cafe": 11}
    assert LexiconGroup.objects.get(key="neuf").links.get().target == group


def test_the_files_are_the_project_s_tables():
    for path in reference.FOLDER.glob("*.tsv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        assert {len(row) for row in rows} == {8}, path.name


def test_every_code_that_a_group_names_has_a_label_of_its_own():
    known = known_code_labels()
    assert not {
        code for meaning in read_lexicon() for code in meaning.codes if code.ljust(8, "0") not in known
    }

"""Nothing is said outside the catalogues: neither in a template nor in the code of a page."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from .literals import literals

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})
FRENCH = re.compile(
    r"\b(?:le|la|les|des|du|une|est|et|pour|avec|dans|sur|vous|votre|vos|nous|cette|ces|aux|qui|que|par|pas|être|sont)\b"
    r"|[àâéèêëîïôùûçœ’]",
    re.IGNORECASE,
)
GETTEXT = re.compile(r"^(?:_|lazy|n?p?gettext(?:_lazy)?)$")
#: Code whose French is not said to a reader of pages, and why.
ASIDE = {
    "marketplace/demo/": "invented data, and commands of the demonstration",
    "marketplace/web/library_texts.py": "both languages, side by side",
    "marketplace/api/": "describes the filters to programmers, in English, with French values",
    "marketplace/settings.py": "the sender's own address",
    "buyers/ocds/places.py": "names of provinces found in files",
    "buyers/needs/proposals.py": "words that carry no meaning",
    "marketplace/dealings/own_lists/columns.py": "names of columns found in files",
    "marketplace/pages/error_views.py": "the page for when nothing can be translated, in both languages",
    "marketplace/matching/weights.py": "words that carry no meaning",
    "marketplace/matching/meanings.py": "words of a procedure and of premises, in both languages",
    "marketplace/territories/": "spellings found in official files",
    "suppliers/cells.py": "values found in files",
    "suppliers/importing/": "columns and values found in files",
    "marketplace/outreach/pipeline/importing.py": "columns and values found in files",
    "marketplace/classification/code_words.py": "words that carry no meaning",
    "marketplace/classification/lexicon/words.py": "words that only join others",
    "suppliers/registration/code_suggestions.py": "words that carry no meaning",
    "suppliers/search/small_words.py": "words that carry no meaning",
}


def test_templates_say_nothing_outside_the_catalogue():
    found = {str(path.relative_to(ROOT)): literals(path.read_text()) for path in TEMPLATES}
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize(
    "bad",
    [
        "<p>Bonjour</p>",
        '<img alt="Un logo">',
        '<a aria-label="Fermer">{{ x }}</a>',
        '{% translate "Oui" %} et {{ name }}',
        '<input type="submit" value="Envoyer">',
    ],
)
def test_literal_would_be_seen(bad):
    assert literals(bad)


def said_in(path: Path) -> list[str]:
    """French text of a module that no gettext wraps; docstrings, help of commands and patterns aside."""
    tree = ast.parse(path.read_text())
    aside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and GETTEXT.match(node.func.id):
            aside |= {id(child) for child in ast.walk(node)}
        if isinstance(node, ast.Dict):  # a key is looked up, its value is said
            aside |= {id(key) for key in node.keys}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            aside.add(id(node.value))
    return [
        f"{node.lineno}: {node.value[:80]}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in aside
        and " " in node.value.strip()
        and FRENCH.search(node.value)
        and not re.search(r"SELECT|\(\?|\\b|\^|\bFROM\b", node.value)
    ]


def test_code_of_pages_says_nothing_outside_the_catalogue():
    found = {}
    for room in ("marketplace", "suppliers", "buyers", "cohorts"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            # commands speak to whoever runs the site, in French
            if {"migrations", "devtools", "management", "evaluation"} & set(path.parts) or name.startswith(
                tuple(ASIDE)
            ):
                continue
            if said := said_in(path):
                found[name] = said
    assert not found


def test_no_key_is_written_as_a_number_is_read():
    """`{{ supplier.pk }}` writes « 1 234 »: a form or a link that carries it would find nothing."""
    keys = re.compile(r"{{ (?:[a-z_]+\.)*pk }}")
    found = {str(path.relative_to(ROOT)): keys.findall(path.read_text()) for path in TEMPLATES}
    assert not {name: keys for name, keys in found.items() if keys}, "say |unlocalize"

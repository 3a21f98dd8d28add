"""Every template as written: nothing inline, no other host, and French typography in the sentences."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from . import french

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "templates"
PAGES = sorted(path for path in FOLDER.rglob("*.html") if path.relative_to(FOLDER).parts[0] != "mail")
MODULES = sorted(
    path
    for room in ("marketplace", "suppliers", "buyers", "cohorts")
    for path in (ROOT / room).rglob("*.py")
    if path.relative_to(ROOT).parts[1] != "devtools" and "migrations" not in path.parts
)
NAMES = [str(path.relative_to(FOLDER)) for path in PAGES]

INLINE = re.compile(
    r"<[^>]*\sstyle\s*=|<[^>]*\son[a-z]+\s*=|<style\b|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE
)
OTHER_HOST = re.compile(r"(?:src|href|action)\s*=\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)


def test_templates_are_found():
    assert "base.html" in NAMES


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_template_has_nothing_inline_and_no_other_host(path):
    source = path.read_text()
    assert INLINE.findall(source) == []
    assert OTHER_HOST.findall(source) == []


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_template_sentences_follow_quebec_typography(path):
    said = {text: french.faults(text) for text in french.of_template(path.read_text()) if french.faults(text)}
    assert said == {}


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name):
    get_template(name)


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="x">',
        "<p onclick='x'>",
        "<script>",
        "<script defer>",
        "<style>",
        '<a href="javascript:x">',
    ],
)
def test_inline_code_would_be_seen(bad):
    assert INLINE.search(bad)


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(ROOT)) for path in MODULES])
def test_module_sentences_follow_quebec_typography(path):
    said = {text: french.faults(text) for text in french.of_module(path) if french.faults(text)}
    assert said == {}


@pytest.mark.parametrize(
    "bad",
    [
        "l'avis",
        "Ici : là",
        "Ici: là",
        "Où ?",
        "oui ; non",
        "« oui »",
        "votre e-mail",
        "Attendez...",
        "Bravo!",
    ],
)
def test_typing_fault_would_be_seen(bad, tmp_path):
    assert next(french.faults(text) for text in french.of_template(f'{{% translate "{bad}" %}}'))
    module = tmp_path / "module.py"
    module.write_text(f'x = _("{bad}")')
    assert next(french.faults(text) for text in french.of_module(module))

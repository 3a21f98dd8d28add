"""Every template as written: nothing inline, no other host, and French typography in the sentences."""

import re
from collections.abc import Callable, Iterable
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
    r"<[^>]*\sstyle\s*=|<[^>]*\son[a-z]+\s*=|<style\b|<script(?![^>]*\ssrc=|\stype=.application/ld.json)|javascript:",
    re.IGNORECASE,
)
OTHER_HOST = re.compile(r"(?:src|href|action)\s*=\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)


def test_templates_are_found():
    assert "base.html" in NAMES


def test_templates_have_nothing_inline_and_no_other_host():
    sources = {name: path.read_text() for name, path in zip(NAMES, PAGES, strict=True)}
    found = {name: INLINE.findall(source) + OTHER_HOST.findall(source) for name, source in sources.items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


#: Folders with lines longer than 120 characters, mostly one tag that cannot be broken: one that is done leaves the list.
LONG_LINES = {
    "account", "accounts", "admin", "admin/accounts", "admin/edit_inline", "buyers", "buyers/needs",
    "dealings/consortiums", "dealings/inquiries", "dealings/interests", "dealings/need_exchanges",
    "dealings/shortlists", "demo", "demo/gallery", "frame", "mail/members", "mail/need_exchanges",
    "matching/saved_searches", "mfa", "mfa/recovery_codes", "mfa/totp", "pages", "security", "suppliers", "web",
}  # fmt: skip


def test_templates_break_at_120_characters_but_for_the_folders_to_come():
    long = {
        str(Path(name).parent)
        for name, path in zip(NAMES, PAGES, strict=True)
        if any(len(line) > 120 for line in path.read_text().splitlines())
    }
    assert long - LONG_LINES == set()


def test_template_sentences_follow_quebec_typography():
    assert faults_by_file(PAGES, lambda path: french.of_template(path.read_text())) == {}


def faults_by_file(
    paths: list[Path], said: Callable[[Path], Iterable[str]]
) -> dict[str, dict[str, list[str]]]:
    found = {
        str(path.relative_to(ROOT)): {text: faults for text in said(path) if (faults := french.faults(text))}
        for path in paths
    }
    return {name: wrong for name, wrong in found.items() if wrong}


def test_every_template_compiles():
    for name in NAMES:
        get_template(name)  # names itself where it does not


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


def test_module_sentences_follow_quebec_typography():
    assert faults_by_file(MODULES, french.of_module) == {}


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

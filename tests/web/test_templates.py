"""Every template as written: nothing inline, no other host, and French typography in the sentences."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

FOLDER = Path(settings.BASE_DIR) / "templates"
PAGES = sorted(path for path in FOLDER.rglob("*.html") if path.relative_to(FOLDER).parts[0] != "mail")
NAMES = [str(path.relative_to(FOLDER)) for path in PAGES]

INLINE = re.compile(
    r"<[^>]*\sstyle\s*=|<[^>]*\son[a-z]+\s*=|<style\b|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE
)
OTHER_HOST = re.compile(r"(?:src|href|action)\s*=\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)
SENTENCE = re.compile(
    r"{%\s*(?:translate|trans)\s+\"([^\"]*)\"|{%\s*blocktrans(?:late)?\b[^%]*%}(.*?){%\s*endblocktrans",
    re.DOTALL,
)
FAULTS = {
    "an apostrophe is straight": re.compile(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]"),
    "a colon follows a breaking space": re.compile(r" :"),
    "a colon has no space": re.compile(r"[A-Za-zÀ-ÿ»]:(?!//)(?:\s|$)"),
    "a question mark, exclamation or semicolon follows a space": re.compile(r"[ \u00a0\u202f][?!;]"),
    "guillemets hold a breaking space": re.compile(r"« | »"),
    "three dots stand for an ellipsis": re.compile(r"\.\.\."),
    "it says e-mail": re.compile(r"\be-?mail", re.IGNORECASE),
    "it exclaims": re.compile(r"!"),
}


def sentences(source: str) -> list[str]:
    source = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", source, flags=re.DOTALL)
    found = [one or several for one, several in SENTENCE.findall(source)]
    return [re.sub(r"<[^>]*>|{[{%].*?[%}]}", "x", text) for text in found]


def test_templates_are_found():
    assert "base.html" in NAMES


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_template_has_nothing_inline_and_no_other_host(path):
    source = path.read_text()
    assert INLINE.findall(source) == []
    assert OTHER_HOST.findall(source) == []


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_template_sentences_follow_quebec_typography(path):
    said = [
        (why, text)
        for text in sentences(path.read_text())
        for why, fault in FAULTS.items()
        if fault.search(text)
    ]
    assert said == []


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


@pytest.mark.parametrize("bad", ["l'avis", "Ici : là", "Où ?", "« oui »", "votre e-mail", "Attendez..."])
def test_typing_faults_would_be_seen(bad):
    assert any(
        fault.search(text) for text in sentences(f'{{% translate "{bad}" %}}') for fault in FAULTS.values()
    )

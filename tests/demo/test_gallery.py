"""The gallery shows every piece of the look, in both languages, in the demo and in debug only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.web.access import window
from tests.web.clean import faults

TEMPLATES = Path(settings.BASE_DIR) / "templates"
PIECES = TEMPLATES / "demo" / "gallery"
INCLUDED = re.compile(r'{%\s*include\s+"(web/_\w+\.html)"')
ADDRESSES = "tests.demo.gallery_urls"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(ADDRESSES)]


def included_by(*sources: Path) -> set[str]:
    """The partials that these templates draw, and those that the partials draw in turn."""
    found: set[str] = set()
    waiting = [name for source in sources for name in INCLUDED.findall(source.read_text())]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += INCLUDED.findall((TEMPLATES / name).read_text())
    return found


def test_gallery_shows_every_partial():
    shown = included_by(TEMPLATES / "base.html", *PIECES.glob("*.html"))
    there = {f"web/{partial.name}" for partial in (TEMPLATES / "web").glob("_*.html")}
    assert there - shown == set()


@pytest.mark.parametrize("address", ["/composants/", "/composants/champs/", "/composants/champs/?fautes=1"])
def test_gallery_page_is_clean_and_shows_its_templates(address):
    page = Client().get(address)
    assert page.status_code == 200
    assert faults(page.content.decode()) == []
    assert "{% include &quot;web/_" in page.content.decode()


def test_posted_form_says_its_faults_twice():
    page = Client().post("/composants/champs/", {"name": "Atelier", "neq": "12"}).content.decode()
    assert 'class="err-sum"' in page
    assert page.count("Il faut dix chiffres.") == 2
    assert 'href="#id_legal_form_0"' in page, "a group of choices is reached by its first one"
    assert "Contrat maximal\u00a0: ce champ est obligatoire." in page


@pytest.mark.browser
def test_gallery_is_open_to_everybody(browser, live_server):
    inspector = window(browser, live_server.url)
    found: list[str] = []
    for address in ("/composants/", "/composants/champs/", "/composants/champs/?fautes=1"):
        found += inspector.faults(address)
    assert not found, "\n".join(found)

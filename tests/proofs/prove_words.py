"""`dev.py prove words`: every page and mail of the demo printed to one document a language, for an editor to read aloud.

They lie in DEMO_HOME (`words-fr.txt`, `words-en.txt`). A sentence stands once, under the first page that says it, so
that reading the document is reading the site. Pages are reached as people reach them, by links, as each role.
"""

from __future__ import annotations

import os
import re
from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from marketplace.accounts.models import User
from marketplace.demo.seeding.people import LOGINS
from marketplace.devtools.environment import find_places
from marketplace.outbox.models import Message
from tests.languages.test_declared_emails import EMAILS
from tests.outbox.running import run_handlers

pytestmark = [pytest.mark.urls("tests.demo.gallery_urls"), pytest.mark.django_db]
STARTS = {"fr": ("/", "/mon-espace/", "/gestion/"), "en": ("/en/", "/en/my-space/", "/gestion/")}
#: Pages of one view: a supplier's page in four states says more than in one, and a hundred say no more than four.
OF_ONE_VIEW = 4
FILES = ("pdf", "csv", "xlsx", "ics", "file")
BLOCKS = {
    "p", "li", "h1", "h2", "h3", "h4", "td", "th", "dt", "dd", "label", "summary", "button", "option", "legend", "title",
    "figcaption", "caption", "div", "section", "tr",
}  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_and_mail_is_printed(language):
    call_command("seed_demo", suppliers=300, tenders=120)
    run_handlers()
    User.objects.update(language=language)
    document = Document()
    faults = []
    for role, email in {"": "", **{login.role: login.email for login in LOGINS}}.items():
        for path, status, html in pages(language, email):
            if status >= 500:
                faults.append(f"{status} {path}")
            document.add(f"{path}  ({role or 'sans compte'})", html)
    kinds = Counter()
    for message in Message.objects.order_by("kind", "pk"):
        kinds[message.kind] += 1
        if kinds[message.kind] <= OF_ONE_VIEW:
            document.add(f"Courriel {message.kind} : {message.title}", message.html)
    unsent = sorted({email.kind for email in EMAILS} - set(kinds))
    document.lines += ["", "== Courriels que la démonstration n’envoie pas", *unsent]
    target = find_places(Path(settings.BASE_DIR), os.environ).home / f"words-{language}.txt"
    target.write_text("\n".join(document.lines) + "\n", encoding="utf-8")
    print(f"\n{target}: {document.pages} pages et courriels, {len(document.lines)} lignes")  # noqa: T201 (where it lies)
    assert not faults
    assert document.pages > 150


class Document:
    def __init__(self) -> None:
        self.lines: list[str] = [f"Maillage, {timezone.localdate()}"]
        self.known: set[str] = set()
        self.pages = 0

    def add(self, name: str, html: str) -> None:
        """What a page says that no page before it said."""
        fresh = [text for text in blocks(html) if text not in self.known and re.search(r"[^\W\d_]{2}", text)]
        self.known.update(fresh)
        self.pages += 1
        if fresh:
            self.lines += ["", f"== {name}", *dict.fromkeys(fresh)]


def pages(language: str, email: str) -> Iterator[tuple[str, int, str]]:
    """Path, status and HTML of each page that this person reaches by links."""
    client = Client(raise_request_exception=False, headers={"accept-language": language})
    if email:
        client.force_login(User.objects.get(email=email))
    seen, views = set(STARTS[language]), Counter[str]()
    waiting = deque(STARTS[language])
    while waiting:
        path = waiting.popleft()
        with translation.override(language):
            try:
                view = resolve(urlsplit(path).path).view_name
            except Resolver404:
                view = "404"
        if views[view] >= OF_ONE_VIEW or view.endswith(FILES):
            continue
        views[view] += 1
        response = client.get(path, follow=True)
        if not response.get("Content-Type", "").startswith("text/html") or response.streaming:
            continue
        html = response.content.decode()
        yield path, response.status_code, html
        for link in re.findall(r'<a\b[^>]*?\shref="([^"]+)"', html):
            target = urldefrag(link.replace("&amp;", "&").removeprefix(settings.SITE_URL)).url
            if target.startswith("/") and not target.startswith("//") and target not in seen:
                seen.add(target)
                waiting.append(target)


class _Blocks(HTMLParser):
    """The text of a page as an eye takes it: a paragraph, an item, a cell, a button a line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "svg"):
            self._quiet += 1
        given = dict(attrs)
        if tag in BLOCKS:
            self._end()
        for name in ("placeholder", "alt", "aria-label"):
            if value := given.get(name):
                self.texts.append(f"[{name}] {value}")
        if tag == "meta" and given.get("name") == "description":
            self.texts.append(f"[description] {given.get('content')}")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "svg"):
            self._quiet -= 1
        if tag in BLOCKS:
            self._end()

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self._parts.append(data)

    def _end(self) -> None:
        text = " ".join("".join(self._parts).split(" "))
        text = re.sub(r"[ \n\t]+", " ", text).strip()
        self._parts.clear()
        if text:
            self.texts.append(text)


def blocks(html: str) -> list[str]:
    reader = _Blocks()
    reader.feed(html)
    reader.close()
    return reader.texts

"""What every page of ours must satisfy, as one assertion that any room's tests may use."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.http import HttpResponse

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
FETCHING = {"script": "src", "img": "src", "link": "href", "iframe": "src", "form": "action", "source": "src"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.controls: list[dict[str, str | None]] = []
        self.described: set[str] = set()
        self.language = ""
        self.title = ""
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        for name in given:
            if name == "style" or name.startswith("on"):
                self.faults.append(f"<{tag} {name}=…> is inline")
        is_data = given.get("type") == "application/ld+json"  # never run: the policy does not ask about it
        if tag == "style" or (tag == "script" and not given.get("src") and not is_data):
            self.faults.append(f"<{tag}> is inline")
        # the same page in the other language, or at its one address: named for crawlers, never fetched
        named_only = tag == "link" and given.get("rel") in ("alternate", "canonical")
        address = "" if named_only else given.get(FETCHING.get(tag, "")) or ""
        if urlsplit(address).netloc or address.startswith("javascript:"):
            self.faults.append(f"<{tag}> leads to another host: {address}")
        if tag == "img" and "alt" not in given:
            self.faults.append("an image has no alt")
        if tag == "html":
            self.language = given.get("lang") or ""
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if tag == "label" and given.get("for"):
            self.labelled.add(given["for"] or "")
        if tag in ("input", "select", "textarea") and given.get("type") not in ("hidden", "submit", "button"):
            self.controls.append({**given, "inside": "yes" if "label" in self._open else None})
        for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
            self.described |= set((given.get(name) or "").split())

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open and self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title += data


def faults(html: str) -> list[str]:
    """What is wrong with a whole page: inline code, other hosts, headings, labels, ids, language, title."""
    page = _Page()
    page.feed(html)
    found = page.faults
    if page.headings.count(1) != 1:
        found.append(f"{page.headings.count(1)} h1 instead of one")
    for before, after in zip(page.headings, page.headings[1:], strict=False):
        if after > before + 1:
            found.append(f"h{before} is followed by h{after}")
    found += [f"two elements have the id {name}" for name in {n for n in page.ids if page.ids.count(n) > 1}]
    found += [f"nothing has the id {name}, which is referred to" for name in page.described - set(page.ids)]
    for control in page.controls:
        named = control["inside"] or control.get("aria-label") or control.get("aria-labelledby")
        if not named and control.get("id") not in page.labelled:
            found.append(f"the field {control.get('name')} has no label")
    if page.language not in ("fr-CA", "en-CA"):
        found.append(f"the language is « {page.language} »")
    if not page.title.replace("|", "").replace("Maillage", "").strip():
        found.append("the title says nothing")
    return found


def assert_clean(response: HttpResponse) -> None:
    """A page of ours: the strict policy in its header and nothing in its body that the policy would block."""
    policy = response.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self';" in policy + ";"
    assert "unsafe" not in policy
    assert faults(response.content.decode()) == []

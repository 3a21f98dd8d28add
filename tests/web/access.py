"""What every page must let everybody do, asked of the page itself in a real browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Error, Page

WIDE, NARROW, NARROWEST = 1280, 390, 320
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_RUN = """async ([rules, seen]) => (await axe.run({include: [['html']], exclude: seen.map(one => [one])}, {
  runOnly: {type: 'tag', values: rules}, rules: {'target-size': {enabled: true}, 'label-content-name-mismatch': {enabled: true}},
  resultTypes: ['violations'], preload: false,
})).violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 140)).join(' | '))"""
# Targets under 44 pixels: links inside a sentence are excepted, and so is the box inside a large label.
# A map's markers stand where places are; the table beside it has the same links at full height.
SMALL = """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')].filter(e => {
  const box = e.getBoundingClientRect();
  if (!box.width || !box.height || box.height > 43.5 || e.classList.contains('skip') || e.closest('label,.select2-selection,[aria-hidden=true],.carte svg')) return false;
  if (e.tagName === 'INPUT' && ['checkbox', 'radio'].includes(e.type)) {
    const label = e.labels && e.labels[0];
    return !(label && label.getBoundingClientRect().height > 43.5);
  }
  const text = e.parentElement.textContent.trim();
  const inSentence = e.tagName === 'A' && e.closest('p,dd,td,li,.note,.small,.hint') && text.length > e.textContent.trim().length + 2;
  return !inSentence;
}).map(e => e.outerHTML.slice(0, 140))"""
SIDEWAYS = """() => { const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width + 1) return [];
  const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1);
  return ['wider than ' + width + ': ' + wide.slice(0, 3).map(e => e.outerHTML.slice(0, 100)).join(' | ')]; }"""
TABLES = """() => [...document.querySelectorAll('table:not([role=presentation])')]
  .filter(t => !t.caption && !t.getAttribute('aria-label') && !t.getAttribute('aria-labelledby'))
  .map(t => 'a table without a name: ' + t.outerHTML.slice(0, 100))"""


#: What stands on every page alike: a window looks at it once, which spares a third of a sweep.
FRAME = ["header.hd", "header.gh", "footer.ft"]


@cache
def axe_source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@dataclass
class Inspector:
    """A person's browser window that listens to everything pages say and ask for."""

    context: BrowserContext
    base: str
    page: Page = field(init=False)
    said: list[str] = field(default_factory=list)
    frames_seen: set[tuple[bool, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        host = urlsplit(self.base).netloc
        self.page.on("console", lambda said: self.said.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on(
            "request",
            lambda request: (
                self.said.append(f"asks another host: {request.url}")
                if urlsplit(request.url).scheme in ("http", "https", "ws", "wss")
                and urlsplit(request.url).netloc != host
                else None
            ),
        )

    def faults(self, path: str, *, widths: tuple[int, ...] = (WIDE, NARROW)) -> list[str]:
        """What is wrong with a page, each fault with its address and width; empty where all is well."""
        self.said.clear()
        self.page.set_viewport_size({"width": widths[0], "height": 900})
        try:
            self.page.goto(self.base + path)
        except Error as stopped:
            if "Download is starting" in stopped.message:
                return []  # a file, not a page
            raise
        self.page.evaluate(axe_source())
        found = [f"{path}: {text}" for text in self.page.evaluate(TABLES)]
        for width in widths:
            if width != widths[0]:
                self.page.set_viewport_size({"width": width, "height": 900})
            frame = (path.startswith("/gestion/"), width)
            seen = FRAME if frame in self.frames_seen else []
            self.frames_seen.add(frame)
            faults = self.page.evaluate(AXE_RUN, [RULES, seen]) + self.page.evaluate(SMALL)
            found += [f"{path} at {width}: {fault}" for fault in faults + self.page.evaluate(SIDEWAYS)]
        self.page.set_viewport_size({"width": NARROWEST, "height": 800})  # 200 % of a 640 pixel window
        found += [f"{path} at {NARROWEST}: {fault}" for fault in self.page.evaluate(SIDEWAYS)]
        return found + [f"{path} says: {text[:300]}" for text in self.said]


def window(browser: Browser, base: str, user: object = None, **options: object) -> Inspector:
    context = browser.new_context(locale="fr-CA", reduced_motion="reduce", **options)
    if user is not None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
    return Inspector(context, base)

"""What a mail is, and its two parts: HTML from `templates/mail`, and the text that is derived from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise, lazy

from marketplace.web import languages
from marketplace.web.typography import NB

Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Email:
    """A kind of mail, declared once, in the `emails.py` of the app that sends it.

    `title` (its subject line) and `audience` (why the reader gets it: the first sentence of the foot) may name values
    of the context: `_("Votre place est confirmée : %(cohort)s")`. `template` is under `templates/mail`, without
    `.html`. `purpose`: the consent that it needs. `is_secret`: its body holds a link that signs someone in, and is
    blanked once sent.
    """

    kind: str
    title: Words
    template: str
    audience: Words = ""
    purpose: str = ""
    is_secret: bool = False


def from_address() -> str:
    """The bare address that every mail leaves from; answers go to who signs it."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


@dataclass(frozen=True, kw_only=True)
class RenderedEmail:
    title: str
    html: str
    text: str


def render_email(email: Email, *, context: Mapping[str, Any], language: str) -> RenderedEmail:
    """Everything that people wrote is escaped in the HTML; lazy values of `context` are read in `language`."""
    with translation.override(language):
        values = {"site_name": settings.SENDER_NAME, **context}
        title = one_line(str(email.title) % values)
        html = render_to_string(
            f"mail/{email.template}.html",
            {
                "SITE_URL": settings.SITE_URL,
                "logo_url": absolute_url(static("img/logo-mail.png")),
                "language": language,
                "audience": str(email.audience) % values,
                **values,
                "title": title,
            },
        )
        return RenderedEmail(title=title, html=html.strip() + "\n", text=text_from_html(html))


def site_link(name: str, *args: Any) -> str:
    """The whole address of a page: a lazy text, read in the language of the mail that it stands in."""
    return _late_address(name, *args)


_late_address = lazy(lambda name, *args: absolute_url(reverse(name, args=args)), str)


def absolute_url(path: str) -> str:
    """An address that works outside the site; what is already whole stays as it is."""
    return path if "://" in path else settings.SITE_URL + path


def on_site(address: str) -> str:
    """An address of ours that a library made with the host of a request: the host is SITE_URL's, whatever was asked."""
    parts = urlsplit(address)
    return settings.SITE_URL + urlunsplit(("", "", parts.path, parts.query, parts.fragment))


def one_line(value: object) -> str:
    """A header's value on one line without control characters: what people write cannot add a header."""
    text = str(value)
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c == NB else " " for c in text)
    return re.sub(" {2,}", " ", text).strip()


def text_from_html(html: str) -> str:
    """The text part of a mail, from its HTML part.

    Paragraphs and lists stand apart, a link is « label : address » on a line of its own, the cells of a row follow each
    other after a comma (after a colon where the first is a `<th>`), `class="foot"` begins after a line « -- », and what
    has `class="html-only"` is left out. No-break spaces stay.
    """
    writer = _TextWriter(colon=":" if languages.is_english() else f"{NB}:")
    writer.feed(html)
    writer.close()
    lines = (re.sub(r"[ \t\n\r\f]+", " ", line).strip(" ") for line in [*writer.lines, writer.line])
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line if line.strip() else "" for line in lines)).strip() + "\n"


_VOID = {"br", "img", "meta", "hr", "input", "link"}
_APART = {"p", "ul", "ol", "h1", "h2", "h3"}  # after an empty line
_ON_ITS_OWN = {"div", "table", "tr", "li"}


class _TextWriter(HTMLParser):
    def __init__(self, *, colon: str) -> None:
        super().__init__(convert_charrefs=True)
        self.colon = colon
        self.lines: list[str] = []
        self.line = ""
        self.before_text = ""  # what comes between two cells, once the second says something
        self.skipped = 0  # how deep inside something that is left out
        self.link, self.link_begins = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = (given.get("class") or "").split()
        if self.skipped or tag == "head" or "html-only" in classes:
            self.skipped += tag not in _VOID
            return
        if tag == "br":
            self._break()
        elif tag in _APART or tag in _ON_ITS_OWN:
            self._end_line(is_apart=tag in _APART)
        elif tag in ("td", "th") and self.line.strip():
            self.before_text = self.before_text or ", "
        elif tag == "a":
            self.link, self.link_begins = given.get("href") or "", len(self.line)
        if tag == "li":
            self.line = "- "
        if "foot" in classes:
            self._end_line(is_apart=True)
            self.lines.append("--")

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            self.skipped -= tag not in _VOID
        elif tag in _APART or tag in _ON_ITS_OWN:
            self._end_line(is_apart=tag in ("p", "ul", "ol"))
        elif tag == "th":
            self.before_text = f"{self.colon} "
        elif tag == "a":
            self._end_link()

    def handle_data(self, data: str) -> None:
        if self.skipped:
            return
        if self.before_text and data.strip():
            self.line = self.line.rstrip(" \n") + self.before_text
            self.before_text = ""
        self.line += data

    def _end_link(self) -> None:
        label = self.line[self.link_begins :].strip()
        if label != self.link:
            self.line = self.line[: self.link_begins]
            self._end_line()
            self.lines.append(f"{label}{self.colon} {self.link}")

    def _end_line(self, *, is_apart: bool = False) -> None:
        if self.line.strip():
            self._break()
        self.line = self.before_text = ""  # only spaces were there
        if is_apart:
            self.lines.append("")

    def _break(self) -> None:
        self.lines.append(self.line)
        self.line = self.before_text = ""

"""What a person wrote in a mail, apart from what their program added: quotes, headers of the answered mail, a signature.

Text in, text out. Nothing is lost: `Written.whole` is all that the mail says, where `Written.body` is less.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import EmailMessage
from html.parser import HTMLParser

LONGEST = 20_000  # characters that are kept of a mail
LONGEST_HTML = 400_000  # and that are read of its HTML

#: A line that begins what is quoted, in French and English: Gmail, Apple, Outlook, Thunderbird, Yahoo.
_QUOTE_BEGINS = re.compile(
    r"""^\s*(?:
      -{2,}\s*(?:message\s+d.origine|original\s+message|message\s+transf\S+|forwarded\s+message)\s*-{2,} |
      _{10,}\s*$ |
      (?:le|on)\s(?=.*\d).{6,200}(?:a\s+[ée]crit|wrote)\s*:\s*$ |
      .{3,120}<[^<>@\s]+@[^<>\s]+>\s+(?:a\s+[ée]crit|wrote)\s*:\s*$
    )""",
    re.VERBOSE | re.IGNORECASE,
)
#: Outlook's block: « De : … » (From) and, within three lines, « Envoyé : » (Sent) or « À : » (To).
_FROM = re.compile(r"^\s*\*?(?:de|from)\s*:\*?\s*\S", re.IGNORECASE)
_SENT = re.compile(r"^\s*\*?(?:envoy[ée]|sent|date|[àa]|to)\s*:\*?\s*\S", re.IGNORECASE)
#: « Le lun. 30 nov. 2026 à 10:12, Ville X <f1.…@…> » and « a écrit : » on the next line.
_WROTE = re.compile(r"(?:a\s+[ée]crit|wrote)\s*:\s*$", re.IGNORECASE)
_ON = re.compile(r"^\s*(?:le|on)\s(?=.*\d).{6,}", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"^(?:--\s*$|(?:envoy[ée]\s+(?:de|depuis|à\s+partir\s+de|avec)\s+(?:mon|ma|outlook|yahoo|courrier|l.application|proton)"
    r"|sent\s+from\s+(?:my|outlook|yahoo|mail|proton)|(?:télécharger|get)\s+outlook\s+(?:pour|for)).*)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Written:
    """`whole` is empty where nothing was cut."""

    body: str
    whole: str = ""


def read_written(message: EmailMessage) -> Written:
    """The person's words of a mail, its text part first; an HTML one is read as text."""
    whole = _tidy(_text_of(message))[:LONGEST]
    body = _tidy(cut_quotes(whole))
    if not body:  # answered below or inside the quote: what is not quoted counts
        body = _tidy("\n".join(line for line in whole.split("\n") if not _is_noise(line)))
    return Written(body, whole if body != whole else "")


def cut_quotes(text: str) -> str:
    """What stands above the quoted mail, without a signature."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        following = lines[at + 1 : at + 4]
        if (
            _QUOTE_BEGINS.match(line)
            or (_FROM.match(line) and any(_SENT.match(one) for one in following))
            or (_ON.match(line) and any(_WROTE.search(one) for one in following[:2]))
            or (line.startswith(">") and all(one.startswith(">") or not one.strip() for one in lines[at:]))
        ):
            lines = lines[:at]
            break
    for at, line in enumerate(lines):
        if at and _SIGNATURE.match(line.strip() if line.strip() != "--" else line):
            return "\n".join(lines[:at])
    return "\n".join(lines)


def _is_noise(line: str) -> bool:
    return line.startswith(">") or bool(_QUOTE_BEGINS.match(line) or _WROTE.search(line))


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").replace("\ufeff", "")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


def _text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    if part is not None and (text := _content(part)).strip():
        return text
    part = message.get_body(("html",))
    return text_of_html(_content(part)) if part is not None else ""


def _content(part: EmailMessage) -> str:
    """An unknown or a false charset must not lose the mail."""
    try:
        return str(part.get_content())
    except (LookupError, ValueError, KeyError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", errors="replace") if isinstance(payload, bytes) else ""


def text_of_html(html: str) -> str:
    """The text of an HTML mail: what a program marks as quoted is left to `cut_quotes` as quoted lines."""
    reader = _Reader()
    reader.feed(_well_formed(html[:LONGEST_HTML]))
    reader.close()
    return "\n".join(reader.lines)


def _well_formed(html: str) -> str:
    """Tags that end, and no declarations: over what does not end, the parser's time grows with the square of its length."""
    kept, at = [], 0
    while (begins := html.find("<!--", at)) >= 0:
        kept.append(html[at:begins])
        ends = html.find("-->", begins + 4)
        at = len(html) if ends < 0 else ends + 3
    kept.append(html[at:])
    html = re.sub(r"<[!?][^<>]*>", "", "".join(kept))
    return re.sub(r"<(?!/?[A-Za-z][^<>]*>)", "&lt;", html)


class _Reader(HTMLParser):
    """Blocks are lines; what stands in a quote begins with « > »."""

    _BLOCKS = frozenset(
        {"p", "div", "br", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "hr", "blockquote"}
    )
    _HIDDEN = frozenset({"style", "script", "head", "title"})
    _QUOTES = re.compile(r"gmail_quote|gmail_attr|divRplyFwdMsg|moz-cite-prefix|yahoo_quoted|appendonsend", re.IGNORECASE)  # fmt: skip

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.hidden = 0
        self.quoted = False  # from the first mark on: programs put the answered mail last

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in self._HIDDEN:
            self.hidden += 1
        mark = f"{given.get('class') or ''} {given.get('id') or ''}"
        if tag == "blockquote" or self._QUOTES.search(mark):
            self.quoted = True
        if tag in self._BLOCKS:
            self._line()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in self._BLOCKS - {"br", "hr"}:
            self._line()

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", data)
        if not self.lines[-1] or self.lines[-1] == "> ":
            text = text.lstrip(" ")
        self.lines[-1] += text

    def _line(self) -> None:
        start = "> " if self.quoted else ""
        if self.lines[-1].strip("> ").strip():
            self.lines.append(start)
        else:
            self.lines[-1] = start

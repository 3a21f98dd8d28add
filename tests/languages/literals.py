"""What a template says outside {% translate %}: words that no catalogue can turn into English."""

import re
from html.parser import HTMLParser

SAID_IN = {"alt", "title", "aria-label", "aria-description", "placeholder", "content", "summary"}
QUIET = {"style", "script"}
#: The same in both languages, or each in its own on purpose.
NAMES = {
    "Maillage",
    "EN",
    "FR",
    "English",
    "Français",
    "EN, English version",
    "FR, version française",
    "NEQ",
    "GET",
}
FRENCH_MARKS = re.compile(r"[«»]|[ \u00a0]:")  # English quotes and colons differ
WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
TECHNICAL = re.compile(
    r"width=device-width|NONE,NOARCHIVE|includeIndicatorStyles|^(light|no-referrer|same-origin|noindex)\b"
)
MARK = "\ue000"  # stands where a tag or a variable stood
GONE = re.compile(
    r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|{%\s*block (?:body|columns_)class.*?endblock[^%]*%}"
    r"|{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%.*?%}|{{.*?}}",
    re.DOTALL,
)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quiet += tag in QUIET
        self.said += [value for name, value in attrs if name in SAID_IN and value]
        given = dict(attrs)
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.said.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in QUIET

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.said.append(data)


def _plain(tag: str) -> str:
    """A start tag that a parser can read: a mark inside a value stays, one between attributes is a space."""
    return re.sub(rf'("[^"]*")|{MARK}', lambda part: part[1] or " ", tag)


def literals(source: str) -> list[str]:
    """The words of a template that stand outside any translation."""
    reader = _Reader()
    marked = GONE.sub(MARK, source)
    reader.feed(re.sub(r"<[a-zA-Z/][^>]*>", lambda tag: _plain(tag[0]), marked))
    found = []
    for text in reader.said:
        for part in text.split(MARK):
            part = part.strip(" \n\t|,.;()·–/")
            if FRENCH_MARKS.search(part) or (
                WORD.search(part) and part not in NAMES and not TECHNICAL.search(part)
            ):
                found.append(part)
    return found

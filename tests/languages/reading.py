"""What a page in English says in French without saying that it is French."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser

from marketplace.web import catalogues
from tests.web.clean import VOID

SAID_IN = ("alt", "title", "aria-label", "placeholder", "label", "summary")
QUIET = {"script", "style", "textarea"}  # what stands in a box to write in was typed by someone
#: Words that French sentences are made of and English ones are not. « on », « or », « an »… are words of both.
FRENCH_WORDS = re.compile(
    r"(?<![\w’'-])(?:le|la|les|des|du|une|est|et|pour|avec|dans|sur|vous|votre|vos|nous|notre|cette|ces|aux|au|qui|que"
    r"|par|être|sont|ne|où|ou|à|elle|il|ils|son|sa|ses|leur|mais|aucun|aucune|tout|toute|toutes|tous|entreprise|fiche"
    r"|avis|acheteur|fournisseur|courriel|offres?|ouvert|clôture|publié|modifié|ajouter|enregistrer|supprimer|rechercher)"
    r"(?![\w’'-])|\b(?:d|l|qu|n|s|j)’[a-zéèêàô]",
    re.IGNORECASE,
)
#: Proper nouns and titles that stay French in an English sentence.
PROPER = re.compile(
    r"Commission d’accès à l’information(?: du Québec)?|Aliments du Québec|ICI on recycle|L’économie sociale : j’achète",
)


ADDRESS = re.compile(r"\S+@\S+|https?://\S+|\b\d+, (?:rue|avenue|boul\.|chemin|route|rang)\b.*")


@dataclass(frozen=True)
class Said:
    """A piece of text as one element says it, and the language that it says it is in."""

    text: str
    language: str
    where: str


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[Said] = []
        self._open: list[tuple[str, str]] = [("", "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or self._open[-1][1]
        for name in SAID_IN:
            self._say(given.get(name), language, f"<{tag} {name}>")
        if tag == "input" and given.get("type") in ("submit", "button"):
            self._say(given.get("value"), language, f"<{tag} value>")
        if tag == "meta" and given.get("name") == "description":
            self._say(given.get("content"), language, "<meta description>")
        if tag not in VOID:
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _language in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        tag, language = self._open[-1]
        if tag not in QUIET:
            self._say(data, language, f"<{tag}>")

    def _say(self, text: str | None, language: str, where: str) -> None:
        if text and (whole := " ".join(text.replace("\u00a0", " ").split())):
            self.said.append(Said(whole, language, where))


def said(html: str) -> list[Said]:
    page = _Page()
    page.feed(html)
    return page.said


@cache
def _sentences() -> tuple[frozenset[str], tuple[re.Pattern[str], ...], frozenset[str]]:
    """Our French: whole, with places to fill as patterns; and all that our English says."""
    whole, patterns, english = set(), [], set()
    for message in catalogues.load("en"):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        english |= {" ".join(text.replace("\u00a0", " ").split()) for text in strings if text}
        for text in ids:
            if text in strings or text.endswith("/"):
                continue
            plain = " ".join(text.replace("\u00a0", " ").split())
            if "%(" not in plain:
                whole.add(plain)
            elif len(re.findall(r"[a-zà-ÿ]{3,}", re.sub(r"%\(\w+\)\w", "", plain))) > 1:
                pieces = (re.escape(piece) for piece in re.split(r"%\(\w+\)[a-z]", plain))
                patterns.append(re.compile(".*?".join(pieces)))
    return frozenset(whole), tuple(patterns), frozenset(english)


def french_left(html: str, *, names: Collection[str] = (), rows: Collection[str] = ()) -> list[str]:
    """What an English page says in French and does not mark as such. `names` are proper nouns, which stay as they are.

    `rows` are words of the database: a title or a description of the page may hold them, and cannot mark a part of itself.
    """
    english = _sentences()[2]
    everywhere = frozenset(names)
    in_heads = everywhere | frozenset(rows)
    found = []
    for piece in said(html):
        if piece.language.startswith("en") and piece.text not in english:
            unmarked = in_heads if piece.where in ("<title>", "<meta description>") else everywhere
            if _is_french(piece.text, unmarked):
                found.append(f"{piece.where} {piece.text[:140]}")
    return list(dict.fromkeys(found))


@cache  # most of a page stands on every page
def _is_french(text: str, unmarked: frozenset[str]) -> bool:
    whole, patterns, _english = _sentences()
    left = PROPER.sub("", ADDRESS.sub("", text))
    for name in _longest_first(unmarked):
        left = left.replace(name, "")
    return (
        " ".join(left.split()) in whole
        or bool(FRENCH_WORDS.search(left))
        or (bool(left.strip()) and any(pattern.fullmatch(text) for pattern in patterns))
    )


@cache
def _longest_first(names: frozenset[str]) -> tuple[str, ...]:
    """The whole before its parts."""
    return tuple(sorted((name for name in names if len(name) > 2), key=len, reverse=True))

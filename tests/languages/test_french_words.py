"""Words that docs/french.md sets aside appear in no French message, nor in what we say for libraries."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from marketplace.web import catalogues, library_texts

PAGE = Path(settings.BASE_DIR) / "docs" / "french.md"
#: An address is translated like a sentence, and keeps its word when the words of the page change.
ADDRESS = re.compile(r"[\w:<>./-]+/")


def avoided() -> list[str]:
    """The « Pas » column, the last of each table of the page."""
    words, reading = [], False
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        reading = bool(cells) and (reading or cells[-1] == "Pas")
        if reading and cells[-1] != "Pas" and not cells[-1].startswith("---"):
            words += [word.strip() for word in cells[-1].split(",") if word.strip()]
    return words


AVOIDED = re.compile(
    r"(?<![\w’-])(" + "|".join(re.escape(word).replace(r"\ ", r"\s") for word in avoided()) + r")(?![\w-])",
    re.IGNORECASE,
)


PLACE = re.compile(r"%\(\w+\)[sd]")


def sentences() -> set[str]:
    said: set[str] = set()
    for message in catalogues.load("en"):
        said.update(message.id if isinstance(message.id, tuple) else (message.id,))
    said -= {form for text in library_texts.LIBRARY_TEXTS for form in _forms(text.theirs)}
    said.update(form for text in library_texts.LIBRARY_TEXTS for form in _forms(text.french))
    return {text for text in said if text and not ADDRESS.fullmatch(text)}


def _forms(text: str | tuple[str, str]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def test_page_of_words_is_read():
    assert len(avoided()) > 50
    assert {"opportunité", "cookies", "met en face de"} <= set(avoided())


def test_words_set_aside_are_not_said():
    found = {text: words for text in sentences() if (words := AVOIDED.findall(PLACE.sub("x", text)))}
    assert not found, "docs/french.md says what to write instead"


#: A name of an organisation has neither gender nor first letter for whoever writes the sentence.
NAME = r"%\((?:name|organisation|supplier|buyer|enterprise|event|pole|pole_name|inviter|who)\)s"
CLUMSY = {
    "« de » may have to be « d’ »": re.compile(rf"\b(?:de|du|que|jusque|lorsque) {NAME}"),
    "« à » may have to be « au »": re.compile(r"\bà %\((?:place|town)\)s"),
    "it agrees with a name": re.compile(
        rf"(?:^|[.:;]\s){NAME}\s(?:est|sera|était) (?:\w+ée?|inscrite?|absente?)\b"
    ),
}
#: Where the name is known to need nothing, and why.
KNOWN = {"à %(place)s": "`in_town`, which writes « au » and « aux » itself"}


def test_sentences_hold_for_any_name():
    found = {
        text: why
        for text in sentences() - set(KNOWN)
        for why, fault in CLUMSY.items()
        if fault.search(text.replace("\u00a0", " "))
    }
    assert not found


@pytest.mark.parametrize("bad", ["de %(name)s", "%(name)s est inscrite", "Livré à %(place)s"])
def test_clumsy_sentence_would_be_seen(bad):
    assert any(fault.search(bad) for fault in CLUMSY.values())

"""Message catalogues without gettext's binaries: Django's own template reader, Babel's extractor and .po files.

French is the language of the message ids, so its catalogue holds only what an id cannot say by itself: plurals, what
Django or a library would translate otherwise, and what we reword of theirs. A file says no places: those are found
by searching, and would change with every file that moves.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

from marketplace.web.library_texts import LIBRARY_TEXTS

#: The names that the code calls Django's functions by; `lazy` stands beside a `_` that is not.
KEYWORDS = {
    "_": None,
    "lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PACKAGES = ("marketplace", "suppliers", "buyers", "cohorts")
Found = tuple[int, str | tuple[str, ...], list[str], str | None]


def sources() -> Iterator[tuple[Path, str]]:
    """Every file that may hold strings, as (path under the checkout, Python text to read them from)."""
    root = Path(settings.BASE_DIR)
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if not {"migrations", "devtools"} & set(path.parts):
                yield path.relative_to(root), path.read_text(encoding="utf-8")
    folders = [root / "templates", *(root.glob("*/templates")), *(root.glob("*/*/templates"))]
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in {".html", ".txt", ".xml", ".svg"}):
            text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            # What was markup is now X's; without its indentation Python's tokenizer reads the rest.
            yield path.relative_to(root), "\n".join(line.lstrip() for line in text.splitlines())


def gather() -> Catalog:
    """Every translatable string of the checkout with where it stands. Raises SyntaxError on a file it cannot read."""
    catalog = Catalog(domain="django", project="Maillage", charset="utf-8", fuzzy=False)
    for path, text in sources():
        found: Iterator[Found] = extract("python", io.BytesIO(text.encode()), KEYWORDS, ["Translators:"])
        for line, message, comments, context in found:
            catalog.add(message, None, [(path.as_posix(), line)], auto_comments=comments, context=context)
    for sentence in LIBRARY_TEXTS:
        catalog.add(sentence.theirs, None, [("marketplace/web/library_texts.py", 1)])
    return catalog


def path_of(language: str) -> Path:
    return Path(settings.BASE_DIR) / "locale" / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    """The catalogue of a language as it stands; an empty one where there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, domain="django", project="Maillage", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def refreshed(language: str) -> Catalog:
    """The catalogue of a language brought up to date. French says what the code says, with its own plural rule.

    What Django and allauth say is written in both languages: see `borrowed`.
    """
    catalog = load(language)
    catalog.update(gather(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    if language == "fr":
        borrowed = said_in_french_by_libraries()
        for message in [message for message in catalog if message.id]:
            if isinstance(message.id, str) and message.id not in borrowed:
                catalog.delete(message.id, context=message.context)
            else:
                message.string = message.id
    for sentence in LIBRARY_TEXTS:
        catalog[sentence.theirs].string = sentence.french if language == "fr" else sentence.in_english
    return catalog


@cache
def said_in_french_by_libraries() -> frozenset[str]:
    """The ids that Django and the installed apps have a French sentence for: without an entry of ours theirs shows."""
    folders = [Path(django.__file__).parent / "conf" / "locale"]
    folders += [Path(config.path) / "locale" for config in apps.get_app_configs()]
    found: set[str] = set()
    for path in (folder / "fr" / "LC_MESSAGES" / "django.mo" for folder in folders):
        if path.exists():
            with path.open("rb") as file:
                found.update(m.id for m in read_mo(file) if m.id and isinstance(m.id, str))
    return frozenset(found)


#: Lines of a catalogue's header that say when and with what it was written: they would change at every run.
DATED = tuple(
    f'"{name}:'.encode()
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Report-Msgid-Bugs-To",
        "Generated-By",
    )
)


def save(catalog: Catalog, language: str) -> None:
    """Write a catalogue; the same strings make the same bytes, whenever and with whatever Babel."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.header_comment = "# Maillage. Made by `manage messages`; see « To translate » in CONTRIBUTING."
    catalog.version = "1"
    written = io.BytesIO()
    write_po(written, catalog, width=100, sort_output=True, no_location=True, ignore_obsolete=True)
    lines = written.getvalue().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if not line.startswith(DATED)))


def untranslated(catalog: Catalog) -> list[str]:
    """The ids that have no translation, or a doubtful one."""
    missing = []
    for message in catalog:
        strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id and (message.fuzzy or not all(strings)):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing

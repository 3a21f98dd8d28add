"""Office files as they are kept: no program, nothing fetched from elsewhere, no other file inside.

What is refused says to save the document as a PDF: taking an office file apart and writing it anew would lose more.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from marketplace.web.errors import Refused
from marketplace.web.private_files.kinds import DOCX, ODP, ODS, ODT, PPTX, XLSX, Kind

MOST_ENTRIES = 3_000
MOST_UNPACKED = 120 * 1024 * 1024  # bytes, all entries together
MOST_MARKUP = 30 * 1024 * 1024  # bytes of the parts that are read word by word
_MAIN_PARTS = {
    "wordprocessingml.document.main+xml": DOCX,
    "spreadsheetml.sheet.main+xml": XLSX,
    "presentationml.presentation.main+xml": PPTX,
}
_OPEN_TYPES = {kind.content_type: kind for kind in (ODT, ODS, ODP)}
_PROGRAMS = re.compile(r"vbaProject|vbaData|macrosheets/|activeX/|^Basic/|^Scripts/", re.IGNORECASE)
_PROGRAM_TYPES = re.compile(r"macroEnabled|vbaProject|vbaData|macrosheet|activeX", re.IGNORECASE)
#: Parts that fetch data, or hold what another program opens.
_OUTSIDE_PARTS = re.compile(
    r"(^|/)(externalLinks|connections\.xml|queryTables|embeddings/(?!.*\.(docx|xlsx|pptx)$)|ObjectReplacements/)",
    re.IGNORECASE,
)
_OUTSIDE_TYPES = re.compile(
    r"/(attachedTemplate|oleObject|externalLink\w*|aFChunk|frame|subDocument|control|connections|queryTable|xlExternal\w*"
    r"|extensibility|mailMerge\w*|webextension\w*)$",
    re.IGNORECASE,
)
_PARTS_WITH_FIELDS = re.compile(r"^word/.*\.xml$", re.IGNORECASE)
_PARTS_WITH_FORMULAS = re.compile(r"^xl/.*\.xml$", re.IGNORECASE)
#: Fields of Word that fetch a file, start a program or hide which field they are.
_FIELDS = re.compile(
    r"^\W*(DDE|DDEAUTO|LINK|IMPORT|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|DATABASE|MACROBUTTON|RD|EMBED)\b",
    re.IGNORECASE,
)
#: Formulas that start a program, fetch something, or read another file where it lies.
_FETCHING_FORMULA = re.compile(
    r"\b\w+\|('[^']*'|[\w.]+)!|\b(WEBSERVICE|RTD|IMAGE|DDE)\s*\(|^msoxl:|'\s*(file:|https?:|ftp:|\\\\|[a-z]:\\)",
    re.IGNORECASE,
)
#: What a click, or passing over, does in a slide besides leading somewhere.
_SLIDE_ACTION = re.compile(r"\s*ppaction://(program|macro|ole)", re.IGNORECASE)
_PARTS_OF_SLIDES = re.compile(r"^ppt/.*\.xml$", re.IGNORECASE)
_PROGRAM_FILE = re.compile(
    r"\.(exe|com|bat|cmd|ps1|vbs?|vbe|jse?|wsf|hta|scr|msi|lnk|jar|py|sh|dll|cpl|reg|url|app|pif)(\W|%20|$)",
    re.IGNORECASE,
)
_OPEN_ELEMENTS = re.compile(
    r"(dde-|object-ole$|plugin$|applet$|floating-frame$|event-listener$|cell-range-source$|table-source$|section-source$"
    r"|database-(row-select|source-\w+)$|connection-resource$)"
)
_ELSEWHERE = re.compile(r"\s*([a-z][a-z0-9+.-]+:|//|\\\\)", re.IGNORECASE)
_WEB = re.compile(r"\s*(https?://|mailto:|tel:)", re.IGNORECASE)


def check_office_file(content: IO[bytes], *, is_inside: bool = False) -> Kind | None:
    """The kind of an office file, every entry unpacked once; None where the archive is something else.

    `is_inside`: the workbook of a chart, within a document; nothing more may be in it.
    """
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            names = _entries(archive)
            if (kind := _open_kind(archive, names)) is not None:
                _refuse_programs(names)
                _refuse_outside_of_open(archive, names)
            elif (kind := _microsoft_kind(archive, names)) is not None:
                _refuse_programs(names)
                _refuse_outside(archive, names, is_inside=is_inside)
            if kind is not None:
                _unpack_entries(archive)
            return kind
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, UnicodeError,
        ParseError, DefusedXmlException, LookupError,
    ) as fault:  # fmt: skip
        raise Refused(
            _("Ce document est abîmé ou protégé par un mot de passe. Enregistrez-en une copie sans mot de passe, ou un PDF.")
        ) from fault  # fmt: skip


def _entries(archive: zipfile.ZipFile) -> list[str]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _too_much()
    # Two entries of one name, or one that climbs out of the folder: two programs would read two documents.
    if len({name.lower() for name in names}) != len(names) or any(_climbs(name) for name in names):
        raise zipfile.BadZipFile
    return names


def _climbs(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]


def _microsoft_kind(archive: zipfile.ZipFile, names: list[str]) -> Kind | None:
    if "[Content_Types].xml" not in names:
        return None
    types = [
        str(element.get("ContentType") or "") for element in _elements(archive, "[Content_Types].xml", [0])
    ]
    if any(_PROGRAM_TYPES.search(one) for one in types):
        raise _program()
    return next((kind for mark, kind in _MAIN_PARTS.items() if any(mark in one for one in types)), None)


def _open_kind(archive: zipfile.ZipFile, names: list[str]) -> Kind | None:
    if names[:1] != ["mimetype"] or "content.xml" not in names:
        return None
    return _OPEN_TYPES.get(_read_entry(archive, "mimetype").decode("ascii", "replace").strip())


def _refuse_programs(names: list[str]) -> None:
    if any(_PROGRAMS.search(name) for name in names):
        raise _program()


def _refuse_outside(archive: zipfile.ZipFile, names: list[str], *, is_inside: bool) -> None:
    """Word, Excel, PowerPoint: relations that leave the file, fields and formulas that fetch, files inside."""
    read = [0]
    for name in names:
        lower = name.lower()
        if _OUTSIDE_PARTS.search(name) or (is_inside and "embeddings/" in lower and not name.endswith("/")):
            raise _outside()
        if lower.endswith(".rels"):
            for relation in _elements(archive, name, read):
                if _fetches(relation):
                    raise _outside()
        elif "embeddings/" in lower and not name.endswith("/"):
            if check_office_file(io.BytesIO(_read_entry(archive, name)), is_inside=True) is None:
                raise _outside()
        elif _PARTS_WITH_FIELDS.match(name):
            if any(_FIELDS.match(code) for code in _field_codes(archive, name, read)):
                raise _outside()
        elif _PARTS_WITH_FORMULAS.match(name):
            for element in _elements(archive, name, read):
                if _local(element) in _FORMULAS and _FETCHING_FORMULA.search(element.text or ""):
                    raise _outside()
        elif _PARTS_OF_SLIDES.match(name):
            for element in _elements(archive, name, read):
                if _SLIDE_ACTION.match(_attribute(element, "action")):
                    raise _program()


_FORMULAS = frozenset({"f", "definedName", "formula", "formula1", "formula2"})


def _fetches(relation: Any) -> bool:
    """Anything but a link that a reader presses leads out of the file, or brings something else in."""
    sort, target = str(relation.get("Type") or ""), str(relation.get("Target") or "")
    if _OUTSIDE_TYPES.search(sort):
        return True
    if str(relation.get("TargetMode") or "").strip().lower() != "external":
        return bool(_ELSEWHERE.match(target))
    return not sort.lower().endswith("/hyperlink") or not _may_lead_to(target)


def _may_lead_to(target: str) -> bool:
    """A link to press: the web, an address, a place or a neighbour of this document."""
    if _WEB.match(target):
        return True
    return not (_ELSEWHERE.match(target) or _PROGRAM_FILE.search(target))


def _field_codes(archive: zipfile.ZipFile, name: str, read: list[int]) -> Iterator[str]:
    """What each field of a part of Word says, put together where it is cut into pieces.

    A field inside the code of another can write that code letter by letter: it is given as « LINK », which is refused.
    """
    codes: list[str] = []
    for element in _elements(archive, name, read):
        local = _local(element)
        if local == "fldSimple":
            yield _attribute(element, "instr")
        elif local == "fldChar":
            sort = _attribute(element, "fldCharType")
            if sort == "begin":
                codes.append("")
            elif sort in ("separate", "end") and codes:
                yield codes[-1]
                if sort == "end":
                    codes.pop()
        elif local == "instrText" and codes:
            codes[-1] += element.text or ""
            if "QUOTE" in codes[-1].upper() and len(codes) > 1:
                yield "LINK"


def _refuse_outside_of_open(archive: zipfile.ZipFile, names: list[str]) -> None:
    """OpenDocument: what is fetched, exchanged with another program, embedded, or bound to an event."""
    read = [0]
    for name in names:
        if _OUTSIDE_PARTS.search(name) and not name.startswith("ObjectReplacements/"):
            raise _outside()
        if not name.lower().endswith((".xml", ".rdf")):
            continue
        for element in _elements(archive, name, read):
            local = _local(element)
            if local == "encryption-data":
                raise zipfile.BadZipFile
            if local in ("script", "event-listener"):
                raise _program()
            href = next((value for key, value in element.attrib.items() if key.endswith("}href")), "")
            is_pressed = local == "a" and _may_lead_to(href)
            is_own_template = local == "template" and href.lower().startswith("file:///")  # where it was made
            if _OPEN_ELEMENTS.search(local):
                raise _outside()
            if _ELSEWHERE.match(href) and not is_pressed and not is_own_template:
                raise _outside()
            if any(_FETCHING_FORMULA.search(v) for k, v in element.attrib.items() if k.endswith("}formula")):
                raise _outside()


def _elements(archive: zipfile.ZipFile, name: str, read: list[int]) -> Iterator[Any]:
    """The elements of a part in the order of their ends, each let go once it was looked at. `read` sums the bytes."""
    read[0] += archive.getinfo(name).file_size
    if read[0] > MOST_MARKUP:
        raise _too_much()
    with archive.open(name) as part:
        for _event, element in iterparse(part, events=("end",)):
            yield element
            element.clear()


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: Any, local: str) -> str:
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == local), "")


def _read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        content = entry.read(MOST_EMBEDDED + 1)
    if len(content) > MOST_EMBEDDED:
        raise _too_much()
    return content


MOST_EMBEDDED = 10 * 1024 * 1024  # bytes: the workbook of a chart


def _unpack_entries(archive: zipfile.ZipFile) -> None:
    """Read every entry to its end: the sizes that the archive announces may lie."""
    total = 0
    for info in archive.infolist():
        with archive.open(info) as entry:
            while piece := entry.read(256 * 1024):
                total += len(piece)
                if total > MOST_UNPACKED:
                    raise _too_much()


def _program() -> Refused:
    return Refused(_("Ce document contient des macros. Enregistrez-en une copie sans macros, ou un PDF."))


def _outside() -> Refused:
    return Refused(
        _("Ce document va chercher des données ailleurs, ou contient un autre fichier. Imprimez-le en PDF, puis déposez le PDF.")
    )  # fmt: skip


def _too_much() -> Refused:
    return Refused(
        _(
            "Une fois ouvert, ce document serait beaucoup trop gros. Enregistrez-le en PDF, puis déposez le PDF."
        )
    )

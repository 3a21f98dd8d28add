"""PDF and office files: taken as they are once they prove to be what they say, and hold no program and no bomb."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import IO

from django.utils.translation import gettext as _

from marketplace.web.errors import Refused
from marketplace.web.private_files.kinds import DOCX, ODP, ODS, ODT, PDF, PPTX, XLSX, Kind

MOST_ENTRIES = 3_000
MOST_UNPACKED = 120 * 1024 * 1024  # bytes, all entries together
_AFTER_END = 1_024  # bytes that some programs leave after a PDF's end
_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
    b"presentationml.presentation.main+xml": PPTX,
}
_OPEN_TYPES = {kind.content_type: kind for kind in (ODT, ODS, ODP)}
_PROGRAMS = re.compile(r"vbaProject|vbaData|macrosheets/|activeX/|^Basic/|^Scripts/", re.IGNORECASE)


def pdf(content: IO[bytes]) -> Kind:
    """A whole PDF and nothing after it. One locked against changes is taken: official extracts often are."""
    content.seek(0)
    head = content.read(1024)
    size = content.seek(0, 2)
    content.seek(max(0, size - 4_096))
    tail = content.read().rstrip(b"\x00\r\n\t ")
    end = tail.rfind(b"%%EOF")
    if (
        not re.match(rb"%PDF-[12]\.\d", head)
        or end < 0
        or len(tail) - end > _AFTER_END
        or b"startxref" not in tail
    ):
        raise Refused(
            _("Ce PDF est incomplet ou abîmé. Ouvrez-le, enregistrez-le de nouveau, puis déposez-le.")
        )
    return PDF


def office(content: IO[bytes]) -> Kind | None:
    """The kind of an office file, every entry unpacked once; None where the archive is something else."""
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            names = _entries(archive)
            kind = _open_kind(archive, names) or _microsoft_kind(archive, names)
            if kind is not None:
                _refuse_programs(archive, names)
                _unpack(archive)
            return kind
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, UnicodeError,
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
    if len(set(names)) != len(names) or any(_climbs(name) for name in names):
        raise zipfile.BadZipFile
    return names


def _climbs(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]


def _microsoft_kind(archive: zipfile.ZipFile, names: list[str]) -> Kind | None:
    if "[Content_Types].xml" not in names:
        return None
    types = _read(archive, "[Content_Types].xml")
    if b"macroEnabled" in types:
        raise _program()
    return next((kind for mark, kind in _MAIN_PARTS.items() if mark in types), None)


def _open_kind(archive: zipfile.ZipFile, names: list[str]) -> Kind | None:
    if names[:1] != ["mimetype"] or "content.xml" not in names:
        return None
    return _OPEN_TYPES.get(_read(archive, "mimetype").decode("ascii", "replace").strip())


def _refuse_programs(archive: zipfile.ZipFile, names: list[str]) -> None:
    if any(_PROGRAMS.search(name) for name in names):
        raise _program()


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        return entry.read(1024 * 1024)


def _unpack(archive: zipfile.ZipFile) -> None:
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


def _too_much() -> Refused:
    return Refused(
        _(
            "Une fois ouvert, ce document serait beaucoup trop gros. Enregistrez-le en PDF, puis déposez le PDF."
        )
    )

"""What may come in, read from the content: kinds, sizes, office files without programs, images drawn again.

Names and browsers are not asked. docs/adr/0006 says why.
"""

from __future__ import annotations

import hashlib
import re
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any, Literal

from django.core.files import File
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from PIL import Image, ImageOps

from marketplace.web.errors import Refused

Family = Literal["pdf", "image", "ooxml", "odf"]


@dataclass(frozen=True)
class Kind:
    """`extensions`: the first is given where the file's own is another."""

    family: Family
    content_type: str
    extensions: tuple[str, ...]
    label: str | Promise


PDF = Kind("pdf", "application/pdf", ("pdf",), lazy("PDF"))
JPEG = Kind("image", "image/jpeg", ("jpg", "jpeg"), lazy("image JPEG"))
PNG = Kind("image", "image/png", ("png",), lazy("image PNG"))
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = Kind("ooxml", f"{_OFFICE}wordprocessingml.document", ("docx",), lazy("document Word"))
XLSX = Kind("ooxml", f"{_OFFICE}spreadsheetml.sheet", ("xlsx",), lazy("classeur Excel"))
PPTX = Kind("ooxml", f"{_OFFICE}presentationml.presentation", ("pptx",), lazy("présentation PowerPoint"))
_OPEN = "application/vnd.oasis.opendocument."
ODT = Kind("odf", f"{_OPEN}text", ("odt",), lazy("texte OpenDocument"))
ODS = Kind("odf", f"{_OPEN}spreadsheet", ("ods",), lazy("classeur OpenDocument"))
ODP = Kind("odf", f"{_OPEN}presentation", ("odp",), lazy("présentation OpenDocument"))

#: What is kept. WebP comes in too, and is kept as JPEG or PNG.
KINDS = (PDF, JPEG, PNG, DOCX, XLSX, PPTX, ODT, ODS, ODP)
#: For the file chooser: it only helps the person, the content decides.
ACCEPTED = ",".join(f".{extension}" for kind in KINDS for extension in kind.extensions) + ",.webp"


LONGEST_NAME = 120  # characters
# Separators of every system, and what Windows refuses in a name.
_UNSAFE = re.compile(r'[\\/:*?"<>|]+')
# A right-to-left mark can make « exe.pdf » look like « fdp.exe »; control and private characters have no place either.
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def clean_file_name(name: str, kind: Kind, otherwise: str) -> str:
    """`name` in one line, at most 120 characters, with an extension that tells the truth."""
    text = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    text = "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE)
    text = " ".join(_UNSAFE.sub("_", text).split()).strip(". ")
    path = PurePosixPath(text) if text else PurePosixPath(otherwise)
    extension = path.suffix.lstrip(".").lower()
    if extension in kind.extensions:
        stem = path.stem
    else:
        # « budget 2.0 » keeps its figure; « photo.webp », kept as JPEG, and « rapport.exe » lose theirs.
        is_extension = 2 <= len(extension) <= 5 and extension.isalnum() and not extension.isdigit()
        stem = path.stem if is_extension else path.name
        extension = kind.extensions[0]
    stem = stem.strip(". ") or otherwise
    return f"{stem[: LONGEST_NAME - len(extension) - 1].rstrip('. ')}.{extension}"


READ_FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000  # a phone's photo has 12 to 50 million; a JPEG is read smaller than it is
MOST_PIXELS_JPEG = 120_000_000
LONGEST_SIDE = 3_600  # a letter page at 300 dots an inch
# What Pillow lets through when a file lies.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    struct.error,
    zlib.error,
    EOFError,
)


def redraw_image(content: IO[bytes]) -> tuple[Kind, IO[bytes]]:
    """The first frame upright, without metadata, as JPEG, or PNG where it has transparency or was PNG."""
    try:
        with Image.open(content, formats=READ_FORMATS) as source:
            _refuse_too_large(source)
            if source.format == "JPEG":  # the decoder itself halves: memory stays small
                source.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
            transparent = source.has_transparency_data
            kind = PNG if source.format == "PNG" or transparent else JPEG
            clean = ImageOps.exif_transpose(source).convert("RGBA" if transparent else "RGB")
            clean.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_large() from bomb
    except _BROKEN as fault:
        raise Refused(_("Cette image est abîmée ou incomplète. Ouvrez-la, enregistrez-la de nouveau, puis déposez-la.")) from fault  # fmt: skip
    clean.info.clear()  # comments, colour profiles and texts would follow otherwise
    drawn: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=2_500_000)  # noqa: SIM115 - handed on
    if kind is JPEG:
        clean.save(drawn, "JPEG", quality=85, optimize=True)
    else:
        clean.save(drawn, "PNG", compress_level=6)
    return kind, drawn


def _refuse_too_large(source: Image.Image) -> None:
    width, height = source.size
    if width * height > (MOST_PIXELS_JPEG if source.format == "JPEG" else MOST_PIXELS):
        raise _too_large()


def _too_large() -> Refused:
    return Refused(
        _("Cette image a trop de pixels pour être lue. Enregistrez-la plus petite, puis déposez-la.")
    )


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


def check_pdf(content: IO[bytes]) -> Kind:
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


def check_office_file(content: IO[bytes]) -> Kind | None:
    """The kind of an office file, every entry unpacked once; None where the archive is something else."""
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            names = _entries(archive)
            kind = _open_kind(archive, names) or _microsoft_kind(archive, names)
            if kind is not None:
                _refuse_programs(archive, names)
                _unpack_entries(archive)
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
    types = _read_entry(archive, "[Content_Types].xml")
    if b"macroEnabled" in types:
        raise _program()
    return next((kind for mark, kind in _MAIN_PARTS.items() if mark in types), None)


def _open_kind(archive: zipfile.ZipFile, names: list[str]) -> Kind | None:
    if names[:1] != ["mimetype"] or "content.xml" not in names:
        return None
    return _OPEN_TYPES.get(_read_entry(archive, "mimetype").decode("ascii", "replace").strip())


def _refuse_programs(archive: zipfile.ZipFile, names: list[str]) -> None:
    if any(_PROGRAMS.search(name) for name in names):
        raise _program()


def _read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        return entry.read(1024 * 1024)


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


def _too_much() -> Refused:
    return Refused(
        _(
            "Une fois ouvert, ce document serait beaucoup trop gros. Enregistrez-le en PDF, puis déposez le PDF."
        )
    )


MAX_BYTES = 10 * 1024 * 1024
_PIECE = 256 * 1024


@dataclass(frozen=True)
class Checked:
    """Ready to be kept: `content` stands at its start."""

    name: str
    kind: Kind
    content: IO[bytes]
    size: int
    sha256: str


def check_upload(upload: File[Any]) -> Checked:
    """Read an upload once and say what it is. Raises `Refused` with the sentence for the person."""
    content = _copy_counted(upload)
    kind, content = _recognise_kind(content)
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while piece := content.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    content.seek(0)
    name = clean_file_name(upload.name or "", kind, _("piece"))
    return Checked(name=name, kind=kind, content=content, size=size, sha256=digest.hexdigest())


def _copy_counted(upload: File[Any]) -> IO[bytes]:
    """The bytes as they come, counted: what the browser announced is not believed."""
    copy: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=2_500_000)  # noqa: SIM115 - handed on
    size = 0
    upload.seek(0)
    while piece := upload.read(_PIECE):
        size += len(piece)
        if size > MAX_BYTES:
            raise heavy_file_refusal(max(size, upload.size or 0))
        copy.write(piece)
    if not size:
        raise Refused(_("Ce fichier est vide. Vérifiez-le, puis déposez-le de nouveau."))
    copy.seek(0)
    return copy


def _recognise_kind(content: IO[bytes]) -> tuple[Kind, IO[bytes]]:
    head = content.read(16)
    content.seek(0)
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    if is_webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return redraw_image(content)
    if head.startswith(b"%PDF-"):
        return check_pdf(content), content
    if head.startswith(b"PK\x03\x04") and (kind := check_office_file(content)) is not None:
        return kind, content
    raise Refused(_("Ce type de fichier n’est pas accepté. Déposez un PDF, une photo (JPEG, PNG, WebP) ou un document Word, Excel, PowerPoint ou OpenDocument sans macros."))  # fmt: skip


def heavy_file_refusal(size: int) -> Refused:
    return Refused(
        _("Ce fichier pèse %(size)s Mo; la limite est de %(limit)s Mo. Déposez-en un plus léger.")
        % {"size": format_megabytes(size), "limit": MAX_BYTES // 1024**2}
    )


def format_megabytes(size: int) -> str:
    """Rounded up to a tenth, in the reader's figures: what is over the limit never reads as the limit."""
    return number_format(-(-size * 10 // 1024**2) / 10, 1)

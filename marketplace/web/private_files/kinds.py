"""The kinds of file that are kept, and the name that a file is kept under."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

Family = Literal["pdf", "image", "ooxml", "odf", "table"]


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
WEBP = Kind(
    "image", "image/webp", ("webp",), lazy("image WebP")
)  # only as we draw it ourselves, for the public
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = Kind("ooxml", f"{_OFFICE}wordprocessingml.document", ("docx",), lazy("document Word"))
XLSX = Kind("ooxml", f"{_OFFICE}spreadsheetml.sheet", ("xlsx",), lazy("classeur Excel"))
PPTX = Kind("ooxml", f"{_OFFICE}presentationml.presentation", ("pptx",), lazy("présentation PowerPoint"))
_OPEN = "application/vnd.oasis.opendocument."
ODT = Kind("odf", f"{_OPEN}text", ("odt",), lazy("texte OpenDocument"))
ODS = Kind("odf", f"{_OPEN}spreadsheet", ("ods",), lazy("classeur OpenDocument"))
ODP = Kind("odf", f"{_OPEN}presentation", ("odp",), lazy("présentation OpenDocument"))

CSV = Kind(
    "table", "text/csv", ("csv", "txt", "tsv"), lazy("tableau CSV")
)  # only where a table is asked for: it is read, never given back

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

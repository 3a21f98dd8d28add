"""What may come in, in one table. The type is what the content says; names and browsers are not asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Family = Literal["pdf", "image", "ooxml", "odf"]


@dataclass(frozen=True)
class Kind:
    """`extensions`: the first is given where the file's own is another."""

    family: Family
    content_type: str
    extensions: tuple[str, ...]
    label: str | Promise


PDF = Kind("pdf", "application/pdf", ("pdf",), _("PDF"))
JPEG = Kind("image", "image/jpeg", ("jpg", "jpeg"), _("image JPEG"))
PNG = Kind("image", "image/png", ("png",), _("image PNG"))
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = Kind("ooxml", f"{_OFFICE}wordprocessingml.document", ("docx",), _("document Word"))
XLSX = Kind("ooxml", f"{_OFFICE}spreadsheetml.sheet", ("xlsx",), _("classeur Excel"))
PPTX = Kind("ooxml", f"{_OFFICE}presentationml.presentation", ("pptx",), _("présentation PowerPoint"))
_OPEN = "application/vnd.oasis.opendocument."
ODT = Kind("odf", f"{_OPEN}text", ("odt",), _("texte OpenDocument"))
ODS = Kind("odf", f"{_OPEN}spreadsheet", ("ods",), _("classeur OpenDocument"))
ODP = Kind("odf", f"{_OPEN}presentation", ("odp",), _("présentation OpenDocument"))

#: What is kept. WebP comes in too, and is kept as JPEG or PNG.
KINDS = (PDF, JPEG, PNG, DOCX, XLSX, PPTX, ODT, ODS, ODP)
#: For the file chooser: it only helps the person, the content decides.
ACCEPTED = ",".join(f".{extension}" for kind in KINDS for extension in kind.extensions) + ",.webp"

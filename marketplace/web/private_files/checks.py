"""What may come in, read from the content: kinds, sizes, images drawn again, documents that do nothing by themselves.

Names and browsers are not asked. docs/adr/0006 says why.
"""

from __future__ import annotations

import hashlib
import struct
import tempfile
import zlib
from dataclasses import dataclass
from typing import IO, Any

from django.core.files import File
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from marketplace.web.errors import Refused
from marketplace.web.private_files.kinds import JPEG, PNG, Kind, clean_file_name
from marketplace.web.private_files.office_documents import check_office_file

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
    content = copy_counted(upload)
    kind, content = _recognise_kind(content)
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while piece := content.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    content.seek(0)
    name = clean_file_name(upload.name or "", kind, _("piece"))
    return Checked(name=name, kind=kind, content=content, size=size, sha256=digest.hexdigest())


def copy_counted(upload: File[Any]) -> IO[bytes]:
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
        from marketplace.web.private_files.pdf_documents import clean_pdf  # 50 MB of a library

        return clean_pdf(content)
    if head.startswith(b"PK\x03\x04") and (kind := check_office_file(content)) is not None:
        return kind, content
    raise Refused(_("Ce type de fichier n’est pas accepté. Déposez un PDF, une photo (JPEG, PNG, WebP) ou un document Word, Excel, PowerPoint ou OpenDocument sans macros."))  # fmt: skip


def heavy_file_refusal(size: int) -> Refused:
    return Refused(
        _("Ce fichier pèse %(size)s Mo; la limite est de %(limit)s Mo. Déposez-en un plus léger.")
        % {"size": format_megabytes(size), "limit": MAX_BYTES // 1024**2}
    )


def format_megabytes(size: int) -> str:
    """Rounded up to a tenth, in the reader's figures: what is over the limit never reads as the limit."""
    return number_format(-(-size * 10 // 1024**2) / 10, 1)

"""From what a browser sent to what is kept: size counted, type read from the content, images drawn again."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from typing import IO, Any

from django.core.files import File
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from marketplace.web.errors import Refused
from marketplace.web.private_files import documents, images, names
from marketplace.web.private_files.kinds import Kind

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


def check(upload: File[Any]) -> Checked:
    """Read an upload once and say what it is. Raises `Refused` with the sentence for the person."""
    content = _copy(upload)
    kind, content = _recognise(content)
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while piece := content.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    content.seek(0)
    name = names.clean(upload.name or "", kind, _("piece"))
    return Checked(name=name, kind=kind, content=content, size=size, sha256=digest.hexdigest())


def _copy(upload: File[Any]) -> IO[bytes]:
    """The bytes as they come, counted: what the browser announced is not believed."""
    copy: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=2_500_000)  # noqa: SIM115 - handed on
    size = 0
    upload.seek(0)
    while piece := upload.read(_PIECE):
        size += len(piece)
        if size > MAX_BYTES:
            raise too_heavy(max(size, upload.size or 0))
        copy.write(piece)
    if not size:
        raise Refused(_("Ce fichier est vide. Vérifiez-le, puis déposez-le de nouveau."))
    copy.seek(0)
    return copy


def _recognise(content: IO[bytes]) -> tuple[Kind, IO[bytes]]:
    head = content.read(16)
    content.seek(0)
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    if is_webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return images.redraw(content)
    if head.startswith(b"%PDF-"):
        return documents.pdf(content), content
    if head.startswith(b"PK\x03\x04") and (kind := documents.office(content)) is not None:
        return kind, content
    raise Refused(_("Ce type de fichier n’est pas accepté. Déposez un PDF, une photo (JPEG, PNG, WebP) ou un document Word, Excel, PowerPoint ou OpenDocument sans macros."))  # fmt: skip


def too_heavy(size: int) -> Refused:
    return Refused(
        _("Ce fichier pèse %(size)s Mo; la limite est de %(limit)s Mo. Déposez-en un plus léger.")
        % {"size": megabytes(size), "limit": MAX_BYTES // 1024**2}
    )


def megabytes(size: int) -> str:
    """Rounded up to a tenth, in the reader's figures: what is over the limit never reads as the limit."""
    return number_format(-(-size * 10 // 1024**2) / 10, 1)

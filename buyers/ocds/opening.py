"""A feed's file as UTF-8 bytes that can be searched from end to end without holding them: a memory map.

What is compressed (gzip) or written in UTF-16 or UTF-32 goes through a temporary file first.
"""

from __future__ import annotations

import codecs
import mmap
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

BLOCK = 256 * 1024
LARGEST = 1024 * 1024 * 1024  # bytes, once decompressed
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Where the zeros of letters stand: (first, step).
ZEROS = (
    (((1, 4), (2, 4), (3, 4)), "utf-32-le"),
    (((0, 4), (1, 4), (2, 4)), "utf-32-be"),
    (((1, 2),), "utf-16-le"),
    (((0, 2),), "utf-16-be"),
)


class PackageError(Exception):
    """Nothing can be read in this file. The argument says what it is and what to do."""


@contextmanager
def opened_text(path: Path) -> Iterator[tuple[mmap.mmap, str]]:
    """The text, and what is wrong with its end (a gzip that breaks off) or "". Raises `PackageError`."""
    fault = ""
    with path.open("rb") as source, tempfile.TemporaryFile() as unpacked, tempfile.TemporaryFile() as decoded:
        current: IO[bytes] = source
        if source.read(2) == b"\x1f\x8b":
            source.seek(0)
            fault = _decompress(source, unpacked)
            current = unpacked
        current.seek(0)
        start = current.read(4096)
        if start.startswith(b"PK\x03\x04"):
            raise PackageError(
                _("C’est une archive ZIP. Décompressez-la et importez les fichiers JSON qu’elle contient.")
            )
        if not start.strip():
            raise PackageError(_("Ce fichier est vide. Téléchargez-le de nouveau."))
        if encoding := encoding_of(start):
            current.seek(0)
            _decode(current, decoded, encoding)
            current = decoded
        current.flush()
        with mmap.mmap(current.fileno(), 0, access=mmap.ACCESS_READ) as text:
            yield text, fault


def encoding_of(start: bytes) -> str:
    """UTF-16 or UTF-32 by its mark or by where its zeros stand; "" for what is read as UTF-8."""
    for bom, encoding in BOMS:
        if start.startswith(bom):
            return encoding
    for zeros, encoding in ZEROS:
        sample = start[:32]
        if len(sample) >= 4 and not any(byte for zero, step in zeros for byte in sample[zero::step]):
            return encoding
    if b"\0" in start and start.removeprefix(codecs.BOM_UTF8).lstrip()[:1] not in (b"{", b"["):
        raise PackageError(
            _(
                "Ce fichier n’est pas du texte en UTF-8 : il est d’une autre sorte, ou abîmé. Téléchargez-le de nouveau."
            )
        )
    return ""


def _decompress(source: IO[bytes], target: IO[bytes]) -> str:
    """The parts that a gzip file is made of, one after the other; what is wrong with its end, or ""."""
    size = 0
    part = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        while block := source.read(BLOCK):
            while block:
                text = part.decompress(block, BLOCK)
                size += len(text)
                if size > LARGEST:
                    raise PackageError(
                        _("Ce fichier dépasse 1 Go une fois décompressé. Importez-le en parties.")
                    )
                target.write(text)
                block = part.unconsumed_tail
                if part.eof:
                    block = part.unused_data.lstrip(b"\0")
                    part = zlib.decompressobj(zlib.MAX_WBITS | 16)
                    if not block:
                        block = source.read(BLOCK)
                        if not block:
                            return ""
    except zlib.error:
        pass
    if not size:
        raise PackageError(_("Cette compression gzip ne se lit pas. Téléchargez le fichier de nouveau."))
    return _(
        "La compression gzip s’arrête avant la fin. Téléchargez le fichier de nouveau pour avoir la suite."
    )


def _decode(source: IO[bytes], target: IO[bytes], encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while block := source.read(BLOCK):
        target.write(decoder.decode(block).encode("utf-8", "replace"))
    target.write(decoder.decode(b"", final=True).encode("utf-8", "replace"))

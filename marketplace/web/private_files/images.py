"""An image that comes in is drawn again: position, device, thumbnails and whatever hides behind it stay outside."""

from __future__ import annotations

import struct
import tempfile
import zlib
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from marketplace.web.errors import Refused
from marketplace.web.private_files.kinds import JPEG, PNG, Kind

READ = ("JPEG", "PNG", "WEBP")
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


def redraw(content: IO[bytes]) -> tuple[Kind, IO[bytes]]:
    """The first frame upright, without metadata, as JPEG, or PNG where it has transparency or was PNG."""
    try:
        with Image.open(content, formats=READ) as source:
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
        _("Cette image a trop de points pour être lue. Enregistrez-la plus petite, puis déposez-la.")
    )

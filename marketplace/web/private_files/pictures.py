"""Pictures that the public sees: drawn anew in the sizes that pages show, as WebP, without anything hidden in the file."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from typing import IO, Any

from django.core.files import File
from django.utils.translation import gettext as _
from PIL import Image

from marketplace.web.errors import Refused
from marketplace.web.private_files.checks import Checked, copy_counted, redraw_image
from marketplace.web.private_files.kinds import WEBP

#: For the file chooser: the content decides.
PICTURE_TYPES = ".jpg,.jpeg,.png,.webp"
_HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
QUALITY = 80


@dataclass(frozen=True)
class DrawnPicture:
    """A picture in one size, ready to be kept."""

    checked: Checked
    width: int
    height: int


def draw_picture(upload: File[Any], *, boxes: list[tuple[int, int]], least: int) -> list[DrawnPicture]:
    """The picture once for each box (width, height) that it must fit into, never enlarged. Raises `Refused`.

    `least`: the pixels that its longer side must have.
    """
    content = copy_counted(upload)
    if not content.read(8).startswith(_HEADS):
        raise Refused(_("Déposez une image JPEG, PNG ou WebP."))
    content.seek(0)
    _kind, clean = redraw_image(content)  # upright, first frame, no metadata
    clean.seek(0)
    with Image.open(clean) as source:
        source.load()
        if max(source.size) < least:
            raise Refused(
                _("Cette image est trop petite : il faut au moins %(n)s pixels de côté.") % {"n": least}
            )
        return [_fit(source, box) for box in boxes]


def _fit(source: Image.Image, box: tuple[int, int]) -> DrawnPicture:
    image = source.copy()
    image.thumbnail(box, Image.Resampling.LANCZOS)
    return keep_as_webp(image)


def keep_as_webp(image: Image.Image) -> DrawnPicture:
    """What we drew ourselves, as it is kept."""
    drawn: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=2_500_000)  # noqa: SIM115 - handed on
    image.save(drawn, "WEBP", quality=QUALITY, method=4)
    size = drawn.tell()
    drawn.seek(0)
    digest = hashlib.sha256(drawn.read()).hexdigest()
    drawn.seek(0)
    checked = Checked(name="image.webp", kind=WEBP, content=drawn, size=size, sha256=digest)
    return DrawnPicture(checked, image.width, image.height)

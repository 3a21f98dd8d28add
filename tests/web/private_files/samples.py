"""Files as people (and others) send them, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, PngImagePlugin

#: One blank page, written as it is kept.
PDF = (
    b"%PDF-1.3\n%\xbf\xf7\xa2\xfe\n1 0 obj\n<< /Pages 2 0 R /Type /Catalog >>\nendobj\n"
    b"2 0 obj\n<< /Count 1 /Kids [ 3 0 R ] /Type /Pages >>\nendobj\n"
    b"3 0 obj\n<< /Contents 4 0 R /MediaBox [ 0 0 612 792 ] /Parent 2 0 R /Resources << >> /Type /Page >>\nendobj\n"
    b"4 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n"
    b"xref\n0 5\n0000000000 65535 f \n0000000015 00000 n \n0000000064 00000 n \n0000000123 00000 n \n"
    b"0000000229 00000 n \ntrailer << /Root 1 0 R /Size 5 "
    b"/ID [<3fd0dfcff4f67e96289094fab9c5e0b2><33ef798f8d1c33e8b1435a550e9a5527>] >>\nstartxref\n278\n%%EOF\n"
)
WORD = (
    '<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
GPS = 0x8825
SECRET_DEVICE = "APPAREIL-SECRET"


def upload(content: bytes, name: str = "piece.bin", content_type: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


def picture(
    file_format: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any
) -> bytes:
    image = Image.new(mode, size, (200, 30, 30, 128)[: len(mode)] if mode in ("RGB", "RGBA") else 3)
    if mode == "RGB":
        image.paste((20, 20, 220), (0, 0, size[0] // 2, size[1]))  # the left half blue: turning shows
    out = io.BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def telltale(file_format: str = "JPEG") -> bytes:
    """A photo that says where, when and with what it was taken, in every place that can say so."""
    exif = Image.Exif()
    exif[0x0110] = SECRET_DEVICE
    exif[0x0112] = 6  # lying on its side
    exif.get_ifd(GPS).update({1: "N", 2: (46.0, 20.0, 35.4), 3: "W", 4: (72.0, 32.0, 51.2)})
    options: dict[str, Any] = {
        "exif": exif,
        "icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    }
    if file_format == "JPEG":
        options["comment"] = SECRET_DEVICE.encode()
    if file_format == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", SECRET_DEVICE)
    if file_format == "WEBP":
        options["xmp"] = SECRET_DEVICE.encode()
    return picture(file_format, **options) + b"<script>cache()</script>"


def office(*entries: tuple[str, str | bytes], types: str = WORD) -> bytes:
    """A Word document, with more entries."""
    return archive(("[Content_Types].xml", types), ("word/document.xml", "<w/>"), *entries)


def open_document(
    mimetype: str = "application/vnd.oasis.opendocument.text", *entries: tuple[str, str]
) -> bytes:
    return archive(("mimetype", mimetype), ("content.xml", "<office/>"), *entries)


def archive(*entries: tuple[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content)
    return out.getvalue()


def lying_png(width: int, height: int) -> bytes:
    """A few bytes that announce a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 50))
        + chunk(b"IEND", b"")
    )

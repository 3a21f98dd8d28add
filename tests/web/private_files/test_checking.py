"""What comes in: the type by content, sizes counted, nothing hidden kept, and a sentence for whoever is refused."""

import contextlib
import io
import random

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from marketplace.web.errors import Refused
from marketplace.web.private_files import MAX_BYTES, check_upload, office_documents
from tests.web.private_files import samples
from tests.web.private_files.samples import upload


def kept(content: bytes, name: str = "piece.bin") -> bytes:
    return check_upload(upload(content, name)).content.read()


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (samples.PDF, "statuts.pdf", "application/pdf"),
        (samples.picture("JPEG"), "photo.jpg", "image/jpeg"),
        (samples.picture("PNG"), "photo.png", "image/png"),
        (samples.picture("WEBP"), "photo.jpg", "image/jpeg"),
        (samples.picture("WEBP", mode="RGBA"), "photo.png", "image/png"),
        (
            samples.office(),
            "note.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (samples.open_document(), "note.odt", "application/vnd.oasis.opendocument.text"),
    ],
)
def test_check_reads_the_type_from_the_content(content, name, content_type):
    stem = name.rpartition(".")[0]
    checked = check_upload(upload(content, f"{stem}.exe", "text/html"))
    assert (checked.kind.content_type, checked.name) == (content_type, name)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>x()</script></svg>",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><script>x()</script>",
        b"MZ\x90\x00 a program",
        b"#!/bin/sh\nrm -rf /",
        b"GIF89a" + b"\0" * 40,
        b"<script>x()</script>" + samples.PDF,  # a page for a browser, a PDF for a lenient reader
        samples.archive(("bonjour.txt", "x")),
        samples.archive(("[Content_Types].xml", "<Types/>")),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,  # Word of before 2007, where macros live
        b"\0" * 100,
        b"x",
    ],
)
def test_check_refuses_what_it_does_not_know_and_names_what_it_takes(content):
    with pytest.raises(Refused, match="Déposez un PDF, une photo"):
        check_upload(upload(content, "innocent.pdf", "application/pdf"))


def test_check_refuses_an_empty_file():
    with pytest.raises(Refused, match="vide"):
        check_upload(upload(b"", "vide.pdf"))


def test_check_counts_the_bytes_itself():
    heavy = upload(samples.PDF + b"\0" * MAX_BYTES, "lourd.pdf")
    heavy.size = 12
    with pytest.raises(Refused, match=r"10,1.Mo; la limite est de 10.Mo"):
        check_upload(heavy)


def test_check_speaks_the_readers_language():
    with translation.override("en"), pytest.raises(Refused) as refused:
        check_upload(upload(b"\0" * (MAX_BYTES + 1)))
    assert "10.1" in str(refused.value)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_check_redraws_an_image_without_what_it_told(file_format):
    told = samples.telltale(file_format)
    assert samples.SECRET_DEVICE.encode() in told  # there was something to lose
    bytes_kept = kept(told)
    image = Image.open(io.BytesIO(bytes_kept))
    assert image.size == (40, 60)  # turned upright
    assert not image.getexif()
    assert not {"icc_profile", "exif", "comment", "xmp", "Comment"} & set(image.info)
    for trace in (samples.SECRET_DEVICE.encode(), b"Exif", b"ICC", b"iCCP", b"<script>"):
        assert trace not in bytes_kept


def test_check_keeps_an_image_upright():
    image = Image.open(io.BytesIO(kept(samples.telltale("PNG")))).convert("RGB")
    assert image.getpixel((20, 5))[2] > 150  # the blue half stood at the left, and the camera lay on its side
    assert image.getpixel((20, 55))[0] > 150


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK"])
def test_check_redraws_every_kind_of_colours(mode):
    file_format = "JPEG" if mode in ("L", "CMYK") else "PNG"
    image = Image.open(io.BytesIO(kept(samples.picture(file_format, mode=mode))))
    assert image.size == (60, 40)


def test_check_makes_a_large_photo_small():
    image = Image.open(io.BytesIO(kept(samples.picture("JPEG", size=(8000, 4000)))))
    assert image.size == (3600, 1800)


@pytest.mark.parametrize("size", [(20_000, 20_000), (65_000, 65_000), (100_000, 9_000)])
def test_check_refuses_a_picture_that_would_fill_the_memory(size):
    with pytest.raises(Refused, match="trop de pixels"):
        check_upload(upload(samples.lying_png(*size), "bombe.png"))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_check_refuses_half_an_image(file_format):
    whole = samples.picture(file_format, size=(600, 400))
    for cut in (20, len(whole) // 2):
        with pytest.raises(Refused, match="abîmée"):
            check_upload(upload(whole[:cut], "moitie.jpg"))


@pytest.mark.parametrize(
    "content",
    [
        samples.PDF[:40],
        samples.PDF.replace(b"startxref", b"startxxxx"),
        samples.PDF.replace(b"%%EOF", b""),
        samples.PDF + samples.archive(("x.bin", random.Random(1).randbytes(3_000))),
    ],
)
def test_check_refuses_a_pdf_that_is_not_whole_or_more_than_itself(content):
    with pytest.raises(Refused, match="PDF est incomplet"):
        check_upload(upload(content, "statuts.pdf"))


@pytest.mark.parametrize(
    "content",
    [
        samples.office(types=samples.WORD.replace("document.main", "document.macroEnabled.main")),
        samples.office(("word/vbaProject.bin", "x")),
        samples.office(("xl/macrosheets/sheet1.xml", "x")),
        samples.office(("word/activeX/activeX1.xml", "x")),
        samples.open_document("application/vnd.oasis.opendocument.text", ("Basic/Standard/Module1.xml", "x")),
        samples.open_document("application/vnd.oasis.opendocument.text", ("Scripts/python/x.py", "x")),
    ],
)
def test_check_refuses_macros(content):
    with pytest.raises(Refused, match="macros"):
        check_upload(upload(content, "note.docx"))


def test_check_refuses_an_archive_that_unpacks_too_large(monkeypatch):
    monkeypatch.setattr(office_documents, "MOST_UNPACKED", 1_000_000)
    with pytest.raises(Refused, match="trop gros"):
        check_upload(upload(samples.office(("word/a.xml", b"\0" * 2_000_000)), "bombe.docx"))


def test_check_refuses_an_archive_that_lies_about_its_sizes(monkeypatch):
    bomb = bytearray(samples.office(("word/a.xml", b"\0" * 2_000_000)))
    real, lie = (2_000_000).to_bytes(4, "little"), (2_000).to_bytes(4, "little")
    assert real in bomb
    with pytest.raises(Refused):
        check_upload(upload(bytes(bomb).replace(real, lie), "bombe.docx"))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\x.xml", "word/../../x"])
def test_check_refuses_an_archive_that_climbs(name):
    with pytest.raises(Refused, match="abîmé"):
        check_upload(upload(samples.office((name, "x")), "note.docx"))


def test_check_refuses_an_archive_cut_short():
    with pytest.raises(Refused, match="abîmé"):
        check_upload(upload(samples.office()[:-30], "note.docx"))


@given(
    head=st.sampled_from(
        [b"", b"%PDF-1.4", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBP"]
    ),
    rest=st.binary(max_size=400),
)
def test_check_survives_any_bytes(head, rest):
    with contextlib.suppress(Refused):  # whatever else is raised would be a page that breaks
        check_upload(upload(head + rest, "n'importe quoi"))

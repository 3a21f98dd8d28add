"""Pictures of a supplier: drawn anew, public with its page only, hidden by staff, known to the directory."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from marketplace.web.errors import NotAllowed, Refused
from marketplace.web.private_files import PrivateFile
from suppliers.models import DirectoryText, Status
from suppliers.supplier_pictures import (
    LARGE,
    MOST_PHOTOS,
    add_picture,
    hide_picture,
    picture_url,
    remove_picture,
    unhide_picture,
)
from tests.factories import MembershipFactory, SupplierFactory

pytestmark = pytest.mark.django_db


def jpeg(size=(1600, 1200), **more):
    drawn = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    Image.new("RGB", size, "teal").save(drawn, "JPEG", exif=exif, **more)
    return SimpleUploadedFile("photo.jpg", drawn.getvalue())


@pytest.fixture
def supplier():
    return SupplierFactory(slug="atelier")


@pytest.fixture
def member(supplier):
    return MembershipFactory(organisation=supplier.organisation).user


def test_picture_is_drawn_anew_and_shown(client, supplier, member):
    picture = add_picture(
        supplier=supplier, by=member, kind="photo", alt="L’atelier <b>vu</b> du quai", upload=jpeg()
    )
    assert (picture.width, picture.height, picture.small_width, picture.small_height) == (1280, 960, 480, 360)
    answer = client.get(picture_url(picture.key, LARGE))
    assert answer["Content-Type"] == "image/webp"
    assert b"SECRETCAMERA" not in answer.content
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert drawn.size == (1280, 960)
    page = client.get("/fournisseurs/atelier/").content.decode()
    assert 'width="1280" height="960" alt="L’atelier &lt;b&gt;vu&lt;/b&gt; du quai"' in page
    text = DirectoryText.objects.get(entry=supplier.pk)
    assert (text.photo, text.photo_alt, text.logo) == (picture.key.hex, picture.alt, "")
    logo = [
        add_picture(supplier=supplier, by=member, kind="logo", alt="Logo", upload=jpeg((300, 200)))
        for _ in range(2)
    ][1]
    text.refresh_from_db()
    assert text.logo == logo.key.hex
    assert PrivateFile.objects.count() == 4  # the former logo has gone
    remove_picture(supplier=supplier, by=member, picture=picture)
    assert client.get(picture_url(picture.key)).status_code == 404


def test_picture_is_public_only_with_its_page_and_until_hidden(
    client, supplier, member, pole_staff, foreign_staff
):
    picture = add_picture(supplier=supplier, by=member, kind="photo", alt="Quai", upload=jpeg())
    address = picture_url(picture.key)
    known = {"If-None-Match": client.get(address)["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    with pytest.raises(NotAllowed):
        hide_picture(picture=picture, by=foreign_staff)
    hide_picture(picture=picture, by=pole_staff)
    assert client.get(address, headers=known).status_code == 404
    assert picture.key.hex not in client.get("/fournisseurs/atelier/").content.decode()
    assert DirectoryText.objects.get(entry=supplier.pk).photo == ""
    client.force_login(member)
    assert client.get(address).status_code == 200
    client.logout()
    unhide_picture(picture=picture, by=pole_staff)
    assert client.get(address).status_code == 200
    supplier.status = Status.SUSPENDED
    supplier.save()
    assert client.get(address).status_code == 404
    client.force_login(MembershipFactory().user)
    assert client.get(address).status_code == 404


def test_picture_that_is_none_or_too_small_or_one_too_many_is_refused(supplier, member):
    bad = [
        SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>"),
        SimpleUploadedFile("a.pdf", b"%PDF-1.7"),
        SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 50),
        jpeg((200, 100)),
    ]
    for upload in bad:
        with pytest.raises(Refused):
            add_picture(supplier=supplier, by=member, kind="photo", alt="x", upload=upload)
    with pytest.raises(NotAllowed):
        add_picture(supplier=supplier, by=MembershipFactory().user, kind="photo", alt="x", upload=jpeg())
    for _ in range(MOST_PHOTOS):
        add_picture(supplier=supplier, by=member, kind="photo", alt="x", upload=jpeg((480, 300)))
    with pytest.raises(Refused):
        add_picture(supplier=supplier, by=member, kind="photo", alt="x", upload=jpeg())


def test_picture_address_that_is_none_is_a_404(client):
    for address in ("images/petite/pas-une-cle.webp", "images/autre/00000000000000000000000000000000.webp"):
        assert client.get(f"/fournisseurs/{address}").status_code == 404

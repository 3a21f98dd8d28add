"""The logo and the photographs of a supplier: added by its members, drawn anew, hidden by the staff where they must be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.permissions import check_permission
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.private_files import delete_private_file, store_private_file
from marketplace.web.private_files.pictures import DrawnPicture, draw_picture
from marketplace.web.verbs import verb
from suppliers.directory_index import reindex_suppliers
from suppliers.editing import hold_for_member, keep_edit
from suppliers.models import Supplier, SupplierPicture
from suppliers.permissions import can_curate_supplier

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.models import User

Kind = SupplierPicture.Kind
MOST_PHOTOS = 6
#: Large, then small: (width, height) that each must fit into; and the pixels that the longer side must have.
BOXES = {Kind.LOGO: [(480, 480), (160, 160)], Kind.PHOTO: [(1280, 960), (480, 360)]}
LEAST = {Kind.LOGO: 120, Kind.PHOTO: 480}
#: The words of addresses: `fournisseurs/images/petite/<key>.webp`.
LARGE, SMALL = "grande", "petite"


@verb
def add_picture(
    *, supplier: Supplier, by: User, kind: str, alt: str, upload: UploadedFile
) -> SupplierPicture:
    """Keep a photo, or the logo in the place of the former one. Takes room among the enterprise's documents."""
    held = hold_for_member(supplier, by)
    standing = SupplierPicture.objects.filter(supplier=held, kind=kind)
    if kind == Kind.PHOTO and standing.count() >= MOST_PHOTOS:
        raise WrongMove(
            _("Une fiche montre au plus %(n)s photos. Retirez-en une d’abord.") % {"n": MOST_PHOTOS}
        )
    drawn = draw_picture(upload, boxes=BOXES[Kind(kind)], least=LEAST[Kind(kind)])
    if kind == Kind.LOGO:
        for former in standing:
            _delete(former, by)
    picture = keep_picture(supplier=held, by=by, kind=kind, alt=alt, drawn=drawn)
    keep_edit(held, supplier, by, set(), _("Images"))
    return picture


def keep_picture(
    *,
    supplier: Supplier,
    by: User | None,
    kind: str,
    alt: str,
    drawn: list[DrawnPicture],
    key: UUID | None = None,
) -> SupplierPicture:
    """The rows and the files of a picture that was drawn; the caller has checked who may."""
    large, small = drawn
    return SupplierPicture.objects.create(
        supplier=supplier,
        kind=kind,
        key=key or uuid4(),
        alt=alt,
        width=large.width,
        height=large.height,
        small_width=small.width,
        small_height=small.height,
        file=store_private_file(upload=large.checked, by=by, holder=supplier.organisation),
        small=store_private_file(upload=small.checked, by=by, holder=supplier.organisation),
    )


@verb
def remove_picture(*, supplier: Supplier, by: User, picture: SupplierPicture) -> None:
    held = hold_for_member(supplier, by)
    if picture.supplier_id != held.pk:
        raise NotAllowed
    _delete(picture, by)
    keep_edit(held, supplier, by, set(), _("Images"))


def _delete(picture: SupplierPicture, by: User) -> None:
    files = (picture.file, picture.small)
    picture.delete()
    for file in files:
        delete_private_file(file=file, by=by)


@verb
def hide_picture(*, picture: SupplierPicture, by: User | None) -> None:
    """Staff take a picture from the public; the enterprise still sees it, and that it is hidden."""
    _set_hidden(picture, by, True)


@verb
def unhide_picture(*, picture: SupplierPicture, by: User | None) -> None:
    _set_hidden(picture, by, False)


def _set_hidden(picture: SupplierPicture, by: User | None, is_hidden: bool) -> None:
    row = SupplierPicture.objects.select_for_update(of=("self",)).get(pk=picture.pk)
    check_permission(
        can_curate_supplier, by, row.supplier, sentence=_("Cette fiche n’est pas dans votre territoire.")
    )
    if (row.hidden_at is not None) == is_hidden:
        return
    row.hidden_at, row.hidden_by = (timezone.now(), by) if is_hidden else (None, None)
    row.save(update_fields=["hidden_at", "hidden_by"])
    reindex_suppliers(supplier_ids=[row.supplier_id])


# -- what pages read -----------------------------------------------------------------------------------------------


def picture_url(key: str | UUID, size: str = SMALL) -> str:
    """The address of a picture, by the key that the directory's read model holds."""
    key = key.hex if isinstance(key, UUID) else key
    return f"{reverse('suppliers:directory')}images/{size}/{key}.webp"


@dataclass(frozen=True, slots=True)
class PictureLine:
    """One picture as a page shows it: its two addresses and sizes, and what it shows."""

    url: str
    width: int
    height: int
    small_url: str
    small_width: int
    small_height: int
    alt: str


_READ = ("kind", "key", "alt", "width", "height", "small_width", "small_height")


def pictures_as_json() -> ArraySubquery:
    """What `picture_lines` reads, for the query that finds the supplier."""
    rows = SupplierPicture.objects.shown().filter(supplier=OuterRef("pk")).order_by("pk")
    return ArraySubquery(rows.values(row=JSONObject(**{name: name for name in _READ})))


def picture_lines(rows: Iterable[dict[str, Any]]) -> tuple[PictureLine | None, list[PictureLine]]:
    """The logo, if there is one, and the photographs in their order."""
    lines = [(row["kind"], _line(row)) for row in rows]
    logo = next((line for kind, line in lines if kind == Kind.LOGO), None)
    return logo, [line for kind, line in lines if kind == Kind.PHOTO]


def _line(row: dict[str, Any]) -> PictureLine:
    key = UUID(str(row["key"]))
    return PictureLine(
        picture_url(key, LARGE), row["width"], row["height"],
        picture_url(key), row["small_width"], row["small_height"], row["alt"],
    )  # fmt: skip

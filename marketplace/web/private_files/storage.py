"""Keeping a file, letting it go and giving it back as an attachment.

Bytes reach the disk, or the bucket, before the row is committed and leave it after.
"""

from __future__ import annotations

import functools
import hashlib
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from marketplace.web.errors import Refused
from marketplace.web.private_files.checks import Checked, check_upload
from marketplace.web.private_files.kinds import Kind
from marketplace.web.private_files.models import FileQuota, PrivateFile
from marketplace.web.private_files.quotas import HOUR, take_room
from marketplace.web.verbs import verb

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from django.db.models import Model


class PrivateStorage(FileSystemStorage):
    """The location comes from PRIVATE_ROOT; see STORAGES in the settings."""

    def __init__(self, location: str | None = None) -> None:
        super().__init__(
            location=location, base_url=None, file_permissions_mode=0o600, directory_permissions_mode=0o700
        )

    def url(self, name: str | None) -> str:
        raise ValueError(
            "A private file has no address: a view checks who asks and answers `private_file_response(file)`."
        )


#: A file without its row, or a row without an owner, may belong to a transaction that is not over.
UNTOUCHED_FOR = timedelta(days=1)


def private_storage() -> Storage:
    return storages["private"]


@verb
def store_private_file(
    *, upload: File[Any] | Checked, by: AbstractBaseUser | None, holder: Model
) -> PrivateFile:
    """Check an upload and keep it in the room of `holder`, an organisation or a person. Raises `Refused` with the
    sentence; a form's `UploadField` has checked before."""
    checked = upload if isinstance(upload, Checked) else check_upload(upload)
    take_room(holder=holder, size=checked.size)
    file = PrivateFile(
        holder_model=holder._meta.model_name,
        holder_id=holder.pk,
        name=checked.name,
        content_type=checked.kind.content_type,
        size=checked.size,
        sha256=checked.sha256,
        created_by_id=getattr(by, "pk", None),
    )
    _write_content(checked, file)
    file.save(force_insert=True)
    return file


@verb
def store_made_file(*, content: bytes, name: str, kind: Kind, by: AbstractBaseUser | None) -> PrivateFile:
    """Keep a document that we made ourselves, from nothing that anybody hands in: it takes nobody's room."""
    digest = hashlib.sha256(content).hexdigest()
    checked = Checked(name=name, kind=kind, content=io.BytesIO(content), size=len(content), sha256=digest)
    file = PrivateFile(
        name=name,
        content_type=kind.content_type,
        size=len(content),
        sha256=digest,
        created_by_id=getattr(by, "pk", None),
    )
    _write_content(checked, file)
    file.save(force_insert=True)
    return file


def _write_content(checked: Checked, file: PrivateFile) -> None:
    checked.content.seek(0)
    try:
        kept = private_storage().save(file.place, File(checked.content))
    except (
        OSError
    ) as fault:  # the disk is full, the bucket does not answer: what is typed must not go with it
        structlog.get_logger("private_files").error("file_not_kept", file=str(file.pk), why=str(fault))
        raise Refused(_("Votre fichier n’a pas pu être gardé : le service qui garde les pièces ne répond pas. Ce que vous avez écrit est encore là; réessayez dans quelques minutes.")) from None  # fmt: skip
    if kept != file.place:  # a UUID that was there before: never
        raise FileExistsError(kept)


@verb
def delete_private_file(*, file: PrivateFile, by: Any) -> None:
    """Forget a file; its bytes go once that is certain. Nothing may point at the row any more."""
    place = file.place
    file.delete()
    transaction.on_commit(functools.partial(_delete_content, place))


def _delete_content(place: str) -> None:
    """The row is gone for good: where the bytes do not go now, the next sweep takes them."""
    try:
        private_storage().delete(place)
    except OSError as fault:
        structlog.get_logger("private_files").error("file_not_removed", file=place, why=str(fault))


@verb
def sweep_private_files(*, by: None = None) -> tuple[int, int]:
    """Rows that no app points at, then files that no row names; how many of each went.

    Erasing a person or an organisation takes the apps' rows along in cascade: this takes the rest.
    """
    before = timezone.now() - UNTOUCHED_FOR
    rows = PrivateFile.objects.filter(created_at__lt=before)
    for relation in PrivateFile._meta.get_fields(include_hidden=True):  # owners mostly need no way back
        if not isinstance(relation, ForeignObjectRel) or hasattr(relation.related_model, "pgh_tracked_model"):
            continue  # history names what was there; it keeps nothing alive
        column = relation.field.attname
        model = relation.related_model
        rows = rows.filter(~Exists(model._default_manager.filter(**{column: OuterRef("pk")})))
    unowned = list(rows)
    for file in unowned:
        delete_private_file(file=file, by=by)
    _sweep_quotas()
    return len(unowned), _sweep_storage(before)


def _sweep_quotas() -> None:
    """Counters that say nothing any more: no file is kept, the hour is over, and nobody gave more room."""
    kept = PrivateFile.objects.filter(holder_model=OuterRef("holder_model"), holder_id=OuterRef("holder_id"))
    plain = FileQuota.objects.filter(most_files=None, most_megabytes=None)
    plain.filter(~Exists(kept), hour_began__lt=timezone.now() - HOUR).delete()


def _sweep_storage(before: datetime) -> int:
    disk = private_storage()
    try:
        folders = disk.listdir("")[0]
    except FileNotFoundError:  # nobody has handed anything over yet
        return 0
    gone = 0
    for folder in folders:
        places = {name: f"{folder}/{name}" for name in disk.listdir(folder)[1]}
        known = {
            pk.hex for pk in PrivateFile.objects.filter(pk__in=_ids(places)).values_list("pk", flat=True)
        }
        for name, place in places.items():
            if name not in known and disk.get_modified_time(place) < before:
                disk.delete(place)
                gone += 1
    return gone


def _ids(places: dict[str, str]) -> list[str]:
    """Names that could be a row's; anything else on the disk is nobody's."""
    return [name for name in places if len(name) == 32 and set(name) <= set("0123456789abcdef")]


RESPONSE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}


def read_kept_file(file: PrivateFile) -> bytes:
    """The content of a file, for a page that shows it to everyone. Raises `Http404` where it is gone."""
    try:
        with private_storage().open(file.place) as content:
            return bytes(content.read())
    except OSError as fault:
        structlog.get_logger("private_files").error("file_not_read", file=str(file.pk), why=str(fault))
        raise Http404 from fault


def private_file_response(file: PrivateFile) -> HttpResponseBase:
    """The file as an attachment under its own name. Whoever calls has checked that the reader may have it."""
    log = structlog.get_logger("private_files")
    try:
        content = private_storage().open(file.place)
        # Measures the content, and so fetches it whole: it breaks off here, or not at all.
        return FileResponse(
            content,
            as_attachment=True,
            filename=file.name,
            content_type=file.content_type,
            headers=RESPONSE_HEADERS,
        )
    except FileNotFoundError as gone:
        log.error("file_missing", file=str(file.pk))
        raise Http404 from gone
    except OSError as fault:
        log.error("file_not_read", file=str(file.pk), why=str(fault))
        return _unavailable_response()


def _unavailable_response() -> HttpResponse:
    answer = HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "120"})
    add_never_cache_headers(answer)
    return answer

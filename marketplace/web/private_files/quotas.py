"""How much one may hand over: files and bytes kept by an organisation or a person, and how many come in one hour.

Counted in the database under a lock, so that ten windows share one room. A file that is taken away gives its room back,
not its hour. A platform admin may give one holder more room (`FileQuota`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.errors import Refused
from marketplace.web.private_files.checks import format_megabytes
from marketplace.web.private_files.models import FileQuota, PrivateFile
from marketplace.web.typography import format_number

MEGABYTE = 1024 * 1024
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Limits:
    """Kept in all, and within one hour."""

    files: int
    megabytes: int
    hour_files: int
    hour_megabytes: int


#: By the model of who holds them. A person holds what they join to a request of theirs.
LIMITS = {
    "organisation": Limits(files=200, megabytes=300, hour_files=60, hour_megabytes=150),
    "user": Limits(files=30, megabytes=100, hour_files=10, hour_megabytes=40),
}


@dataclass(frozen=True)
class Room:
    """What one more file may take."""

    files: int
    size: int  # bytes
    hour_files: int
    hour_size: int  # bytes
    until: Any  # when the hour is over; None where none runs

    @property
    def sentence(self) -> str:
        """« Vous pouvez encore déposer 142 fichiers, 180,3 Mo en tout. »"""
        files = max(0, self.files)
        said = ngettext(
            "Vous pouvez encore déposer %(n)s fichier, %(size)s Mo en tout.",
            "Vous pouvez encore déposer %(n)s fichiers, %(size)s Mo en tout.",
            files,
        )
        return said % {
            "n": format_number(files),
            "size": _megabytes_left(self.size),
        }


def room_of(holder: models.Model) -> Room:
    """Two queries."""
    key = _key(holder)
    return _room(key, FileQuota.objects.filter(**key).first() or FileQuota(**key))


def take_room(*, holder: models.Model, size: int) -> None:
    """Count one more file of `size` bytes. Raises `Refused` with what is left, and then counts nothing."""
    key = _key(holder)
    FileQuota.objects.get_or_create(**key)
    quota = FileQuota.objects.select_for_update().get(**key)
    _check_room(_room(key, quota), size)
    if quota.hour_began is None or quota.hour_began <= timezone.now() - HOUR:
        quota.hour_began, quota.hour_files, quota.hour_bytes = timezone.now(), 0, 0
    quota.hour_files += 1
    quota.hour_bytes += size
    quota.save(update_fields=["hour_began", "hour_files", "hour_bytes"])


def count_files_with(*, holder: models.Model, files: Any) -> None:
    """From now on these files (a queryset of their keys) take the room of another holder; nothing is refused."""
    PrivateFile.objects.filter(pk__in=files).update(**_key(holder))


def _key(holder: models.Model) -> dict[str, Any]:
    return {"holder_model": holder._meta.model_name, "holder_id": holder.pk}


def _room(key: dict[str, Any], quota: FileQuota) -> Room:
    limits = LIMITS[key["holder_model"]]
    kept = PrivateFile.objects.filter(**key).aggregate(n=Count("pk"), size=Sum("size"))
    runs = quota.hour_began is not None and quota.hour_began > timezone.now() - HOUR
    megabytes = limits.megabytes if quota.most_megabytes is None else quota.most_megabytes
    return Room(
        files=(limits.files if quota.most_files is None else quota.most_files) - kept["n"],
        size=megabytes * MEGABYTE - (kept["size"] or 0),
        hour_files=limits.hour_files - (quota.hour_files if runs else 0),
        hour_size=limits.hour_megabytes * MEGABYTE - (quota.hour_bytes if runs else 0),
        until=quota.hour_began + HOUR if runs and quota.hour_began else None,
    )


def _check_room(room: Room, size: int) -> None:
    if room.files < 1:
        raise Refused(
            _("Vous avez déjà ici le nombre de fichiers permis. Retirez-en un, ou écrivez à votre pôle.")
        )
    if size > room.size:
        raise Refused(
            _(
                "Il reste %(left)s Mo pour vos fichiers, et celui-ci pèse %(size)s Mo. Retirez-en un, déposez-en un plus léger, ou écrivez à votre pôle."
            )
            % {"left": _megabytes_left(room.size), "size": format_megabytes(size)}
        )
    if room.hour_files < 1 or size > room.hour_size:
        minutes = max(1, -int((timezone.now() - room.until).total_seconds() // 60)) if room.until else 60
        raise Refused(
            _(
                "Vous avez déposé beaucoup de fichiers depuis une heure. Fichiers encore permis : %(n)s, %(left)s Mo en tout. Réessayez dans %(minutes)s min."
            )
            % {
                "n": format_number(max(0, room.hour_files)),
                "left": _megabytes_left(room.hour_size),
                "minutes": format_number(minutes),
            }
        )


def _megabytes_left(size: int) -> str:
    """Rounded down to a tenth: what is said to be left is."""
    return format_number(max(0, size) * 10 // MEGABYTE / 10, 1)

"""What staff ask of a source or of one of its files: read it now, read it again."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import FeedFile, NoticeSource, SourceState
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.outbox.queue import wake_worker
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb

TASK = "buyers.read_source"


def can_ask_reading(user: User) -> bool:
    """Staff of any pôle: what comes in is the same for all of them."""
    return user.is_active and user.is_staff


@verb
def ask_source_reading(*, source: NoticeSource, by: User | None) -> None:
    """A worker reads it as soon as one is free, whatever its hour and also where it is off. Asked twice, it is read once."""
    check_permission(can_ask_reading, by)
    if not settings.READ_SOURCES:
        raise WrongMove(_("Ce site ne lit aucune source : il ne demande rien à d’autres serveurs."))
    state, _is_new = SourceState.objects.select_for_update().get_or_create(source=source)
    if state.is_being_read:
        raise WrongMove(_("Cette source est en cours de lecture."))
    state.asked_at = timezone.now()
    state.save(update_fields=["asked_at"])
    transaction.on_commit(partial(wake_worker, TASK, source.pk), robust=True)


@verb
def ask_file_reading(*, file: FeedFile, by: User | None) -> None:
    """Fetch and import a file again, even where nothing changed: what was rejected may be taken by now."""
    ask_source_reading(source=file.source, by=by)
    FeedFile.objects.filter(pk=file.pk).update(
        status=FeedFile.Status.WAITING, etag="", modified="", imported_at=None
    )

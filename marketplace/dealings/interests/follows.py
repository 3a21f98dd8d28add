"""« Suivre »: a person is told what changes in a notice, once per version."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.db import transaction
from django.db.models import F

from marketplace.accounts.models import User
from marketplace.dealings.interests.changes import NoticeChange, change_since
from marketplace.dealings.interests.emails import NOTICE_CHANGED, change_draft
from marketplace.dealings.models import Follow, FollowQuerySet
from marketplace.dealings.notices import KINDS, Notice, NoticeKind, about, kind_of
from marketplace.outbox.compose import send_emails
from marketplace.outbox.models import Message
from marketplace.web.verbs import verb

log = structlog.get_logger("follows")
_WITH = {"tender": ["tender"], "need": ["need__buyer__organisation"]}


@verb
def follow_notice(*, notice: Notice, by: User) -> Follow:
    """From now on the person is told what changes. A second time changes nothing."""
    version = kind_of(notice).version(notice)
    follow, _is_new = Follow.objects.get_or_create(
        user=by, **about(notice), defaults={"told_version": version}
    )
    return follow


@verb
def unfollow_notice(*, notice: Notice, by: User) -> bool:
    """No further mail; whether the person followed it."""
    deleted, _by_model = Follow.objects.filter(user=by, **about(notice)).delete()
    return bool(deleted)


# --- What changed, by mail ----------------------------------------------------------------------------------------------


def tell_followers() -> int:
    """Write to everyone who follows a notice that changed; how many mails were written. Safe to run twice.

    Each notice has its own transaction: one that fails costs the others nothing, and is tried again next time.
    """
    written = 0
    for kind in KINDS:
        for notice_id in _changed(kind):
            try:
                written += tell_followers_of(kind=kind, notice_id=notice_id)
            except Exception as error:
                log.error("follow_failed", kind=kind.word, notice=notice_id, error=type(error).__name__)
    return written


@transaction.atomic
def tell_followers_of(*, kind: NoticeKind, notice_id: int) -> int:
    """The mails of one notice; what nobody needs to hear of only moves the version that is known."""
    rows = _stale(kind).filter(**{f"{kind.field}_id": notice_id}).select_related("user", *_WITH[kind.field])
    follows = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk"))
    if not follows:
        return 0
    notice: Notice = follows[0].notice
    version = kind.version(notice)
    changes: dict[str, NoticeChange | None] = {}
    drafts = []
    for follow in follows:
        if follow.told_version not in changes:
            changes[follow.told_version] = change_since(notice, follow.told_version)
        change = changes[follow.told_version]
        if change is not None and kind.rows(follow.user).filter(pk=notice.pk).exists():
            drafts.append(change_draft(follow, change, version=version))
        follow.told_before, follow.told_version = follow.told_version, version
    Follow.objects.bulk_update(follows, ["told_before", "told_version"])
    return len(send_emails(drafts))


@transaction.atomic
def tell_again(*, message: Message) -> None:
    """A mail of ours was withheld, for the notice moved on before it left: the next one says what it said too."""
    if message.kind != NOTICE_CHANGED.kind:
        return
    pk = int(message.subject.partition(":")[2])
    Follow.objects.filter(pk=pk).exclude(told_before="").update(told_version=F("told_before"), told_before="")


def _changed(kind: NoticeKind) -> Sequence[int]:
    column = f"{kind.field}_id"
    return list(_stale(kind).order_by(column).values_list(column, flat=True).distinct())


def _stale(kind: NoticeKind) -> FollowQuerySet:
    """Follows of notices that moved on since their person was told."""
    rows = Follow.objects.filter(**{f"{kind.field}__isnull": False}, user__is_active=True)
    return rows.exclude(kind.told_condition())

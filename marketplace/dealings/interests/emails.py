"""The mail that says what changed in a notice that one follows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from marketplace.dealings.interests.changes import NoticeChange
from marketplace.dealings.interests.links import unfollow_path
from marketplace.dealings.models import Follow
from marketplace.dealings.notices import kind_of
from marketplace.outbox.compose import Draft, sender_for, unsubscribe_headers
from marketplace.web.emails import Email, absolute_url, site_link

NOTICE_CHANGED = Email(
    kind="follows.changed",
    audience=_("Vous recevez ce courriel parce que vous suivez cet avis."),
    title=_("%(headline)s : %(notice)s"),
    template="interests/changed",
)


class _Headline:
    """Read when the mail is, in its language."""

    def __init__(self, change: NoticeChange) -> None:
        self.change = change

    def __str__(self) -> str:
        return self.change.headline


def change_draft(follow: Follow, change: NoticeChange, *, version: str) -> Draft:
    """One mail to one person about one version: the mention keeps a second one from being written."""
    notice = follow.notice
    kind = kind_of(notice)
    short = getattr(notice, "short_version", version)
    unfollow = absolute_url(unfollow_path(follow))
    return Draft(
        email=NOTICE_CHANGED,
        recipient=follow.user,
        subject=f"follow:{follow.pk}",
        version=short,
        context={
            "headline": _Headline(change),
            "change": change,
            "notice": notice.title,
            "buyer": kind.buyer_name(notice),
            "is_running": kind.is_running(notice),
            "closes_at": notice.closes_at,
            "page_url": kind.page_link(notice),
            "list_url": site_link("dealings:follow_list"),
            "unfollow_url": unfollow,
        },
        headers=unsubscribe_headers(
            url=unfollow, reply_to=sender_for(None).reply_to, reference=f"suivi-{follow.pk}"
        ),
        mentions=[(kind.mention(notice), short, None)],
    )

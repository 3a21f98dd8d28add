"""The mail that says what changed in a notice that one follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.dealings.interests.changes import NoticeChange
from marketplace.dealings.interests.links import unfollow_path
from marketplace.dealings.models import Follow
from marketplace.dealings.notices import kind_of
from marketplace.matching.alerts.followed import Closing
from marketplace.matching.mail_preferences.links import preference_tokens
from marketplace.outbox.compose import Draft, sender_for, unsubscribe_headers
from marketplace.web.emails import Email, absolute_url, site_link

NOTICE_CHANGED = Email(
    kind="follows.changed",
    audience=_("Vous recevez ce courriel parce que vous suivez cet avis."),
    title=_("%(headline)s : %(notice)s"),
    template="interests/changed",
)


NOTICES_CLOSING = Email(
    kind="follows.closing",
    audience=_("Vous recevez ce courriel parce que vous suivez ces avis."),
    title="%(title)s",
    template="interests/closing",
)


#: How « Mes courriels » calls these mails (`mail_kind`).
KEY = "follows"


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
            "preferences_url": preference_link(follow.user_id),
        },
        headers=unsubscribe_headers(
            url=unfollow, reply_to=sender_for(None).reply_to, reference=f"suivi-{follow.pk}"
        ),
        mentions=[(kind.mention(notice), short, None)],
    )


def closing_draft(
    user: User, follows: Sequence[Follow], closings: Sequence[Closing], *, now: datetime
) -> Draft:
    """One mail for all that closes soon among what a person follows."""
    unfollow = absolute_url(unfollow_path(*follows))
    with translation.override(user.language):
        n = len(closings)
        title = (
            gettext("Clôture dans moins de cinq jours\u00a0: %(notice)s") % {"notice": closings[0].title}
            if n == 1
            else ngettext(
                "%(n)s avis suivi se ferme dans moins de cinq jours",
                "%(n)s avis suivis se ferment dans moins de cinq jours",
                n,
            )
            % {"n": n}
        )
    return Draft(
        email=NOTICES_CLOSING,
        recipient=user,
        subject=f"closing:{user.pk}",
        version=timezone.localtime(now).strftime("%Y-%m-%d %H:%M:%S.%f"),
        context={
            "title": title,
            "closing": closings,
            "list_url": site_link("dealings:follow_list"),
            "unfollow_url": unfollow,
            "preferences_url": preference_link(user.pk),
        },
        headers=unsubscribe_headers(
            url=unfollow,
            reply_to=sender_for(None).reply_to,
            reference="suivi-" + "-".join(str(follow.pk) for follow in follows),
        ),
        mentions=[one.mention for one in closings],
        is_digest=True,
    )


def preference_link(user_id: int) -> Any:
    return site_link("matching:mail_preferences", preference_tokens({user_id}, KEY)[user_id])

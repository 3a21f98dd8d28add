"""« Avis suivis » among the mails that a person chooses: each can be stopped from a mail, without signing in."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.dealings.interests.emails import KEY
from marketplace.dealings.interests.follows import unfollow_notice
from marketplace.dealings.models import Follow
from marketplace.matching.mail_preferences.registry import MailItem, MailKind


def _running(user: User) -> Sequence[Follow]:
    rows = Follow.objects.filter(user=user).select_related("tender", "need__buyer__organisation")
    return list(rows.order_by("at", "pk"))


def _item(follow: Follow) -> MailItem:
    return MailItem(
        key=str(follow.pk),
        name=follow.notice.title,
        detail=str(_("dès que l’avis change, et cinq jours avant sa clôture")),
        since=follow.at,
    )


def _stop(rows: Sequence[Follow], user: User) -> None:
    for follow in rows:
        unfollow_notice(notice=follow.notice, by=user)


FOLLOWS = MailKind(
    key=KEY,
    title=_("Avis suivis"),
    says=_("Ce qui change dans les avis que vous suivez, et leur clôture cinq jours avant."),
    page="dealings:follow_list",
    running=_running,
    item=_item,
    stop=_stop,
)

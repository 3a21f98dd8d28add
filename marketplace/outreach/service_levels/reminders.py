"""The mail that tells staff of a pôle what is late or about to be: one a working day at most, and only where something is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy, ngettext

from marketplace.accounts.models import PolePost, User
from marketplace.matching.mail_preferences.links import preference_tokens
from marketplace.matching.mail_preferences.registry import MailItem, MailKind
from marketplace.outbox.compose import Draft, send_emails, unsubscribe_headers
from marketplace.outreach.models import StoppedReminder
from marketplace.outreach.service_levels.kinds import KINDS
from marketplace.outreach.service_levels.levels import Level, levels_by_pole
from marketplace.web.emails import Email, absolute_url, from_address, site_link
from marketplace.web.verbs import verb
from marketplace.web.workdays import is_working_day

_signer = Signer(salt="outreach.reminders")
KEY = "late_reminders"

LATE = Email(
    kind="outreach.late",
    audience=gettext_lazy("Vous recevez ce courriel parce que vous travaillez pour un pôle."),
    title="%(title)s",
    template="outreach/late",
)


@dataclass(frozen=True)
class PoleReminder:
    """What is late or about to be in a pôle: a line a kind, the address of its list with it."""

    name: str
    lines: list[tuple[Level, Any]]


@verb
def remind_staff(*, by: None) -> int:
    """On a working day, write to each person of a pôle where something is late or about to be; how many mails.

    A second run on the same day writes nothing more. A few statements, whatever the number of pôles.
    """
    today = timezone.localdate()
    if not is_working_day(today):
        return 0
    by_pole: dict[str, list[Level]] = {}
    levels = levels_by_pole()
    for kind in KINDS:
        for (key, pole), level in levels.items():
            if key == kind.key and pole and (level.late or level.soon):
                by_pole.setdefault(pole, []).append(level)
    posts = PolePost.objects.current().filter(pole__in=by_pole, user__is_active=True)
    posts = posts.exclude(user__in=StoppedReminder.objects.values("user"))
    readers: dict[User, list[PoleReminder]] = {}
    for post in posts.select_related("user", "pole").order_by("user", "pole__name"):
        readers.setdefault(post.user, []).append(_pole_reminder(post, by_pole[post.pole_id]))
    tokens = preference_tokens([user.pk for user in readers], KEY)
    drafts = [_draft(user, poles, tokens[user.pk], f"{today}") for user, poles in readers.items()]
    return len(send_emails(drafts))


def _pole_reminder(post: PolePost, levels: list[Level]) -> PoleReminder:
    code = post.pole_id
    return PoleReminder(
        post.pole.name,
        [
            (level, _list_link(level.kind.slug, f"?pole={code}&retard=1" if level.late else f"?pole={code}"))
            for level in levels
        ],
    )


def _list_link(slug: str, query: str) -> str:
    return absolute_url(reverse("outreach_admin:waiting_list", args=[slug])) + query


def _draft(user: User, poles: list[PoleReminder], token: str, version: str) -> Draft:
    late = sum(level.late for pole in poles for level, _url in pole.lines)
    soon = sum(level.soon for pole in poles for level, _url in pole.lines)
    stop_url = absolute_url(stop_path(user))
    with translation.override(user.language):
        if late:
            title = ngettext("%(n)s tâche en retard", "%(n)s tâches en retard", late) % {"n": late}
        else:
            title = ngettext(
                "%(n)s tâche à faire aujourd’hui ou demain",
                "%(n)s tâches à faire aujourd’hui ou demain",
                soon,
            ) % {"n": soon}
        if len(poles) == 1:
            title = gettext("%(pole)s : %(what)s") % {"pole": poles[0].name, "what": title}
    return Draft(
        email=LATE,
        recipient=user,
        subject=f"late:{user.pk}",
        version=version,
        context={
            "title": title,
            "late": late,
            "soon": soon,
            "poles": poles,
            "several": len(poles) > 1,
            "link": site_link("outreach_admin:service_levels"),
            "stop_url": stop_url,
            "preferences_url": site_link("matching:mail_preferences", token),
        },
        headers=unsubscribe_headers(url=stop_url, reply_to=from_address(), reference=f"rappels-{user.pk}"),
        is_digest=True,
    )


# --- Who wants them -----------------------------------------------------------------------------------------------------


def receives_reminders(user: User) -> bool:
    return bool(user.pole_codes) and not StoppedReminder.objects.filter(user=user).exists()


@verb
def stop_reminders(*, user: User, by: User | None) -> None:
    """A second time changes nothing."""
    StoppedReminder.objects.get_or_create(user=user)


@verb
def resume_reminders(*, user: User, by: User | None) -> None:
    StoppedReminder.objects.filter(user=user).delete()


def stop_path(user: User) -> str:
    return reverse("outreach:stop_reminders", args=[_signer.sign(str(user.pk))])


@dataclass
class ReminderChoice:
    """As the page of a mailed link reads it."""

    user: User
    stopped_at: Any = None


def choice_from_token(token: str) -> ReminderChoice | None:
    """None where the link was not made here, or the account is gone."""
    try:
        pk = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None:
        return None
    stopped = StoppedReminder.objects.filter(user=user).values_list("stopped_at", flat=True).first()
    return ReminderChoice(user, stopped)


def _running(user: User) -> Sequence[ReminderChoice]:
    return [ReminderChoice(user)] if receives_reminders(user) else []


def _item(choice: ReminderChoice) -> MailItem:
    return MailItem(
        key=str(choice.user.pk),
        name=gettext("Ce qui est en retard dans votre pôle"),
        detail=gettext("au plus une fois par jour ouvrable"),
    )


def _stop(rows: Sequence[ReminderChoice], user: User) -> None:
    stop_reminders(user=user, by=user)


REMINDERS = MailKind(
    key=KEY,
    title=gettext_lazy("Rappels du pôle"),
    says=gettext_lazy(
        "Ce qui a dépassé le délai promis, ou va le dépasser, dans votre pôle, et le lundi qui relancer."
    ),
    page="outreach_admin:service_levels",
    running=_running,
    item=_item,
    stop=_stop,
    offered_to=lambda user: bool(user.pole_codes),
)

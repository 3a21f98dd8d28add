"""What the asking side does afterwards: remind, give more time, close; and what happens by itself each morning."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.retention import BATCH, months_ago, remove_row
from marketplace.dealings.inquiries.asking import check_answer_by
from marketplace.dealings.inquiries.emails import (
    DEADLINE_MOVED,
    send_deadline_moved,
    send_inquiry_closed,
    send_reminders,
)
from marketplace.dealings.models import Inquiry, InquiryRecipient
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.typography import format_day_short
from marketplace.web.verbs import verb
from marketplace.web.workdays import working_day_before
from suppliers.models import Status

DAY = timedelta(days=1)
MOST_MOVES_A_DAY = 2
#: An inquiry that nobody closes is closed so long after its day to answer.
LEFT_OPEN = timedelta(days=60)


@verb
def remind_silent_suppliers(*, inquiry: Inquiry, by: User) -> int:
    """Write again to those that have not answered, each at most once a day. How many were written to."""
    held = hold_inquiry(inquiry, by)
    before = timezone.now() - DAY
    silent = _silent(Q(inquiry=held)).filter(Q(reminded_at=None) | Q(reminded_at__lte=before))
    rows = list(silent.filter(inquiry__asked_at__lte=before))
    if not rows:
        raise WrongMove(_("Personne à relancer aujourd’hui : un rappel part au plus une fois par jour."))
    _remind(rows)
    return len(rows)


@verb
def move_deadline(*, inquiry: Inquiry, answer_by: date, was: date | None, by: User) -> Inquiry:
    """Another last day to answer; those that have not answered are told where it is later. `was`: the day on the page."""
    held = hold_inquiry(inquiry, by)
    if was is not None and was != held.answer_by and answer_by != held.answer_by:
        raise WrongMove(
            _(
                "Entre-temps, une autre personne de votre institution a choisi le %(day)s. Vérifiez la date, puis enregistrez-la de nouveau."
            )
            % {"day": format_day_short(held.answer_by)}
        )
    check_answer_by(answer_by)
    later = answer_by > held.answer_by
    if answer_by == held.answer_by:
        return held
    if later:
        _check_not_told_often(held)
    held.answer_by = answer_by
    held.save(update_fields=["answer_by"])
    if later:
        send_deadline_moved(held, list(_silent(Q(inquiry=held))))
    return held


@verb
def close_inquiry(*, inquiry: Inquiry, by: User | None) -> None:
    """No more answers; those that have not answered are told, once."""
    held = hold_inquiry(inquiry, by)
    held.closed_at = timezone.now()
    held.save(update_fields=["closed_at"])
    if by is not None:  # long after the day, nobody waits to be told
        send_inquiry_closed(held, list(_silent(Q(inquiry=held))))


def hold_inquiry(inquiry: Inquiry, by: User | None) -> Inquiry:
    """Under lock, open, and of those who may follow it."""
    rows = Inquiry.objects.select_for_update(of=("self",)).select_related("organisation", "asked_by")
    held = (rows if by is None else rows.visible_to(by)).filter(pk=inquiry.pk).first()
    if held is None:
        raise NotAllowed
    if not held.is_open:
        raise WrongMove(_("Cette demande est déjà fermée."))
    return held


def _check_not_told_often(inquiry: Inquiry) -> None:
    """Each later day is a mail to all that have not answered."""
    subjects = [f"inquiry:{pk}" for pk in inquiry.recipients.values_list("pk", flat=True)]
    told = Message.objects.filter(
        kind=DEADLINE_MOVED.kind, subject__in=subjects, created_at__gt=timezone.now() - DAY
    )
    if told.values("version").distinct().count() >= MOST_MOVES_A_DAY:
        raise WrongMove(_("Vous avez déjà reporté la date %(n)s fois en 24 heures. Réessayez demain.") % {"n": MOST_MOVES_A_DAY})  # fmt: skip


# -- by itself ---------------------------------------------------------------------------------------------------------


@verb
def send_due_reminders(*, by: None) -> int:
    """Two working days before the day to answer, once for that day; how many suppliers were written to."""
    today = timezone.localdate()
    days = [day for n in range(1, 16) if reminder_day(day := today + n * DAY) <= today]
    yesterday = timezone.now() - DAY
    due = _silent(Q(inquiry__closed_at=None, inquiry__answer_by__in=days)).exclude(
        Q(inquiry__asked_at__gt=yesterday) | Q(reminded_at__gt=yesterday)
    )
    rows = [row for row in due if row.reminded_for != row.inquiry.answer_by]
    _remind(rows, by_itself=True)
    return len(rows)


def reminder_day(answer_by: date) -> date:
    """The second working day before."""
    return working_day_before(working_day_before(answer_by))


@verb
def close_forgotten_inquiries(*, by: None) -> int:
    """Those that nobody closed long after their day; how many."""
    rows = list(Inquiry.objects.open().filter(answer_by__lt=timezone.localdate() - LEFT_OPEN)[:BATCH])
    for inquiry in rows:
        close_inquiry(inquiry=inquiry, by=None)
    return len(rows)


@verb
def forget_inquiries(*, by: None) -> int:
    """Law 25: closed long ago, with every word, file and line of history; how many. The sweep takes the files' bytes."""
    rows = list(
        Inquiry.objects.filter(closed_at__lt=months_ago(settings.KEEP_INQUIRIES_MONTHS)).order_by("pk")[
            :BATCH
        ]
    )
    for inquiry in rows:
        remove_row(inquiry)
    return len(rows)


def _silent(condition: Q) -> QuerySet[InquiryRecipient]:
    """Those that can still answer; of a supplier that left the directory nothing more is asked."""
    rows = InquiryRecipient.objects.filter(condition).silent().filter(blocked_at=None)
    return rows.filter(supplier__status=Status.PUBLISHED).select_related(
        "inquiry__organisation", "inquiry__asked_by", "supplier__organisation"
    )


def _remind(rows: list[InquiryRecipient], *, by_itself: bool = False) -> None:
    now = timezone.now()
    for row in rows:
        row.reminded_at = now
        if by_itself:
            row.reminded_for = row.inquiry.answer_by
    InquiryRecipient.objects.bulk_update(rows, ["reminded_at", "reminded_for"])
    send_reminders(rows, version=f"{timezone.localdate()}")

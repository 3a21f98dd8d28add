"""What « Mon espace » says of questions: to answer, to look at, under way; and the pôle's reports."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, DateTimeField, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Concat, Trim
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.dealings.models import Inquiry, InquiryMessage, InquiryRecipient, InquiryReport
from marketplace.web.typography import format_day_short
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRest,
    WaitingRow,
    WaitingTile,
    register_waiting,
    urgency_by_date,
    waiting_rows,
)

if TYPE_CHECKING:
    from marketplace.accounts.models import User

QUESTION, HELD, UNDER_WAY, REPORT = "inquiry.question", "inquiry.held", "inquiry.under_way", "inquiry.report"
State = InquiryRecipient.State


def _asker(prefix: str) -> Any:
    person = Concat(
        f"{prefix}asked_by__first_name", Value(" "), f"{prefix}asked_by__last_name", output_field=TextField()
    )
    return Coalesce(F(f"{prefix}organisation__name"), Trim(person), output_field=TextField())


def _day_begins(column: str) -> Func:
    """A date as the moment at which it begins here: what the union's columns hold are moments."""
    zone = Value(settings.TIME_ZONE)
    return Func(
        zone, F(column), template="timezone(%(expressions)s::timestamp)", output_field=DateTimeField()
    )


def question_rows(user: User) -> QuerySet[Any] | None:
    """Questions that an enterprise of the person has neither answered nor declined."""
    if not user.organisation_ids:
        return None
    return waiting_rows(
        InquiryRecipient.objects.received_by(user).silent().open(),
        kind=QUESTION,
        subject=F("pk"),
        name=_asker("inquiry__"),
        detail=F("inquiry__subject"),
        since=F("inquiry__asked_at"),
        due=_day_begins("inquiry__answer_by"),
    )


def question_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Répondre à %(name)s") % {"name": row.name or _("Une personne")},
        text=_("« %(subject)s », réponse attendue le %(day)s.")
        % {"subject": row.detail, "day": format_day_short(row.due)},
        url=reverse("dealings:exchange", args=[row.subject]),
        action=_("Répondre"),
        urgency=urgency_by_date(row.due),
        since=row.since,
        due=row.due,
    )


def question_rest(n: int) -> WaitingRest:
    text = ngettext("et une autre question reçue", "et %(n)s autres questions reçues", n) % {"n": n}
    return WaitingRest(text=text, url=reverse("dealings:received"))


def held_rows(user: User) -> QuerySet[Any] | None:
    """Mails that came to the asking side from an address that nobody knows."""
    if not user.is_authenticated:
        return None
    mine = Inquiry.objects.visible_to(user).open().values("pk")
    rows = InquiryMessage.objects.filter(
        is_held=True, side=InquiryMessage.Side.SUPPLIER, recipient__inquiry__in=mine
    )
    return waiting_rows(
        rows,
        kind=HELD,
        subject=F("recipient"),
        name=F("recipient__supplier__organisation__name"),
        since=F("at"),
    )


def held_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Une réponse arrivée d’une autre adresse : %(name)s") % {"name": row.name},
        text=_("Lisez-la, puis dites-nous si elle vient bien de cette entreprise."),
        url=reverse("dealings:exchange", args=[row.subject]),
        action=_("Lire"),
        urgency=Urgency.SOON,
        since=row.since,
    )


def under_way_rows(user: User) -> QuerySet[Any] | None:
    """Open questions of the person, with how many suppliers have answered."""
    if not user.is_authenticated:
        return None
    rows = Inquiry.objects.visible_to(user).open()
    answered = (
        InquiryRecipient.objects.filter(inquiry=OuterRef("pk"), state__in=[State.ANSWERED, State.DECLINED])
        .order_by()
        .values("inquiry")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return waiting_rows(
        rows.filter(Exists(InquiryRecipient.objects.filter(~Q(state=State.UNSENT), inquiry=OuterRef("pk")))),
        kind=UNDER_WAY,
        subject=F("pk"),
        name=F("subject"),
        number=answered,
        since=F("asked_at"),
        due=_day_begins("answer_by"),
    )


def under_way_item(row: WaitingRow) -> WaitingItem:
    said = ngettext("%(n)s fournisseur a répondu.", "%(n)s fournisseurs ont répondu.", row.number) % {
        "n": row.number
    }
    if not row.number:
        said = _("Aucun fournisseur n’a encore répondu.")
    return WaitingItem(
        title=row.name,
        text=_("%(said)s Réponse attendue le %(day)s.") % {"said": said, "day": format_day_short(row.due)},
        url=reverse("dealings:inquiry", args=[row.subject]),
        action=_("Suivre la demande"),
        since=row.since,
    )


def report_rows(user: User) -> QuerySet[Any] | None:
    """Reported messages of the territory that nobody has handled; counted in the admin."""
    if not user.is_staff:
        return None
    rows = InquiryReport.objects.curated_by(user).unhandled()
    return waiting_rows(rows, kind=REPORT, subject=F("pk"), since=F("at"))


def report_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("message signalé", "messages signalés", count),
        url=reverse("admin:dealings_inquiryreport_changelist"),
        text=_("Le plus ancien date du %(day)s.") % {"day": format_day_short(oldest)} if oldest else "",
        icon="warning",
        is_urgent=True,
    )


def register_inquiry_waiting() -> None:
    register_waiting(kind=QUESTION, rows=question_rows, item=question_item, rest=question_rest)
    register_waiting(kind=HELD, rows=held_rows, item=held_item)
    register_waiting(kind=UNDER_WAY, rows=under_way_rows, item=under_way_item, informs=True)
    register_waiting(kind=REPORT, rows=report_rows, tile=report_tile, order=20)

"""What « Mon espace » says of exchanges, to each side; and what staff count: exchanges that are stuck."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.models import Need
from marketplace.accounts.models import User, curation_q
from marketplace.dealings.models import ContractAnswer, NeedDecision, NeedInvitation, NeedQuestion, Quote
from marketplace.dealings.need_exchanges.contracts import ASKED_AFTER
from marketplace.web.typography import format_hour, format_moment
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRow,
    WaitingTile,
    register_waiting,
    urgency_by_date,
    waiting_rows,
)

INVITED, ASKED, TO_DECIDE = "need_exchanges.invited", "need_exchanges.asked", "need_exchanges.to_decide"
SUBMITTED, CONTRACT, STUCK = "need_exchanges.quote", "need_exchanges.contract", "need_exchanges.stuck"
#: A question without an answer, a closed need without a decision: after so long, staff call.
QUESTION_STUCK, DECISION_STUCK = timedelta(days=5), timedelta(days=21)


def stuck_needs() -> QuerySet[Need]:
    """Exchanges that do not move: a question waits too long, or nothing is decided long after the closing."""
    now = timezone.now()
    unanswered = NeedQuestion.objects.unanswered().filter(
        need=OuterRef("pk"), asked_at__lt=now - QUESTION_STUCK
    )
    return Need.objects.filter(status=Need.Status.PUBLISHED).filter(
        Q(closes_at__gt=now) & Exists(unanswered) | Q(closes_at__lt=now - DECISION_STUCK) & _to_decide()
    )


def _to_decide() -> Q:
    """Something came in, and nobody has decided."""
    quoted = Quote.objects.told().filter(need=OuterRef("pk"))
    return Q(Exists(quoted)) & ~Q(Exists(NeedDecision.objects.filter(need=OuterRef("pk"))))


def invited_rows(user: User) -> QuerySet[Any] | None:
    if not user.organisation_ids:
        return None
    rows = NeedInvitation.objects.of_members(user).waiting().filter(told_at__isnull=False)
    return waiting_rows(
        rows,
        kind=INVITED,
        subject=F("supplier"),
        name=F("need__title"),
        detail=F("need__slug"),
        since=F("told_at"),
        due=F("need__closes_at"),
    )


def invited_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Répondre à l’invitation : %(need)s") % {"need": row.name},
        text=_("Votre proposition s’écrit ici. Clôture à %(hour)s.") % {"hour": format_hour(row.due)},
        url=f"{reverse('dealings:need_quote', args=[row.detail])}?pour={row.subject}",
        action=_("Répondre"),
        urgency=urgency_by_date(row.due),
        since=row.since,
        due=row.due,
    )


def asked_rows(user: User) -> QuerySet[Any] | None:
    """Questions to answer, for the institution."""
    if not user.organisation_ids:
        return None
    rows = NeedQuestion.objects.unanswered().filter(
        need__buyer__organisation__in=user.organisation_ids, need__status=Need.Status.PUBLISHED
    )
    return waiting_rows(
        rows,
        kind=ASKED,
        subject=F("pk"),
        name=F("need__title"),
        detail=F("need__slug"),
        since=F("asked_at"),
        due=F("need__closes_at"),
    )


def asked_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Répondre à une question : %(need)s") % {"need": row.name},
        text=_(
            "Votre réponse est publiée pour toutes les entreprises, sans nommer celle qui a posé la question."
        ),
        url=reverse("dealings:need_questions", args=[row.detail]),
        action=_("Répondre"),
        urgency=Urgency.NOW,
        since=row.since,
        due=row.due,
    )


def to_decide_rows(user: User) -> QuerySet[Any] | None:
    """Closed needs with something to read."""
    if not user.organisation_ids:
        return None
    rows = Need.objects.of(user).filter(
        _to_decide(),
        status=Need.Status.PUBLISHED,
        closes_at__lte=timezone.now(),
    )
    return waiting_rows(
        rows, kind=TO_DECIDE, subject=F("pk"), name=F("title"), detail=F("slug"), since=F("closes_at")
    )


def to_decide_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Décider : %(need)s") % {"need": row.name},
        text=_("Fermé depuis le %(when)s. Les propositions peuvent être lues et comparées.")
        % {"when": format_moment(row.since)},
        url=reverse("dealings:need_quotes", args=[row.detail]),
        action=_("Comparer"),
        urgency=Urgency.SOON,
        since=row.since,
    )


def submitted_rows(user: User) -> QuerySet[Any] | None:
    """Quotes that wait for a decision: nothing to do."""
    if not user.organisation_ids:
        return None
    rows = Quote.objects.submitted().of_members(user).filter(need__status=Need.Status.PUBLISHED)
    return waiting_rows(
        rows,
        kind=SUBMITTED,
        subject=F("supplier"),
        name=F("need__title"),
        detail=F("need__slug"),
        since=F("submitted_at"),
        due=F("need__closes_at"),
    )


def submitted_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=row.name,
        text=_("Votre proposition est déposée depuis le %(when)s.") % {"when": format_moment(row.since)},
        url=f"{reverse('dealings:need_quote', args=[row.detail])}?pour={row.subject}",
        action=_("Revoir"),
        since=row.since,
    )


def contract_rows(user: User) -> QuerySet[Any] | None:
    """« Contrat conclu? », to whichever side has not said yet, thirty days on."""
    if not user.organisation_ids:
        return None
    mine = user.organisation_ids
    said = ContractAnswer.objects.filter(decision=OuterRef("pk")).exclude(said=ContractAnswer.Said.NOT_YET)
    rows = NeedDecision.objects.chosen().filter(
        Q(need__buyer__organisation__in=mine) & ~Exists(said.filter(side=ContractAnswer.Side.BUYER))
        | Q(organisation__in=mine) & ~Exists(said.filter(side=ContractAnswer.Side.SELLER)),
        decided_at__lte=timezone.now() - timedelta(days=ASKED_AFTER[0]),
    )
    return waiting_rows(
        rows,
        kind=CONTRACT,
        subject=F("pk"),
        name=F("need__title"),
        detail=F("need__slug"),
        since=F("decided_at"),
    )


def contract_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Contrat conclu? %(need)s") % {"need": row.name},
        text=_("La décision date du %(when)s. Dites-nous ce qui a suivi.")
        % {"when": format_moment(row.since)},
        url=reverse("dealings:need_contract", args=[row.detail]),
        action=_("Répondre"),
        urgency=Urgency.LATER,
        since=row.since,
    )


def stuck_rows(user: User) -> QuerySet[Any] | None:
    if not user.is_staff:
        return None
    rows = stuck_needs().filter(curation_q(user, "buyer__organisation__"))
    return waiting_rows(rows, kind=STUCK, subject=F("pk"), name=F("title"), since=F("closes_at"))


def stuck_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("échange qui n’avance pas", "échanges qui n’avancent pas", count),
        url=reverse("dealings_admin:stuck_exchanges"),
        icon="clock",
    )


def register_need_exchange_waiting() -> None:
    register_waiting(kind=INVITED, rows=invited_rows, item=invited_item)
    register_waiting(kind=ASKED, rows=asked_rows, item=asked_item)
    register_waiting(kind=TO_DECIDE, rows=to_decide_rows, item=to_decide_item)
    register_waiting(kind=SUBMITTED, rows=submitted_rows, item=submitted_item, informs=True)
    register_waiting(kind=CONTRACT, rows=contract_rows, item=contract_item)
    register_waiting(kind=STUCK, rows=stuck_rows, tile=stuck_tile, order=35)

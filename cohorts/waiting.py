"""What waits for a person in « Mon espace »: a place to confirm, requests to decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import STANDING, Application, Cohort
from marketplace.accounts.models import User
from marketplace.web.typography import format_moment
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRow,
    WaitingTile,
    register_waiting,
    waiting_rows,
)

OFFER, DECIDE, APPLICATION = "cohorts.offer", "cohorts.decide", "cohorts.application"


def offered_place_rows(user: User | AnonymousUser) -> QuerySet[Any] | None:
    """Places offered to the person's enterprises, to confirm before a moment."""
    if not user.is_authenticated or not user.organisation_ids:
        return None
    rows = Application.objects.of_members(user).filter(
        state=Application.State.OFFERED, cohort__state__in=STANDING
    )
    return waiting_rows(
        rows,
        kind=OFFER,
        subject=F("pk"),
        name=F("cohort__title"),
        detail=F("supplier__organisation__name"),
        since=F("state_changed_at"),
        due=F("confirm_by"),
    )


def offered_place_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Confirmer votre place : %(cohort)s") % {"cohort": row.name},
        text=_(
            "Une place se libère pour %(enterprise)s. Sans réponse avant le %(moment)s, elle ira à l’entreprise suivante."
        )
        % {"enterprise": row.detail, "moment": format_moment(row.due)},
        url=reverse("cohorts:application", args=[row.subject]),
        action=_("Confirmer"),
        urgency=Urgency.NOW,
        since=row.since,
        due=row.due,
    )


def undecided_cohort_rows(user: User | AnonymousUser) -> QuerySet[Any] | None:
    """Cohorts of the reader's pôles where requests await an answer."""
    if not user.is_authenticated or not user.is_staff:
        return None
    undecided = (
        Application.objects.filter(cohort=OuterRef("pk"), state=Application.State.APPLIED)
        .order_by()
        .values("cohort")
        .annotate(n=Count("pk"))
        .values("n")
    )
    oldest = Application.objects.filter(cohort=OuterRef("pk"), state=Application.State.APPLIED).order_by(
        "applied_at"
    )
    rows = Cohort.objects.curated_by(user).filter(state__in=STANDING)
    rows = rows.annotate(undecided=Subquery(undecided, output_field=IntegerField())).filter(undecided__gt=0)
    return waiting_rows(
        rows,
        kind=DECIDE,
        subject=F("pk"),
        name=F("title"),
        number=F("undecided"),
        since=Subquery(oldest.values("applied_at")[:1]),
    )


def undecided_cohort_item(row: WaitingRow) -> WaitingItem:
    list_url = reverse("admin:cohorts_application_changelist")
    return WaitingItem(
        title=ngettext(
            "Décider d’une candidature : %(cohort)s", "Décider de %(n)s candidatures : %(cohort)s", row.number
        )
        % {"n": row.number, "cohort": row.name},
        text=_("Chaque entreprise attend votre réponse."),
        url=f"{list_url}?cohorte={row.subject}&etat={Application.State.APPLIED}",
        action=_("Décider"),
        urgency=Urgency.SOON,
        since=row.since,
    )


def undecided_application_rows(user: User) -> QuerySet[Any] | None:
    """The applications themselves; only counted, in the admin."""
    if not user.is_staff:
        return None
    rows = Application.objects.curated_by(user).to_decide()
    return waiting_rows(rows, kind=APPLICATION, subject=F("pk"), since=F("applied_at"))


def undecided_application_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("candidature à traiter", "candidatures à traiter", count),
        url=reverse("admin:cohorts_application_changelist") + f"?etat={Application.State.APPLIED}",
        icon="team",
        is_urgent=True,
    )


def register_cohort_waiting() -> None:
    register_waiting(kind=OFFER, rows=offered_place_rows, item=offered_place_item)
    register_waiting(kind=DECIDE, rows=undecided_cohort_rows, item=undecided_cohort_item)
    register_waiting(
        kind=APPLICATION, rows=undecided_application_rows, tile=undecided_application_tile, order=30
    )

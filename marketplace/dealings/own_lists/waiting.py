"""What waits in « Mon espace » for the members of an institution: columns to confirm, proposals to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.dealings.models import OwnList, OwnListRow
from marketplace.web.typography import format_number
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRest,
    WaitingRow,
    register_waiting,
    waiting_rows,
)

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def list_rows(user: User) -> QuerySet[Any] | None:
    """Lists with something to do, the oldest first; `number` is how many proposals, 0 where columns are to confirm."""
    if not user.organisation_ids:
        return None
    proposed = (
        OwnListRow.objects.filter(own_list=OuterRef("pk"), state=OwnListRow.State.PROPOSED)
        .order_by()
        .values("own_list")
        .annotate(n=Count("pk"))
        .values("n")
    )
    lists = OwnList.objects.visible_to(user).annotate(proposed=Coalesce(Subquery(proposed), 0))
    return waiting_rows(
        lists.filter(Q(state=OwnList.State.COLUMNS) | Q(state=OwnList.State.READY, proposed__gt=0)),
        kind="own_lists",
        subject=F("pk"),
        name=F("name"),
        detail=F("state"),
        number=F("proposed"),
        since=F("created_at"),
    )


def list_item(row: WaitingRow) -> WaitingItem:
    if row.detail == OwnList.State.COLUMNS:
        return WaitingItem(
            title=_("Confirmer les colonnes de « %(name)s »") % {"name": row.name},
            text=_(
                "Votre liste de fournisseurs sera lue dès que vous aurez dit ce que contient chaque colonne."
            ),
            url=reverse("dealings:own_list_columns", args=[row.subject]),
            action=_("Voir les colonnes"),
            urgency=Urgency.SOON,
            since=row.since,
        )
    return WaitingItem(
        title=_("Fournisseurs à confirmer : « %(name)s »") % {"name": row.name},
        text=ngettext(
            "%(n)s fournisseur de votre liste est peut-être une entreprise d’économie sociale.",
            "%(n)s fournisseurs de votre liste sont peut-être des entreprises d’économie sociale.",
            row.number,
        )
        % {"n": format_number(row.number)},
        url=reverse("dealings:own_list", args=[row.subject]) + "?etat=a-confirmer#lignes",
        action=_("Confirmer ou écarter"),
        urgency=Urgency.LATER,
        since=row.since,
    )


def lists_left(n: int) -> WaitingRest:
    text = ngettext("et %(n)s autre liste de fournisseurs", "et %(n)s autres listes de fournisseurs", n)
    return WaitingRest(text=text % {"n": n}, url=reverse("dealings:own_lists"))


def register_own_list_waiting() -> None:
    register_waiting(kind="own_lists", rows=list_rows, item=list_item, rest=lists_left)

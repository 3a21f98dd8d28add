"""What « Mon espace » says of a person's organisations: invitations and requests to join."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.email_domains import readable_domain
from marketplace.accounts.invitations import invitations_for
from marketplace.accounts.models import EmailDomain, Invitation, JoinRequest, Side, curation_q
from marketplace.web.typography import format_day_short
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRest,
    WaitingRow,
    WaitingTile,
    register_waiting,
    waiting_rows,
)

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def own_invitation_rows(user: User) -> QuerySet[Any]:
    return waiting_rows(
        invitations_for(user),
        kind="accounts.invitation",
        subject=F("pk"),
        name=F("organisation__name"),
        since=F("created_at"),
        due=F("expires_at"),
    )


def own_invitation_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Invitation : %(name)s") % {"name": row.name},
        text=_("On vous invite à agir pour cette organisation."),
        url=reverse("accounts:own_invitation", args=[row.subject]),
        action=_("Répondre"),
        urgency=Urgency.NOW,
        since=row.since,
        due=row.due,
    )


def unanswered_invitation_rows(user: User) -> QuerySet[Any] | None:
    """Invitations of the territory that nobody has answered; only counted, in the admin."""
    if not user.is_staff:
        return None
    rows = Invitation.objects.filter(curation_q(user, "organisation__")).open()
    return waiting_rows(rows, kind="accounts.unanswered", subject=F("pk"), since=F("created_at"))


def unanswered_invitation_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("invitation sans réponse", "invitations sans réponse", count),
        url=reverse("admin:accounts_invitation_changelist"),
        icon="mail",
    )


def join_request_rows(user: User) -> QuerySet[Any] | None:
    """Requests to join, for staff of the territory."""
    if not user.is_staff:
        return None
    return waiting_rows(
        JoinRequest.objects.curated_by(user).open().exclude(user=user),
        kind="accounts.join_request",
        subject=F("pk"),
        name=F("organisation__name"),
        detail=F("title"),
        number=Case(When(side=Side.SELLING, then=Value(1)), default=Value(0)),
        since=F("created_at"),
    )


def join_request_item(row: WaitingRow) -> WaitingItem:
    text = (
        _("Une personne (%(function)s) demande à gérer cette fiche.")
        if row.number
        else _("Une personne (%(function)s) inscrit cette institution ou demande à s’y joindre.")
    )
    return WaitingItem(
        title=row.name,
        text=text % {"function": row.detail},
        url=reverse("admin:accounts_joinrequest_change", args=[row.subject]),
        action=_("Décider"),
        since=row.since,
    )


def join_request_rest(n: int) -> WaitingRest:
    return WaitingRest(
        text=ngettext(
            "et une autre demande pour agir au nom d’une organisation",
            "et %(n)s autres demandes pour agir au nom d’une organisation",
            n,
        )
        % {"n": n},
        url=reverse("admin:accounts_joinrequest_changelist"),
    )


def join_request_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext(
            "demande à traiter pour agir au nom d’une organisation",
            "demandes à traiter pour agir au nom d’une organisation",
            count,
        ),
        url=reverse("admin:accounts_joinrequest_changelist") + "?state__exact=open",
        icon="person",
        is_urgent=True,
    )


def email_domain_rows(user: User) -> QuerySet[Any] | None:
    """Domains that institutions of the territory say are their own, for staff."""
    if not user.is_staff:
        return None
    return waiting_rows(
        EmailDomain.objects.curated_by(user).waiting().exclude(asked_by=user),
        kind="accounts.email_domain",
        subject=F("pk"),
        name=F("organisation__name"),
        detail=F("domain"),
        since=F("asked_at"),
    )


def email_domain_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=row.name,
        text=_(
            "Les personnes qui ont une adresse à %(domain)s se joindraient à l’équipe sans attendre : ce domaine n’est-il qu’à cette institution?"
        )
        % {"domain": readable_domain(row.detail)},
        url=reverse("admin:accounts_emaildomain_change", args=[row.subject]),
        action=_("Décider"),
        since=row.since,
    )


def email_domain_rest(n: int) -> WaitingRest:
    return WaitingRest(
        text=ngettext("et un autre domaine à confirmer", "et %(n)s autres domaines à confirmer", n)
        % {"n": n},
        url=reverse("admin:accounts_emaildomain_changelist") + "?state__exact=asked",
    )


def email_domain_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("domaine de courriel à confirmer", "domaines de courriel à confirmer", count),
        url=reverse("admin:accounts_emaildomain_changelist") + "?state__exact=asked",
        icon="mail",
    )


def colleague_request_rows(user: User) -> QuerySet[Any] | None:
    """Requests to join, for owners of a verified institution."""
    if user.is_staff or not user.organisation_ids:
        return None
    return waiting_rows(
        JoinRequest.objects.answered_by_owner(user).open(),
        kind="accounts.colleague",
        subject=F("pk"),
        name=F("user__last_name"),
        detail=F("organisation__name"),
        since=F("created_at"),
    )


def colleague_request_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Une personne demande à se joindre à vous"),
        text=row.detail,
        url=reverse("accounts:enrolment", args=[row.subject]),
        action=_("Répondre"),
        urgency=Urgency.NOW,
        since=row.since,
    )


def own_join_request_rows(user: User) -> QuerySet[Any]:
    """What one asked for, while the answer is awaited."""
    return waiting_rows(
        JoinRequest.objects.open().filter(user=user),
        kind="accounts.my_join_request",
        subject=F("pk"),
        name=F("organisation__name"),
        number=Case(When(side=Side.SELLING, then=Value(1)), default=Value(0)),
        since=F("created_at"),
    )


def own_join_request_item(row: WaitingRow) -> WaitingItem:
    text = (
        _("Votre demande est chez le pôle depuis le %(day)s. Sa réponse viendra par courriel.")
        if row.number
        else _("Demande déposée le %(day)s. La réponse viendra par courriel.")
    )
    return WaitingItem(
        title=row.name,
        text=text % {"day": format_day_short(row.since)},
        url=reverse("accounts:claim" if row.number else "accounts:enrolment", args=[row.subject]),
        action=_("Voir ma demande"),
        since=row.since,
    )


register_waiting(kind="accounts.invitation", rows=own_invitation_rows, item=own_invitation_item)
register_waiting(
    kind="accounts.unanswered", rows=unanswered_invitation_rows, tile=unanswered_invitation_tile, order=40
)
register_waiting(
    kind="accounts.join_request",
    rows=join_request_rows,
    item=join_request_item,
    rest=join_request_rest,
    tile=join_request_tile,
    order=15,
)
register_waiting(
    kind="accounts.email_domain",
    rows=email_domain_rows,
    item=email_domain_item,
    rest=email_domain_rest,
    tile=email_domain_tile,
    order=35,
)
register_waiting(kind="accounts.colleague", rows=colleague_request_rows, item=colleague_request_item)
register_waiting(
    kind="accounts.my_join_request", rows=own_join_request_rows, item=own_join_request_item, informs=True
)

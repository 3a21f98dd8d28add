"""What waits in « Mon espace » about suppliers: those that staff are to verify, those that members are to finish."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.typography import days_until, format_day_short
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRest,
    WaitingRow,
    WaitingTile,
    register_waiting,
    waiting_rows,
)
from suppliers import states
from suppliers.models import Decision, DuplicatePair, LegalForm, RegistryDrift, Status, Supplier
from suppliers.verification import SOON

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def review_rows(user: User) -> QuerySet[Any] | None:
    """Suppliers of the territory that were submitted, or changed since they were verified; the oldest first."""
    if not user.is_staff:
        return None
    return waiting_rows(
        Supplier.objects.curated_by(user).waiting(),
        kind="suppliers.review",
        subject=F("pk"),
        name=F("organisation__name"),
        detail=F("legal_form"),
        number=Case(
            When(recheck_since__isnull=False, then=Value(1)),
            When(attested_at__isnull=False, then=Value(2)),
            default=Value(0),
        ),
        since=Coalesce("recheck_since", "attested_at", "status_changed_at"),
    )


def review_item(row: WaitingRow) -> WaitingItem:
    form = str(LegalForm(row.detail).label) if row.detail else _("forme juridique inconnue")
    text = (
        _("%(form)s. Fiche soumise, à vérifier."),
        _("%(form)s. Modifiée depuis la vérification."),
        _("%(form)s. Rien n’a changé, selon l’entreprise : preuves à renouveler."),
    )[row.number or 0]
    return WaitingItem(
        title=row.name,
        text=text % {"form": capfirst(form)},
        url=reverse("admin:suppliers_supplier_change", args=[row.subject]),
        action=_("Vérifier"),
        since=row.since,
    )


def review_rest(n: int) -> WaitingRest:
    return WaitingRest(
        text=ngettext("et une autre fiche à vérifier", "et %(n)s autres fiches à vérifier", n) % {"n": n},
        url=reverse("suppliers_admin:queue"),
    )


def review_tile(count: int, oldest: datetime | None) -> WaitingTile:
    text = ""
    if oldest:
        days = -days_until(oldest)
        text = _("la plus ancienne : %(since)s") % {
            "since": ngettext("%(n)s jour", "%(n)s jours", days) % {"n": days}
            if days > 0
            else _("aujourd’hui")
        }
    return WaitingTile(
        title=ngettext("fiche à vérifier", "fiches à vérifier", count),
        url=reverse("suppliers_admin:queue"),
        text=text,
        icon="clock",
        is_urgent=True,
    )


def prospect_rows(user: User) -> QuerySet[Any] | None:
    """Enterprises of the territory that nobody has approached; only counted, in the admin."""
    if not user.is_staff:
        return None
    rows = Supplier.objects.curated_by(user).filter(status=Status.PROSPECT)
    return waiting_rows(rows, kind="suppliers.prospect", subject=F("pk"), since=F("status_changed_at"))


def prospect_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("entreprise à démarcher", "entreprises à démarcher", count),
        url=reverse("suppliers_admin:triage"),
        icon="search",
    )


def neq_rows(user: User) -> QuerySet[Any] | None:
    """Rows of a pôle's list that have no NEQ yet; only counted, in the admin."""
    if not user.is_staff:
        return None
    rows = Supplier.objects.curated_by(user).awaiting_neq()
    return waiting_rows(rows, kind="suppliers.neq", subject=F("pk"), since=F("status_changed_at"))


def neq_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("NEQ à confirmer", "NEQ à confirmer", count),
        url=reverse("suppliers_admin:neqs"),
        icon="check",
    )


def difference_rows(user: User) -> QuerySet[Any] | None:
    """Listings that a person keeps and of which a file says something else; only counted, in the admin."""
    if not user.is_staff:
        return None
    rows = Supplier.objects.curated_by(user).filter(registry__differs__len__gt=0)
    return waiting_rows(
        rows, kind="suppliers.difference", subject=F("pk"), since=F("registry__last_changed_at")
    )


def difference_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("fiche qui diffère du fichier", "fiches qui diffèrent du fichier", count),
        url=reverse("admin:suppliers_supplier_changelist") + "?fichier=autre",
        icon="check",
    )


def duplicate_rows(user: User) -> QuerySet[Any] | None:
    """Pairs of listings that may be one enterprise, nobody having decided; only counted, in the admin."""
    if not user.is_staff:
        return None
    rows = DuplicatePair.objects.visible_to(user).open()
    return waiting_rows(rows, kind="suppliers.duplicate", subject=F("pk"), since=F("found_at"))


def duplicate_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("doublon possible", "doublons possibles", count),
        url=reverse("suppliers_admin:duplicates"),
        icon="search",
    )


def drift_rows(user: User) -> QuerySet[Any] | None:
    """What the last extract of the registry says otherwise than our listings; only counted, in the admin."""
    if not user.is_staff:
        return None
    rows = RegistryDrift.objects.visible_to(user).waiting()
    return waiting_rows(rows, kind="suppliers.drift", subject=F("pk"), since=F("seen_at"))


def drift_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("écart avec le registre", "écarts avec le registre", count),
        url=reverse("suppliers_admin:drift"),
        icon="check",
    )


def unplaced_rows(user: User) -> QuerySet[Any] | None:
    """What no pôle can see: only the platform's admins place it."""
    if not user.is_superuser:
        return None
    rows = Supplier.objects.filter(organisation__mrc__isnull=True, organisation__pole__isnull=True)
    return waiting_rows(rows, kind="suppliers.unplaced", subject=F("pk"), since=F("status_changed_at"))


def unplaced_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("fiche sans territoire", "fiches sans territoire", count),
        url=reverse("admin:suppliers_supplier_changelist") + "?mrc=sans",
        icon="pin",
    )


def lapsed_rows(user: User) -> QuerySet[Any] | None:
    """Published suppliers of the territory whose verification has lapsed and that nobody attested; only counted."""
    if not user.is_staff:
        return None
    rows = Supplier.objects.curated_by(user).lapsed().filter(attested_at__isnull=True)
    return waiting_rows(rows, kind="suppliers.lapsed", subject=F("pk"), since=F("status_changed_at"))


def lapsed_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext(
            "fiche dont la vérification est échue", "fiches dont la vérification est échue", count
        ),
        url=reverse("admin:suppliers_supplier_changelist") + "?verification=lapsed",
        icon="calendar",
    )


def renewal_rows(user: User) -> QuerySet[Any] | None:
    """One's own published suppliers whose verification ends within sixty days, or has ended."""
    if not user.organisation_ids:
        return None
    end = timezone.localdate() + SOON
    rows = Supplier.objects.published().filter(organisation__in=user.organisation_ids)
    return waiting_rows(
        rows.filter(verified_until__lte=end, attested_at__isnull=True),
        kind="suppliers.renewal",
        subject=F("pk"),
        name=F("organisation__name"),
        detail=F("verified_until"),
        since=F("status_changed_at"),
    )


def renewal_item(row: WaitingRow) -> WaitingItem:
    until = date.fromisoformat(row.detail)
    has_lapsed = until < timezone.localdate()
    text = (
        _("Sa vérification est échue depuis le %(day)s.")
        if has_lapsed
        else _("Sa vérification vaut jusqu’au %(day)s.")
    )
    return WaitingItem(
        title=row.name,
        text=text % {"day": format_day_short(until)},
        url=reverse("suppliers:register_step", kwargs={"pk": row.subject, "step": "submit"}),
        action=_("Renouveler la vérification"),
        urgency=Urgency.NOW if has_lapsed else Urgency.SOON,
    )


def renewal_rest(n: int) -> WaitingRest:
    return WaitingRest(
        text=ngettext(
            "et une autre vérification à renouveler", "et %(n)s autres vérifications à renouveler", n
        )
        % {"n": n},
        url=reverse("suppliers:register"),
    )


def draft_rows(user: User) -> QuerySet[Any] | None:
    """The drafts of one's own organisations, those that the pôle sent back among them."""
    if not user.organisation_ids:
        return None
    last = Decision.objects.filter(supplier=OuterRef("pk")).exclude(verb=states.EDIT.verb)
    return waiting_rows(
        Supplier.objects.filter(organisation__in=user.organisation_ids, status=Status.DRAFT),
        kind="suppliers.draft",
        subject=F("pk"),
        name=F("organisation__name"),
        detail=Subquery(last.order_by("-at", "-pk").values("verb")[:1]),
        since=F("status_changed_at"),
    )


def draft_item(row: WaitingRow) -> WaitingItem:
    is_asked = row.detail == states.RETURN.verb
    return WaitingItem(
        title=row.name,
        text=_("Votre pôle demande un complément avant de publier la fiche.")
        if is_asked
        else _("Inscription commencée. Elle n’est pas encore envoyée au pôle."),
        url=reverse(
            "suppliers:register_step",
            kwargs={"pk": row.subject, "step": "criteria" if is_asked else "submit"},
        ),
        action=_("Compléter la fiche") if is_asked else _("Finir l’inscription"),
        urgency=Urgency.NOW if is_asked else Urgency.SOON,
        since=row.since,
    )


def draft_rest(n: int) -> WaitingRest:
    return WaitingRest(
        text=ngettext("et une autre inscription à finir", "et %(n)s autres inscriptions à finir", n)
        % {"n": n},
        url=reverse("suppliers:register"),
    )


register_waiting(
    kind="suppliers.review",
    rows=review_rows,
    item=review_item,
    rest=review_rest,
    tile=review_tile,
    order=10,
)
register_waiting(kind="suppliers.prospect", rows=prospect_rows, tile=prospect_tile, order=20)
register_waiting(kind="suppliers.neq", rows=neq_rows, tile=neq_tile, order=15)
register_waiting(kind="suppliers.difference", rows=difference_rows, tile=difference_tile, order=16)
register_waiting(kind="suppliers.unplaced", rows=unplaced_rows, tile=unplaced_tile, order=60)
register_waiting(kind="suppliers.lapsed", rows=lapsed_rows, tile=lapsed_tile, order=12)
register_waiting(kind="suppliers.renewal", rows=renewal_rows, item=renewal_item, rest=renewal_rest)
register_waiting(kind="suppliers.draft", rows=draft_rows, item=draft_item, rest=draft_rest)
register_waiting(kind="suppliers.duplicate", rows=duplicate_rows, tile=duplicate_tile, order=17)
register_waiting(kind="suppliers.drift", rows=drift_rows, tile=drift_tile, order=18)

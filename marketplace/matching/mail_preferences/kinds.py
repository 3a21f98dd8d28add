"""What this app sends that a person chooses: alerts, searches of suppliers, suppliers new in what an institution buys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Consent, User
from marketplace.matching.alerts.models import Alert
from marketplace.matching.alerts.verbs import change_rhythm, pause_alerts, resume_alert, stop_alerts
from marketplace.matching.buyer_suggestions.models import NewSupplierAlert
from marketplace.matching.buyer_suggestions.verbs import stop_new_suppliers
from marketplace.matching.saved_searches.models import SavedSearch
from marketplace.matching.saved_searches.verbs import change_search, stop_searches

from .registry import MailItem, MailKind, register_mail_kind


def register_own_kinds() -> None:
    register_mail_kind(ALERTS)
    register_mail_kind(SEARCHES)
    register_mail_kind(NEW_SUPPLIERS)


def _alerts(user: User) -> Sequence[Alert]:
    rows = Alert.objects.active().filter(user=user).select_related("user", "supplier__organisation")
    return list(rows.order_by("created_at", "pk"))


def alert_item(alert: Alert) -> MailItem:
    return MailItem(
        key=str(alert.pk),
        name=alert.label,
        detail=str(alert.get_frequency_display()),
        frequency=alert.frequency,
        is_paused=alert.is_paused,
        paused_until=alert.paused_until,
        since=alert.created_at,
    )


def _stop_alerts(rows: Sequence[Alert], user: User) -> None:
    stop_alerts(alerts=rows, by=user)


def _pause(rows: Sequence[Alert], first: date, last: date | None, user: User) -> None:
    pause_alerts(alerts=rows, paused_from=first, paused_until=last, by=user)


def _resume(rows: Sequence[Alert], user: User) -> None:
    """Ends pauses alone: an alert that was stopped is asked again by who signs in."""
    for alert in rows:
        if alert.stopped_at is None and alert.paused_from is not None:
            resume_alert(alert=alert, consent_wording="", by=user)


def _rhythm(alert: Alert, frequency: str, user: User) -> None:
    change_rhythm(alert=alert, frequency=frequency, by=user)


ALERTS = MailKind(
    key=Consent.Purpose.ALERTS,
    title=_("Alertes d’avis publics"),
    says=_("Les avis qui répondent à vos alertes."),
    page="matching:alert_list",
    running=_alerts,
    item=alert_item,
    stop=_stop_alerts,
    frequencies=Alert.Frequency.choices,
    change_rhythm=_rhythm,
    pause=_pause,
    resume=_resume,
)


def _searches(user: User) -> Sequence[SavedSearch]:
    rows = SavedSearch.objects.filter(user=user, stopped_at=None).select_related("user").defer("seen")
    return list(rows.order_by("created_at", "pk"))


def search_item(search: SavedSearch) -> MailItem:
    return MailItem(
        key=str(search.pk),
        name=search.name,
        detail=str(search.get_frequency_display()),
        frequency=search.frequency,
        is_paused=search.paused_at is not None,
        since=search.created_at,
    )


def _stop_searches(rows: Sequence[SavedSearch], user: User) -> None:
    stop_searches(searches=rows, by=user)


def _search_rhythm(search: SavedSearch, frequency: str, user: User) -> None:
    if frequency in SavedSearch.Frequency.values:
        change_search(search=search, name=search.name, frequency=frequency, by=user)


SEARCHES = MailKind(
    key=Consent.Purpose.SUPPLIER_SEARCHES,
    title=_("Recherches de fournisseurs"),
    says=_("Les fournisseurs nouveaux qui répondent à vos recherches enregistrées."),
    page="matching:saved_searches",
    running=_searches,
    item=search_item,
    stop=_stop_searches,
    frequencies=SavedSearch.Frequency.choices,
    change_rhythm=_search_rhythm,
)


def _new_suppliers(user: User) -> Sequence[NewSupplierAlert]:
    rows = NewSupplierAlert.objects.running().filter(user=user).select_related("user", "buyer__organisation")
    return list(rows.order_by("created_at", "pk"))


def new_supplier_item(alert: NewSupplierAlert) -> MailItem:
    return MailItem(
        key=str(alert.pk),
        name=alert.buyer.organisation.name,
        detail=str(_("une fois par semaine, le lundi")),
        since=alert.created_at,
    )


def _stop_new_suppliers(rows: Sequence[NewSupplierAlert], user: User) -> None:
    for alert in rows:
        stop_new_suppliers(alert=alert, by=user)


NEW_SUPPLIERS = MailKind(
    key=Consent.Purpose.NEW_SUPPLIERS,
    title=_("Nouveaux fournisseurs"),
    says=_("Les nouveaux fournisseurs du répertoire qui correspondent à ce qu’achète votre institution."),
    page="matching:new_suppliers",
    running=_new_suppliers,
    item=new_supplier_item,
    stop=_stop_new_suppliers,
)

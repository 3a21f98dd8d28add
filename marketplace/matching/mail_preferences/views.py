"""« Mes courriels », the same for one kind of mail by a secret address, and the mailed links that stop things. GET shows, POST acts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from marketplace.accounts.models import Consent, User
from marketplace.accounts.permissions import signed_in_user
from marketplace.matching.alerts.verbs import alerts_from_token, stop_all_alerts, user_from_token
from marketplace.matching.buyer_suggestions.verbs import alert_from_token as new_supplier_alert_from_token
from marketplace.matching.saved_searches.verbs import search_numbers_from_token, searches_from_token
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.site import site_page_url

from ..alerts.models import Alert
from ..alerts.pause_days import pause_days
from .kinds import ALERTS, NEW_SUPPLIERS, SEARCHES
from .links import link_from_token, renew_preference_links
from .registry import MailItem, MailKind, mail_kind, mail_kinds


@dataclass(frozen=True)
class Section:
    """One kind of mail and what of it still runs; `consent`: what the person agreed to, where it needs one."""

    kind: MailKind
    items: list[MailItem]
    consent: Consent | None = None

    @property
    def can_pause(self) -> bool:
        return self.kind.pause is not None and not all(item.is_paused for item in self.items)

    @property
    def can_resume(self) -> bool:
        return self.kind.resume is not None and any(item.is_paused for item in self.items)


@never_cache
@login_required
@limited("mail_preferences", per_user="240/h")
@require_http_methods(["GET", "HEAD", "POST"])
def my_mails(request: HttpRequest) -> HttpResponse:
    """Every kind of mail that the person chooses."""
    user = signed_in_user(request)
    if request.method == "POST":
        if "renew" in request.POST:
            renew_preference_links(user=user, by=user)
            messages.success(request, _("Les liens des courriels déjà reçus n’ouvrent plus rien."))
        elif kind := mail_kind(request.POST.get("kind", "")):
            _act(request, kind, user)
        return redirect("matching:my_mails")
    consents = {c.purpose: c for c in Consent.objects.standing().filter(user=user)}
    sections = [
        _section(kind, user, consents.get(kind.key)) for kind in mail_kinds() if kind.offered_to(user)
    ]
    context = {
        "crumbs": [(_("Mon espace"), site_page_url("my_space")), (_("Mes courriels"), "")],
        "sections": sections,
        "today": timezone.localdate(),
        "reader": getattr(user, "alert_reader", None),
    }
    return render(request, "matching/mail_preferences/mine.html", context)


@never_cache
@limited("mail_preferences", per_ip="240/h")
@require_http_methods(["GET", "HEAD", "POST"])
def mail_preferences_page(request: HttpRequest, token: str) -> HttpResponse:
    """One kind of mail of one person, by a secret address: it signs nobody in, and shows nothing else of theirs."""
    link = link_from_token(token)
    kind = mail_kind(link.kind) if link else None
    if link is None or kind is None:
        return render(request, "matching/dead_link.html", status=404)
    if request.method == "POST":
        _act(request, kind, link.user)
        return redirect("matching:mail_preferences", token=token)
    context = {"section": _section(kind, link.user, None), "today": timezone.localdate()}
    return render(request, "matching/mail_preferences/one.html", context)


def _section(kind: MailKind, user: User, consent: Consent | None) -> Section:
    return Section(kind, [kind.item(row) for row in kind.running(user)], consent)


def _act(request: HttpRequest, kind: MailKind, user: User) -> None:
    """One button. What is gone meanwhile is no fault: the page that comes says how things are."""
    rows = {kind.item(row).key: row for row in kind.running(user)}
    row = rows.get(request.POST.get("item", ""))
    try:
        if "stop" in request.POST and row is not None:
            kind.stop([row], user)
            messages.success(
                request, _("Vous ne recevrez plus ces courriels : %(name)s.") % {"name": kind.item(row).name}
            )
        elif "stop_all" in request.POST:
            kind.stop(list(rows.values()), user)
            messages.success(request, _("Tout est arrêté. Nous ne vous enverrons plus ces courriels."))
        elif "rhythm" in request.POST and row is not None and kind.change_rhythm:
            kind.change_rhythm(row, request.POST.get("frequency", ""), user)
            messages.success(request, _("C’est noté."))
        elif "pause" in request.POST and kind.pause:
            kind.pause(list(rows.values()), *pause_days(request.POST), user)
            messages.success(request, _("Tout est en pause. Ce qui paraît entretemps est gardé."))
        elif "resume" in request.POST and kind.resume:
            kind.resume(list(rows.values()), user)
            messages.success(request, _("La pause est finie."))
    except Refused as why:
        messages.error(request, str(why))


# --- Mailed links that stop what they name ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """What a mailed link names: rows that can be stopped, how to name one, and what stops them."""

    kind: MailKind
    rows: Sequence[Any]
    stop: Callable[[], object]

    @property
    def running(self) -> list[str]:
        return [self.kind.item(row).name for row in self.rows if row.stopped_at is None]

    @property
    def names(self) -> list[str]:
        return self.running or [self.kind.item(row).name for row in self.rows]


def named_alerts(token: str) -> Named | None:
    return _named(ALERTS, alerts_from_token(token))


def named_all_alerts(token: str) -> Named | None:
    user = user_from_token(token)
    if user is None:
        return None
    rows = ALERTS.running(user)
    return Named(ALERTS, rows, lambda: stop_all_alerts(user=user, by=user))


def named_searches(token: str) -> Named | None:
    """Searches of notices became alerts: their links stop those."""
    searches = searches_from_token(token)
    if searches:
        return _named(SEARCHES, searches)
    rows = Alert.objects.filter(former_search__in=search_numbers_from_token(token))
    return _named(ALERTS, list(rows.select_related("user", "supplier__organisation").order_by("pk")))


def named_new_suppliers(token: str) -> Named | None:
    alert = new_supplier_alert_from_token(token)
    return _named(NEW_SUPPLIERS, [alert] if alert else [])


def _named(kind: MailKind, rows: Sequence[Any]) -> Named | None:
    if not rows:
        return None
    return Named(kind, rows, lambda: kind.stop(rows, rows[0].user))


@never_cache
@csrf_exempt  # RFC 8058: the mail program posts without cookie; the signed address is the authority
@require_http_methods(["GET", "HEAD", "POST"])
def stop_page(request: HttpRequest, token: str, read: Callable[[str], Named | None]) -> HttpResponse:
    """`read`: what the link names, one of those above."""
    named = read(token)
    if named is None:
        return render(request, "matching/dead_link.html", status=404)
    is_stopped = not named.running
    names = named.names
    if request.method == "POST":
        named.stop()
        is_stopped = True
    context = {"names": names, "is_stopped": is_stopped, "again_url": reverse(named.kind.page)}
    return render(request, "matching/mail_preferences/stop.html", context)

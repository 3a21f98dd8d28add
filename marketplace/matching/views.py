"""My alerts, and the mailed links that stop them. GET shows, POST acts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.matching.alerts import (
    CONSENT_WORDING,
    alert_from_token,
    set_alert,
    stop_alert,
    stop_alert_by_token,
    stop_all_alerts,
    user_from_token,
)
from marketplace.matching.forms import AlertForm
from marketplace.matching.models import Alert
from marketplace.matching.panels import AlertRow, alert_settings
from marketplace.web.errors import Refused


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def alert_list(request: HttpRequest) -> HttpResponse:
    """Every enterprise of mine, with its alert or a form to ask for one."""
    user = signed_in_user(request)
    settings = alert_settings(user)
    if request.method == "POST":
        chosen = next((s for s in settings.rows if str(s.supplier.pk) == request.POST.get("supplier")), None)
        if chosen is None:
            messages.error(request, _("Cette entreprise n’est pas la vôtre. Rien n’a changé."))
            return redirect("matching:alert_list")
        if "stop" in request.POST:
            return _stop(request, user, chosen)
        chosen.form = AlertForm(request.POST, prefix=chosen.prefix, consented=settings.consented)
        if chosen.form.is_valid():
            return _set(request, user, chosen)
    return render(request, "matching/alert_list.html", {"settings": settings}, status=200)


def _set(request: HttpRequest, user: User, row: AlertRow) -> HttpResponse:
    try:
        alert = set_alert(
            user=user,
            supplier=row.supplier,
            frequency=row.form.cleaned_data["frequency"],
            consent_wording=str(CONSENT_WORDING) if row.form.cleaned_data.get("consent") else "",
            by=user,
        )
    except Refused as why:
        messages.error(request, str(why))
    else:
        name = {"name": row.supplier.organisation.name, "when": alert.get_frequency_display()}
        messages.success(request, _("C’est noté : vous recevrez les avis pour %(name)s %(when)s.") % name)
    return redirect("matching:alert_list")


def _stop(request: HttpRequest, user: User, row: AlertRow) -> HttpResponse:
    if row.alert is not None:
        stop_alert(alert=row.alert, by=user)
    name = {"name": row.supplier.organisation.name}
    messages.success(request, _("L’alerte pour %(name)s est arrêtée.") % name)
    return redirect("matching:alert_list")


@never_cache
@csrf_exempt  # RFC 8058: the mail program posts without cookie; the signed address is the authority
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    alert = alert_from_token(token)
    if alert is None:
        return render(request, "matching/dead_link.html", status=404)
    if request.method == "POST":
        stop_alert_by_token(token=token)
        alert.refresh_from_db()
    others = Alert.objects.active().filter(user=alert.user).exclude(pk=alert.pk).count()
    return render(request, "matching/unsubscribe.html", {"alert": alert, "others": others})


@never_cache
@csrf_exempt  # the same
@require_http_methods(["GET", "HEAD", "POST"])
def stop_all_page(request: HttpRequest, token: str) -> HttpResponse:
    user = user_from_token(token)
    if user is None:
        return render(request, "matching/dead_link.html", status=404)
    if request.method == "POST":
        stop_all_alerts(user=user, by=user)
    running = Alert.objects.active().filter(user=user).select_related("supplier__organisation")
    return render(request, "matching/stop_all.html", {"running": list(running.order_by("pk"))})

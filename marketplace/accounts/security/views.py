"""« Sécurité du compte »: what protects it, in one page; the devices, in another."""

from __future__ import annotations

from typing import Any

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.account.views import ConfirmEmailView
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.security import middleware, sessions
from marketplace.accounts.security.log import last_restore
from marketplace.accounts.security.models import Kind, OpenSession, SecurityEvent
from marketplace.web.limits import limited

SHOWN = 10
DOOR_FAILURES = (Kind.SIGN_IN_FAILED, Kind.SIGN_IN_BLOCKED, Kind.SECOND_FACTOR_FAILED)


@never_cache
@login_required
@require_GET
def security_overview(request: HttpRequest) -> HttpResponse:
    factors = {factor.type: factor for factor in Authenticator.objects.filter(user=request.user)}
    codes = factors.get(Authenticator.Type.RECOVERY_CODES)
    return render(
        request,
        "security/overview.html",
        {
            "totp": factors.get(Authenticator.Type.TOTP),
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
            "waiting_address": EmailAddress.objects.filter(user=request.user, verified=False).first(),
            "open_sessions": OpenSession.objects.visible_to(request.user).live().count(),
        },
    )


@never_cache
@login_required
@require_GET
def device_list(request: HttpRequest) -> HttpResponse:
    rows = OpenSession.objects.visible_to(request.user).live().order_by("-seen_at", "pk")
    current = request.session.session_key
    return render(
        request,
        "security/devices.html",
        {
            "mine": [row for row in rows if row.session_key == current],
            "others": [row for row in rows if row.session_key != current],
            "doors": SecurityEvent.objects.concerning(request.user)
            .filter(kind__in=[Kind.SIGN_IN, *DOOR_FAILURES])
            .order_by("-at")[:SHOWN],
        },
    )


@login_required
@require_POST
@limited("sessions", per_user="60/h")
def end_device(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(OpenSession.objects.visible_to(request.user), pk=pk)
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    sessions.end_session(session=session, by=signed_in_user(request))
    messages.success(request, _("%(device)s est déconnecté.") % {"device": session.device})
    return redirect("security:devices")


@login_required
@require_POST
@limited("sessions", per_user="60/h")
def end_other_devices(request: HttpRequest) -> HttpResponse:
    person = signed_in_user(request)
    n = sessions.end_all_sessions(user=person, by=person, but=request.session.session_key or "")
    messages.success(
        request,
        ngettext("%(n)s appareil est déconnecté.", "%(n)s appareils sont déconnectés.", n) % {"n": n},
    )
    return redirect("security:devices")


class ConfirmAddress(ConfirmEmailView):  # type: ignore[misc]
    """allauth's page, but for links sent before a backup was restored: they name a row, which may be another's now."""

    def get_object(self, queryset: Any = None) -> Any:
        if last := last_restore():
            try:
                signing.loads(self.kwargs["key"], salt=app_settings.SALT, max_age=timezone.now() - last)
            except signing.BadSignature:
                raise Http404 from None
        return super().get_object(queryset)


@never_cache
@login_required
@require_GET
def second_factor_required(request: HttpRequest) -> HttpResponse:
    """Where staff land before they have a second factor."""
    if not middleware.must_set_up_second_factor(request):
        return redirect("security:overview")
    return render(request, "security/required.html", {"wanted": request.session.get(middleware.WANTED_PAGE)})


@login_required
@require_GET
def continue_after_second_factor(request: HttpRequest) -> HttpResponse:
    """After the recovery codes: to where one was going."""
    wanted = request.session.pop(middleware.WANTED_PAGE, "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect("security:overview")

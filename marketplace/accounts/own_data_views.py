"""Law 25, for the person: what we hold, a copy of it, and the end of the account. Both ask for the password again."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import Membership, PersonalDataRead, User
from marketplace.accounts.people import note_reads
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.personal_data import (
    erase_personal_data,
    export_personal_data,
    memberships_of,
    organisations_left_without_owner,
)
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.site import site_page_url


@never_cache
@login_required
@require_safe
def own_data(request: HttpRequest) -> HttpResponse:
    """What we hold, in words; the consents with their dates; the two things one can do."""
    reader = signed_in_user(request)
    context = {
        "memberships": _memberships(reader),
        "consents": list(reader.consents.order_by("-given_at")),
        "Role": Membership.Role,
    }
    return render(request, "accounts/own_data.html", context)


@never_cache
@login_required
@require_POST
@limited("export-own-data", per_user="10/h")
@reauthentication_required
def export_own_data(request: HttpRequest) -> HttpResponse:
    """All of it as a file that another service can read."""
    reader = signed_in_user(request)
    note_reads(
        reader=reader, organisations=(), what="accounts.own_data", purpose=PersonalDataRead.Purpose.SELF
    )
    record_security_event(kind=Kind.EXPORTED, by=reader, person=reader, target="own_data")
    held = {"exported_at": timezone.now(), "data": export_personal_data(reader)}
    body = json.dumps(held, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2, default=str)
    name = f"maillage-{timezone.localdate():%Y-%m-%d}.json"
    return HttpResponse(
        body,
        content_type="application/json; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("erase-own-account", per_user="10/h")
@reauthentication_required(allow_get=True)
def erase_own_account(request: HttpRequest) -> HttpResponse:
    """GET says what goes and what stays; POST erases, at once and for good."""
    reader = signed_in_user(request)
    if request.method == "POST":
        try:
            erase_personal_data(user=reader, by=reader)
        except Refused as why:
            messages.error(request, str(why))
            return redirect("accounts:erase")
        logout(request)
        messages.success(request, _("Votre compte est effacé."))
        return redirect(site_page_url("home"))
    memberships = _memberships(reader)
    blocked = organisations_left_without_owner(reader)
    context: dict[str, Any] = {
        "blocked": blocked,
        "alone": [row for row in memberships if row.role == Membership.Role.OWNER and row.colleagues == 0],
    }
    return render(request, "accounts/erase.html", context)


def _memberships(reader: User) -> list[Any]:
    return list(memberships_of(reader))

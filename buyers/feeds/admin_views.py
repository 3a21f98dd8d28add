"""« Lire maintenant » of a source, and the page of a file: what was rejected and why, « Relire »."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from buyers.feeds.admin import STATES
from buyers.feeds.asking import ask_file_reading, ask_source_reading
from buyers.models import FeedFile, NoticeSource
from marketplace.accounts.permissions import signed_in_user
from marketplace.web.admin_lists import badge_cell
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused


@staff_member_required
@require_POST
def read_source_view(request: HttpRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(NoticeSource.objects.visible_to(request.user), pk=pk)
    try:
        ask_source_reading(source=source, by=signed_in_user(request))
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("La lecture est demandée. Revenez dans une minute ou deux."))
    return redirect("admin:buyers_noticesource_change", source.pk)


@staff_member_required
@require_safe
def file_page(request: HttpRequest, pk: int) -> HttpResponse:
    file = _find(request, pk)
    return render_admin_page(
        request,
        "admin/buyers/feedfile/page.html",
        title=file.name,
        crumbs=[
            (
                capfirst(str(NoticeSource._meta.verbose_name_plural)),
                reverse("admin:buyers_noticesource_changelist"),
            ),
            (file.source.name, reverse("admin:buyers_noticesource_change", args=[file.source_id])),
        ],
        file=file,
        badge=badge_cell(STATES[FeedFile.Status(file.status)], file.get_status_display()),
        counts=_counts(file),
    )


@staff_member_required
@require_POST
def read_file_view(request: HttpRequest, pk: int) -> HttpResponse:
    file = _find(request, pk)
    try:
        ask_file_reading(file=file, by=signed_in_user(request))
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Le fichier sera relu. Revenez dans une minute ou deux."))
    return redirect("admin:buyers_feedfile_change", file.pk)


def _find(request: HttpRequest, pk: int) -> FeedFile:
    rows = FeedFile.objects.visible_to(request.user).select_related("source")
    return get_object_or_404(rows, pk=pk)


def _counts(file: FeedFile) -> list[tuple[str, Any]]:
    names = ["releases", "created", "updated", "unchanged", "skipped", "rejected_count", "warning_count"]
    return [(str(FeedFile._meta.get_field(name).verbose_name), getattr(file, name)) for name in names]

"""« Délais promis », under /gestion/: what waits for a pôle and for how long, the rows behind each figure, all pôles together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts.permissions import signed_in_user
from marketplace.outreach.choosing_poles import chosen_pole
from marketplace.outreach.service_levels.answers import (
    Delays,
    answered_join_requests,
    answered_submissions,
    delays_of,
    read_answers,
)
from marketplace.outreach.service_levels.kinds import BY_SLUG
from marketplace.outreach.service_levels.levels import (
    LATE,
    SOON,
    Level,
    levels_by_pole,
    read_waiting,
    sum_levels,
    waiting_rows_of,
)
from marketplace.outreach.service_levels.reminders import receives_reminders, resume_reminders, stop_reminders
from marketplace.territories.models import Pole
from marketplace.web import promises
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.pagination import paginate_list

PAGE = 50
LATELY = timedelta(days=90)


@dataclass(frozen=True)
class PoleRow:
    name: str
    code: str
    ours: int
    late: int
    followed: int
    followed_late: int
    oldest: int | None
    delays: Delays


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def service_levels_page(request: HttpRequest) -> HttpResponse:
    """What waits, kind by kind, with its promise; whether the reader gets the reminders."""
    user = signed_in_user(request)
    if request.method == "POST":
        _switch_reminders(request)
        return redirect(f"{reverse('outreach_admin:service_levels')}#rappels")
    pole = chosen_pole(request, user)
    sums = sum_levels(levels_by_pole(pole.codes).values())
    now = timezone.now()
    submissions = read_answers(_of(answered_submissions(now - LATELY, now), pole.codes))
    requests = read_answers(_of(answered_join_requests(now - LATELY, now), pole.codes))
    return render_admin_page(
        request,
        "admin/outreach/service_levels.html",
        title=_("Délais promis"),
        pole=pole,
        ours=[level for level in sums.values() if level.kind.is_ours],
        followed=[level for level in sums.values() if not level.kind.is_ours],
        is_quiet=not any(level.total for level in sums.values()),
        delays=[
            (_("Fiches soumises"), delays_of(submissions)),
            (_("Demandes pour agir"), delays_of(requests, promises.JOIN_REQUEST)),
        ],
        reminded=receives_reminders(user),
        has_post=bool(user.pole_codes),
        is_admin=user.is_superuser,
    )


def _of(rows: Any, codes: Any) -> Any:
    return rows if codes is None else rows.filter(pole_code__in=codes)


def _switch_reminders(request: HttpRequest) -> None:
    user = signed_in_user(request)
    if "stop" in request.POST:
        stop_reminders(user=user, by=user)
        messages.success(request, _("Vous ne recevrez plus ces rappels."))
    elif "resume" in request.POST:
        resume_reminders(user=user, by=user)
        messages.success(request, _("Vous recevrez de nouveau les rappels, au plus un par jour."))


@staff_member_required
@require_safe
def waiting_list_page(request: HttpRequest, what: str) -> HttpResponse:
    """The rows behind a figure, the oldest first."""
    if (kind := BY_SLUG.get(what)) is None:
        raise Http404
    pole = chosen_pole(request, signed_in_user(request))
    only = LATE if request.GET.get("retard") else SOON if request.GET.get("bientot") else ""
    page = paginate_list(request, waiting_rows_of(kind, pole.codes, only=only), PAGE)
    if page.message:
        messages.warning(request, page.message)
    return render_admin_page(
        request,
        "admin/outreach/waiting_list.html",
        title=kind.label,
        crumbs=[(_("Délais promis"), reverse("outreach_admin:service_levels") + pole.query())],
        kind=kind,
        pole=pole,
        rows=read_waiting(kind, page.object_list),
        page_obj=page,
        only=only,
        tabs=[
            (_("Tout ce qui attend"), pole.query() or "?", not only),
            (_("En retard"), pole.query(retard="1"), only == LATE),
            (_("À faire d’ici demain"), pole.query(bientot="1"), only == SOON),
        ],
    )


@staff_member_required
@require_safe
def poles_page(request: HttpRequest) -> HttpResponse:
    """For the platform's admins: the pôles side by side."""
    if not signed_in_user(request).is_superuser:
        raise PermissionDenied
    now = timezone.now()
    levels = levels_by_pole()
    answers = read_answers(answered_submissions(now - LATELY, now))
    names: dict[str | None, str] = dict(Pole.objects.order_by("name").values_list("code", "name"))
    if any(code is None for _kind, code in levels):
        names[None] = _("Aucun pôle")
    rows = [
        _pole_row(
            name,
            code,
            [level for (_kind, of), level in levels.items() if of == code],
            delays_of([answer for answer in answers if answer.pole == code]),
        )
        for code, name in names.items()
    ]
    return render_admin_page(
        request,
        "admin/outreach/poles.html",
        title=_("Délais des pôles"),
        crumbs=[(_("Délais promis"), reverse("outreach_admin:service_levels"))],
        rows=sorted(rows, key=lambda row: (-row.late, -row.ours, row.name)),
        promised=promises.PROMISES[promises.SUBMISSION],
    )


def _pole_row(name: str, code: str | None, levels: list[Level], delays: Delays) -> PoleRow:
    ours = [level for level in levels if level.kind.is_ours]
    others = [level for level in levels if not level.kind.is_ours]
    waits = [level.oldest_workdays for level in ours if level.oldest_workdays is not None]
    return PoleRow(
        name=name,
        code=code or "",
        ours=sum(level.total for level in ours),
        late=sum(level.late for level in ours),
        followed=sum(level.total for level in others),
        followed_late=sum(level.late for level in others),
        oldest=max(waits, default=None),
        delays=delays,
    )

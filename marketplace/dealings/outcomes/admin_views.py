"""« Résultats du territoire », under /gestion/, and its file."""

from __future__ import annotations

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.dealings.outcomes import counts
from marketplace.dealings.outcomes.pages import BUYER_STEPS, SUPPLIER_STEPS, inquiry_facts, step_lines
from marketplace.dealings.outcomes.periods import asked_period, period_links
from marketplace.dealings.outcomes.territory import (
    enterprise_rows,
    short_labels,
    territory_outcomes,
    territory_table,
)
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.pagination import paginate_list
from marketplace.web.spreadsheets import csv_lines

PAGE_SIZE = 50


@staff_member_required
@require_safe
def territory_outcomes_view(request: HttpRequest) -> HttpResponse:
    """What came of being here, for the enterprises and the institutions that the reader looks after."""
    period = asked_period(request)
    found = territory_outcomes(signed_in_user(request), period)
    page = paginate_list(request, found.active, PAGE_SIZE)
    return render_admin_page(
        request,
        "admin/dealings/outcomes.html",
        title=_("Résultats du territoire"),
        periods=period_links(period),
        supplier_lines=step_lines(SUPPLIER_STEPS, found.sums, {}, {}),
        buyer_lines=step_lines(BUYER_STEPS, found.buyers.needs, {}, {}),
        visits=found.sums[counts.VISITS],
        enterprises=found.enterprises,
        active=len(found.active),
        outcomes=found.buyers,
        inquiry_facts=inquiry_facts(found.buyers) if found.buyers.inquiries else [],
        labels=short_labels(),
        rows=enterprise_rows(page.object_list),
        page_obj=page,
        csv_url=reverse("dealings_admin:outcomes_csv") + period.query,
        query=period.query,
    )


@staff_member_required
@require_safe
def territory_outcomes_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Sums and enterprises; nothing of a person."""
    user, period = signed_in_user(request), asked_period(request)
    found = territory_outcomes(user, period)
    record_security_event(kind=Kind.EXPORTED, by=user, target="outcomes", rows=len(found.active))
    response = StreamingHttpResponse(
        csv_lines(list(territory_table(found, period))), content_type="text/csv; charset=utf-8"
    )
    name = f"resultats-{timezone.localdate().isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

"""Exchanges that do not move, under /gestion/: staff call, and read none of it."""

from __future__ import annotations

from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.accounts.models import curation_q
from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings.models import Quote
from marketplace.dealings.need_exchanges.waiting import stuck_needs
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.pagination import paginate_list


@staff_member_required
@require_safe
def stuck_exchanges_view(request: HttpRequest) -> HttpResponse:
    """Needs of the reader's territory where a question or a decision waits too long."""
    user = signed_in_user(request)
    rows = (
        stuck_needs()
        .filter(curation_q(user, "buyer__organisation__"))
        .select_related("buyer__organisation")
        .annotate(
            unanswered=Count("questions", filter=Q(questions__answered_at__isnull=True), distinct=True),
            received=Count("quotes", filter=Q(quotes__in=Quote.objects.told().values("pk")), distinct=True),
        )
        .order_by("closes_at", "pk")
    )
    page = paginate_list(request, rows, 50)
    return render_admin_page(
        request,
        "admin/dealings/stuck_exchanges.html",
        title=_("Échanges qui n’avancent pas"),
        rows=page.object_list,
        page_obj=page,
    )

"""« Résultats » of an enterprise and of an institution, and the lists behind their figures. Members and their pôle alone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings.outcomes.counts import Whose
from marketplace.dealings.outcomes.pages import (
    BUYER_STEPS,
    SUPPLIER_STEPS,
    buyer_need_rows,
    buyer_outcomes_context,
    buyers_seen_by,
    crumbs,
    need_row,
    supplier_outcomes_context,
    suppliers_seen_by,
)
from marketplace.dealings.outcomes.periods import asked_period, period_links
from marketplace.dealings.outcomes.step_lists import StepRows
from marketplace.web.pagination import paginate_list

PAGE_SIZE = 20


@never_cache
@login_required
@require_safe
def supplier_outcomes_view(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in_user(request)
    supplier = get_object_or_404(suppliers_seen_by(user), pk=pk)
    context = supplier_outcomes_context(supplier, asked_period(request), user)
    return render(request, "dealings/outcomes/supplier.html", context)


@never_cache
@login_required
@require_safe
def supplier_outcome_view(request: HttpRequest, pk: int, figure: str) -> HttpResponse:
    user = signed_in_user(request)
    supplier = get_object_or_404(suppliers_seen_by(user), pk=pk)
    period = asked_period(request)
    page = paginate_list(request, StepRows(figure, Whose.one(supplier, user), period, user), PAGE_SIZE)
    back = reverse("dealings:supplier_outcomes", args=[supplier.pk]) + period.query
    return _list(request, page, list(page), SUPPLIER_STEPS[figure], supplier.organisation.name, back)


@never_cache
@login_required
@require_safe
def buyer_outcomes_view(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in_user(request)
    buyer = get_object_or_404(buyers_seen_by(user), pk=pk)
    context = buyer_outcomes_context(buyer, asked_period(request), user)
    return render(request, "dealings/outcomes/buyer.html", context)


@never_cache
@login_required
@require_safe
def buyer_outcome_view(request: HttpRequest, pk: int, figure: str) -> HttpResponse:
    user = signed_in_user(request)
    buyer = get_object_or_404(buyers_seen_by(user), pk=pk)
    period = asked_period(request)
    page = paginate_list(request, buyer_need_rows(buyer, figure, period, user), PAGE_SIZE)
    rows = [need_row(need) for need in page]
    back = reverse("dealings:buyer_outcomes", args=[buyer.pk]) + period.query
    return _list(request, page, rows, BUYER_STEPS[figure], buyer.organisation.name, back)


def _list(
    request: HttpRequest, page: Any, rows: list[Any], label: object, name: str, back: str
) -> HttpResponse:
    period = asked_period(request)
    context = {
        "crumbs": crumbs(str(label), (_("Résultats"), back)),
        "label": label,
        "name": name,
        "rows": rows,
        "page_obj": page,
        "messages_here": [page.message] if page.message else [],
        "periods": period_links(period),
        "back_url": back,
    }
    return render(request, "dealings/outcomes/list.html", context)

"""« Qui est suggéré », under /gestion/: figures, and the list behind each."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from marketplace.accounts.permissions import signed_in_user
from marketplace.matching.exposure import PERIODS, Exposure, exposures_of, names_of
from marketplace.matching.models import Suggestion
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.pagination import paginate_list
from marketplace.web.typography import format_number
from suppliers.models import Supplier

PAGE = 50
#: By their word in the address.
VIEWS = {
    "toutes": lazy("Toutes"),
    "premieres": lazy("Souvent premières"),
    "jamais-suggerees": lazy("Jamais suggérées"),
    "jamais-prevenues": lazy("Suggérées, jamais prévenues"),
}


@staff_member_required
@require_safe
def exposure_view(request: HttpRequest) -> HttpResponse:
    """`?jours=` 30, 90 or 365; `?vue=` which list. What is unknown is said, and the widest is shown."""
    days, view = _asked(request)
    found = exposures_of(signed_in_user(request), days=days)
    lists: dict[str, list[Exposure]] = {
        "toutes": sorted(found.rows, key=lambda row: (-row.suggested, -row.first)),
        "premieres": found.often_first,
        "jamais-suggerees": found.never_suggested,
        "jamais-prevenues": found.never_told,
    }
    page = paginate_list(request, lists[view], PAGE)
    if page.message:
        messages.warning(request, page.message)
    shown = list(page)
    suppliers = names_of(shown)
    return render_admin_page(
        request,
        "admin/matching/exposure.html",
        title=_("Qui est suggéré"),
        found=found,
        view=view,
        days=days,
        views=[(key, label, len(lists[key])) for key, label in VIEWS.items()],
        periods=[(n, _days(n)) for n in PERIODS],
        rows=[(row, suppliers[row.supplier_id]) for row in shown if row.supplier_id in suppliers],
        page_obj=page,
    )


@staff_member_required
@require_safe
def supplier_exposure_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The notices that one enterprise was suggested for, the latest first."""
    rows = Supplier.objects.curated_by(request.user).select_related("organisation")
    supplier = get_object_or_404(rows, pk=pk)
    days, _view = _asked(request)
    since = timezone.now() - timedelta(days=days)
    suggestions = (
        Suggestion.objects.filter(supplier=supplier, computed_at__gte=since, rank__gt=0)
        .select_related("tender")
        .order_by("-computed_at", "rank", "pk")
    )
    page = paginate_list(request, suggestions, PAGE)
    if page.message:
        messages.warning(request, page.message)
    return render_admin_page(
        request,
        "admin/matching/supplier_exposure.html",
        title=supplier.organisation.name,
        crumbs=[(_("Qui est suggéré"), f"{reverse('matching_admin:exposure')}?jours={days}")],
        days=days,
        periods=[(n, _days(n)) for n in PERIODS],
        rows=list(page),
        page_obj=page,
    )


def _asked(request: HttpRequest) -> tuple[int, str]:
    days = request.GET.get("jours", "90")
    view = request.GET.get("vue", "toutes")
    if days not in map(str, PERIODS) or view not in VIEWS:
        messages.warning(request, _("Un filtre n’existe pas. Voici la liste entière."))
    return (
        int(days) if days in map(str, PERIODS) else 90,
        view if view in VIEWS else "toutes",
    )


def _days(n: int) -> str:
    return ngettext("%(n)s jour", "%(n)s jours", n) % {"n": format_number(n)}

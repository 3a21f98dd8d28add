"""« Contrats à renouveler », for the members of enterprises."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings.acting_suppliers import own_suppliers
from marketplace.dealings.contracts.renewals import renewal_row, renewals_for
from marketplace.web.pagination import paginate_list
from marketplace.web.site import site_page_url

PAGE = 20


@never_cache
@login_required
@require_safe
def renewals_page(request: HttpRequest) -> HttpResponse:
    """What fits one of the person's enterprises; where they have several, `?entreprise=` chooses."""
    mine = own_suppliers(signed_in_user(request))
    supplier = next(
        (one for one in mine if one.slug == request.GET.get("entreprise")), mine[0] if mine else None
    )
    page = paginate_list(request, renewals_for(supplier), PAGE) if supplier else None
    return render(
        request,
        "dealings/contracts/renewals.html",
        {
            "mine": mine,
            "supplier": supplier,
            "page_obj": page,
            "messages_here": [page.message] if page and page.message else [],
            "rows": [renewal_row(award, supplier=supplier) for award in page] if page else [],
            "crumbs": [(_("Mon espace"), site_page_url("my_space")), (_("Contrats à renouveler"), "")],
        },
    )

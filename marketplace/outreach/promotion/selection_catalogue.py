"""A buyer's own selection as a catalogue: few enterprises, so it is made while they wait."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.dealings.shortlists.views import asked_selection
from marketplace.outreach.promotion.catalogue_document import catalogue_document
from marketplace.outreach.promotion.catalogue_facts import catalogue_entries
from marketplace.web.limits import limited
from suppliers.models import Supplier

#: Made in a second; whoever keeps more takes a territory's.
MOST = 60


@never_cache
@limited("selection.catalogue", per_ip="40/h", per_user="60/h", methods=frozenset({"GET"}))
@require_safe
def selection_catalogue(request: HttpRequest) -> HttpResponse:
    """Those that are kept and published; what was set aside, and every note, stay out of it."""
    shortlist, entries = asked_selection(request)
    kept = [entry.supplier_id for entry in entries if entry.supplier_id and not entry.is_aside][:MOST]
    found = catalogue_entries(Supplier.objects.published().filter(pk__in=kept))
    if not found:
        messages.warning(request, _("Votre sélection ne contient aucune fiche publiée."))
        return redirect(reverse("dealings:selection"))
    document, _pages = catalogue_document(found, title=shortlist.name or _("Ma sélection"), subtitle="")
    response = HttpResponse(document, content_type="application/pdf")
    name = slugify(shortlist.name)[:60] or "selection"
    response["Content-Disposition"] = f'attachment; filename="catalogue-{name}.pdf"'
    response["X-Robots-Tag"] = "noindex"
    return response

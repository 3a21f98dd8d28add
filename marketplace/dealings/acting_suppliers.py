"""For which of one's enterprises one answers a notice: what the pages of declines, interests and consortiums ask first."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.dealings.notices import Notice, notice_page
from suppliers.models import Supplier


def own_suppliers(user: User) -> list[Supplier]:
    """The person's enterprises that are in the directory: those for which one answers a notice."""
    rows = Supplier.objects.published().filter(organisation__in=user.organisation_ids)
    return list(rows.select_related("organisation").order_by("organisation__name", "pk"))


def chosen_suppliers(request: HttpRequest, mine: Iterable[Supplier]) -> list[Supplier]:
    """Those that a POST is about: the one that it names, or the only one there is."""
    mine = list(mine)
    named = [supplier for supplier in mine if str(supplier.pk) == request.POST.get("supplier")]
    return named or (mine if len(mine) == 1 and "supplier" not in request.POST else [])


def back_without_supplier(request: HttpRequest, notice: Notice) -> HttpResponse:
    """Who belongs to no published enterprise is told so, on the notice's page."""
    messages.warning(
        request, _("Vous n’êtes membre d’aucune entreprise dont la fiche est publiée. Rien n’a changé.")
    )
    return redirect(notice_page(notice))

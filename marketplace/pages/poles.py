"""Which pôle answers for a place."""

from __future__ import annotations

from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as lazy

from marketplace.territories.labels import mrcs_by_code
from marketplace.territories.models import Pole, PoleCoverage
from marketplace.web.filters import ListFilterSet, OneValueFilter, key_of


class PoleFilterSet(ListFilterSet):
    """Which MRC the reader asks about."""

    list_address = "pages:contact"

    mrc = OneValueFilter(french="mrc", label=lazy("MRC"), read=key_of(mrcs_by_code))


def directory_of_poles(mrc: str = "") -> list[Pole]:
    """Every pôle, or those that cover an MRC today; each carries `places`, the names of what it covers."""
    today = PoleCoverage.objects.today()
    # A pôle's code is its region's name: « Pôle d’économie sociale de l’… » would file them by their article.
    poles = Pole.objects.order_by("code").prefetch_related(
        Prefetch("coverage", queryset=today.select_related("mrc", "nation"), to_attr="covered_today")
    )
    if mrc:
        poles = poles.filter(Q(pk__in=today.filter(mrc=mrc).values("pole")))
    found: list[Pole] = list(poles)
    for pole in found:
        names = sorted(str(row.mrc or row.nation) for row in pole.covered_today)
        pole.places = names
    return found

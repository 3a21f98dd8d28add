"""A supplier's offers in words: what, how much, how fast, from what order, at what price, where."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from marketplace.classification.labels import code_label
from marketplace.web.typography import format_money, format_number

from .models import Offer, Supplier
from .wording import capacity_text, served_places

#: Units that English pages can say; an enterprise may write any other.
UNITS: dict[str, Promise] = {
    "heure": lazy("heure"),
    "jour": lazy("jour"),
    "semaine": lazy("semaine"),
    "mois": lazy("mois"),
    "visite": lazy("visite"),
    "déplacement": lazy("déplacement"),
    "personne": lazy("personne"),
    "repas": lazy("repas"),
    "unité": lazy("unité"),
    "page": lazy("page"),
    "mot": lazy("mot"),
    "kilogramme": lazy("kilogramme"),
    "tonne": lazy("tonne"),
    "kilomètre": lazy("kilomètre"),
    "mètre carré": lazy("mètre carré"),
    "mètre linéaire": lazy("mètre linéaire"),
    "nuitée": lazy("nuitée"),
    "billet": lazy("billet"),
    "projet": lazy("projet"),
}


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """One offer as pages show it; what is not known is empty."""

    pk: int
    title: str
    description: str
    kind: str
    kind_code: str = ""
    codes: list[tuple[str, str]] = field(default_factory=list)
    capacity: str = ""
    output: str = ""
    lead: str = ""
    minimum: str = ""
    price: str = ""
    serves: str = ""
    lead_days: int | None = None
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    unit: str = ""

    def is_kind(self, kind: Offer.Kind) -> bool:
        return self.kind_code == kind


def shown_offers(
    supplier: Supplier, areas: Mapping[int | None, Collection[str]] | None = None
) -> list[ShownOffer]:
    """One query. `areas` are served places as tokens, by offer."""
    return [_shown(offer, areas or {}) for offer in _offers_with_codes().filter(supplier=supplier)]


def offers_of_suppliers(supplier_ids: Collection[int]) -> dict[int, list[ShownOffer]]:
    """The same for several, by supplier, without the places of each offer. One query."""
    found: dict[int, list[ShownOffer]] = {pk: [] for pk in supplier_ids}
    for offer in _offers_with_codes().filter(supplier__in=supplier_ids):
        found[offer.supplier_id].append(_shown(offer, {}))
    return found


def _offers_with_codes() -> Any:
    codes = Offer.codes.through.objects.filter(offer=OuterRef("pk")).order_by("unspsccode_id")
    return Offer.objects.annotate(code_list=ArraySubquery(codes.values("unspsccode_id"))).order_by("pk")


def _shown(offer: Any, areas: Mapping[int | None, Collection[str]]) -> ShownOffer:
    return ShownOffer(
        pk=offer.pk,
        title=offer.title,
        description=offer.description,
        kind=capfirst(str(offer.get_kind_display())),
        kind_code=offer.kind,
        codes=[(code, code_label(code)) for code in offer.code_list],
        capacity=capfirst(capacity_text(offer.capacity or 0)),
        output=offer.output,
        lead=lead_text(offer.lead_days),
        minimum=offer.minimum_order,
        price=price_text(offer.price_from, offer.price_to, offer.unit),
        serves=served_places(areas[offer.pk]) if offer.pk in areas else "",
        lead_days=offer.lead_days,
        price_from=offer.price_from,
        price_to=offer.price_to,
        unit=offer.unit,
    )


def lead_text(days: int | None) -> str:
    """« 5 jours », « 6 semaines », « 3 mois »; empty where unknown."""
    if days is None:
        return ""
    if days == 0:
        return _("le jour même")
    n, unit = _spoken(days)
    return _counted(n, unit)


def lead_range_text(lines: Collection[ShownOffer]) -> str:
    """From the fastest offer to the slowest: « 6 à 10 semaines »; empty where no offer says."""
    days = sorted({line.lead_days for line in lines if line.lead_days is not None})
    if not days:
        return ""
    least, most = days[0], days[-1]
    if least == most:
        return lead_text(least)
    if least == 0:
        return _("jusqu’à %(most)s") % {"most": lead_text(most)}
    (low, low_unit), (high, high_unit) = _spoken(least), _spoken(most)
    if low_unit == high_unit:
        return _("%(low)s à %(high)s") % {"low": format_number(low), "high": _counted(high, high_unit)}
    return _("%(low)s à %(high)s") % {"low": lead_text(least), "high": lead_text(most)}


def _spoken(days: int) -> tuple[int, str]:
    """In the largest unit that says it whole."""
    if days >= 60 and days % 30 == 0:
        return days // 30, "month"
    if days >= 14 and days % 7 == 0:
        return days // 7, "week"
    return days, "day"


def _counted(n: int, unit: str) -> str:
    said = {"n": format_number(n)}
    if unit == "month":
        return ngettext("%(n)s mois", "%(n)s mois", n) % said
    if unit == "week":
        return ngettext("%(n)s semaine", "%(n)s semaines", n) % said
    return ngettext("%(n)s jour", "%(n)s jours", n) % said


def price_text(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """« de 14,50 $ à 22 $ par repas », « à partir de 14,50 $ par repas »; empty where unknown."""
    if low is None:
        return ""
    said = {"low": _price(low), "high": _price(high) if high is not None else ""}
    if high is None:
        text = _("à partir de %(low)s") % said
    elif high == low:
        text = said["low"]
    else:
        text = _("de %(low)s à %(high)s") % said
    return _("%(price)s par %(unit)s") % {"price": text, "unit": UNITS.get(unit, unit)} if unit else text


def _price(amount: Decimal) -> str:
    return format_money(amount, cents=amount != amount.to_integral_value())

"""How much of what a buyer looks for a supplier's page says, and what it does not say yet. One query.

Nothing is claimed of what buyers do: nobody counts it. Each point says why it helps, and where to write it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Contact, CustomerReference, Offer, ServedArea, Supplier, SupplierPicture

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a page may say: `weight` of the whole, why it helps, and where it is written."""

    is_said: bool
    weight: int
    text: _StrPromise
    url: str


@dataclass(frozen=True, slots=True)
class Completeness:
    supplier: Any
    points: list[Point]

    @property
    def percent(self) -> int:
        whole = sum(point.weight for point in self.points)
        return round(100 * sum(point.weight for point in self.points if point.is_said) / whole)

    @property
    def missing(self) -> list[Point]:
        """What weighs most comes first."""
        return sorted((point for point in self.points if not point.is_said), key=lambda point: -point.weight)

    @property
    def first_missing(self) -> list[Point]:
        return self.missing[:SHOWN]


def completeness_of(supplier: Supplier) -> Completeness:
    return _measure(_with_facts().get(pk=supplier.pk))


def _with_facts() -> Any:
    def counted(**condition: Any) -> Count:
        return Count("offers", filter=Q(**condition), distinct=True)

    def has(model: Any, **condition: Any) -> Exists:
        return Exists(model.objects.filter(supplier=OuterRef("pk"), **condition))

    priced = Offer.objects.filter(supplier=OuterRef("pk"), price_from__isnull=False)
    return Supplier.objects.select_related("organisation").annotate(
        offer_n=Count("offers", distinct=True),
        described_n=Count("offers", filter=~Q(offers__description=""), distinct=True),
        coded_n=counted(offers__codes__isnull=False),
        timed_n=counted(offers__lead_days__isnull=False),
        has_price=Exists(priced),
        has_area=has(ServedArea),
        has_photo=has(SupplierPicture, kind="photo"),
        has_logo=has(SupplierPicture, kind="logo"),
        has_reference=has(CustomerReference, state="confirmed"),
        is_reachable=has(Contact, is_public=True),
    )


def _measure(row: Any) -> Completeness:
    def step(name: str) -> str:
        return reverse("suppliers:register_step", kwargs={"pk": row.pk, "step": name})

    def page(name: str) -> str:
        return reverse(f"suppliers:{name}", kwargs={"pk": row.pk})

    offers = row.offer_n
    insured = bool(row.insured_for) and (
        row.insured_until is None or row.insured_until >= timezone.localdate()
    )
    return Completeness(
        row,
        [
            Point(bool(offers), 15, _("Une offre au moins : c’est ce qu’un acheteur cherche."), step("offers")),
            Point(offers > 0 and row.coded_n == offers, 10, _("Un code UNSPSC à chaque offre : les avis publics sont classés par code."), step("offers")),
            Point(offers > 0 and row.described_n == offers, 10, _("Une description à chaque offre."), step("offers")),
            Point(bool(row.capacity), 10, _("La capacité par contrat : le répertoire se filtre par capacité."), step("offers")),
            Point(row.has_area, 10, _("Le territoire desservi : le répertoire se filtre par lieu de livraison."), step("offers")),
            Point(offers > 0 and row.timed_n == offers, 8, _("Le délai habituel de chaque offre."), step("offers")),
            Point(row.has_price, 7, _("Un prix indicatif pour une offre au moins."), step("offers")),
            Point(row.is_reachable, 8, _("Une personne à joindre."), step("identity")),
            Point(bool(row.staff_count), 4, _("La taille de l’équipe."), step("activity")),
            Point(insured, 6, _("Une assurance responsabilité civile à jour."), step("activity")),
            Point(bool(row.hours), 2, _("Les heures d’ouverture."), step("identity")),
            Point(row.has_reference, 6, _("Une référence confirmée par un client."), page("register_references")),
            Point(row.has_photo, 3, _("Une photo de ce que vous faites."), page("register_pictures")),
            Point(row.has_logo, 1, _("Votre logo."), page("register_pictures")),
        ],
    )  # fmt: skip

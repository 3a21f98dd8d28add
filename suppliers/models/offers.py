"""What a supplier sells, and where it delivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.classification.models import UnspscCode
from marketplace.territories.models import Mrc, Region
from marketplace.web.history import tracked

from .supplier import Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: User | AnonymousUser) -> OfferQuerySet:
        return self.filter(supplier__in=Supplier.objects.visible_to(user))


@tracked
class Offer(models.Model):
    """A good, a service or a rental that a supplier sells."""

    class Kind(models.TextChoices):
        GOOD = "good", _("bien")
        SERVICE = "service", _("service")
        RENTAL = "rental", _("location")

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="offers", verbose_name=_("fournisseur")
    )
    kind = models.CharField(_("type"), max_length=10, choices=Kind, default=Kind.SERVICE)
    title = models.CharField(_("offre"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    codes = models.ManyToManyField(UnspscCode, blank=True, related_name="+", verbose_name=_("codes UNSPSC"))
    capacity = models.PositiveIntegerField(_("capacité par contrat ($)"), null=True, blank=True)
    # What a buyer compares. All may be unknown; words are the enterprise's own, in French.
    output = models.CharField(
        _("volume"),
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text=_("Ce qui peut être livré, et en combien de temps : « 40 bancs par mois »."),
    )
    lead_days = models.PositiveSmallIntegerField(
        _("délai habituel (jours)"),
        null=True,
        blank=True,
        help_text=_("De la commande à la livraison."),
    )
    minimum_order = models.CharField(
        _("commande minimale"),
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text=_("« 10 repas », « 250 $ »."),
    )
    price_from = models.DecimalField(
        _("prix, à partir de ($)"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    price_to = models.DecimalField(
        _("prix, jusqu’à ($)"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    unit = models.CharField(
        _("unité"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("L’unité du prix : « repas », « heure », « mètre carré »."),
    )

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offre")
        verbose_name_plural = _("offres")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_to__isnull=True)
                | models.Q(price_from__isnull=False, price_to__gte=models.F("price_from")),
                name="offer_price_goes_up",
                violation_error_message=_(
                    "Le prix le plus haut est plus bas que le premier, ou le premier manque."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(price_from__isnull=True) | models.Q(price_from__gt=0),
                name="offer_price_is_something",
                violation_error_message=_("Écrivez un prix plus grand que zéro, ou laissez le champ vide."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ServedAreaQuerySet(models.QuerySet["ServedArea"]):
    def visible_to(self, user: User | AnonymousUser) -> ServedAreaQuerySet:
        return self.filter(supplier__in=Supplier.objects.visible_to(user))


@tracked
class ServedArea(models.Model):
    """A supplier delivers to an MRC, to a whole region, or (neither given) to all of Québec.

    Rows with an `offer` replace the supplier's own area for that offer. In forms a place is a token: « Q » for all of
    Québec, « R04 » for a region, « 371 » for an MRC.
    """

    EVERYWHERE = "Q"

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="served_areas", verbose_name=_("fournisseur")
    )
    offer = models.ForeignKey(
        Offer,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="served_areas",
        verbose_name=_("offre"),
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("région")
    )
    mrc = models.ForeignKey(Mrc, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("MRC"))

    objects = ServedAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("territoire desservi")
        verbose_name_plural = _("territoires desservis")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(region__isnull=True) | models.Q(mrc__isnull=True),
                name="served_area_one_scale",
            ),
            models.UniqueConstraint(
                fields=["supplier", "offer", "region", "mrc"], name="served_area_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return str(self.mrc or self.region or _("tout le Québec"))

    @property
    def token(self) -> str:
        return self.mrc_id or (f"R{self.region_id}" if self.region_id else self.EVERYWHERE)

    @classmethod
    def columns_of(cls, token: str) -> dict[str, str | None]:
        """The region and the MRC that a token names."""
        region = token[1:] if token.startswith("R") else None
        return {"region_id": region, "mrc_id": None if region or token == cls.EVERYWHERE else token}

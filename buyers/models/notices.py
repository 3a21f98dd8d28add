"""Notices, every version of them, and who won."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.ocds.identifiers import fit_id
from marketplace.accounts.models import Organisation
from marketplace.classification.models import SeaoCategory
from marketplace.territories.models import Mrc, Region

from .buyer import Buyer, BuyerParty

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User

DOLLARS = "CAD"  # amounts in other currencies are shown with their code and never compared with dollars
HTTP_OR_EMPTY = r"^(https?://.*)?$"


class TenderQuerySet(models.QuerySet["Tender"]):
    def visible_to(self, user: User | AnonymousUser) -> TenderQuerySet:
        """Notices are public records: everyone sees all of them."""
        return self

    def open(self) -> TenderQuerySet:
        """Can still be answered: not cancelled, and the closing date is ahead."""
        return self.filter(status=Tender.Status.ACTIVE, closes_at__gt=timezone.now())


class Tender(models.Model):
    """A notice from SEAO (or any OCDS source), as its latest version says; `versions` holds all of them."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("annoncé")
        ACTIVE = "active", _("ouvert")
        COMPLETE = "complete", _("attribué")
        CANCELLED = "cancelled", _("annulé")
        UNSUCCESSFUL = "unsuccessful", _("sans suite")

    class Method(models.TextChoices):
        OPEN = "open", _("appel d’offres public")
        SELECTIVE = "selective", _("appel d’offres qualifié")
        LIMITED = "limited", _("sur invitation")
        DIRECT = "direct", _("de gré à gré")

    class Category(models.TextChoices):
        UNKNOWN = "", _("inconnue")
        GOODS = "goods", _("biens")
        SERVICES = "services", _("services")
        WORKS = "works", _("travaux")

    class RegionSource(models.TextChoices):
        UNKNOWN = "", _("inconnue")
        BUYER = "buyer", _("profil de l’acheteur")
        NAME = "name", _("nom de l’acheteur")
        POSTAL_CODE = "postal_code", _("code postal de l’acheteur")
        PARTY = "party", _("autres avis de l’acheteur")
        DELIVERY = "delivery", _("lieu de livraison")

    ocid = models.CharField(_("OCID"), max_length=500, unique=True)
    number = models.CharField(_("numéro SEAO"), max_length=40, blank=True)
    reference = models.CharField(_("référence de l’acheteur"), max_length=120, blank=True)
    title = models.CharField(_("objet"), max_length=500)
    description = models.TextField(_("description"), blank=True)
    status = models.CharField(_("état"), max_length=12, choices=Status)
    method = models.CharField(_("mode"), max_length=10, choices=Method, blank=True)
    method_details = models.CharField(_("précision du mode"), max_length=200, blank=True)
    category = models.CharField(_("nature"), max_length=10, choices=Category, blank=True)
    seao_category = models.ForeignKey(
        SeaoCategory, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("catégorie SEAO")
    )
    unspsc = ArrayField(
        models.CharField(max_length=8), default=list, blank=True, verbose_name=_("codes UNSPSC")
    )
    buyer = models.ForeignKey(
        Buyer,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="tenders",
        verbose_name=_("acheteur"),
    )
    party = models.ForeignKey(
        BuyerParty, on_delete=models.SET_NULL, null=True, blank=True, related_name="tenders"
    )
    buyer_name = models.CharField(_("acheteur, tel qu’écrit"), max_length=255, blank=True)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("région")
    )
    mrc = models.ForeignKey(
        Mrc, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("MRC")
    )
    region_source = models.CharField(_("région d’après"), max_length=12, choices=RegionSource, blank=True)
    estimated_amount = models.DecimalField(
        _("montant estimé"), max_digits=15, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("devise"), max_length=3, default=DOLLARS, db_default=DOLLARS)
    published_at = models.DateTimeField(_("publié le"), null=True, blank=True)
    closes_at = models.DateTimeField(_("clôture"), null=True, blank=True)
    version = models.CharField(_("version"), max_length=500)  # the latest release's id
    url = models.URLField(_("avis d’origine"), max_length=500, blank=True)
    imported_at = models.DateTimeField(_("importé le"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changé le"), default=timezone.now)
    search = models.GeneratedField(
        expression=Func(
            F("title"),
            F("buyer_name"),
            F("description"),
            template=(
                "(setweight(to_tsvector('public.french_unaccent'::regconfig, title), 'A')"
                " || setweight(to_tsvector('public.french_unaccent'::regconfig, buyer_name), 'B')"
                " || setweight(to_tsvector('public.french_unaccent'::regconfig, description), 'C'))"
            ),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = TenderQuerySet.as_manager()

    class Meta:
        verbose_name = _("appel d’offres")
        verbose_name_plural = _("appels d’offres")
        constraints = [
            models.CheckConstraint(condition=Q(url__regex=HTTP_OR_EMPTY), name="tender_url_http"),
        ]
        indexes = [
            GinIndex(fields=["search"], name="tender_search"),
            GinIndex(fields=["unspsc"], name="tender_unspsc"),
            models.Index(fields=["status", "closes_at"], name="tender_open"),
            models.Index(fields=["-published_at", "-id"], name="tender_recent"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def amount_in_dollars(self) -> Decimal | None:
        """The estimate where it is in Canadian dollars: what may be compared with a capacity."""
        return self.estimated_amount if self.currency == DOLLARS else None

    @property
    def short_version(self) -> str:
        """`version` in 60 characters, for events, mentions and suggestions: a long id ends in its digest."""
        return fit_id(self.version, 60)

    @property
    def is_open(self) -> bool:
        return (
            self.status == self.Status.ACTIVE
            and self.closes_at is not None
            and self.closes_at > timezone.now()
        )

    @property
    def open_until(self) -> datetime:
        """From when on nobody can answer it: its closing, or now where it is closed already."""
        return self.closes_at if self.is_open and self.closes_at else timezone.now()


class TenderVersion(models.Model):
    """One release as read, less what the notice page never says. Ordered by `release_id`, not by date (SEAO's habit)."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="versions")
    release_id = models.CharField(max_length=500)
    tags = ArrayField(models.CharField(max_length=30), default=list)
    released_at = models.DateTimeField(null=True)
    release = models.JSONField()
    fingerprint = models.CharField(
        max_length=32, default="", editable=False
    )  # of `release`, to know it again

    class Meta:
        verbose_name = _("version d’un avis")
        verbose_name_plural = _("versions d’avis")
        ordering = ["release_id"]
        constraints = [
            models.UniqueConstraint(fields=["tender", "release_id"], name="version_once_per_release")
        ]

    def __str__(self) -> str:
        return self.release_id


class AwardQuerySet(models.QuerySet["Award"]):
    def visible_to(self, user: User | AnonymousUser) -> AwardQuerySet:
        """Awards are public records."""
        return self


class Award(models.Model):
    """Who won: a seller by NEQ and name, linked to its organisation where known. `amount` is in `currency`."""

    tender = models.ForeignKey(
        Tender, on_delete=models.CASCADE, related_name="awards", verbose_name=_("avis")
    )
    award_id = models.CharField(max_length=60)
    neq = models.CharField(_("NEQ"), max_length=10, blank=True)
    name = models.CharField(_("nom"), max_length=255)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="awards"
    )
    amount = models.DecimalField(_("montant"), max_digits=15, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("devise"), max_length=3, default=DOLLARS, db_default=DOLLARS)
    awarded_on = models.DateField(_("attribué le"), null=True, blank=True)
    status = models.CharField(max_length=20, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("attribution")
        verbose_name_plural = _("attributions")
        constraints = [
            models.UniqueConstraint(
                fields=["tender", "award_id", "neq", "name"], name="award_once_per_seller"
            ),
        ]
        indexes = [models.Index(fields=["neq"], condition=~Q(neq=""), name="award_by_neq")]

    def __str__(self) -> str:
        return self.name

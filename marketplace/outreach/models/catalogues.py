"""A catalogue that somebody asked for: of whom, in which language, for which printer; and its document once it is made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.classification.models import Sector
from marketplace.territories.models import Mrc, Pole, Region
from marketplace.web.private_files import PrivateFile

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor

#: How long a document is kept; what it says of its day is true of that day alone.
KEPT = timedelta(days=7)


class CatalogueQuerySet(models.QuerySet["Catalogue"]):
    def visible_to(self, user: Visitor) -> CatalogueQuerySet:
        """One's own; a platform admin all."""
        if user.is_superuser:
            return self
        return self.filter(asked_by=user.pk) if user.is_authenticated and user.is_active else self.none()

    def waiting(self) -> CatalogueQuerySet:
        return self.filter(state__in=[Catalogue.State.ASKED, Catalogue.State.MAKING])

    def to_make(self) -> CatalogueQuerySet:
        """That no living worker makes."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lt=timezone.now())
        return self.waiting().filter(free)

    def outdated(self) -> CatalogueQuerySet:
        return self.filter(asked_at__lt=timezone.now() - KEPT)


class Catalogue(models.Model):
    """Published listings of a territory, of a sector, or of both. `supplier_ids` and `list_mark` say which, and as of when."""

    class State(models.TextChoices):
        ASKED = "asked", _("demandé")
        MAKING = "making", _("en préparation")
        READY = "ready", _("prêt")
        EMPTY = "empty", _("sans fiche")
        FAILED = "failed", _("non fait")

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("demandé par")
    )
    asked_at = models.DateTimeField(_("demandé le"), default=timezone.now)
    region = models.ForeignKey(
        Region, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("région")
    )
    mrc = models.ForeignKey(
        Mrc, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("MRC")
    )
    pole = models.ForeignKey(
        Pole, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("pôle")
    )
    sector = models.ForeignKey(
        Sector, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("secteur")
    )
    language = models.CharField(
        _("langue"), max_length=2, choices=[("fr", _("français")), ("en", _("anglais"))]
    )
    has_crop_marks = models.BooleanField(_("fonds perdus et traits de coupe"), default=False)
    state = models.CharField(_("état"), max_length=6, choices=State, default=State.ASKED)
    made_at = models.DateTimeField(_("fait le"), null=True, blank=True)
    leased_until = models.DateTimeField(null=True)
    file = models.ForeignKey(PrivateFile, on_delete=models.SET_NULL, null=True, related_name="+")
    page_count = models.PositiveIntegerField(_("pages"), default=0)
    supplier_ids = ArrayField(models.BigIntegerField(), default=list)
    list_mark = models.UUIDField(null=True)  # the newest change of the directory that it knows of

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("catalogue imprimable")
        verbose_name_plural = _("catalogues imprimables")
        constraints = [
            models.CheckConstraint(
                condition=Q(region__isnull=True, mrc__isnull=True)
                | Q(region__isnull=True, pole__isnull=True)
                | Q(mrc__isnull=True, pole__isnull=True),
                name="catalogue_of_one_territory",
            ),
        ]
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="catalogue_of_person")]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state in (self.State.ASKED, self.State.MAKING)

    @property
    def enterprise_count(self) -> int:
        return len(self.supplier_ids)

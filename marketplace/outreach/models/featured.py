"""The enterprise of each week, and those that staff passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suppliers.models import Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class FeaturedQuerySet(models.QuerySet["FeaturedSupplier"]):
    def visible_to(self, user: Visitor) -> FeaturedQuerySet:
        """Whom each week named, to everyone; why one was passed over, to staff (the page says who)."""
        return self if user.is_staff else self.standing()

    def standing(self) -> FeaturedQuerySet:
        return self.filter(skipped_at__isnull=True)


class FeaturedSupplier(models.Model):
    """`week` is its Monday. One stands for each week; one that was skipped keeps its reason and counts as no turn."""

    week = models.DateField(_("semaine du"))
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="featured_weeks", verbose_name=_("fournisseur")
    )
    chosen_at = models.DateTimeField(_("choisie le"), default=timezone.now)
    skipped_at = models.DateTimeField(_("tour reporté le"), null=True, blank=True)
    skipped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("motif"), max_length=200, blank=True)

    objects = FeaturedQuerySet.as_manager()

    class Meta:
        verbose_name = _("entreprise de la semaine")
        verbose_name_plural = _("entreprises de la semaine")
        constraints = [
            models.UniqueConstraint(
                fields=["week"], condition=Q(skipped_at__isnull=True), name="featured_once_a_week"
            ),
            models.CheckConstraint(
                condition=Q(skipped_at__isnull=True, reason="") | Q(skipped_at__isnull=False) & ~Q(reason=""),
                name="featured_skipped_with_reason",
            ),
            models.CheckConstraint(condition=Q(week__week_day=2), name="featured_week_is_a_monday"),
        ]

    def __str__(self) -> str:
        return f"{self.week}"

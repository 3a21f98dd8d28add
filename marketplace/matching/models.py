"""Why this supplier and this notice fit, kept with its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Tender
from marketplace.accounts.models import territory_q
from suppliers.models import Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, user: User | AnonymousUser) -> SuggestionQuerySet:
        """The supplier's members and the staff of its territory."""
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))


class Suggestion(models.Model):
    """A supplier and a notice that fit. `reasons` is a list of {kind, verdict, asks, answers}; see `engine.Reason`."""

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="suggestions")
    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="suggestions")
    points = models.PositiveSmallIntegerField(_("points"))
    rank = models.PositiveSmallIntegerField(_("rang"))
    reasons = models.JSONField(_("raisons"))
    tender_version = models.CharField(max_length=60)
    computed_at = models.DateTimeField(_("calculée le"), default=timezone.now)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints = [models.UniqueConstraint(fields=["supplier", "tender"], name="suggestion_once")]
        indexes = [models.Index(fields=["tender", "rank"], name="suggestion_rank")]

    def __str__(self) -> str:
        return f"{self.supplier_id} ↔ {self.tender_id}"

"""Names under which organisations win contracts, where the notice gives no NEQ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, User, curation_q
from marketplace.web.history import tracked

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SellerNameQuerySet(models.QuerySet["SellerName"]):
    def visible_to(self, user: User | AnonymousUser) -> SellerNameQuerySet:
        """To the staff of the organisation's territory."""
        if not user.is_authenticated or not user.is_staff:
            return self.none()
        return self if user.is_superuser else self.filter(curation_q(user, "organisation__"))

    def waiting(self) -> SellerNameQuerySet:
        return self.filter(status=SellerName.Status.PROPOSED)


@tracked
class SellerName(models.Model):
    """« Coop Les Balais, Shawinigan » of the awards may be this organisation: proposed, then confirmed or refused by staff.

    `key` and `town` are folded. A confirmed one ties every award of that name and town, those to come too; a refused one
    is never proposed again.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("à confirmer")
        CONFIRMED = "confirmed", _("confirmé")
        REFUSED = "refused", _("refusé")

    name = models.CharField(_("nom dans les avis"), max_length=255)
    key = models.CharField(max_length=255, editable=False)
    town = models.CharField(_("ville dans les avis"), max_length=120, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="seller_names", verbose_name=_("entreprise")
    )
    confidence = models.PositiveSmallIntegerField(_("confiance"), default=0)
    reasons = ArrayField(models.CharField(max_length=30), default=list)
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.PROPOSED)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("par")
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True)
    proposed_at = models.DateTimeField(auto_now_add=True)

    objects = SellerNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("nom d’adjudicataire")
        verbose_name_plural = _("noms d’adjudicataires")
        ordering = ["-confidence", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["key", "town", "organisation"], name="seller_name_once"),
            models.UniqueConstraint(
                fields=["key", "town"],
                condition=Q(status="confirmed"),
                name="seller_name_is_one_organisation",
            ),
        ]

    def __str__(self) -> str:
        return self.name

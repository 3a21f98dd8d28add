"""Someone says that they act for an enterprise whose sheet is there already. It grants nothing by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import curation_q
from marketplace.web.history import tracked
from marketplace.web.private_files import PrivateFile

from .supplier import Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class ClaimQuerySet(models.QuerySet["Claim"]):
    def open(self) -> ClaimQuerySet:
        """Nobody has decided, and the person has not taken it back."""
        return self.filter(state=Claim.State.OPEN)

    def visible_to(self, user: User | AnonymousUser) -> ClaimQuerySet:
        """The person's own, and those that staff decide about. The enterprise's members see none of it."""
        if user.is_superuser:
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(user=user) | curation_q(user, "supplier__organisation__"))

    def curated_by(self, user: User | AnonymousUser) -> ClaimQuerySet:
        if user.is_superuser:
            return self
        return self.filter(curation_q(user, "supplier__organisation__"))


@tracked
class Claim(models.Model):
    """Who they are there, and how the pôle may check it. Personal data: the claimant's and the pôle's eyes only."""

    class State(models.TextChoices):
        OPEN = "open", _("à décider")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")
        WITHDRAWN = "withdrawn", _("retirée")

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="claims", verbose_name=_("fournisseur")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("personne")
    )
    title = models.CharField(_("fonction"), max_length=120)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    message = models.TextField(_("message"))
    evidence = models.OneToOneField(
        PrivateFile,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pièce"),
    )
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(_("réponse du pôle"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("décidée par"),
    )
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    created_at = models.DateTimeField(_("déposée le"), auto_now_add=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("revendication")
        verbose_name_plural = _("revendications")
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "user"], condition=Q(state="open"), name="one_open_claim_per_person"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "refused", "withdrawn"]), name="claim_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="claim_decision_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="claim_queue")]

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.user_id}"

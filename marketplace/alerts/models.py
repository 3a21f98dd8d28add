"""A saved profile that sends mail: one per member and supplier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Tender
from marketplace.accounts.models import Consent, Membership
from marketplace.web.history import tracked
from suppliers.models import Status, Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class AlertQuerySet(models.QuerySet["Alert"]):
    def active(self) -> AlertQuerySet:
        return self.filter(stopped_at__isnull=True)

    def standing(self) -> AlertQuerySet:
        """May write now: not stopped, consented to, of a member who is still one, for a published sheet."""
        consent = Consent.objects.standing().filter(user=OuterRef("user"), purpose=Consent.Purpose.ALERTS)
        membership = Membership.objects.filter(
            user=OuterRef("user"), organisation=OuterRef("supplier__organisation")
        )
        return self.active().filter(
            Exists(consent), Exists(membership), user__is_active=True, supplier__status=Status.PUBLISHED
        )

    def visible_to(self, user: User | AnonymousUser) -> AlertQuerySet:
        """One's own, and all of them for a platform admin."""
        if user.is_superuser:
            return self
        return self.filter(user=user) if user.is_authenticated else self.none()


@tracked
class Alert(models.Model):
    """How often a member of a supplier hears of new notices that fit it."""

    class Frequency(models.TextChoices):
        INSTANT = "instant", _("dès qu’un avis paraît")
        DAILY = "daily", _("une fois par jour")
        WEEKLY = "weekly", _("une fois par semaine, le lundi")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alerts", verbose_name=_("personne")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="alerts", verbose_name=_("fournisseur")
    )
    frequency = models.CharField(_("fréquence"), max_length=10, choices=Frequency, default=Frequency.DAILY)
    created_at = models.DateTimeField(_("demandée le"), auto_now_add=True)
    stopped_at = models.DateTimeField(_("arrêtée le"), null=True, blank=True)
    digested_until = models.DateTimeField(default=timezone.now)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alerte")
        verbose_name_plural = _("alertes")
        constraints = [models.UniqueConstraint(fields=["user", "supplier"], name="alert_once_per_supplier")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.supplier_id}"


class PendingNotice(models.Model):
    """A notice that waits for its alert's next mail; it leaves when the mail is written.

    It points at the notice, not at the suggestion: suggestions are computed anew, and what waits must not vanish.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="pending")
    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("avis en attente d’envoi")
        verbose_name_plural = _("avis en attente d’envoi")
        constraints = [models.UniqueConstraint(fields=["alert", "tender"], name="pending_once")]

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.tender_id}"

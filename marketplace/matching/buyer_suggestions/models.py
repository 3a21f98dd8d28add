"""Suppliers new in what an institution buys; who asked to hear of them; and whom each person was told of, once for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer, Need, Tender
from marketplace.accounts.models import Consent, Membership, territory_q
from marketplace.web.history import tracked
from suppliers.models import Status, Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User, Visitor


class BuyerSuggestionQuerySet(models.QuerySet["BuyerSuggestion"]):
    def visible_to(self, user: Visitor) -> BuyerSuggestionQuerySet:
        """The institution's members and the staff of its territory, who see no draft of a need here either."""
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "buyer__organisation__"))

    def standing(self) -> BuyerSuggestionQuerySet:
        """Of suppliers that are still in the directory."""
        return self.filter(supplier__status=Status.PUBLISHED)

    def untold(self, user: User) -> BuyerSuggestionQuerySet:
        """Less the suppliers that a mail named to this person, for whichever institution."""
        told = ToldSupplier.objects.filter(user=user, supplier=OuterRef("supplier"))
        return self.filter(~Exists(told))


class BuyerSuggestion(models.Model):
    """A supplier that came into the directory lately and fits what an institution buys: a need of its own, or a notice.

    `reasons` are those of `engine.Reason` as JSON, about that need or notice. `verbs.suggest_to_buyer` keeps the rows.
    """

    buyer = models.ForeignKey(
        Buyer, on_delete=models.CASCADE, related_name="supplier_suggestions", verbose_name=_("acheteur")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="buyer_suggestions", verbose_name=_("fournisseur")
    )
    tender = models.ForeignKey(
        Tender, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("avis")
    )
    need = models.ForeignKey(
        Need, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("besoin")
    )
    points = models.PositiveSmallIntegerField(_("points"))
    reasons = models.JSONField(_("raisons"))
    since = models.DateTimeField(_("depuis le"), default=timezone.now)

    objects = BuyerSuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("fournisseur suggéré à un acheteur")
        verbose_name_plural = _("fournisseurs suggérés aux acheteurs")
        constraints = [
            models.UniqueConstraint(fields=["buyer", "supplier"], name="buyer_suggestion_once"),
            models.CheckConstraint(
                condition=Q(tender__isnull=False, need__isnull=True)
                | Q(tender__isnull=True, need__isnull=False),
                name="buyer_suggestion_has_one_purchase",
            ),
        ]

    def __str__(self) -> str:
        return _("%(supplier)s, pour %(buyer)s") % {"supplier": self.supplier, "buyer": self.buyer}

    @property
    def purchase(self) -> Tender | Need:
        """What it fits."""
        found: Tender | Need | None = self.need or self.tender
        assert found is not None  # noqa: S101 - the database holds that there is one
        return found


class NewSupplierAlertQuerySet(models.QuerySet["NewSupplierAlert"]):
    def running(self) -> NewSupplierAlertQuerySet:
        return self.filter(stopped_at=None)

    def standing(self) -> NewSupplierAlertQuerySet:
        """May write now: not stopped, consented to, of someone who still acts for the institution."""
        consent = Consent.objects.standing().filter(
            user=OuterRef("user"), purpose=Consent.Purpose.NEW_SUPPLIERS
        )
        member = Membership.objects.filter(
            user=OuterRef("user"), organisation=OuterRef("buyer__organisation")
        )
        return self.running().filter(Exists(consent), Exists(member), user__is_active=True)

    def visible_to(self, user: Visitor) -> NewSupplierAlertQuerySet:
        """One's own, and all of them for a platform admin."""
        if user.is_superuser:
            return self
        return self.filter(user=user) if user.is_authenticated else self.none()


@tracked
class NewSupplierAlert(models.Model):
    """A member of an institution asks to be told, on Mondays, of suppliers new in what it buys."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="new_supplier_alerts",
        verbose_name=_("personne"),
    )
    buyer = models.ForeignKey(
        Buyer, on_delete=models.CASCADE, related_name="new_supplier_alerts", verbose_name=_("acheteur")
    )
    created_at = models.DateTimeField(_("demandée le"), auto_now_add=True)
    stopped_at = models.DateTimeField(_("arrêtée le"), null=True, blank=True)
    written_until = models.DateTimeField(default=timezone.now)

    objects = NewSupplierAlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alerte de nouveaux fournisseurs")
        verbose_name_plural = _("alertes de nouveaux fournisseurs")
        constraints = [models.UniqueConstraint(fields=["user", "buyer"], name="new_supplier_alert_once")]

    def __str__(self) -> str:
        return _("%(supplier)s, pour %(person)s") % {"supplier": self.buyer, "person": self.user}


class ToldSupplierQuerySet(models.QuerySet["ToldSupplier"]):
    def visible_to(self, user: Visitor) -> ToldSupplierQuerySet:
        return self.filter(user=user) if user.is_authenticated else self.none()


class ToldSupplier(models.Model):
    """A mail named this supplier to this person: no other ever does, whatever runs twice."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="told_suppliers"
    )
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(_("le"), default=timezone.now)

    objects = ToldSupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("fournisseur déjà nommé à une personne")
        verbose_name_plural = _("fournisseurs déjà nommés à une personne")
        constraints = [models.UniqueConstraint(fields=["user", "supplier"], name="told_supplier_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.supplier_id}"

"""Someone says that they act for an institution. It grants nothing before it is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import curation_q
from marketplace.web.history import tracked

from .buyer import Buyer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def open(self) -> EnrolmentQuerySet:
        return self.filter(state=Enrolment.State.OPEN)

    def visible_to(self, user: User | AnonymousUser) -> EnrolmentQuerySet:
        """The person's own, those of the territory for staff, and a verified institution's for its owners."""
        if user.is_superuser:
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(user=user)
            | curation_q(user, "buyer__organisation__")
            | Q(pk__in=Enrolment.objects.owned_by(user).values("pk"))
        )

    def curated_by(self, user: User | AnonymousUser) -> EnrolmentQuerySet:
        if user.is_superuser:
            return self
        return self.filter(curation_q(user, "buyer__organisation__"))

    def owned_by(self, user: User | AnonymousUser) -> EnrolmentQuerySet:
        """Of colleagues who ask to join a verified institution that the person answers for."""
        return self.filter(
            buyer__standing="verified",
            buyer__organisation__memberships__user=user.pk,
            buyer__organisation__memberships__role="owner",
        )


@tracked
class Enrolment(models.Model):
    """A person, their function, and the confirmed address whose domain says something about them."""

    class State(models.TextChoices):
        OPEN = "open", _("à décider")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")
        WITHDRAWN = "withdrawn", _("retirée")

    buyer = models.ForeignKey(
        Buyer, on_delete=models.CASCADE, related_name="enrolments", verbose_name=_("institution")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("personne")
    )
    title = models.CharField(_("fonction"), max_length=120)
    message = models.TextField(_("message"), blank=True)
    email = models.EmailField(_("courriel"))
    domain = models.CharField(_("domaine"), max_length=120, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(_("réponse"), blank=True)
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

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("inscription d’acheteur")
        verbose_name_plural = _("inscriptions d’acheteurs")
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "user"], condition=Q(state="open"), name="one_open_enrolment_per_person"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "refused", "withdrawn"]),
                name="enrolment_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="enrolment_decision_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="enrolment_queue")]

    def __str__(self) -> str:
        return f"{self.buyer_id}: {self.user_id}"

"""Somebody says that they act for an organisation, and whoever answers for it decides. Each room asks its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .organisation import curation_q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .person import User

Asked = TypeVar("Asked", bound="Request")


class RequestQuerySet(models.QuerySet[Asked]):
    #: The columns that lead to the organisation, as a prefix.
    organisation: ClassVar[str]

    def open(self) -> Self:
        """Nobody has decided, and the person has not taken it back."""
        return self.filter(state=Request.State.OPEN)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, and those that staff decide about; rooms say who else in `seen_by`."""
        if user.is_superuser:
            return self
        return self.filter(self.seen_by(user)) if user.is_authenticated else self.none()

    def seen_by(self, user: User | AnonymousUser) -> Q:
        return Q(user=user) | curation_q(user, self.organisation)

    def curated_by(self, user: User | AnonymousUser) -> Self:
        return self if user.is_superuser else self.filter(curation_q(user, self.organisation))


class Request(models.Model):
    """Who they are there, and what was decided. What is asked for, and how it may be checked, is the room's."""

    class State(models.TextChoices):
        OPEN = "open", _("à décider")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")
        WITHDRAWN = "withdrawn", _("retirée")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("personne")
    )
    title = models.CharField(_("fonction"), max_length=120)
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

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "refused", "withdrawn"]),
                name="%(class)s_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="%(class)s_decision_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="%(class)s_queue")]

    @property
    def is_forgotten(self) -> bool:
        """Its words have served and are gone (`accounts.retention`): nobody asks without a function."""
        return not self.title

"""Someone says that they act for an institution. It grants nothing before it is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Request, RequestQuerySet
from marketplace.web.history import tracked

from .buyer import Buyer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class EnrolmentQuerySet(RequestQuerySet["Enrolment"]):
    organisation = "buyer__organisation__"

    def seen_by(self, user: User | AnonymousUser) -> Q:
        """Also those who ask to join a verified institution, for its owners."""
        return super().seen_by(user) | Q(pk__in=Enrolment.objects.owned_by(user).values("pk"))

    def owned_by(self, user: User | AnonymousUser) -> EnrolmentQuerySet:
        """Of colleagues who ask to join a verified institution that the person answers for."""
        return self.filter(
            buyer__standing="verified",
            buyer__organisation__memberships__user=user.pk,
            buyer__organisation__memberships__role="owner",
        )


@tracked
class Enrolment(Request):
    """A person, their function, and the confirmed address whose domain says something about them."""

    buyer = models.ForeignKey(
        Buyer, on_delete=models.CASCADE, related_name="enrolments", verbose_name=_("institution")
    )
    message = models.TextField(_("message"), blank=True)
    email = models.EmailField(_("courriel"))
    domain = models.CharField(_("domaine"), max_length=120, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta(Request.Meta):
        verbose_name = _("inscription d’acheteur")
        verbose_name_plural = _("inscriptions d’acheteurs")
        constraints = [
            *Request.Meta.constraints,
            models.UniqueConstraint(
                fields=["buyer", "user"], condition=Q(state="open"), name="one_open_enrolment_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.buyer_id}: {self.user_id}"

"""A supplier says that a notice is not for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyers.models import Tender
from marketplace.accounts.models import territory_q
from marketplace.web.history import tracked
from suppliers.models import Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class DeclineQuerySet(models.QuerySet["Decline"]):
    def visible_to(self, user: User | AnonymousUser) -> DeclineQuerySet:
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))


@tracked
class Decline(models.Model):
    """« Ce n’est pas pour nous »: the notice no longer comes back to this supplier."""

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="declines")
    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="declines")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("le"), auto_now_add=True)

    objects = DeclineQuerySet.as_manager()

    class Meta:
        verbose_name = _("refus d’un avis")
        verbose_name_plural = _("refus d’avis")
        constraints = [models.UniqueConstraint(fields=["supplier", "tender"], name="decline_once")]

    def __str__(self) -> str:
        return _("%(tender)s, écarté par %(supplier)s") % {"tender": self.tender, "supplier": self.supplier}

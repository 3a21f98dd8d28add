"""A supplier says that a notice is not for it, and may say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import territory_q
from marketplace.web.history import tracked
from suppliers.models import Supplier

from .notices import AboutNotice, once_per_notice

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class DeclineQuerySet(models.QuerySet["Decline"]):
    def visible_to(self, user: User | AnonymousUser) -> DeclineQuerySet:
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))


@tracked
class Decline(AboutNotice):
    """« Ce n’est pas pour nous »: the notice no longer comes back to this supplier.

    The reason is for the enterprise and the staff of its pôle; the buyer of a notice never reads it.
    """

    class Reason(models.TextChoices):
        NONE = "", _("sans précision")
        OTHER_TRADE = "other_trade", _("Ce n’est pas notre métier")
        TOO_FAR = "too_far", _("Trop loin de notre territoire")
        TOO_LARGE = "too_large", _("Trop gros pour nous")
        TOO_SMALL = "too_small", _("Trop petit pour nous")
        TOO_SOON = "too_soon", _("Pas assez de temps pour répondre")
        FULL = "full", _("Notre carnet de commandes est plein")
        CONDITIONS = "conditions", _("Des exigences que nous ne remplissons pas")
        NOT_INVITED = "not_invited", _("Nous ne sommes pas invités")
        OTHER = "other", _("Une autre raison")

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="declines")
    reason = models.CharField(
        _("raison"), max_length=12, choices=Reason, blank=True, default="", db_default=""
    )
    note = models.CharField(_("précision"), max_length=300, blank=True, default="", db_default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("le"), auto_now_add=True)

    objects = DeclineQuerySet.as_manager()

    class Meta:
        verbose_name = _("refus d’un avis")
        verbose_name_plural = _("refus d’avis")
        constraints = once_per_notice("decline", "supplier")

    def __str__(self) -> str:
        return _("%(tender)s, écarté par %(supplier)s") % {"tender": self.notice, "supplier": self.supplier}

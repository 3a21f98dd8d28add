"""A workbook of listings that somebody brought back: what differs is read from it each time, and kept nowhere else."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.web.private_files import PrivateFile

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class ReturnedSheetQuerySet(models.QuerySet["ReturnedSheet"]):
    def visible_to(self, user: Visitor) -> ReturnedSheetQuerySet:
        """Who brought it back, and nobody else: it says what they typed."""
        return self.filter(created_by=user.pk) if user.is_authenticated and user.is_active else self.none()

    def outdated(self, now: datetime | None = None) -> ReturnedSheetQuerySet:
        return self.filter(forget_at__lte=now or timezone.now())


class ReturnedSheet(models.Model):
    name = models.CharField(_("fichier"), max_length=120)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("rapporté par")
    )
    created_at = models.DateTimeField(_("rapporté le"), default=timezone.now)
    file = models.ForeignKey(PrivateFile, on_delete=models.CASCADE, related_name="+")
    written = models.PositiveIntegerField(_("changements écrits"), default=0)
    forget_at = models.DateTimeField(_("oublié au plus tard le"))

    objects = ReturnedSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("classeur rapporté")
        verbose_name_plural = _("classeurs rapportés")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

"""Who of the pôles' staff wants no reminder of what is late."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StoppedReminder(models.Model):
    """Reminders come with the post; this person stopped them."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=_("personne"),
    )
    stopped_at = models.DateTimeField(_("arrêtés le"), default=timezone.now)

    class Meta:
        verbose_name = _("rappels arrêtés")
        verbose_name_plural = _("rappels arrêtés")

    def __str__(self) -> str:
        return str(self.user_id)

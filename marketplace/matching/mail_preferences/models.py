"""The secret address at the foot of a mail, where its reader says what they still want of its kind."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PreferenceLink(models.Model):
    """One a person and a kind of mail (`registry.MailKind.key`). It signs nobody in; renewed, the former opens nothing."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preference_links"
    )
    kind = models.CharField(max_length=20)
    token = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lien des préférences de courriel")
        verbose_name_plural = _("liens des préférences de courriel")
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_link_once")]

    def __str__(self) -> str:
        return str(self.pk)

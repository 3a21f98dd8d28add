"""Which devices are signed in; when a second factor came and went."""

from __future__ import annotations

from typing import Any

import pghistory
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.DeleteEvent(),
    fields=["id", "user", "type"],
    model_name="SecondFactorEvent",
)
class SecondFactor(Authenticator):
    """allauth's row, whose coming and going we keep; never its secrets."""

    class Meta:
        proxy = True
        verbose_name = gettext_lazy("second facteur")
        verbose_name_plural = gettext_lazy("seconds facteurs")


class OpenSessionQuerySet(models.QuerySet["OpenSession"]):
    def visible_to(self, user: Any) -> OpenSessionQuerySet:
        """One's own: nobody else's business, platform admins included."""
        return self.filter(user=user.pk) if user.is_authenticated else self.none()

    def live(self) -> OpenSessionQuerySet:
        """Those that Django still knows."""
        known = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
        return self.filter(Exists(known))


class OpenSession(models.Model):
    """One browser where a person is signed in. No address: a browser and a system are enough to know one's own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=20, blank=True)
    system = models.CharField(max_length=20, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = OpenSessionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("session ouverte")
        verbose_name_plural = gettext_lazy("sessions ouvertes")

    def __str__(self) -> str:
        return self.device

    @property
    def device(self) -> str:
        """« Firefox sur Windows »."""
        if self.browser and self.system:
            return _("%(browser)s sur %(system)s") % {"browser": self.browser, "system": self.system}
        return self.browser or self.system or _("Appareil inconnu")


class SecretTry(models.Model):
    """A wrong password or code, for as long as a limit counts it (`tries`). Keyed hashes: no account, no address."""

    account = models.CharField(max_length=64)
    place = models.CharField(max_length=64)
    is_known = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = gettext_lazy("essai raté")
        verbose_name_plural = gettext_lazy("essais ratés")
        indexes = [
            models.Index(fields=["account", "at"], name="secret_try_account"),
            models.Index(fields=["place", "at"], name="secret_try_place"),
            models.Index(fields=["at"], name="secret_try_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

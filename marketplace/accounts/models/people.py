"""What was done on the request of a person who has no account, and who must not come back by an import (Law 25)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonRequest(models.Model):
    """A copy handed over or an erasure made. Nobody is named: `marks` are keyed digests, `counts` are by kind of row."""

    class Kind(models.TextChoices):
        COPY = "copy", _("copie remise")
        ERASURE = "erasure", _("effacement")

    class Channel(models.TextChoices):
        EMAIL = "email", _("par courriel")
        PHONE = "phone", _("par téléphone")
        LETTER = "letter", _("par lettre")
        IN_PERSON = "in_person", _("sur place")

    kind = models.CharField(_("action"), max_length=10, choices=Kind)
    channel = models.CharField(_("demandé"), max_length=10, choices=Channel)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("par"),
    )
    at = models.DateTimeField(_("le"), auto_now_add=True)
    marks = ArrayField(models.CharField(max_length=64), default=list, editable=False)
    counts = models.JSONField(_("renseignements trouvés"), default=dict)
    left = models.PositiveIntegerField(_("restés hors du territoire"), default=0)

    class Meta:
        verbose_name = _("demande d’une personne")
        verbose_name_plural = _("demandes de personnes")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"


class ErasedPerson(models.Model):
    """A keyed digest of someone who asked to be forgotten: an import that names them again leaves them out, and says so."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("personne effacée")
        verbose_name_plural = _("personnes effacées")

    def __str__(self) -> str:
        return self.digest[:8]

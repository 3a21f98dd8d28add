"""A kept file: what it is and where it lies. The name on disk is the row's number, and says nothing."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.web.private_files.kinds import KINDS


class PrivateFile(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("nom"), max_length=120)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("taille"), help_text=_("En octets."))
    sha256 = models.CharField(_("empreinte"), max_length=64)
    # The settings' name of the person, as Django means it: this app knows no accounts.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("déposé par")
    )
    created_at = models.DateTimeField(_("déposé le"), auto_now_add=True)
    # Whose room it takes (`quotas`), by the name of its model and its key; empty: nobody's.
    holder_model = models.CharField(max_length=40, blank=True, default="", db_default="")
    holder_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("fichier privé")
        verbose_name_plural = _("fichiers privés")
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="private_file_not_empty"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="private_file_sha256"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(name__contains="/") & ~Q(name__contains="\\"),
                name="private_file_plain_name",
            ),
        ]
        indexes = [
            models.Index(
                fields=["holder_model", "holder_id"],
                condition=Q(holder_id__isnull=False),
                name="private_file_of_holder",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Where it lies in the private storage."""
        return f"{self.id.hex[:2]}/{self.id.hex}"

    @property
    def kind_label(self) -> str:
        """« PDF », « image JPEG »…, for a link that says what it opens."""
        found = next((kind for kind in KINDS if kind.content_type == self.content_type), None)
        return str(found.label) if found else self.content_type


class FileQuota(models.Model):
    """What one organisation, or one person, has handed over in its current hour; and more room, where it was given.

    Held in the database, locked while a file comes in: two windows share one room, and it holds without Valkey.
    """

    holder_model = models.CharField(max_length=40)
    holder_id = models.BigIntegerField()
    most_files = models.PositiveIntegerField(
        _("documents permis"), null=True, blank=True, help_text=_("Vide : le nombre ordinaire.")
    )
    most_megabytes = models.PositiveIntegerField(
        _("mégaoctets permis"), null=True, blank=True, help_text=_("Vide : le nombre ordinaire.")
    )
    hour_began = models.DateTimeField(null=True)
    hour_files = models.PositiveIntegerField(_("documents cette heure"), default=0)
    hour_bytes = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("espace de documents")
        verbose_name_plural = _("espaces de documents")
        constraints = [
            models.UniqueConstraint(fields=["holder_model", "holder_id"], name="file_quota_once"),
        ]

    def __str__(self) -> str:
        return f"{self.holder_model} {self.holder_id}"

"""A kept file: what it is and where it lies. The name on disk is the row's number, and says nothing."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.web.private_files.checks import KINDS


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

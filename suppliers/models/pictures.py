"""The logo and the photographs of a supplier: drawn again when they come in, public once its page is."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import territory_q
from marketplace.web.history import tracked
from marketplace.web.private_files import PrivateFile

from .supplier import Status, Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class SupplierPictureQuerySet(models.QuerySet["SupplierPicture"]):
    def visible_to(self, user: User | AnonymousUser) -> SupplierPictureQuerySet:
        """Those of published suppliers that no pôle hid, to everyone; all to members and staff of the territory."""
        if user.is_superuser:
            return self
        public = Q(supplier__status=Status.PUBLISHED, hidden_at__isnull=True)
        return self.filter(public | territory_q(user, "supplier__organisation__"))

    def shown(self) -> SupplierPictureQuerySet:
        return self.filter(hidden_at__isnull=True)


@tracked
class SupplierPicture(models.Model):
    """A picture, in two sizes that we drew ourselves (WebP, no metadata). `key` is its address; a new picture, a new key."""

    class Kind(models.TextChoices):
        LOGO = "logo", _("logo")
        PHOTO = "photo", _("photo")

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="pictures", verbose_name=_("fournisseur")
    )
    kind = models.CharField(_("type"), max_length=5, choices=Kind)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alt = models.CharField(
        _("description"), max_length=160, help_text=_("Ce qu’on y voit, pour qui ne voit pas l’image.")
    )
    width = models.PositiveSmallIntegerField(editable=False)
    height = models.PositiveSmallIntegerField(editable=False)
    small_width = models.PositiveSmallIntegerField(editable=False)
    small_height = models.PositiveSmallIntegerField(editable=False)
    file = models.OneToOneField(PrivateFile, on_delete=models.CASCADE, related_name="+", editable=False)
    small = models.OneToOneField(PrivateFile, on_delete=models.CASCADE, related_name="+", editable=False)
    hidden_at = models.DateTimeField(_("masquée le"), null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("masquée par"),
    )

    objects = SupplierPictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["supplier"], condition=Q(kind="logo"), name="supplier_has_one_logo"
            ),
            models.CheckConstraint(condition=~Q(alt=""), name="picture_is_described"),
        ]

    def __str__(self) -> str:
        return self.alt

    @property
    def is_public(self) -> bool:
        return self.hidden_at is None and self.supplier.status == Status.PUBLISHED

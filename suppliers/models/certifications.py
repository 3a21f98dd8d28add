"""The certifications that a supplier says it holds, and what shows each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import territory_q
from marketplace.classification.labels import certification_labels
from marketplace.classification.models import Certification
from marketplace.web.history import tracked

from .evidence import EvidenceFile
from .supplier import Supplier

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class HeldCertificationQuerySet(models.QuerySet["HeldCertification"]):
    def visible_to(self, user: User | AnonymousUser) -> HeldCertificationQuerySet:
        """Members and staff of the territory. The public reads on the supplier's page what was proved, no row."""
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))


@tracked
class HeldCertification(models.Model):
    """A certification that an enterprise declares. It is proved once a pôle checked its number, issuer, last day and
    document, and until that last day; before and after, it shows as « déclarée »."""

    supplier = models.ForeignKey(
        Supplier,
        on_delete=models.CASCADE,
        related_name="held_certifications",
        verbose_name=_("fournisseur"),
    )
    certification = models.ForeignKey(
        Certification, on_delete=models.CASCADE, related_name="+", verbose_name=_("certification")
    )
    number = models.CharField(_("numéro"), max_length=60, blank=True, default="", db_default="")
    issuer = models.CharField(_("délivrée par"), max_length=160, blank=True, default="", db_default="")
    expires_on = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    document = models.ForeignKey(
        EvidenceFile,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="certifications",
        verbose_name=_("pièce"),
    )
    checked_at = models.DateTimeField(_("vérifiée le"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vérifiée par"),
    )

    objects = HeldCertificationQuerySet.as_manager()

    class Meta:
        db_table = "suppliers_supplier_certifications"  # as when it only said which supplier holds what
        verbose_name = _("certification détenue")
        verbose_name_plural = _("certifications détenues")
        ordering = ["certification"]
        unique_together = [("supplier", "certification")]  # the very constraint of the plain table of before
        constraints = [
            models.CheckConstraint(
                condition=models.Q(checked_at__isnull=True)
                | ~models.Q(number="") & ~models.Q(issuer="") & models.Q(expires_on__isnull=False),
                name="certification_checked_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return str(certification_labels().get(self.certification_id, self.certification_id))

    def prepare_restore(self) -> None:
        """A former state is declared again, no more: a pôle checked what stood then. A document that is gone stays so."""
        self.checked_at = self.checked_by = None
        if self.document_id and not EvidenceFile.objects.filter(pk=self.document_id).exists():
            self.document = None

    @property
    def is_whole(self) -> bool:
        """A pôle can check it: number, issuer, last day and document are there."""
        return bool(self.number and self.issuer and self.expires_on and self.document_id)

    def is_proved(self, today: date) -> bool:
        """May be shown as held on that day, and not only as declared."""
        return bool(
            self.is_whole and self.checked_at and self.expires_on is not None and self.expires_on >= today
        )

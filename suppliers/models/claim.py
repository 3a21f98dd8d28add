"""Someone says that they act for an enterprise whose sheet is there already. It grants nothing by itself."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Request, RequestQuerySet
from marketplace.web.history import tracked
from marketplace.web.private_files import PrivateFile

from .supplier import Supplier


class ClaimQuerySet(RequestQuerySet["Claim"]):
    """The enterprise's members see none of it."""

    organisation = "supplier__organisation__"


@tracked
class Claim(Request):
    """Who they are there, and how the pôle may check it. Personal data: the claimant's and the pôle's eyes only."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="claims", verbose_name=_("fournisseur")
    )
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    message = models.TextField(_("message"))
    evidence = models.OneToOneField(
        PrivateFile,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pièce"),
    )
    answer = models.TextField(_("réponse du pôle"), blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta(Request.Meta):
        verbose_name = _("revendication")
        verbose_name_plural = _("revendications")
        constraints = [
            *Request.Meta.constraints,
            models.UniqueConstraint(
                fields=["supplier", "user"], condition=Q(state="open"), name="one_open_claim_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.user_id}"

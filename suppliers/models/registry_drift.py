"""What a new extract of the registry says otherwise than our listings: struck off, renamed, moved, another legal form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import curation_q
from marketplace.territories.models import Pole
from marketplace.web.history import tracked
from suppliers.models.supplier import Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class RegistryExtractQuerySet(models.QuerySet["RegistryExtract"]):
    def visible_to(self, user: Visitor) -> RegistryExtractQuerySet:
        """A platform admin all, staff of a pôle what was read for it."""
        if not user.is_authenticated or not user.is_staff:
            return self.none()
        return self if user.is_superuser else self.filter(pole__in=user.pole_codes)


class RegistryExtract(models.Model):
    """An extract that was compared with our listings: nothing of it was written on them.

    `pole`: for whose territory it was read; None, for every territory. `mrcs`: where it holds most of our listings, so that
    one that it lacks there is struck off.
    """

    name = models.CharField(_("fichier"), max_length=255)
    pole = models.ForeignKey(
        Pole, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("pôle")
    )
    rows = models.PositiveIntegerField(_("lignes lues"))
    compared = models.PositiveIntegerField(_("fiches comparées"))
    mrcs = ArrayField(models.CharField(max_length=10), default=list, verbose_name=_("MRC couvertes"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("par"),
    )
    at = models.DateTimeField(_("lu le"), auto_now_add=True)

    objects = RegistryExtractQuerySet.as_manager()

    class Meta:
        verbose_name = _("extrait du registre")
        verbose_name_plural = _("extraits du registre")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class RegistryDriftQuerySet(models.QuerySet["RegistryDrift"]):
    def visible_to(self, user: Visitor) -> RegistryDriftQuerySet:
        return self.filter(curation_q(user, "supplier__organisation__"))

    def waiting(self) -> RegistryDriftQuerySet:
        """What somebody is to decide: new, or put off until a day that has come. Not of a listing closed meanwhile."""
        late = Q(state=RegistryDrift.State.LATER, until__lte=timezone.localdate())
        return self.filter(Q(state=RegistryDrift.State.WAITING) | late).exclude(supplier__status="archived")


@tracked
class RegistryDrift(models.Model):
    """One thing that the last extract says of one listing otherwise than it stands.

    `said` are the columns as the extract writes them, none where it lacks the NEQ; what was kept stays so while the next
    extracts say the same. `before` is what applying it wrote over.
    """

    class Kind(models.TextChoices):
        STRUCK_OFF = "struck_off", _("absente du registre")
        RENAMED = "renamed", _("autre nom")
        MOVED = "moved", _("autre adresse")
        FORM = "form", _("autre forme juridique")

    class State(models.TextChoices):
        WAITING = "waiting", _("à décider")
        APPLIED = "applied", _("appliquée")
        KEPT = "kept", _("notre fiche est gardée")
        LATER = "later", _("plus tard")

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="registry_drifts")
    extract = models.ForeignKey(RegistryExtract, on_delete=models.CASCADE, related_name="drifts")
    kind = models.CharField(_("ce qui diffère"), max_length=10, choices=Kind)
    said = models.JSONField(default=dict)
    state = models.CharField(_("état"), max_length=8, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("par"),
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True)
    until = models.DateField(_("revient le"), null=True)  # of LATER
    batch = models.UUIDField(null=True, db_index=True)  # of one gesture
    before = models.JSONField(default=dict)
    seen_at = models.DateTimeField(_("vu le"), auto_now_add=True)

    objects = RegistryDriftQuerySet.as_manager()

    class Meta:
        verbose_name = _("écart avec le registre")
        verbose_name_plural = _("écarts avec le registre")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "kind"], name="registry_drift_once"),
            models.CheckConstraint(
                condition=Q(state="later", until__isnull=False) | ~Q(state="later") & Q(until__isnull=True),
                name="registry_drift_later_has_a_day",
            ),
        ]
        indexes = [models.Index(fields=["state", "kind"], name="registry_drift_state")]

    def __str__(self) -> str:
        return f"{self.supplier_id}, {self.kind}"

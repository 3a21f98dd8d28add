"""What a buyer keeps of the directory: a named selection of suppliers, and what was decided about each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Membership, Organisation, curation_q
from suppliers.models import Status, Supplier

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class ShortlistQuerySet(models.QuerySet["Shortlist"]):
    def visible_to(self, user: User | AnonymousUser) -> ShortlistQuerySet:
        """The person's own, and those of the institutions that they act for; nobody else's, staff included."""
        if not user.is_authenticated:
            return self.none()
        colleagues = Membership.objects.filter(user=user.pk, organisation=OuterRef("organisation"))
        return self.filter(Q(owner=user.pk) | Exists(colleagues))

    def curated_by(self, user: User | AnonymousUser) -> ShortlistQuerySet:
        """Those of the institutions of a territory, for the back room, which reads how many they hold and no words."""
        return self if user.is_superuser else self.filter(curation_q(user, "organisation__"))

    def active(self) -> ShortlistQuerySet:
        return self.filter(archived_at__isnull=True)


class Shortlist(models.Model):
    """Shared by the members of an institution (`organisation`), or one person's own (`owner`): one of the two.

    Without history: what is written here is read by its parties alone, and history is read by staff.
    """

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="shortlists",
        verbose_name=_("institution"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="shortlists",
        verbose_name=_("à une personne"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("créée par"),
    )
    name = models.CharField(_("nom de la sélection"), max_length=120)
    purpose = models.TextField(_("besoin et critères"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("créée le"), default=timezone.now)
    updated_at = models.DateTimeField(_("modifiée le"), default=timezone.now)
    archived_at = models.DateTimeField(_("archivée le"), null=True, blank=True)

    objects = ShortlistQuerySet.as_manager()

    class Meta:
        verbose_name = _("sélection")
        verbose_name_plural = _("sélections")
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) ^ Q(owner__isnull=True), name="shortlist_has_one_owner"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "-updated_at"], name="shortlist_of_institution"),
            models.Index(fields=["owner", "-updated_at"], name="shortlist_of_person"),
        ]

    def __str__(self) -> str:
        """Without its name: staff read this."""
        return _("Sélection nº %(n)s") % {"n": self.pk}

    @property
    def is_shared(self) -> bool:
        return self.organisation_id is not None


class ShortlistEntryQuerySet(models.QuerySet["ShortlistEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> ShortlistEntryQuerySet:
        return self.filter(shortlist__in=Shortlist.objects.visible_to(user))


class ShortlistEntry(models.Model):
    """A supplier that was kept, from which search, what was decided and why, and a note between colleagues.

    `supplier_name` stays where the supplier leaves the directory or is gone: a selection says so and drops nobody.
    """

    class State(models.TextChoices):
        KEPT = "kept", _("retenu")
        ASIDE = "aside", _("écarté")

    shortlist = models.ForeignKey(Shortlist, on_delete=models.CASCADE, related_name="entries")
    supplier = models.ForeignKey(Supplier, on_delete=models.SET_NULL, null=True, related_name="+")
    supplier_name = models.CharField(_("fournisseur"), max_length=255)
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(_("décision"), max_length=10, choices=State, default=State.KEPT)
    reason = models.TextField(_("pourquoi"), max_length=1000, blank=True)
    note = models.TextField(_("note entre collègues"), max_length=2000, blank=True)
    search = models.CharField(
        max_length=500, blank=True
    )  # the directory's address without its path: « q=traiteur »
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)

    objects = ShortlistEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("fournisseur d’une sélection")
        verbose_name_plural = _("fournisseurs d’une sélection")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["shortlist", "supplier"], name="shortlist_entry_once"),
            models.CheckConstraint(
                condition=Q(state__in=["kept", "aside"]), name="shortlist_entry_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.supplier_name

    @property
    def is_aside(self) -> bool:
        return self.state == self.State.ASIDE

    @property
    def is_listed(self) -> bool:
        """Whether the directory still shows the supplier."""
        return self.supplier is not None and self.supplier.status == Status.PUBLISHED

    @property
    def withdrawn_at(self) -> datetime | None:
        """Since when the directory shows it no longer; None where it does, or nobody knows."""
        if self.supplier is None or self.is_listed:
            return None
        return self.supplier.status_changed_at

    @property
    def has_words(self) -> bool:
        return bool(self.reason or self.note)

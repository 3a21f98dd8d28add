"""A buyer's own suppliers, from a file of its own. No history: what is erased here is gone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation
from marketplace.web.private_files import PrivateFile
from suppliers.models import Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class OwnListQuerySet(models.QuerySet["OwnList"]):
    def visible_to(self, user: User | AnonymousUser) -> OwnListQuerySet:
        """The members of the institution, and nobody else: not even a platform admin reads what it holds."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organisation__in=user.organisation_ids, organisation__buyer__isnull=False)

    def to_read(self, now: datetime | None = None) -> OwnListQuerySet:
        """Those that a worker may take up: asked for, and held by none that lives."""
        now = now or timezone.now()
        return self.filter(state__in=OwnList.WAITING).filter(Q(leased_until=None) | Q(leased_until__lt=now))

    def outdated(self, now: datetime | None = None) -> OwnListQuerySet:
        return self.filter(erase_at__lte=now or timezone.now())


class OwnList(models.Model):
    """One file of suppliers. `header` and `sample` are its first rows until its columns are chosen; then the file goes."""

    class State(models.TextChoices):
        COLUMNS = "columns", _("colonnes à confirmer")
        QUEUED = "queued", _("lecture demandée")
        READING = "reading", _("lecture en cours")
        READY = "ready", _("prête")
        FAILED = "failed", _("illisible")

    WAITING = (State.QUEUED, State.READING)

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="own_lists", verbose_name=_("institution")
    )
    name = models.CharField(_("nom de la liste"), max_length=120)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.COLUMNS)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("déposée le"), default=timezone.now)
    read_at = models.DateTimeField(_("lue le"), null=True, blank=True)
    erase_at = models.DateTimeField(_("effacée au plus tard le"))
    file = models.ForeignKey(PrivateFile, on_delete=models.SET_NULL, null=True, related_name="+")
    header = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    header_is_known = models.BooleanField(default=True)
    columns = models.JSONField(default=dict)  # place in the file, from 0, by what it holds
    skips_header = models.BooleanField(default=True)
    has_amounts = models.BooleanField(default=False)
    notes = models.JSONField(default=list)  # what of the file was not read, in sentences
    fault = models.TextField(blank=True, default="")
    rows_total = models.PositiveIntegerField(_("lignes"), default=0)
    rows_read = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)

    objects = OwnListQuerySet.as_manager()

    class Meta:
        verbose_name = _("liste de fournisseurs")
        verbose_name_plural = _("listes de fournisseurs")
        indexes = [
            models.Index(
                fields=["state", "leased_until"],
                condition=Q(state__in=["queued", "reading"]),
                name="own_list_to_read",
            )
        ]

    def __str__(self) -> str:
        """Its name is its institution's alone."""
        return _("liste %(number)s") % {"number": self.pk}

    @property
    def is_waiting(self) -> bool:
        return self.state in self.WAITING


class OwnListRowQuerySet(models.QuerySet["OwnListRow"]):
    def visible_to(self, user: User | AnonymousUser) -> OwnListRowQuerySet:
        return self.filter(own_list__in=OwnList.objects.visible_to(user))

    def firsts(self) -> OwnListRowQuerySet:
        """One row for each supplier: repeated ones and those that could not be read left out."""
        return self.exclude(state__in=[OwnListRow.State.REPEATED, OwnListRow.State.UNREADABLE])

    def social(self) -> OwnListRowQuerySet:
        """Those that are social economy, by their NEQ or because a person said so."""
        return self.filter(state__in=OwnListRow.SOCIAL)

    def most_first(self) -> OwnListRowQuerySet:
        return self.order_by(F("amount_in_all").desc(nulls_last=True), "number", "pk")


class OwnListRow(models.Model):
    """One row of the file. A supplier that comes back is `repeated`: its first row counts for all, with the sum."""

    class State(models.TextChoices):
        UNREAD = "unread", _("à lire")
        BY_NEQ = "neq", _("économie sociale, par son NEQ")
        PROPOSED = "proposed", _("à confirmer")
        CONFIRMED = "confirmed", _("économie sociale, confirmée")
        REJECTED = "rejected", _("écartée")
        OTHER = "other", _("autre fournisseur")
        REPEATED = "repeated", _("répétée")
        UNREADABLE = "unreadable", _("illisible")

    SOCIAL = (State.BY_NEQ, State.CONFIRMED)
    DECIDED = (State.CONFIRMED, State.REJECTED)

    own_list = models.ForeignKey(OwnList, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=255, blank=True)
    neq = models.CharField(max_length=10, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    category = models.CharField(max_length=200, blank=True)
    category_key = models.CharField(max_length=200, blank=True, default="")  # the same, folded
    city = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.UNREAD)
    fault = models.CharField(max_length=300, blank=True, default="")
    first = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, null=True, related_name="repeats"
    )  # they go together
    times = models.PositiveIntegerField(default=1)
    amount_in_all = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.SET_NULL, null=True, related_name="+")
    confidence = models.PositiveSmallIntegerField(null=True)
    reasons = models.JSONField(default=list)
    # The other likely ones: [supplier, confidence, reasons].
    others = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    objects = OwnListRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("ligne d’une liste de fournisseurs")
        verbose_name_plural = _("lignes d’une liste de fournisseurs")
        indexes = [
            models.Index(fields=["own_list", "state"], name="own_list_row_state"),
            models.Index(fields=["own_list", "category_key"], name="own_list_row_category"),
        ]

    def __str__(self) -> str:
        return self.name or self.neq


class OwnListCategory(models.Model):
    """What an institution buys from others than social economy, and who of the directory could deliver it."""

    own_list = models.ForeignKey(OwnList, on_delete=models.CASCADE, related_name="categories")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    found = models.PositiveIntegerField(default=0)
    is_near = models.BooleanField(default=True)  # who serves the institution's MRC; else anywhere in Québec
    suppliers = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("catégorie d’une liste de fournisseurs")
        verbose_name_plural = _("catégories d’une liste de fournisseurs")
        constraints = [models.UniqueConstraint(fields=["own_list", "key"], name="own_list_category_once")]

    def __str__(self) -> str:
        return self.name

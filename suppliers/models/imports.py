"""An import from the page: its file, its rows with what becomes of each, what it wrote over; and what a pôle said of columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.accounts.models import pole_q
from marketplace.territories.models import Pole
from marketplace.web.private_files import PrivateFile

from .supplier import Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class SupplierImportQuerySet(models.QuerySet["SupplierImport"]):
    def visible_to(self, user: Visitor) -> SupplierImportQuerySet:
        """Platform admins all; staff those of their pôles. A file may name enterprises that nobody else should see."""
        return self.filter(pole_q(user))

    def to_advance(self, now: datetime | None = None) -> SupplierImportQuerySet:
        """Those that a worker may take up: something is asked of them, and no living worker holds them."""
        free = Q(leased_until=None) | Q(leased_until__lt=now or timezone.now())
        return self.filter(free, state__in=SupplierImport.WORKING)

    def outdated(self, now: datetime | None = None) -> SupplierImportQuerySet:
        return self.filter(forget_at__lte=now or timezone.now())


class SupplierImport(models.Model):
    """One file of enterprises. What it holds goes at `forget_at`; that it took place, and its figures, stay."""

    class State(models.TextChoices):
        COLUMNS = "columns", _("colonnes à confirmer")
        CHECKING = "checking", _("lecture en cours")
        READY = "ready", pgettext_lazy("fichier lu", "à vérifier")
        RUNNING = "running", _("importation en cours")
        DONE = "done", _("importée")
        UNDOING = "undoing", _("annulation en cours")
        UNDONE = "undone", pgettext_lazy("importation", "annulée")
        FAILED = "failed", _("arrêtée")

    WORKING = (State.CHECKING, State.RUNNING, State.UNDOING)
    OPEN = (State.COLUMNS, State.CHECKING, State.READY)

    pole = models.ForeignKey(
        Pole, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("pôle")
    )
    is_limited = models.BooleanField(default=True)  # to the territory of the pôle: staff of a pôle brought it
    name = models.CharField(_("fichier"), max_length=120)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.COLUMNS)
    mapping = models.CharField(max_length=20, default="maillage")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("déposée par"),
    )
    created_at = models.DateTimeField(_("déposée le"), default=timezone.now)
    file = models.ForeignKey(PrivateFile, on_delete=models.SET_NULL, null=True, related_name="+")
    header = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    header_is_known = models.BooleanField(default=True)
    looks_like_registry = models.BooleanField(default=False)
    columns = models.JSONField(default=dict)  # place in the file, from 0, by what it holds
    remembered = models.BooleanField(default=False)  # the columns are those of a former file of this shape
    meanings = models.JSONField(default=dict)  # by column, by folded words: [the words, what they mean]
    notes = models.JSONField(default=list)  # what of the file was not read, in sentences
    fault = models.TextField(blank=True, default="")
    #: Counts what people changed of it, so that a page shown before is known to be old.
    revision = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(_("lignes"), default=0)
    position = models.PositiveIntegerField(default=0)  # rows that the present state is through with
    attempts = models.PositiveSmallIntegerField(default=0)  # since it last advanced
    counts = models.JSONField(default=dict)  # rows by outcome, once they are read
    started_at = models.DateTimeField(_("commencée le"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    done_at = models.DateTimeField(_("terminée le"), null=True, blank=True)
    undone_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    leased_until = models.DateTimeField(null=True)
    forget_at = models.DateTimeField(_("oubliée au plus tard le"), null=True)  # empty: forgotten already

    objects = SupplierImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("importation de fournisseurs")
        verbose_name_plural = _("importations de fournisseurs")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["pole", "-created_at"], name="supplier_import_of_pole"),
            models.Index(
                fields=["state", "leased_until"],
                condition=Q(state__in=["checking", "running", "undoing"]),
                name="supplier_import_to_advance",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "columns", "checking", "ready", "running", "done", "undoing", "undone", "failed",
                    ]
                ),
                name="supplier_import_state_known",
            ),
            models.CheckConstraint(
                condition=Q(is_limited=False) | Q(pole__isnull=False), name="supplier_import_limited_to_a_pole"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING

    @property
    def may_undo(self) -> bool:
        """Something was written, and what it wrote over is still known."""
        written = self.state == self.State.DONE or (self.state == self.State.FAILED and bool(self.started_at))
        return written and self.forget_at is not None


class SupplierImportRowQuerySet(models.QuerySet["SupplierImportRow"]):
    def visible_to(self, user: Visitor) -> SupplierImportRowQuerySet:
        return self.filter(supplier_import__in=SupplierImport.objects.visible_to(user))

    def rewrite(self, rows: Sequence[SupplierImportRow], fields: Sequence[str]) -> None:
        """Save columns of many rows: an upsert, which takes a tenth of the time of `bulk_update`."""
        if rows:
            self.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=fields)

    def wrong(self) -> SupplierImportRowQuerySet:
        """Something in them is to be put right: the row stays out, or a cell is left out."""
        return self.filter(~Q(faults=[]))

    def written(self) -> SupplierImportRowQuerySet:
        """Those that an import wrote, or beside which it noted what the file says."""
        return self.filter(before__isnull=False)


class SupplierImportRow(models.Model):
    """A row of the file, and what becomes of it. `place` counts from 1 through all tabs; `number` is the spreadsheet's."""

    class Outcome(models.TextChoices):
        NONE = "", _("à lire")
        CREATED = "created", _("créée")
        UPDATED = "updated", _("modifiée")
        UNCHANGED = "unchanged", _("sans changement")
        HELD = "held", _("gérée par une personne")
        REJECTED = "rejected", _("à corriger")
        ELSEWHERE = "elsewhere", _("d’un autre territoire")

    class Left(models.TextChoices):
        """Why an undone import leaves a row as it is."""

        NOTHING = "", _("rien")
        CHANGED = "changed", _("quelqu’un l’a modifiée depuis")
        NAMED_AGAIN = "again", _("une importation plus récente la nomme aussi")
        USED = "used", _("elle a servi depuis")
        GONE = "gone", _("elle n’existe plus")

    supplier_import = models.ForeignKey(SupplierImport, on_delete=models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    sheet = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=255, blank=True)
    cells = models.JSONField(default=dict)  # by column, as the file has them, or as a person corrected them
    identity = models.CharField(max_length=64, blank=True, default="")  # what the same row is known by
    digest = models.CharField(max_length=64, blank=True, default="")  # of what the row says
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    faults = models.JSONField(
        default=list
    )  # [column, sentence], the column empty where the whole row is meant
    unknown = models.JSONField(default=list)  # [column, words of no list of ours]
    changes = models.JSONField(default=list)  # [label, what stands, what the file says], before it is written
    revision = models.PositiveIntegerField(default=0)  # of the import, when a person last corrected the row
    supplier = models.ForeignKey(Supplier, on_delete=models.SET_NULL, null=True, related_name="import_rows")
    before = models.JSONField(null=True)  # what was written over; None where nothing was
    after = models.CharField(max_length=64, blank=True, default="")  # digest of the listing once written
    is_undone = models.BooleanField(default=False)
    left = models.CharField(max_length=10, choices=Left, blank=True, default="")

    objects = SupplierImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("ligne importée")
        verbose_name_plural = _("lignes importées")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["supplier_import", "place"], name="supplier_import_row_once")
        ]
        indexes = [
            models.Index(fields=["supplier_import", "outcome", "place"], name="supplier_import_row_outcome"),
            models.Index(fields=["supplier_import", "identity"], name="supplier_import_row_identity"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class ImportMemory(models.Model):
    """What a pôle said of a file's columns and words: the next file with the same headers is read so. `pole` None: the platform's."""

    pole = models.ForeignKey(Pole, on_delete=models.CASCADE, null=True, related_name="+")
    shape = models.CharField(max_length=64)  # of the set of headers
    mapping = models.CharField(max_length=20)
    columns = models.JSONField(default=dict)  # by folded header: what it holds; empty: not read
    meanings = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("colonnes retenues")
        verbose_name_plural = _("colonnes retenues")
        constraints = [
            models.UniqueConstraint(fields=["pole", "shape"], name="import_memory_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.pole_id} {self.shape[:8]}"

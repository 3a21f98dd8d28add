"""Listings that may be the same enterprise, and those that became one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import curation_q
from marketplace.web.history import tracked
from suppliers.models.supplier import Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    """What is asked of the two listings is asked of sets of them, read once each: joined with both and their organisations, a
    pair costs minutes where the planner takes one of the four tables for empty, as after a large import."""

    def visible_to(self, user: Visitor) -> DuplicatePairQuerySet:
        """Of which a person curates one listing at least; what is shown of the other is for the page to say."""
        condition = curation_q(user, "organisation__")
        return self.filter(_either(Supplier.objects.filter(condition))) if condition else self

    def open(self) -> DuplicatePairQuerySet:
        """Those that somebody is to decide about: neither listing is closed, or gave way meanwhile."""
        closed = Q(status="archived") | Q(organisation__merged_into__isnull=False)
        rows = self.exclude(state=DuplicatePair.State.DISMISSED)
        return rows.exclude(_either(Supplier.objects.filter(closed)))


def _either(suppliers: models.QuerySet[Supplier]) -> Q:
    keys = suppliers.order_by().values("pk")
    return Q(first__in=keys) | Q(second__in=keys)


@tracked
class DuplicatePair(models.Model):
    """Two listings that look like one (`duplicates.scoring`), and what people said of them.

    `facts` is what was compared, as a digest: a pair that was set aside comes back when that has changed.
    """

    class State(models.TextChoices):
        FOUND = "found", _("à comparer")
        PROPOSED = "proposed", _("réunion proposée à l’autre pôle")
        DISMISSED = "dismissed", _("pas un doublon")

    first = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="+")
    points = models.PositiveSmallIntegerField(_("ressemblance"), default=0)
    reasons = ArrayField(models.CharField(max_length=20), default=list)
    facts = models.CharField(max_length=64)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.FOUND)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("par"),
    )
    decided_at = models.DateTimeField(_("le"), null=True)
    found_at = models.DateTimeField(_("trouvée le"), auto_now_add=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = _("doublon possible")
        verbose_name_plural = _("doublons possibles")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_in_order"),
            models.CheckConstraint(
                condition=Q(state="found") | Q(decided_at__isnull=False), name="duplicate_pair_is_dated"
            ),
        ]
        indexes = [models.Index(fields=["state", "-points"], name="duplicate_pair_likeliest")]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}"


class DuplicateCheck(models.Model):
    """When a listing was last compared with all the others: what was written on it since asks for it again."""

    supplier = models.OneToOneField(
        Supplier, on_delete=models.CASCADE, primary_key=True, related_name="duplicate_check"
    )
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("recherche de doublons")
        verbose_name_plural = _("recherches de doublons")

    def __str__(self) -> str:
        return f"{self.supplier_id}"


class SupplierMergeQuerySet(models.QuerySet["SupplierMerge"]):
    def visible_to(self, user: Visitor) -> SupplierMergeQuerySet:
        return self.filter(curation_q(user, "kept__organisation__"))

    def standing(self) -> SupplierMergeQuerySet:
        return self.filter(undone_at=None)


@tracked
class SupplierMerge(models.Model):
    """« lost » gave way to « kept » (docs/adr/0039). What it takes to bring both back is here.

    `before` and `after` hold the columns that the merge wrote, of the four rows: « kept », « lost », « kept_organisation »,
    « lost_organisation ». `moved` is what `web.carriers` moved, `people` what `claimed_neq` did.
    """

    kept = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="merges")
    lost = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="given_way")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    people = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("par"),
    )
    at = models.DateTimeField(_("le"), auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("annulée le"), null=True)

    objects = SupplierMergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("réunion de fiches")
        verbose_name_plural = _("réunions de fiches")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lost"], condition=Q(undone_at=None), name="supplier_gives_way_once"
            ),
            models.CheckConstraint(condition=~Q(kept=F("lost")), name="supplier_merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.lost_id} → {self.kept_id}"

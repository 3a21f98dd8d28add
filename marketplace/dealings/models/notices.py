"""What rows about a notice share: each is about a notice of SEAO, or about a need that a buyer posted here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from buyers.models import Need, Tender


class AboutNotice(models.Model):
    """Names its notice; `marketplace.dealings.notices` reads notices of both kinds alike."""

    tender = models.ForeignKey(
        Tender,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("avis"),
    )
    need = models.ForeignKey(
        Need,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("besoin"),
    )

    class Meta:
        abstract = True

    @property
    def notice(self) -> Tender | Need:
        found: Tender | Need | None = self.tender or self.need
        assert found is not None  # noqa: S101 - the database holds that there is one
        return found


def once_per_notice(name: str, *fields: str) -> list[models.BaseConstraint]:
    """One row for each notice and `fields`."""
    return [
        models.UniqueConstraint(fields=[*fields, "tender"], name=f"{name}_once"),
        models.UniqueConstraint(fields=[*fields, "need"], name=f"{name}_once_per_need"),
        has_one_notice(name),
    ]


def has_one_notice(name: str) -> models.BaseConstraint:
    return models.CheckConstraint(
        condition=Q(tender__isnull=False, need__isnull=True) | Q(tender__isnull=True, need__isnull=False),
        name=f"{name}_has_one_notice",
    )

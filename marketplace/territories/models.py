"""Where things are: regions, MRCs, municipalities, and the pôles that cover them, dated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.web.history import tracked

if TYPE_CHECKING:
    from datetime import date


def _folded(field: str = "name") -> models.GeneratedField:
    """What a name is compared by, kept by the database (`f_fold`, of which `names.fold` is the Python twin)."""
    return models.GeneratedField(
        expression=Func(F(field), function="f_fold"),
        output_field=models.CharField(max_length=160),
        db_persist=True,
    )


class Region(models.Model):
    """One of the 17 administrative regions; `code` as in « 04 »."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("nom"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("région")
        verbose_name_plural = _("régions")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Mrc(models.Model):
    """A regional county municipality or an equivalent territory; `code` as in the official list (« 371 »)."""

    class Kind(models.TextChoices):
        MRC = "mrc", _("MRC")
        EQUIVALENT = "equivalent", _("territoire équivalent")

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("nom"), max_length=80)
    kind = models.CharField(_("type"), max_length=10, choices=Kind)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="mrcs", verbose_name=_("région")
    )
    population = models.PositiveIntegerField(_("population"), default=0)
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))

    class Meta:
        verbose_name = _("MRC")
        verbose_name_plural = _("MRC")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MrcRegionPeriod(models.Model):
    """Which region an MRC belonged to, and when: some changed (Estrie, 2021). `until` is exclusive; empty: still."""

    mrc = models.ForeignKey(Mrc, on_delete=models.CASCADE, related_name="region_periods")
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    since = models.DateField(_("depuis"), null=True, blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)

    class Meta:
        verbose_name = _("rattachement régional")
        verbose_name_plural = _("rattachements régionaux")
        constraints = [
            models.UniqueConstraint(
                fields=["mrc", "since"], name="mrc_region_once_per_start", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.mrc_id} → {self.region_id}"


class Nation(models.Model):
    """A First Nation or the Inuit: what a pôle may cover where MRCs do not say it. Communities are municipalities."""

    code = models.SlugField(_("code"), primary_key=True)
    name = models.CharField(_("nom"), max_length=80)

    class Meta:
        verbose_name = _("nation")
        verbose_name_plural = _("nations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """A municipality or a community of the official list; `code` is its five-digit geographic code.

    Communities of First Nations lie in no MRC: they carry their region themselves.
    """

    code = models.CharField(_("code"), max_length=5, primary_key=True)
    name = models.CharField(_("nom"), max_length=80)
    folded = _folded()
    designation = models.CharField(_("désignation"), max_length=40, blank=True)
    mrc = models.ForeignKey(
        Mrc,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="municipalities",
        verbose_name=_("MRC"),
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="communities",
        verbose_name=_("région (hors MRC)"),
    )
    nation = models.ForeignKey(
        Nation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="communities",
        verbose_name=_("nation"),
    )
    population = models.PositiveIntegerField(_("population"), default=0)
    postal_code = models.CharField(_("code postal"), max_length=6, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        verbose_name = _("municipalité")
        verbose_name_plural = _("municipalités")
        ordering = ["name"]
        indexes = [models.Index(fields=["folded"], name="municipality_folded")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mrc__isnull=True) ^ models.Q(region__isnull=True),
                name="municipality_in_mrc_or_else_region",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PlaceAlias(models.Model):
    """Another spelling or a former name of a municipality (« Cap-de-la-Madeleine » is now Trois-Rivières)."""

    name = models.CharField(_("nom"), max_length=80)
    folded = _folded()
    municipality = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("municipalité")
    )

    class Meta:
        verbose_name = _("autre graphie")
        verbose_name_plural = _("autres graphies")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["folded", "municipality"], name="alias_once_per_municipality")
        ]

    def __str__(self) -> str:
        return self.name


class TerritoryName(models.Model):
    """Words of a public body's name that say a region or an MRC without naming a town (« Chemin-du-Roy »)."""

    words = models.CharField(_("mots du nom"), max_length=120)
    folded = _folded("words")
    region = models.ForeignKey(Region, on_delete=models.CASCADE, verbose_name=_("région"))
    mrc = models.ForeignKey(Mrc, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("MRC"))

    class Meta:
        verbose_name = _("nom qui désigne un territoire")
        verbose_name_plural = _("noms qui désignent un territoire")
        ordering = ["words"]
        constraints = [models.UniqueConstraint(fields=["folded"], name="territory_name_once")]

    def __str__(self) -> str:
        return self.words


class PostalRegion(models.Model):
    """The region that most of a postal prefix (« G9A ») lies in; `part` is the share of its codes, 0 to 1.

    `mrc` is given only where the whole prefix lies in one; `others` are the regions of the remaining codes.
    """

    fsa = models.CharField(_("préfixe postal"), max_length=3, primary_key=True)
    region = models.ForeignKey(Region, on_delete=models.CASCADE, verbose_name=_("région"))
    part = models.FloatField(_("part"), default=1.0)
    others = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, verbose_name=_("autres régions")
    )
    mrc = models.ForeignKey(Mrc, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("MRC"))
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        verbose_name = _("préfixe postal")
        verbose_name_plural = _("préfixes postaux")
        ordering = ["fsa"]

    def __str__(self) -> str:
        return self.fsa


class Boundary(models.Model):
    """A simplified outline, as GeoJSON geometry (WGS 84, longitude first); only `import_territories` fills it."""

    region = models.OneToOneField(Region, on_delete=models.CASCADE, null=True, blank=True)
    mrc = models.OneToOneField(Mrc, on_delete=models.CASCADE, null=True, blank=True)
    geometry = models.JSONField()

    class Meta:
        verbose_name = _("contour")
        verbose_name_plural = _("contours")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(region__isnull=True) ^ models.Q(mrc__isnull=True),
                name="boundary_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.region_id or self.mrc_id)


@tracked
class Pole(models.Model):
    """The regional organisation whose staff curate; `code` is a slug (« mauricie »)."""

    code = models.SlugField(_("code"), primary_key=True)
    name = models.CharField(_("nom"), max_length=120)
    email = models.EmailField(_("courriel"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    postal_address = models.CharField(_("adresse postale"), max_length=200, blank=True)
    website = models.URLField(_("site Web"), blank=True)

    class Meta:
        verbose_name = _("pôle")
        verbose_name_plural = _("pôles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CoverageQuerySet(models.QuerySet["PoleCoverage"]):
    def on(self, day: date) -> CoverageQuerySet:
        """What was covered that day; `until` is exclusive."""
        return self.filter(
            models.Q(since__isnull=True) | models.Q(since__lte=day),
            models.Q(until__isnull=True) | models.Q(until__gt=day),
        )

    def today(self) -> CoverageQuerySet:
        return self.on(timezone.localdate())


@tracked
class PoleCoverage(models.Model):
    """A pôle covers an MRC or a nation between two dates; the same MRC may have several pôles."""

    pole = models.ForeignKey(Pole, on_delete=models.CASCADE, related_name="coverage", verbose_name=_("pôle"))
    mrc = models.ForeignKey(
        Mrc, on_delete=models.CASCADE, null=True, blank=True, related_name="coverage", verbose_name=_("MRC")
    )
    nation = models.ForeignKey(
        Nation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="coverage",
        verbose_name=_("nation"),
    )
    since = models.DateField(_("depuis"), null=True, blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)

    objects = CoverageQuerySet.as_manager()

    class Meta:
        verbose_name = _("territoire couvert")
        verbose_name_plural = _("territoires couverts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mrc__isnull=True) ^ models.Q(nation__isnull=True),
                name="coverage_of_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True)
                | models.Q(since__isnull=True)
                | models.Q(until__gt=models.F("since")),
                name="coverage_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["pole", "mrc", "nation", "since"], name="coverage_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pole_id}: {self.mrc_id or self.nation_id}"

"""Where things are: regions, MRCs, municipalities, and the pôles that cover them, dated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.web.history import tracked

if TYPE_CHECKING:
    from datetime import date


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
    kind = models.CharField(_("genre"), max_length=10, choices=Kind)
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
        constraints = [models.UniqueConstraint(fields=["mrc", "since"], name="mrc_region_once_per_start")]

    def __str__(self) -> str:
        return f"{self.mrc_id} → {self.region_id}"


class Municipality(models.Model):
    """A municipality of the official list; `code` is its five-digit geographic code."""

    code = models.CharField(_("code"), max_length=5, primary_key=True)
    name = models.CharField(_("nom"), max_length=80)
    folded = models.CharField(max_length=80, db_index=True, editable=False)
    designation = models.CharField(_("désignation"), max_length=40, blank=True)
    mrc = models.ForeignKey(
        Mrc, on_delete=models.PROTECT, related_name="municipalities", verbose_name=_("MRC")
    )
    population = models.PositiveIntegerField(_("population"), default=0)
    postal_code = models.CharField(_("code postal"), max_length=6, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        verbose_name = _("municipalité")
        verbose_name_plural = _("municipalités")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PlaceAlias(models.Model):
    """Another spelling or a former name of a municipality (« Cap-de-la-Madeleine » is now Trois-Rivières)."""

    folded = models.CharField(max_length=80, primary_key=True)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name = _("autre graphie")
        verbose_name_plural = _("autres graphies")

    def __str__(self) -> str:
        return self.folded


class PostalRegion(models.Model):
    """The region that most of a postal prefix (« G9A ») lies in; `part` is the share of its codes, 0 to 1."""

    fsa = models.CharField(max_length=3, primary_key=True)
    region = models.ForeignKey(Region, on_delete=models.CASCADE)
    part = models.FloatField(default=1.0)

    class Meta:
        verbose_name = _("préfixe postal")
        verbose_name_plural = _("préfixes postaux")

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


class Nation(models.Model):
    """A First Nation or Inuit community that a pôle may cover where MRCs do not say it."""

    code = models.SlugField(_("code"), primary_key=True)
    name = models.CharField(_("nom"), max_length=80)

    class Meta:
        verbose_name = _("nation")
        verbose_name_plural = _("nations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


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
        ]

    def __str__(self) -> str:
        return f"{self.pole_id}: {self.mrc_id or self.nation_id}"

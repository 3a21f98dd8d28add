"""The codes: UNSPSC says what is bought, SCIAN what an enterprise is, SEAO categories what notices carry."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.classification.labelled import Labelled
from marketplace.classification.lexicon.models import LexiconGroup, LexiconLink, LexiconTerm

__all__ = [
    "Certification",
    "LexiconGroup",
    "LexiconLink",
    "LexiconTerm",
    "Purpose",
    "SeaoCategory",
    "Sector",
    "UnspscCode",
]


class UnspscCode(Labelled):
    """A node of the UNSPSC tree. `code` always has eight digits; zeros at the end say the level (« 56000000 »)."""

    class Level(models.IntegerChoices):
        SEGMENT = 2, _("segment")
        FAMILY = 4, _("famille")
        CLASS = 6, _("classe")
        COMMODITY = 8, _("produit ou service")

    class Source(models.TextChoices):
        REFERENCE = "reference", _("table de référence")
        FEED = "feed", _("apprise d’un avis")
        IMPORT = "import", _("importée de la liste officielle")
        NONE = "none", _("libellé inconnu")

    code = models.CharField(_("code"), max_length=8, primary_key=True)
    level = models.PositiveSmallIntegerField(_("niveau"), choices=Level)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    label = models.CharField(_("libellé"), max_length=255, blank=True)
    source = models.CharField(_("source du libellé"), max_length=10, choices=Source, default=Source.NONE)

    class Meta:
        verbose_name = _("code UNSPSC")
        verbose_name_plural = _("codes UNSPSC")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex=r"^[0-9]{8}$"), name="unspsc_eight_digits")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


class SeaoCategory(Labelled):
    """One of the categories that SEAO notices carry (« G17, Ameublement »)."""

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    label = models.CharField(_("libellé"), max_length=160)

    class Meta:
        verbose_name = _("catégorie SEAO")
        verbose_name_plural = _("catégories SEAO")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code}, {self.name}"


class Sector(Labelled):
    """A SCIAN sector. `code` is its first two digits (« 31 » for 31-33); `span` is as printed."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    span = models.CharField(_("codes"), max_length=5)
    label = models.CharField(_("libellé"), max_length=160)

    class Meta:
        verbose_name = _("secteur (SCIAN)")
        verbose_name_plural = _("secteurs (SCIAN)")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.span} {self.name}"


class Purpose(Labelled):
    """A finalité: what a social-economy enterprise is for."""

    code = models.SlugField(_("code"), primary_key=True)
    label = models.CharField(_("libellé"), max_length=100)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("finalité")
        verbose_name_plural = _("finalités")
        ordering = ["position", "label"]

    def __str__(self) -> str:
        return self.name


class Certification(Labelled):
    """A label or certification that buyers ask for (« ISO 14001 »)."""

    code = models.SlugField(_("code"), primary_key=True)
    label = models.CharField(_("libellé"), max_length=100)

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        ordering = ["label"]

    def __str__(self) -> str:
        return self.name

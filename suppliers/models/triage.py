"""Triage of prospects: signs that staff edit, what they say of each prospect, and what a person chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import curation_q
from marketplace.classification.labelled import in_reader_language
from marketplace.web.folding import fold_text
from marketplace.web.history import tracked
from suppliers.models.supplier import Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class TriageSignQuerySet(models.QuerySet["TriageSign"]):
    def in_use(self) -> TriageSignQuerySet:
        return self.filter(is_active=True)

    def visible_to(self, user: object) -> TriageSignQuerySet:
        """The same for every pôle."""
        return self


@tracked
class TriageSign(models.Model):
    """A word of a name or of an activity, or a sector, that makes social economy likely or not: « syndicat de copropriété »."""

    label = models.CharField(_("ce qu’il dit"), max_length=120)
    label_en = models.CharField(_("ce qu’il dit, en anglais"), max_length=120, blank=True)
    words = models.TextField(
        _("mots ou expressions"),
        blank=True,
        help_text=_("Séparés par des virgules. Les accents et les majuscules ne comptent pas; « coop* » vaut aussi « coopérative »."),
    )  # fmt: skip
    in_activity = models.BooleanField(
        _("aussi dans l’activité"), default=True, help_text=_("Sinon, dans le nom seulement.")
    )
    sectors = models.CharField(
        _("secteurs (SCIAN)"),
        max_length=200,
        blank=True,
        help_text=_("Débuts de codes, séparés par des virgules."),
    )
    forms = models.CharField(
        _("formes juridiques"),
        max_length=200,
        blank=True,
        help_text=_("Débuts de codes, séparés par des virgules : « coop »."),
    )
    points = models.SmallIntegerField(
        _("points"),
        validators=[MinValueValidator(-10), MaxValueValidator(10)],
        help_text=_("De -10 (peu probable) à 10 (probable)."),
    )
    is_active = models.BooleanField(_("utilisé"), default=True)

    objects = TriageSignQuerySet.as_manager()

    class Meta:
        verbose_name = _("indice de tri")
        verbose_name_plural = _("indices de tri")
        ordering = ["points", "label"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(points__gte=-10, points__lte=10), name="triage_sign_points_in_range"
            )
        ]

    def __str__(self) -> str:
        return self.said

    @property
    def said(self) -> str:
        return in_reader_language(self.label, self.label_en)

    @property
    def phrases(self) -> list[str]:
        """Folded; « * » at the end stands for any ending."""
        found = (fold_text(one) + ("*" if one.strip().endswith("*") else "") for one in self.words.split(","))
        return [one for one in found if one.strip("* ")]

    @property
    def sector_starts(self) -> tuple[str, ...]:
        return tuple(filter(None, (one.strip() for one in self.sectors.split(","))))

    @property
    def form_starts(self) -> tuple[str, ...]:
        return tuple(filter(None, (one.strip() for one in self.forms.split(","))))


class TriageQuerySet(models.QuerySet["Triage"]):
    def visible_to(self, user: Visitor) -> TriageQuerySet:
        return self.filter(curation_q(user, "supplier__organisation__"))


class Triage(models.Model):
    """What the signs say of a prospect (`points`, `signs`), and what a person chose to do with it, if anything yet."""

    class Choice(models.TextChoices):
        NONE = "", _("à trier")
        KEEP = "keep", _("gardée")
        LATER = "later", _("remise à plus tard")

    supplier = models.OneToOneField(
        Supplier,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="triage",
        verbose_name=_("fournisseur"),
    )
    points = models.SmallIntegerField(_("points"), default=0)
    signs = ArrayField(
        models.IntegerField(), default=list, blank=True
    )  # ids of TriageSign, the weightiest first
    judged_at = models.DateTimeField(_("évaluée le"))
    choice = models.CharField(_("choix"), max_length=5, choices=Choice, blank=True, default="")
    chosen_at = models.DateTimeField(_("choisie le"), null=True, blank=True)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    until = models.DateField(_("revient le"), null=True, blank=True)  # of LATER
    batch = models.UUIDField(null=True, blank=True, db_index=True)  # choices of one gesture share it

    objects = TriageQuerySet.as_manager()

    class Meta:
        verbose_name = _("tri d’une fiche à démarcher")
        verbose_name_plural = _("tri des fiches à démarcher")
        indexes = [models.Index(fields=["-points", "supplier"], name="triage_likeliest_first")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(choice="") | models.Q(chosen_at__isnull=False),
                name="triage_choice_is_dated",
            ),
            models.CheckConstraint(
                condition=models.Q(choice="later", until__isnull=False)
                | ~models.Q(choice="later") & models.Q(until__isnull=True),
                name="triage_later_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}"

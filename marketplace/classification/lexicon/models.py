"""Groups of words that mean one thing, as staff edit them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.classification.codes import code_prefix, normalise_code
from marketplace.classification.labelled import Labelled
from marketplace.web.history import tracked

FULL_WEIGHT = 100
_WEIGHTS = [MinValueValidator(1), MaxValueValidator(FULL_WEIGHT)]


def check_codes(text: str) -> None:
    """Codes with a space between, each whole or cut where its zeros begin (« 76111501 7211 »)."""
    for one in text.split():
        if normalise_code(one) is None:
            raise ValidationError(
                _("« %(code)s » n’est pas un code UNSPSC : il faut 2, 4, 6 ou 8 chiffres.")
                % {"code": one[:20]}
            )


def check_sectors(text: str) -> None:
    for one in text.split():
        if not (one.isascii() and one.isdigit() and 2 <= len(one) <= 6):
            raise ValidationError(
                _("« %(code)s » n’est pas un code SCIAN : il faut de 2 à 6 chiffres.") % {"code": one[:20]}
            )


@tracked
class LexiconGroup(Labelled):
    """The ways of saying one thing. `key` never changes: it is how the reference files and the code name the group.

    `codes` are UNSPSC prefixes and `sectors` SCIAN ones, the likeliest first, with a space between.
    """

    key = models.SlugField(_("clé"), max_length=60, unique=True, editable=False)
    label = models.CharField(_("libellé"), max_length=160)
    codes = models.CharField(
        _("codes UNSPSC"),
        max_length=200,
        blank=True,
        help_text=_("Séparés par une espace, le plus probable d’abord : 76111501 761115."),
    )
    sectors = models.CharField(
        _("codes SCIAN"),
        max_length=60,
        blank=True,
        help_text=_("Séparés par une espace : 5617 72."),
    )
    is_active = models.BooleanField(
        _("actif"),
        default=True,
        help_text=_("Sans cette coche, la recherche ne se sert plus du groupe. Rien n’est effacé."),
    )
    #: What the reference files said when they were last loaded: where a row still says it, nobody edited it.
    reference = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("groupe du lexique")
        verbose_name_plural = _("lexique de la recherche")
        ordering = ["label", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Any = None) -> None:
        """The codes as prefixes, each checked. No validators of the columns: migrations would import them."""
        super().clean_fields(exclude)
        faults = {}
        for name, check in (("codes", check_codes), ("sectors", check_sectors)):
            if name not in (exclude or ()):
                try:
                    check(getattr(self, name))
                except ValidationError as error:
                    faults[name] = error
        if faults:
            raise ValidationError(faults)
        self.codes = " ".join(code_prefix(normalise_code(one) or one) for one in self.codes.split())
        self.sectors = " ".join(self.sectors.split())


@tracked
class LexiconTerm(models.Model):
    """A way of saying what its group means."""

    history_subject = "text"

    class Language(models.TextChoices):
        FRENCH = "fr", _("français")
        ENGLISH = "en", _("anglais")

    group = models.ForeignKey(LexiconGroup, on_delete=models.CASCADE, related_name="terms")
    text = models.CharField(_("mot ou expression"), max_length=80)
    language = models.CharField(_("langue"), max_length=2, choices=Language, default=Language.FRENCH)
    weight = models.PositiveSmallIntegerField(_("poids"), default=FULL_WEIGHT, validators=_WEIGHTS)
    one_way = models.BooleanField(
        _("sens unique"),
        default=False,
        help_text=_("Ce mot mène au groupe, mais le groupe ne mène pas à ce mot."),
    )

    class Meta:
        verbose_name = _("terme du lexique")
        verbose_name_plural = _("termes du lexique")
        ordering = ["-language", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["group", "language", "text"], name="lexicon_term_once_a_group"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=1, weight__lte=FULL_WEIGHT), name="lexicon_term_weight"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        self.text = " ".join(self.text.replace("'", "’").split())


@tracked
class LexiconLink(models.Model):
    """Who asks for `group` is also shown `target`, less surely (`weight`); not the other way round."""

    group = models.ForeignKey(
        LexiconGroup, on_delete=models.CASCADE, related_name="links", verbose_name=_("groupe")
    )
    target = models.ForeignKey(
        LexiconGroup, on_delete=models.CASCADE, related_name="links_here", verbose_name=_("mène aussi à")
    )
    weight = models.PositiveSmallIntegerField(_("poids"), default=60, validators=_WEIGHTS)

    class Meta:
        verbose_name = _("renvoi du lexique")
        verbose_name_plural = _("renvois du lexique")
        ordering = ["-weight", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["group", "target"], name="lexicon_link_once"),
            models.CheckConstraint(
                condition=~models.Q(group=models.F("target")), name="lexicon_link_to_another"
            ),
            models.CheckConstraint(
                condition=models.Q(weight__gte=1, weight__lte=FULL_WEIGHT), name="lexicon_link_weight"
            ),
        ]

    def __str__(self) -> str:
        return str(self.target)

    def validate_constraints(self, exclude: Any = None) -> None:
        if self.group_id and self.group_id == self.target_id:
            raise ValidationError(_("Un groupe ne mène pas à lui-même."))
        super().validate_constraints(exclude)

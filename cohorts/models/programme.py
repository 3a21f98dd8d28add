"""What is taught: a path of workshops that cohorts follow, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.territories.models import Pole
from marketplace.web.history import tracked
from marketplace.web.languages import OnlyFrench, is_english

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, user: Visitor) -> ProgrammeQuerySet:
        """In the back room: those of the reader's pôles and the provincial ones. Pages show them through a cohort."""
        if user.is_superuser:
            return self
        if not user.is_authenticated or not user.pole_codes:
            return self.none()
        return self.filter(Q(pole__in=user.pole_codes) | Q(pole__isnull=True))


@tracked
class Programme(models.Model):
    """A path of workshops and coaching, of one pôle or of the whole province (`pole` None)."""

    name = models.CharField(_("nom"), max_length=140)
    name_en = models.CharField(_("nom en anglais"), max_length=140, blank=True)
    teaches = models.TextField(_("ce qu’on y apprend"))
    teaches_en = models.TextField(_("ce qu’on y apprend, en anglais"), blank=True)
    pole = models.ForeignKey(
        Pole,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="programmes",
        verbose_name=_("pôle"),
        help_text=_("Vide : parcours provincial, ouvert à tous les pôles."),
    )
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("parcours")
        verbose_name_plural = _("parcours")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language, where it was given."""
        return in_reading(self.name, self.name_en)

    @property
    def about(self) -> str:
        return in_reading(self.teaches, self.teaches_en)


def in_reading(french: str, english: str) -> str:
    """A text in the reader's language; an English page that has only the French can say so (`{% lang_of text %}`)."""
    if not is_english():
        return french
    return english or OnlyFrench(french)

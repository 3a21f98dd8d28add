"""A row with a French label, always there, and an English one that may wait."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.web.languages import OnlyFrench, is_english


def in_english(french: str, english: str) -> str:
    """The English label; where there is none, the French one, of which the page says that it is French."""
    return english or OnlyFrench(french)


def in_reader_language(french: str, english: str) -> str:
    """The label in the reader's language, from both; where one is missing, the other."""
    return in_english(french, english) if is_english() else french or english


class Labelled(models.Model):
    """`label` is French and always there; `label_en` may wait."""

    label: models.CharField[str, str]
    label_en = models.CharField(_("libellé anglais"), max_length=255, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The label in the reader's language."""
        return in_reader_language(self.label, self.label_en)

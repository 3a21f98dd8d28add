"""A label in the reader's language. Where only French is known the page says so: see `languages.OnlyFrench`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.web.folding import fold_text
from marketplace.web.languages import OnlyFrench, is_english


class Labelled(models.Model):
    """`label` is French and always there; `label_en` may wait."""

    label: models.CharField[str, str]
    label_en = models.CharField(_("libellé anglais"), max_length=255, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The label in the reader's language."""
        return in_english(self.label, self.label_en) if is_english() else self.label


@dataclass(frozen=True, slots=True)
class Labels:
    """Code → label, in both languages, each in its own order."""

    french: dict[str, str]
    english: dict[str, str]

    def here(self) -> dict[str, str]:
        """In the reader's language. Read-only: it is shared."""
        return self.english if is_english() else self.french


def labels_of(rows: Iterable[tuple[str, str, str]], *, by_name: bool = False) -> Labels:
    """From (code, French, English), in the order given; `by_name` puts the English in the order of its words."""
    rows = list(rows)
    english = [(code, in_english(french, words)) for code, french, words in rows]
    if by_name:
        english.sort(key=lambda entry: fold_text(entry[1]))
    return Labels(french={code: french for code, french, _words in rows}, english=dict(english))


def in_english(french: str, english: str) -> str:
    return english or OnlyFrench(french)

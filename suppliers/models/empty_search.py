"""What was sought in the directory and found nowhere: kept a month, without who sought it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EmptySearch(models.Model):
    """A text that found nobody on a day, how often. Folded, so that nobody's way of writing stands in it."""

    text = models.CharField(_("recherche"), max_length=80)
    language = models.CharField(_("langue"), max_length=2)
    day = models.DateField(_("jour"), db_index=True)
    times = models.PositiveIntegerField(_("fois"), default=1)

    class Meta:
        verbose_name = _("recherche sans réponse")
        verbose_name_plural = _("recherches sans réponse")
        ordering = ["-day", "-times", "text"]
        constraints = [
            models.UniqueConstraint(fields=["text", "language", "day"], name="empty_search_once_a_day")
        ]

    def __str__(self) -> str:
        return self.text

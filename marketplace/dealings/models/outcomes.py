"""What came of being here: the notices that were suggested, and how often a listing was opened, without who opened it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Need
from marketplace.accounts.models import territory_q
from suppliers.models import Supplier

from .notices import AboutNotice, once_per_notice

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class SuggestedNoticeQuerySet(models.QuerySet["SuggestedNotice"]):
    def visible_to(self, user: Visitor) -> SuggestedNoticeQuerySet:
        """The supplier's members and the staff of its territory; of needs, those that they may read."""
        rows = self if user.is_superuser else self.filter(territory_q(user, "supplier__organisation__"))
        return rows.filter(Q(need=None) | Q(need__in=Need.objects.visible_to(user)))

    def offered(self) -> SuggestedNoticeQuerySet:
        """Less the needs that show to the invited alone: nobody else learns that they exist."""
        return self.filter(
            Q(need=None) | Q(need__audience__in=[Need.Audience.EVERYONE, Need.Audience.FITTING])
        )


class SuggestedNotice(AboutNotice):
    """A notice that fitted a supplier, since when, and the day on which one of its members first opened it.

    Suggestions themselves come and go with what is open: this is what stays of them.
    """

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="suggested_notices", verbose_name=_("fournisseur")
    )
    on = models.DateField(_("depuis le"), default=timezone.localdate)
    opened_on = models.DateField(_("ouvert le"), null=True, blank=True)

    objects = SuggestedNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("avis qui convenait")
        verbose_name_plural = _("avis qui convenaient")
        constraints = once_per_notice("suggested_notice", "supplier")
        indexes = [models.Index(fields=["supplier", "-on"], name="suggested_notice_of_supplier")]

    def __str__(self) -> str:
        return _("%(tender)s, pour %(supplier)s") % {"tender": self.notice, "supplier": self.supplier}


class VisitQuerySet(models.QuerySet["Visits"]):
    def visible_to(self, user: Visitor) -> VisitQuerySet:
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))


class Visits(models.Model):
    """How often a supplier's page was opened on a day, and from where. A network counts once a day; nothing says whose."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="visits", verbose_name=_("fournisseur")
    )
    day = models.DateField(_("jour"))
    times = models.PositiveIntegerField(_("visites"))
    by_search = models.PositiveIntegerField(_("par une recherche"), default=0)
    by_list = models.PositiveIntegerField(_("par le répertoire, sans texte"), default=0)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visites d’une fiche, un jour")
        verbose_name_plural = _("visites des fiches, par jour")
        constraints = [models.UniqueConstraint(fields=["supplier", "day"], name="visits_once_a_day")]

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.day}"


class VisitWordsQuerySet(models.QuerySet["VisitWords"]):
    def visible_to(self, user: Visitor) -> VisitWordsQuerySet:
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))

    def since(self, day: date | None) -> VisitWordsQuerySet:
        return self.filter(day__gte=day) if day else self


class VisitWords(models.Model):
    """A text that found a supplier, after which its page was opened, on a day, how often.

    Only what the directory itself understands and answers with this supplier is kept (`outcomes.flushing`), and it is shown
    once several have asked it (`outcomes.searches`): never read these rows elsewhere.
    """

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="visit_words", verbose_name=_("fournisseur")
    )
    day = models.DateField(_("jour"))
    words = models.CharField(_("recherche"), max_length=80)
    times = models.PositiveIntegerField(_("fois"))

    objects = VisitWordsQuerySet.as_manager()

    class Meta:
        verbose_name = _("recherche qui a mené à une fiche")
        verbose_name_plural = _("recherches qui ont mené à une fiche")
        constraints = [
            models.UniqueConstraint(fields=["supplier", "day", "words"], name="visit_words_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.day}"

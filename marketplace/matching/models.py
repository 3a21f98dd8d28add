"""Why a supplier and a tender fit, kept with its reasons; what suppliers won or bid on; and who hears of new tenders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Tender, open_condition
from marketplace.accounts.models import territory_q
from marketplace.matching.alerts.models import Alert as Alert  # Django looks for models here
from marketplace.matching.alerts.models import AlertDigest as AlertDigest
from marketplace.matching.alerts.models import AlertQuerySet as AlertQuerySet
from marketplace.matching.alerts.models import AlertReader as AlertReader
from marketplace.matching.alerts.models import PendingNotice as PendingNotice
from marketplace.matching.buyer_suggestions.models import (  # Django looks for models here
    BuyerSuggestion as BuyerSuggestion,
)
from marketplace.matching.buyer_suggestions.models import (
    NewSupplierAlert as NewSupplierAlert,
)
from marketplace.matching.buyer_suggestions.models import (
    ToldSupplier as ToldSupplier,
)
from marketplace.matching.feedback.models import Lesson as Lesson
from marketplace.matching.feedback.models import Misfit as Misfit
from marketplace.matching.mail_preferences.models import PreferenceLink as PreferenceLink
from marketplace.matching.saved_searches.models import (
    SavedSearch as SavedSearch,  # Django looks for models here
)
from suppliers.models import Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, user: User | AnonymousUser) -> SuggestionQuerySet:
        """The supplier's members and the staff of its territory."""
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))

    def for_members(self, user: User | AnonymousUser) -> SuggestionQuerySet:
        """Of the suppliers that a person is a member of."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(supplier__organisation__in=user.organisation_ids)

    def wanted(self) -> SuggestionQuerySet:
        """Less what the supplier has put aside."""
        return self.filter(set_aside_at=None)

    def open(self) -> SuggestionQuerySet:
        """Of notices that can still be answered."""
        return self.filter(open_condition("tender__"))


class Suggestion(models.Model):
    """A supplier and a notice that fit. `reasons` is a list of {kind, verdict, params}; see `engine.Reason`."""

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="suggestions")
    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="suggestions")
    points = models.PositiveSmallIntegerField(_("points"))
    rank = models.PositiveSmallIntegerField(_("rang"))
    reasons = models.JSONField(_("raisons"))
    tender_version = models.CharField(max_length=60)
    computed_at = models.DateTimeField(_("calculée le"), default=timezone.now)
    # « Ce n’est pas pour nous »: kept when suggestions are computed again, also where the two fit no longer.
    set_aside_at = models.DateTimeField(_("écartée le"), null=True, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints = [models.UniqueConstraint(fields=["supplier", "tender"], name="suggestion_once")]
        indexes = [models.Index(fields=["tender", "rank"], name="suggestion_rank")]

    def __str__(self) -> str:
        return _("%(tender)s, pour %(supplier)s") % {"tender": self.tender, "supplier": self.supplier}


class Experience(models.Model):
    """A supplier won a notice, or bid on it. `experience.learn_experience` keeps what was won in step with the awards."""

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="experiences")
    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="experiences")
    won = models.BooleanField(_("remporté"))

    class Meta:
        verbose_name = _("avis remporté ou soumissionné")
        verbose_name_plural = _("avis remportés ou soumissionnés")
        constraints = [models.UniqueConstraint(fields=["supplier", "tender"], name="experience_once")]

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.tender_id}"


class Track(models.Model):
    """The sum of a supplier's experience: won counts 1, bid 1/2. `words` counts those of the titles the same way."""

    supplier = models.OneToOneField(
        Supplier, on_delete=models.CASCADE, primary_key=True, related_name="track"
    )
    notices = models.FloatField()
    words = models.FloatField()
    wins = models.PositiveIntegerField()
    last_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("bilan d’expérience")
        verbose_name_plural = _("bilans d’expérience")

    def __str__(self) -> str:
        return f"{self.supplier_id}"


class Trait(models.Model):
    """How often a term (see `engine`) stands in the notices of a supplier's experience: won counts 1, bid 1/2.

    `rate` is that for each of its notices, or of their words, smoothed (`engine.term_habit`): what candidates are found by.
    """

    pk = models.CompositePrimaryKey("term", "supplier")
    term = models.CharField(max_length=80)
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="+")
    weight = models.FloatField()
    rate = models.FloatField()

    class Meta:
        verbose_name = _("terme d’expérience")
        verbose_name_plural = _("termes d’expérience")

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.term}"


class TermCount(models.Model):
    """How many notices carry a term. Two rows count all: « # » the notices, « #w » the words of their titles."""

    term = models.CharField(max_length=80, primary_key=True)
    notices = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("fréquence d’un terme")
        verbose_name_plural = _("fréquences des termes")

    def __str__(self) -> str:
        return self.term

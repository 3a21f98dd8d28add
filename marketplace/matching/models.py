"""Why a supplier and a tender fit, kept with its reasons; what suppliers won or bid on; and who hears of new tenders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Tender, announced_condition, open_condition
from marketplace.accounts.models import Consent, Membership, territory_q
from marketplace.matching.buyer_suggestions.models import (  # Django looks for models here
    BuyerSuggestion as BuyerSuggestion,
)
from marketplace.matching.buyer_suggestions.models import (
    NewSupplierAlert as NewSupplierAlert,
)
from marketplace.matching.buyer_suggestions.models import (
    ToldSupplier as ToldSupplier,
)
from marketplace.matching.saved_searches.models import (
    SavedSearch as SavedSearch,  # Django looks for models here
)
from marketplace.web.history import tracked
from suppliers.models import Status, Supplier

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

    def worth_announcing(self) -> SuggestionQuerySet:
        """Of notices that mails may tell of."""
        return self.filter(announced_condition("tender__"))


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


class AlertQuerySet(models.QuerySet["Alert"]):
    def active(self) -> AlertQuerySet:
        return self.filter(stopped_at__isnull=True)

    def standing(self) -> AlertQuerySet:
        """May write now: not stopped, consented to, of a member who is still one, for a published supplier."""
        consent = Consent.objects.standing().filter(user=OuterRef("user"), purpose=Consent.Purpose.ALERTS)
        membership = Membership.objects.filter(
            user=OuterRef("user"), organisation=OuterRef("supplier__organisation")
        )
        return self.active().filter(
            Exists(consent), Exists(membership), user__is_active=True, supplier__status=Status.PUBLISHED
        )

    def visible_to(self, user: User | AnonymousUser) -> AlertQuerySet:
        """One's own, and all of them for a platform admin."""
        if user.is_superuser:
            return self
        return self.filter(user=user) if user.is_authenticated else self.none()


@tracked
class Alert(models.Model):
    """How often a member of a supplier hears of new notices that fit it."""

    class Frequency(models.TextChoices):
        INSTANT = "instant", _("dès qu’un avis paraît")
        DAILY = "daily", _("une fois par jour")
        WEEKLY = "weekly", _("une fois par semaine, le lundi")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alerts", verbose_name=_("personne")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="alerts", verbose_name=_("fournisseur")
    )
    frequency = models.CharField(_("fréquence"), max_length=10, choices=Frequency, default=Frequency.DAILY)
    created_at = models.DateTimeField(_("demandée le"), auto_now_add=True)
    stopped_at = models.DateTimeField(_("arrêtée le"), null=True, blank=True)
    digested_until = models.DateTimeField(default=timezone.now)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alerte")
        verbose_name_plural = _("alertes")
        constraints = [models.UniqueConstraint(fields=["user", "supplier"], name="alert_once_per_supplier")]

    def __str__(self) -> str:
        return _("%(supplier)s, pour %(person)s") % {"supplier": self.supplier, "person": self.user}

    @property
    def email_subject(self) -> str:
        """What the outbox calls its mails by."""
        return f"alert:{self.pk}"


class PendingNotice(models.Model):
    """A notice that waits for its alert's next mail; it leaves when the mail is written.

    It points at the notice, not at the suggestion: suggestions are computed anew, and what waits must not vanish.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="pending")
    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("avis en attente d’envoi")
        verbose_name_plural = _("avis en attente d’envoi")
        constraints = [models.UniqueConstraint(fields=["alert", "tender"], name="pending_once")]

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.tender_id}"

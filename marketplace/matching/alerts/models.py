"""An alert is a profile: what of the notices a person wants to hear of, for which enterprise, and when (docs/adr/0035)."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from buyers.models import Tender
from marketplace.accounts.models import Consent, Membership
from marketplace.web.history import tracked
from suppliers.models import Status, Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User

#: Suggestions are kept from 30 points. What lies between, on the notices of the demo, shares one word with the supplier's
#: own text and is often beside the point; from 40 on, a code or several words concord.
MINIMUM_POINTS = 40
MORNING = time(6, 30)  # after the night's import, before the first meeting


class AlertQuerySet(models.QuerySet["Alert"]):
    def active(self) -> AlertQuerySet:
        return self.filter(stopped_at__isnull=True)

    def awake(self, today: date | None = None) -> AlertQuerySet:
        """Not in a pause on that day."""
        day = today or timezone.localdate()
        return self.exclude(Q(paused_from__lte=day) & (Q(paused_until=None) | Q(paused_until__gte=day)))

    def of_members(self) -> AlertQuerySet:
        """For oneself, or for a published enterprise that one still is a member of."""
        membership = Membership.objects.filter(
            user=OuterRef("user"), organisation=OuterRef("supplier__organisation")
        )
        return self.filter(Q(supplier=None) | Q(Exists(membership), supplier__status=Status.PUBLISHED))

    def standing(self) -> AlertQuerySet:
        """Notices wait for it: not stopped, consented to, of someone who is still here and may still hear of them."""
        consent = Consent.objects.standing().filter(user=OuterRef("user"), purpose=Consent.Purpose.ALERTS)
        return self.active().of_members().filter(Exists(consent), user__is_active=True)

    def visible_to(self, user: User | AnonymousUser) -> AlertQuerySet:
        """One's own. A platform admin sees that they are there; what they ask is their person's alone (`admin`)."""
        if user.is_superuser:
            return self
        return self.filter(user=user) if user.is_authenticated else self.none()


def _list_of(field: models.Field, name: object) -> ArrayField:
    return ArrayField(field, default=list, db_default=[], blank=True, verbose_name=name)


@tracked
class Alert(models.Model):
    """Everything that is filled in must hold; the values of one criterion are alternatives. `criteria` says it in SQL.

    `supplier` is empty where a person asks for themselves. `minimum_fit`: points of a suggestion to that supplier; empty
    where the criteria alone decide. `words_query` and `words_codes` are what `words` are read as by the lexicon whose
    version is `words_version`.
    """

    #: What its person seeks is theirs: the history that staff read leaves it out.
    PRIVATE = (
        "name", "words", "words_query", "words_codes", "words_version", "codes", "regions", "amount_from", "amount_to",
        "buyers", "methods", "languages", "minimum_fit",
    )  # fmt: skip

    class Frequency(models.TextChoices):
        INSTANT = "instant", lazy("dès qu’un avis paraît")
        DAILY = "daily", lazy("une fois par jour")
        WEEKLY = "weekly", lazy("une fois par semaine")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="alerts",
        verbose_name=lazy("personne"),
    )
    supplier = models.ForeignKey(
        Supplier,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="alerts",
        verbose_name=lazy("fournisseur"),
    )
    name = models.CharField(lazy("nom"), max_length=80, blank=True, default="", db_default="")
    words = models.CharField(lazy("mots"), max_length=300, blank=True, default="", db_default="")
    words_query = models.TextField(blank=True, default="", db_default="")
    words_codes = _list_of(models.CharField(max_length=8), lazy("codes des mots"))
    words_version = models.CharField(max_length=80, blank=True, default="", db_default="")
    codes = _list_of(models.CharField(max_length=8), lazy("codes UNSPSC"))
    regions = _list_of(models.CharField(max_length=2), lazy("régions"))
    amount_from = models.DecimalField(
        lazy("montant, à partir de"), max_digits=15, decimal_places=2, null=True, blank=True
    )
    amount_to = models.DecimalField(
        lazy("montant, jusqu’à"), max_digits=15, decimal_places=2, null=True, blank=True
    )
    buyers = _list_of(models.BigIntegerField(), lazy("acheteurs"))
    methods = _list_of(models.CharField(max_length=10), lazy("modes"))
    languages = _list_of(models.CharField(max_length=2), lazy("langues"))
    minimum_fit = models.PositiveSmallIntegerField(
        lazy("correspondance, au moins"),
        null=True,
        blank=True,
        default=MINIMUM_POINTS,
        db_default=MINIMUM_POINTS,
    )
    frequency = models.CharField(lazy("fréquence"), max_length=10, choices=Frequency, default=Frequency.DAILY)
    # When daily and weekly mails leave, Québec time; 0 is Monday.
    at = models.TimeField(lazy("heure"), default=MORNING, db_default=MORNING)
    weekday = models.PositiveSmallIntegerField(lazy("jour"), default=0, db_default=0)
    created_at = models.DateTimeField(lazy("demandée le"), auto_now_add=True)
    stopped_at = models.DateTimeField(lazy("arrêtée le"), null=True, blank=True)
    # Both days included; without an end until its person resumes it.
    paused_from = models.DateField(lazy("en pause du"), null=True, blank=True)
    paused_until = models.DateField(lazy("au"), null=True, blank=True)
    digested_until = models.DateTimeField(default=timezone.now)
    # The saved search that it was: the links of mails that were sent then still stop it.
    former_search = models.BigIntegerField(null=True, blank=True, editable=False)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = lazy("alerte")
        verbose_name_plural = lazy("alertes")
        constraints = [
            models.CheckConstraint(
                condition=Q(supplier__isnull=False) | Q(minimum_fit__isnull=True),
                name="alert_fit_is_to_a_supplier",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="alert_weekday"),
        ]
        indexes = [
            models.Index(
                fields=["user"], condition=Q(minimum_fit=None, stopped_at=None), name="alert_by_criteria"
            )
        ]

    def __str__(self) -> str:
        """What it is called may say what its person seeks."""
        return _("alerte %(number)s") % {"number": self.pk}

    @property
    def label(self) -> str:
        """What its person reads. Without a name of its own, that of the enterprise that it is for."""
        if self.name or self.supplier is None:
            return self.name or _("Mon alerte")
        return self.supplier.organisation.name

    @property
    def is_paused(self) -> bool:
        return self.pause_holds(timezone.localdate())

    def pause_holds(self, day: date) -> bool:
        if self.paused_from is None or self.paused_from > day:
            return False
        return self.paused_until is None or self.paused_until >= day

    def is_of_a_former_member(self, user: User) -> bool:
        """Asked for an enterprise that the person has left: it sends nothing, and shows nothing of it."""
        return self.supplier is not None and self.supplier.organisation_id not in user.organisation_ids

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the fit is asked."""
        return bool(
            self.words
            or self.codes
            or self.regions
            or self.buyers
            or self.methods
            or self.languages
            or self.amount_from is not None
            or self.amount_to is not None
        )


class PendingNotice(models.Model):
    """A notice that waits for its alert's next mail; it leaves when the mail is written.

    It points at the notice, not at the suggestion: suggestions are computed anew, and what waits must not vanish.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="pending")
    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = lazy("avis en attente d’envoi")
        verbose_name_plural = lazy("avis en attente d’envoi")
        constraints = [models.UniqueConstraint(fields=["alert", "tender"], name="pending_once")]

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.tender_id}"


class AlertReader(models.Model):
    """What a person chose once for all their alerts: where the mails go, and the secret address of their feeds."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="alert_reader"
    )
    address = models.EmailField(lazy("autre adresse"), blank=True, default="")
    # What the mailed link to confirm holds; empty once confirmed.
    address_token = models.CharField(max_length=64, blank=True, default="")
    address_confirmed_at = models.DateTimeField(lazy("confirmée le"), null=True, blank=True)
    feed_token = models.CharField(max_length=64, unique=True, null=True, blank=True)

    class Meta:
        verbose_name = lazy("réception des alertes")
        verbose_name_plural = lazy("réceptions des alertes")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def used_address(self) -> str:
        """Where mails go instead of the account's address; empty until it is confirmed."""
        return self.address if self.address_confirmed_at else ""


class AlertDigest(models.Model):
    """The page of one mail. `lines`: [{"tender": id, "alerts": [ids]}], in the order of the mail, those left out of it too."""

    message = models.OneToOneField(
        "outbox.Message", on_delete=models.CASCADE, related_name="alert_digest", primary_key=True
    )
    token = models.CharField(max_length=64, unique=True)
    lines = models.JSONField(default=list)

    class Meta:
        verbose_name = lazy("page d’un courriel d’alerte")
        verbose_name_plural = lazy("pages des courriels d’alerte")

    def __str__(self) -> str:
        return str(self.pk)

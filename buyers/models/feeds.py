"""Where notices come from: sources as rows, how each one fares, the files that it gave, and notices that staff enter."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.accounts.models import User
from marketplace.territories.models import Mrc, Pole
from marketplace.web.history import tracked

from .buyer import Buyer
from .notices import HTTP_OR_EMPTY, Tender

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

#: How long one worker may hold a source; longer than its task may last (`feeds.reading.TIME_LIMIT`).
LEASE = timedelta(minutes=15)


class NoticeSourceQuerySet(models.QuerySet["NoticeSource"]):
    def visible_to(self, user: User | AnonymousUser) -> NoticeSourceQuerySet:
        """Staff of every pôle see how notices come in."""
        return self if user.is_authenticated and user.is_staff else self.none()

    def due(self, now: datetime) -> NoticeSourceQuerySet:
        """Asked for by someone, or on and their hour has come; and no living worker reads them."""
        free = Q(state=None) | Q(state__leased_until=None) | Q(state__leased_until__lte=now)
        ripe = Q(state=None) | Q(state__due_at=None) | Q(state__due_at__lte=now)
        return self.filter(free, ripe & Q(is_on=True) | Q(state__asked_at__isnull=False))


@tracked
class NoticeSource(models.Model):
    """A publisher of notices that is read by itself. How it fares is `SourceState`; this is what people decide."""

    class Kind(models.TextChoices):
        SEAO = "seao", _("SEAO, par Données Québec (CKAN)")
        CANADABUYS = "canadabuys", _("AchatsCanada (CSV)")
        OCDS = "ocds", _("autre diffuseur OCDS")

    class Territory(models.TextChoices):
        QUEBEC = "qc", _("ce qui concerne le Québec")
        ALL = "all", _("tout ce que la source publie")

    class Schedule(models.TextChoices):
        HOURLY = "hourly", _("toutes les heures")
        DAILY = "daily", _("tous les jours")
        WEEKLY = "weekly", _("toutes les semaines")

    EVERY = {
        Schedule.HOURLY: timedelta(hours=1),
        Schedule.DAILY: timedelta(days=1),
        Schedule.WEEKLY: timedelta(days=7),
    }

    name = models.CharField(_("nom"), max_length=80, unique=True)
    kind = models.CharField(_("sorte"), max_length=12, choices=Kind)
    address = models.URLField(
        _("adresse"),
        max_length=500,
        help_text=_(
            "SEAO : celle de CKAN qui donne la liste des fichiers. AchatsCanada : le dossier des CSV, ou un seul CSV. "
            "Autre : le fichier OCDS."
        ),
        validators=[RegexValidator(r"^https://", _("Seules les adresses https sont lues."))],
    )
    hosts = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        verbose_name=_("autres serveurs permis"),
        help_text=_(
            "Séparés par des virgules. Celui de l’adresse est permis; une redirection vers un autre est refusée."
        ),
    )
    territory = models.CharField(_("territoire"), max_length=4, choices=Territory, default=Territory.QUEBEC)
    schedule = models.CharField(_("lecture"), max_length=8, choices=Schedule, default=Schedule.DAILY)
    since = models.DateField(
        _("à partir du"), null=True, blank=True, help_text=_("Les fichiers qui finissent avant sont laissés.")
    )
    stale_after_days = models.PositiveSmallIntegerField(
        _("à signaler après"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("Jours sans lecture réussie ou sans nouvel avis, avant de prévenir."),
    )
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    is_on = models.BooleanField(_("lue d’elle-même"), default=False)

    objects = NoticeSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source d’avis")
        verbose_name_plural = _("sources d’avis")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def every(self) -> timedelta:
        return self.EVERY[self.Schedule(self.schedule)]

    @property
    def stale_after(self) -> timedelta:
        return timedelta(days=self.stale_after_days)


class SourceState(models.Model):
    """How a source fares. `leased_until`: one worker reads it until then. `stale_since`: staff were told then."""

    source = models.OneToOneField(
        NoticeSource, on_delete=models.CASCADE, primary_key=True, related_name="state"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(
        null=True
    )  # by someone who does not wait for its hour, nor for it to be on
    leased_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    # What its notices' ocids begin with, learnt from the first file; and the newest publication among them.
    prefix = models.CharField(max_length=40, blank=True)
    newest_at = models.DateTimeField(null=True)
    stale_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("état d’une source")
        verbose_name_plural = _("états des sources")

    def __str__(self) -> str:
        return str(self.source)

    @property
    def is_being_read(self) -> bool:
        return self.leased_until is not None and self.leased_until > timezone.now()


class FeedFileQuerySet(models.QuerySet["FeedFile"]):
    def visible_to(self, user: User | AnonymousUser) -> FeedFileQuerySet:
        return self.filter(source__in=NoticeSource.objects.visible_to(user))


class FeedFile(models.Model):
    """A file that a source publishes, under one name whatever its contents become. Counts are of its last reading.

    `listed` is what the list says of it: read again when that changes. `digest` (SHA-256) is of the content that was
    imported; `rejected` and `warnings` keep the first ones, as `TenderReport` writes them.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("à lire")
        DONE = "done", _("lu")
        PARTLY = "partly", _("lu en partie")
        FAILED = "failed", _("en échec")

    source = models.ForeignKey(
        NoticeSource, on_delete=models.CASCADE, related_name="files", verbose_name=_("source")
    )
    name = models.CharField(_("fichier"), max_length=255)
    address = models.URLField(max_length=500)
    listed = models.CharField(max_length=200, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("octets"), default=0)
    status = models.CharField(_("état"), max_length=8, choices=Status, default=Status.WAITING)
    error = models.TextField(blank=True)
    first_seen_at = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(_("essayé le"), null=True)
    imported_at = models.DateTimeField(_("lu le"), null=True)
    contents = models.PositiveIntegerField(default=0)  # how many different contents came under this name
    releases = models.PositiveIntegerField(_("versions lues"), default=0)
    created = models.PositiveIntegerField(_("avis créés"), default=0)
    updated = models.PositiveIntegerField(_("avis mis à jour"), default=0)
    unchanged = models.PositiveIntegerField(_("sans changement"), default=0)
    skipped = models.PositiveIntegerField(_("hors territoire"), default=0)
    rejected_count = models.PositiveIntegerField(_("à corriger"), default=0)
    warning_count = models.PositiveIntegerField(pgettext_lazy("fichier lu", "à vérifier"), default=0)
    rejected = models.JSONField(default=list)
    warnings = models.JSONField(default=list)

    objects = FeedFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("fichier d’avis")
        verbose_name_plural = _("fichiers d’avis")
        ordering = ["-first_seen_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="feed_file_once_per_name")]

    def __str__(self) -> str:
        return self.name


class EnteredNoticeQuerySet(models.QuerySet["EnteredNotice"]):
    def visible_to(self, user: User | AnonymousUser) -> EnteredNoticeQuerySet:
        """Of the pôles that one works for. The notices themselves are public."""
        if not user.is_authenticated or not user.is_staff:
            return self.none()
        return self if user.is_superuser else self.filter(pole__in=user.pole_codes)


@tracked
class EnteredNotice(models.Model):
    """A notice that staff of a pôle enter by hand, where its source offers nothing to read. Each save is a version of `tender`."""

    pole = models.ForeignKey(Pole, on_delete=models.PROTECT, related_name="+", verbose_name=_("pôle"))
    tender = models.OneToOneField(
        Tender, on_delete=models.PROTECT, null=True, editable=False, related_name="entered"
    )
    title = models.CharField(_("objet"), max_length=300)
    buyer = models.ForeignKey(
        Buyer,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acheteur connu"),
    )
    buyer_name = models.CharField(
        _("acheteur"), max_length=255, blank=True, help_text=_("S’il n’est pas dans la liste.")
    )
    method = models.CharField(_("mode"), max_length=10, choices=Tender.Method, default=Tender.Method.LIMITED)
    category = models.CharField(_("nature"), max_length=10, choices=Tender.Category, blank=True)
    mrc = models.ForeignKey(
        Mrc, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("MRC")
    )
    closes_at = models.DateTimeField(_("clôture"))
    description = models.TextField(_("description"), blank=True, max_length=5000)
    reference = models.CharField(_("référence de l’acheteur"), max_length=120, blank=True)
    url = models.URLField(_("avis d’origine"), max_length=500, blank=True)
    unspsc = ArrayField(
        models.CharField(max_length=8),
        default=list,
        blank=True,
        verbose_name=_("codes UNSPSC"),
        help_text=_("Huit chiffres, séparés par des virgules."),
    )
    is_cancelled = models.BooleanField(_("annulé"), default=False)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EnteredNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("avis saisi")
        verbose_name_plural = _("avis saisis")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(buyer__isnull=False) | ~Q(buyer_name=""), name="entered_notice_has_buyer"
            ),
            models.CheckConstraint(condition=Q(url__regex=HTTP_OR_EMPTY), name="entered_notice_url_http"),
        ]

    def __str__(self) -> str:
        return self.title

"""A search of the directory that a person keeps, and hears of when someone new answers it. Of notices, it is an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Consent

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


SUPPLIERS_FOUND_KIND = "searches.suppliers"
PURPOSE = Consent.Purpose.SUPPLIER_SEARCHES


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def running(self) -> SavedSearchQuerySet:
        """Neither paused nor stopped by its person, and still understood."""
        return self.filter(paused_at=None, stopped_at=None, fault="")

    def standing(self) -> SavedSearchQuerySet:
        """May write now: running, consented to, of someone who is still here."""
        consent = Consent.objects.standing().filter(user=OuterRef("user"), purpose=PURPOSE)
        return self.running().filter(Exists(consent), user__is_active=True)

    def visible_to(self, user: User | AnonymousUser) -> SavedSearchQuerySet:
        """One's own. A platform admin sees that it is there; what it asks is its person's alone (`admin`)."""
        if user.is_superuser:
            return self
        return self.filter(user=user) if user.is_authenticated else self.none()


class SavedSearch(models.Model):
    """`query` is what the list's address asks, without its page and order; `since`: what was there before is no news.

    `seen` holds the suppliers that answered at the last look: whoever answers now and did not is new.
    """

    class Of(models.TextChoices):
        SUPPLIERS = "suppliers", _("fournisseurs")

    class Frequency(models.TextChoices):
        INSTANT = "instant", _("dès qu’il y a du nouveau")
        DAILY = "daily", _("une fois par jour")
        WEEKLY = "weekly", _("une fois par semaine, le lundi")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="saved_searches",
        verbose_name=_("personne"),
    )
    of = models.CharField(_("liste"), max_length=10, choices=Of, default=Of.SUPPLIERS)
    name = models.CharField(_("nom"), max_length=80)
    query = models.TextField(blank=True)
    frequency = models.CharField(_("fréquence"), max_length=10, choices=Frequency, default=Frequency.DAILY)
    created_at = models.DateTimeField(_("enregistrée le"), default=timezone.now)
    since = models.DateTimeField(default=timezone.now)
    paused_at = models.DateTimeField(_("en pause depuis le"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("arrêtée le"), null=True, blank=True)
    fault = models.TextField(
        blank=True, default=""
    )  # why it is no longer understood, in the person's language
    looked_until = models.DateTimeField(default=timezone.now)
    looked_version = models.CharField(max_length=120, blank=True, default="")
    seen = ArrayField(models.BigIntegerField(), default=list)
    # Of suppliers: those that mails name which may not have left; a mail that is withheld tells of them again.
    unsent = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("recherche enregistrée")
        verbose_name_plural = _("recherches enregistrées")
        indexes = [
            models.Index(
                fields=["frequency", "looked_until"],
                condition=Q(paused_at=None, stopped_at=None, fault=""),
                name="saved_search_to_look",
            )
        ]

    def __str__(self) -> str:
        """What it is called may say what its person seeks."""
        return _("recherche %(number)s") % {"number": self.pk}

    @property
    def is_running(self) -> bool:
        return not (self.paused_at or self.stopped_at or self.fault)

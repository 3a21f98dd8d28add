"""A campaign: whom a pôle writes to or calls for one purpose, where they land, and who is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import pole_q
from marketplace.territories.models import Pole
from marketplace.web.history import tracked

from .pipeline import Approach

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: Visitor) -> CampaignQuerySet:
        """Its pôle's, and platform admins'; the page that it opens is everyone's (`open`)."""
        return self.filter(pole_q(user))

    def open(self) -> CampaignQuerySet:
        """Whose page everyone may read."""
        today = timezone.localdate()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), is_open=True)


@tracked
class Campaign(models.Model):
    """What is asked of whom. The figures are not kept: `campaigns.results` counts them from what happened."""

    class Means(models.TextChoices):
        CALLS = "calls", _("appels")
        LETTERS = "letters", _("courriels")

    pole = models.ForeignKey(Pole, models.PROTECT, related_name="+", verbose_name=_("pôle"))
    name = models.CharField(_("nom, pour l’équipe"), max_length=120)
    slug = models.SlugField(_("adresse de la page"), max_length=80, unique=True)
    side = models.CharField(_("type"), max_length=7, choices=Approach.Side, default=Approach.Side.BUYING)
    means = models.CharField(_("moyen"), max_length=7, choices=Means, default=Means.CALLS)
    purpose = models.TextField(_("but"), max_length=1000)
    starts_on = models.DateField(_("commence le"), default=timezone.localdate)
    ends_on = models.DateField(_("finit le"), null=True, blank=True)
    title = models.CharField(_("titre de la page"), max_length=120, blank=True)
    text = models.TextField(_("ce que nous demandons"), max_length=4000, blank=True)
    title_en = models.CharField(_("titre de la page, en anglais"), max_length=120, blank=True)
    text_en = models.TextField(_("ce que nous demandons, en anglais"), max_length=4000, blank=True)
    is_open = models.BooleanField(_("page ouverte au public"), default=False)
    letter_subject = models.CharField(_("objet du courriel"), max_length=120, blank=True)
    letter_text = models.TextField(_("texte du courriel"), max_length=4000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campagne")
        verbose_name_plural = _("campagnes")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="campaign_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(is_open=False) | ~Q(title="") & ~Q(text=""), name="campaign_page_says_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class CampaignMember(models.Model):
    """An organisation of the audience. `letter_at`: when the campaign's letter was written to it."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="members")
    approach = models.ForeignKey(Approach, models.CASCADE, related_name="campaigns")
    added_at = models.DateTimeField(default=timezone.now)
    letter_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("organisation d’une campagne")
        verbose_name_plural = _("organisations d’une campagne")
        constraints = [models.UniqueConstraint(fields=["campaign", "approach"], name="campaign_member_once")]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.approach_id}"

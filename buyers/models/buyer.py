"""Who buys: the institution, whether someone acts for it here, and how the notices name it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, territory_q
from marketplace.territories.models import Mrc, Region
from marketplace.web.history import tracked

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class BuyerQuerySet(models.QuerySet["Buyer"]):
    def known(self) -> BuyerQuerySet:
        """By notices or a list, or verified here: the others are only what a person said to a pôle."""
        return self.filter(Q(is_listed=True) | Q(organisation__institution_verified_on__isnull=False))

    def published(self) -> BuyerQuerySet:
        return self.known().filter(is_published=True)

    def visible_to(self, user: User | AnonymousUser) -> BuyerQuerySet:
        """Published profiles to everyone; the rest to staff of the territory and to members."""
        if user.is_superuser:
            return self
        published = self.model.objects.published().values("pk")
        return self.filter(Q(pk__in=published) | territory_q(user, "organisation__"))

    def verified(self) -> BuyerQuerySet:
        """Institutions that act here: the others are only known."""
        return self.filter(organisation__institution_verified_on__isnull=False)


@tracked
class Buyer(models.Model):
    """An organisation's buying side: municipality, MRC, health or school body, ministry… also committed private buyers."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("municipalité")
        MRC = "mrc", _("MRC")
        HEALTH = "health", _("santé et services sociaux")
        SCHOOL = "school", _("centre de services scolaire")
        CEGEP = "cegep", _("cégep")
        UNIVERSITY = "university", _("université")
        MINISTRY = "ministry", _("ministère ou organisme")
        STATE_ENTERPRISE = "state_enterprise", _("société d’État")
        PRIVATE = "private", _("acheteur privé engagé")
        OTHER = "other", _("autre organisme public")

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="buyer", verbose_name=_("organisation")
    )
    slug = models.SlugField(_("adresse du profil"), max_length=80, unique=True)
    kind = models.CharField(_("type"), max_length=20, choices=Kind, default=Kind.OTHER)
    is_published = models.BooleanField(_("publié"), default=True)
    presentation = models.TextField(_("présentation"), blank=True)
    # False: only a person said so, who asks to act for it; nobody sees it before a pôle has verified the institution.
    is_listed = models.BooleanField(_("connue par ses avis ou une liste"), default=True)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    objects = BuyerQuerySet.as_manager()

    class Meta:
        verbose_name = _("acheteur public")
        verbose_name_plural = _("acheteurs publics")

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def is_verified(self) -> bool:
        """Someone acts for it, and a pôle has checked who."""
        return self.organisation.institution_verified_on is not None

    @property
    def is_public(self) -> bool:
        """As `published` of the rows."""
        return self.is_published and (self.is_listed or self.is_verified)

    @property
    def verified_on(self) -> date | None:
        return self.organisation.institution_verified_on


class BuyerParty(models.Model):
    """A party of the feed (« OP-59053 ») and where it is, learnt from what the notices say."""

    party_id = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=255)
    buyer = models.ForeignKey(Buyer, on_delete=models.SET_NULL, null=True, blank=True, related_name="parties")
    region = models.ForeignKey(Region, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    mrc = models.ForeignKey(Mrc, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_municipal = models.BooleanField(null=True)
    is_abroad = models.BooleanField(default=False, db_default=False)  # said to be elsewhere than in Québec

    class Meta:
        verbose_name = _("partie d’un avis")
        verbose_name_plural = _("parties d’avis")

    def __str__(self) -> str:
        return self.name

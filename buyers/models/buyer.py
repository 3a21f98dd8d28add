"""Who buys: the institution, whether someone acts for it here, and how the notices name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, territory_q
from marketplace.territories.models import Mrc, Pole, Region
from marketplace.web.history import tracked

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class BuyerQuerySet(models.QuerySet["Buyer"]):
    def visible_to(self, user: User | AnonymousUser) -> BuyerQuerySet:
        """Published profiles to everyone; the rest to staff of the territory and to members."""
        if user.is_superuser:
            return self
        return self.filter(Q(is_published=True) | territory_q(user, "organisation__"))

    def verified(self) -> BuyerQuerySet:
        """Institutions that act here: the others are only known."""
        return self.filter(standing=Standing.VERIFIED)


class Standing(models.TextChoices):
    """Whether someone acts for the institution here. `registration.py` holds the moves."""

    LISTED = "listed", _("connue par ses avis ou une liste")
    TO_VERIFY = "to_verify", _("à vérifier")
    VERIFIED = "verified", _("vérifiée")
    REFUSED = "refused", _("refusée")


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
    kind = models.CharField(_("genre"), max_length=20, choices=Kind, default=Kind.OTHER)
    is_published = models.BooleanField(_("publié"), default=True)
    presentation = models.TextField(_("présentation"), blank=True)
    standing = models.CharField(_("inscription"), max_length=10, choices=Standing, default=Standing.LISTED)
    verified_on = models.DateField(_("vérifiée le"), null=True, blank=True)
    verified_by = models.ForeignKey(
        Pole,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vérifiée par"),
    )
    domains = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        verbose_name=_("domaines de courriel"),
        help_text=_("Qui confirme une adresse à un de ces domaines se joint sans attendre."),
    )
    # What a person says before anyone has checked; the organisation gets its NEQ when it is verified.
    claimed_neq = models.CharField(_("NEQ déclaré"), max_length=10, blank=True, default="")
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    objects = BuyerQuerySet.as_manager()

    class Meta:
        verbose_name = _("acheteur public")
        verbose_name_plural = _("acheteurs publics")
        constraints = [
            models.CheckConstraint(
                condition=~Q(standing="verified") | Q(verified_on__isnull=False),
                name="buyer_verified_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(standing="refused") | Q(is_published=False), name="buyer_refused_is_not_listed"
            ),
            models.CheckConstraint(
                condition=Q(claimed_neq="") | Q(claimed_neq__regex=r"^[0-9]{10}$"),
                name="buyer_claimed_neq_ten_digits",
            ),
            models.UniqueConstraint(
                fields=["claimed_neq"], condition=~Q(claimed_neq=""), name="buyer_claimed_neq_once"
            ),
        ]

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def is_verified(self) -> bool:
        """Someone acts for it, and a pôle has checked who."""
        return self.standing == Standing.VERIFIED


class BuyerParty(models.Model):
    """A party of the feed (« OP-59053 ») and where it is, learnt from what the notices say."""

    party_id = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=255)
    buyer = models.ForeignKey(Buyer, on_delete=models.SET_NULL, null=True, blank=True, related_name="parties")
    region = models.ForeignKey(Region, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    mrc = models.ForeignKey(Mrc, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_municipal = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("partie d’un avis")
        verbose_name_plural = _("parties d’avis")

    def __str__(self) -> str:
        return self.name

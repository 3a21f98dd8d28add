"""Who follows a notice, which enterprises it interests, and where a person's calendar reads its dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import territory_q
from marketplace.web.history import tracked
from suppliers.models import Status, Supplier

from .notices import AboutNotice, once_per_notice

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class FollowQuerySet(models.QuerySet["Follow"]):
    def visible_to(self, user: User | AnonymousUser) -> FollowQuerySet:
        """One's own alone: what a person watches is nobody else's business."""
        return self.filter(user=user) if user.is_authenticated else self.none()


class Follow(AboutNotice):
    """« Suivre »: the person is told what changes. Versions are those of `notices.notice_version`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    at = models.DateTimeField(_("depuis le"), auto_now_add=True)
    # The version that the person knows of, and the one before its last mail: that mail may still be withheld.
    told_version = models.CharField(max_length=500)
    told_before = models.CharField(max_length=500, blank=True, default="", db_default="")

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("suivi")
        verbose_name_plural = _("suivis")
        constraints = once_per_notice("follow", "user")

    def __str__(self) -> str:
        return _("%(tender)s, suivi par %(person)s") % {"tender": self.notice, "person": self.user}


class InterestQuerySet(models.QuerySet["Interest"]):
    def visible_to(self, user: User | AnonymousUser) -> InterestQuerySet:
        """One's own enterprises', what staff curate, and what others agreed to show."""
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__") | _agreed(user))

    def shown_to(self, user: User | AnonymousUser) -> InterestQuerySet:
        """What other enterprises agreed to: shown to the buyer of the notice, and to enterprises that are in the directory
        themselves."""
        return self.filter(_agreed(user))

    def looking_for_partners(self) -> InterestQuerySet:
        """Of published enterprises that wish to answer together, and that the others may see for that."""
        return self.filter(open_to_partners=True, supplier__status=Status.PUBLISHED)


def _agreed(user: User | AnonymousUser) -> Q:
    if not user.is_authenticated:
        return Q(pk__in=[])
    sells = Supplier.objects.published().filter(organisation__in=user.organisation_ids)
    is_buyer = Q(tender__buyer__organisation__in=user.organisation_ids) | Q(
        need__buyer__organisation__in=user.organisation_ids
    )
    return Q(supplier__status=Status.PUBLISHED) & (
        Q(seen_by_buyer=True) & is_buyer | Q(models.Exists(sells), seen_by_others=True)
    )


@tracked
class Interest(AboutNotice):
    """« Ça nous intéresse »: said by an enterprise, and shown to those alone whom it agreed to."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="interests", verbose_name=_("fournisseur")
    )
    seen_by_others = models.BooleanField(_("montré aux autres entreprises"), default=False)
    seen_by_buyer = models.BooleanField(_("montré à l’acheteur"), default=False)
    open_to_partners = models.BooleanField(_("cherche des partenaires"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("le"), auto_now_add=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("intérêt")
        verbose_name_plural = _("intérêts")
        constraints = once_per_notice("interest", "supplier")

    def __str__(self) -> str:
        return _("%(tender)s intéresse %(supplier)s") % {"tender": self.notice, "supplier": self.supplier}


class DatesFeed(models.Model):
    """The secret address where a person's calendar reads the dates of what they follow. Renewed, the former is dead."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="dates_feed"
    )
    token = models.CharField(max_length=64, unique=True)
    renewed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("calendrier personnel")
        verbose_name_plural = _("calendriers personnels")

    def __str__(self) -> Any:
        return str(self.user)

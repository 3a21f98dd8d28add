"""What people say of suggestions: what a supplier taught by « Ce n’est pas pour nous », and what staff found false."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Need, Tender
from marketplace.accounts.models import curation_q, territory_q
from marketplace.web.history import tracked
from suppliers.models import Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class LessonQuerySet(models.QuerySet["Lesson"]):
    def visible_to(self, user: User | AnonymousUser) -> LessonQuerySet:
        """The supplier's members and the staff of its territory."""
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))


@tracked
class Lesson(models.Model):
    """« Vous avez dit que… »: what a supplier said of one notice, and what it makes of those that resemble it.

    They count less for this supplier alone (`engine.taught_factor`), until it takes the lesson back.
    """

    class Kind(models.TextChoices):
        OTHER_TRADE = "other_trade", _("un autre métier")
        TOO_FAR = "too_far", _("trop loin")
        TOO_LARGE = "too_large", _("trop gros")
        TOO_SMALL = "too_small", _("trop petit")

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="lessons", verbose_name=_("fournisseur")
    )
    tender = models.ForeignKey(
        Tender, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("avis")
    )
    need = models.ForeignKey(
        Need, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("besoin")
    )
    kind = models.CharField(_("leçon"), max_length=12, choices=Kind)
    #: Of a trade: the classes of its codes and its meaning in the lexicon.
    codes = ArrayField(models.CharField(max_length=8), verbose_name=_("codes"), default=list, blank=True)
    meaning = models.CharField(_("métier"), max_length=60, blank=True, default="")
    #: How far, in kilometres; where no place is known, the region.
    km = models.PositiveIntegerField(_("distance (km)"), null=True, blank=True)
    region = models.CharField(_("région"), max_length=2, blank=True, default="")
    amount = models.PositiveBigIntegerField(_("montant"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("dit par"),
    )
    at = models.DateTimeField(_("dit le"), default=timezone.now)

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = _("leçon d’un refus")
        verbose_name_plural = _("leçons des refus")
        constraints = [
            models.UniqueConstraint(fields=["supplier", "tender"], name="lesson_once_per_tender"),
            models.UniqueConstraint(fields=["supplier", "need"], name="lesson_once_per_need"),
            models.CheckConstraint(
                condition=Q(tender=None, need__isnull=False) | Q(need=None, tender__isnull=False),
                name="lesson_about_one_notice",
            ),
        ]

    def __str__(self) -> str:
        return _("%(supplier)s : %(kind)s") % {"supplier": self.supplier, "kind": self.get_kind_display()}


class MisfitQuerySet(models.QuerySet["Misfit"]):
    def curated_by(self, user: User | AnonymousUser) -> MisfitQuerySet:
        """Of the suppliers that this staff looks after."""
        return self if user.is_superuser else self.filter(curation_q(user, "supplier__organisation__"))


@tracked
class Misfit(models.Model):
    """« Faux »: staff found that a notice is not for a supplier. The two are not suggested to each other until it is undone."""

    class Reason(models.TextChoices):
        OTHER_TRADE = "other_trade", _("Ce n’est pas son métier")
        TOO_FAR = "too_far", _("Trop loin de son territoire")
        WRONG_SIZE = "wrong_size", _("Trop gros ou trop petit pour elle")
        MISREAD = "misread", _("L’avis est mal compris")
        LISTING = "listing", _("Sa fiche ne décrit pas ce qu’elle fait")
        OTHER = "other", _("Une autre raison")

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="misfits", verbose_name=_("fournisseur")
    )
    tender = models.ForeignKey(
        Tender, on_delete=models.CASCADE, related_name="misfits", verbose_name=_("avis")
    )
    reason = models.CharField(_("raison"), max_length=12, choices=Reason)
    note = models.CharField(_("précision"), max_length=300, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("dit par"),
    )
    at = models.DateTimeField(_("dit le"), default=timezone.now)

    objects = MisfitQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion fausse")
        verbose_name_plural = _("suggestions fausses")
        constraints = [models.UniqueConstraint(fields=["supplier", "tender"], name="misfit_once")]

    def __str__(self) -> str:
        return _("%(tender)s, pas pour %(supplier)s") % {"tender": self.tender, "supplier": self.supplier}

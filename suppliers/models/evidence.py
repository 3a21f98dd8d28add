"""How an enterprise shows that it is social economy: the six criteria of the 2013 Act, its answers and its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import territory_q
from marketplace.web.history import tracked
from marketplace.web.private_files import PrivateFile

from .supplier import Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class Criterion(models.IntegerChoices):
    """The criteria in the order of the Loi sur l’économie sociale. `suppliers.criteria` holds what each one asks."""

    NEEDS = 1, _("Besoins des membres ou de la collectivité")
    INDEPENDENCE = 2, _("Indépendance des organismes publics")
    DEMOCRACY = 3, _("Gestion démocratique par les membres")
    VIABILITY = 4, _("Viabilité économique")
    SURPLUS = 5, _("Distribution limitée des excédents")
    RESIDUE = 6, _("Reliquat à un organisme semblable")


class Finding(models.TextChoices):
    """What the pôle found about one criterion; empty until someone has looked at the answer as it stands."""

    NONE = "", _("à examiner")
    PROVED = "proved", _("prouvé")
    INCOMPLETE = "incomplete", _("à compléter")
    NOT_MET = "not_met", _("non respecté")


class CriterionAnswerQuerySet(models.QuerySet["CriterionAnswer"]):
    def visible_to(self, user: User | AnonymousUser) -> CriterionAnswerQuerySet:
        """Members of the organisation and staff of its territory; never the public."""
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))


@tracked
class CriterionAnswer(models.Model):
    """What an enterprise says about one criterion, and what the pôle found: who, when, why."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="answers", verbose_name=_("fournisseur")
    )
    criterion = models.PositiveSmallIntegerField(_("critère"), choices=Criterion)
    text = models.TextField(_("réponse"), blank=True)
    answered_at = models.DateTimeField(_("répondue le"), null=True, blank=True)
    state = models.CharField(_("constat"), max_length=10, choices=Finding, blank=True, default="")
    note = models.TextField(_("note du pôle"), blank=True)
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("constat de"),
    )
    found_at = models.DateTimeField(_("constat du"), null=True, blank=True)

    objects = CriterionAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("réponse à un critère")
        verbose_name_plural = _("réponses aux critères")
        ordering = ["criterion"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "criterion"], name="criterion_answered_once"),
            models.CheckConstraint(
                condition=models.Q(criterion__in=Criterion.values), name="criterion_of_the_act"
            ),
            models.CheckConstraint(
                condition=models.Q(state="") | models.Q(state__in=Finding.values, found_at__isnull=False),
                name="criterion_finding_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.criterion}"


class EvidenceFileQuerySet(models.QuerySet["EvidenceFile"]):
    def visible_to(self, user: User | AnonymousUser) -> EvidenceFileQuerySet:
        return self.filter(answer__in=CriterionAnswer.objects.visible_to(user))


@tracked
class EvidenceFile(models.Model):
    """A document that shows what an answer says. Only members and the staff of the territory open it."""

    answer = models.ForeignKey(
        CriterionAnswer, on_delete=models.CASCADE, related_name="evidence", verbose_name=_("réponse")
    )
    file = models.OneToOneField(
        PrivateFile, on_delete=models.CASCADE, related_name="+", verbose_name=_("fichier")
    )

    objects = EvidenceFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce")
        verbose_name_plural = _("pièces")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file_id)


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, user: User | AnonymousUser) -> RegistrationQuerySet:
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))


@tracked
class Registration(models.Model):
    """A person opened this supplier for their enterprise.

    NEQs are public, so knowing one grants nothing. Until it is published the supplier hangs on an organisation of its
    own, without NEQ: `claimed_neq` holds the one that the person declared, and is empty once a pôle has decided.
    """

    supplier = models.OneToOneField(Supplier, on_delete=models.CASCADE, related_name="registration")
    claimed_neq = models.CharField(_("NEQ déclaré"), max_length=10, blank=True, default="")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("commencée par"),
    )
    started_at = models.DateTimeField(_("commencée le"), auto_now_add=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("déclarée exacte par"),
    )
    declared_at = models.DateTimeField(_("déclarée exacte le"), null=True, blank=True)
    declaration = models.TextField(_("déclaration"), blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("inscription")
        verbose_name_plural = _("inscriptions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(claimed_neq="") | models.Q(claimed_neq__regex=r"^[0-9]{10}$"),
                name="registration_neq_ten_digits",
            ),
            models.UniqueConstraint(
                fields=["claimed_neq"],
                condition=~models.Q(claimed_neq=""),
                name="registration_claimed_neq_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}"

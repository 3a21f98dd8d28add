"""How an enterprise shows that it is social economy: the six criteria of the 2013 Act, its answers and its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import territory_q
from marketplace.territories.models import Pole
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


class Basis(models.TextChoices):
    """On what a criterion was found proved: the public reads the kind, never the document."""

    NONE = "", _("rien")
    DOCUMENT = "document", _("une pièce")
    REGISTRY = "registry", _("le registre des entreprises")
    WEBSITE = "website", _("le site de l’entreprise")
    CALL = "call", _("un appel")
    FEDERATION = "federation", _("la liste d’une fédération")


class CriterionAnswerQuerySet(models.QuerySet["CriterionAnswer"]):
    def visible_to(self, user: User | AnonymousUser) -> CriterionAnswerQuerySet:
        """Members of the organisation and staff of its territory; never the public."""
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))


@tracked
class CriterionAnswer(models.Model):
    """One criterion of a supplier: what the enterprise says, what the pôle finds of it, and the proof that stands.

    `state` judges the answer as it is worded now, and is empty while that answer waits; an enterprise that nobody
    asked has a row too once staff found something. The proof (`proved_on` to `proved_by`) outlives a new answer: it
    stands until it is replaced, withdrawn or past `expires_on`, its last day. `reference` says where staff looked
    (an address, the name of a list) and, like `note`, is never public. See docs/adr/0016.
    """

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="answers", verbose_name=_("fournisseur")
    )
    criterion = models.PositiveSmallIntegerField(_("critère"), choices=Criterion)
    text = models.TextField(_("réponse"), blank=True)
    answered_at = models.DateTimeField(_("réponse donnée le"), null=True, blank=True)
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
    proved_on = models.DateField(_("prouvé le"), null=True, blank=True)
    expires_on = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    basis = models.CharField(
        _("type de preuve"), max_length=10, choices=Basis, blank=True, default="", db_default=""
    )
    reference = models.CharField(_("référence"), max_length=300, blank=True, default="", db_default="")
    pole = models.ForeignKey(
        Pole, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("établi par")
    )
    proved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("preuve établie par"),
    )

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
            models.CheckConstraint(
                condition=models.Q(proved_on__isnull=True, expires_on__isnull=True, basis="")
                | models.Q(
                    proved_on__isnull=False,
                    expires_on__isnull=False,
                    expires_on__gte=models.F("proved_on"),
                    basis__in=[basis for basis in Basis.values if basis],
                ),
                name="criterion_proof_has_dates_and_basis",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="proved") | models.Q(proved_on__isnull=False),
                name="criterion_proved_has_a_proof",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="not_met") | models.Q(proved_on__isnull=True),
                name="criterion_not_met_has_no_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.criterion}"

    @property
    def is_waiting(self) -> bool:
        """The enterprise said something that nobody has judged yet."""
        return self.state == Finding.NONE and self.answered_at is not None


class EvidenceFileQuerySet(models.QuerySet["EvidenceFile"]):
    def visible_to(self, user: User | AnonymousUser) -> EvidenceFileQuerySet:
        """Members of the organisation and staff of its territory; never the public."""
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))

    def for_criterion(self, criterion: int) -> EvidenceFileQuerySet:
        return self.filter(criteria__contains=[criterion])


@tracked
class EvidenceFile(models.Model):
    """A document of a supplier and the criteria that it serves, none where it shows a certification. Only members and the staff of the territory open it."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="evidence", verbose_name=_("fournisseur")
    )
    criteria = ArrayField(
        models.PositiveSmallIntegerField(choices=Criterion), verbose_name=_("critères"), blank=True
    )
    file = models.OneToOneField(
        PrivateFile, on_delete=models.CASCADE, related_name="+", verbose_name=_("fichier")
    )

    objects = EvidenceFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce")
        verbose_name_plural = _("pièces")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(criteria__contained_by=Criterion.values),
                name="evidence_criteria_of_the_act",
            ),
        ]

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

    NEQs are public, so knowing one grants nothing and declaring it reserves nothing: several registrations may declare
    one NEQ, and the first that a pôle publishes has it. Until then the supplier hangs on an organisation of its own,
    without NEQ; `claimed_neq` holds the one that was declared, and is empty once a pôle has decided.
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
        ]
        indexes = [
            models.Index(
                fields=["claimed_neq"],
                condition=~models.Q(claimed_neq=""),
                name="registration_claimed_neq",
            )
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}"

"""An e-mail domain that an institution says is its own: whoever has a confirmed address there joins at once, once staff
have confirmed that nobody else writes from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.web.history import tracked

from .organisation import Organisation, curation_q

if TYPE_CHECKING:
    from .person import Visitor


class EmailDomainQuerySet(models.QuerySet["EmailDomain"]):
    def confirmed(self) -> EmailDomainQuerySet:
        """Those that let people in."""
        return self.filter(state=EmailDomain.State.CONFIRMED)

    def waiting(self) -> EmailDomainQuerySet:
        return self.filter(state=EmailDomain.State.ASKED)

    def visible_to(self, user: Visitor) -> EmailDomainQuerySet:
        return self.filter(organisation__in=Organisation.objects.visible_to(user))

    def curated_by(self, user: Visitor) -> EmailDomainQuerySet:
        """What staff decide about: their territory, and a membership of their own gives nothing."""
        return self.filter(curation_q(user, "organisation__"))


@tracked
class EmailDomain(models.Model):
    """In ASCII, as mail is addressed (« xn--qubec-csa.ca »). A decision says who made it and when."""

    class State(models.TextChoices):
        ASKED = "asked", _("à confirmer")
        CONFIRMED = "confirmed", _("confirmé")
        REFUSED = "refused", _("refusé")

    class Reason(models.TextChoices):
        PROVIDER = (
            "provider",
            _("Ce domaine est celui d’un fournisseur Internet : d’autres que vous y ont une adresse."),
        )
        SHARED = "shared", _("Plusieurs institutions se servent de ce domaine.")
        NOT_THEIRS = "not_theirs", _("Rien ne montre que ce domaine est à votre institution.")
        OVER = "over", _("Ce domaine n’est plus celui de votre institution.")

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="own_domains", verbose_name=_("organisation")
    )
    domain = models.CharField(_("domaine"), max_length=253)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.ASKED)
    reason = models.CharField(_("raison"), max_length=10, choices=Reason, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("demandé par"),
    )
    asked_at = models.DateTimeField(_("demandé le"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("décidé par"),
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)

    objects = EmailDomainQuerySet.as_manager()

    class Meta:
        verbose_name = _("domaine de courriel")
        verbose_name_plural = _("domaines de courriel")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "domain"], name="email_domain_once_per_organisation"
            ),
            models.UniqueConstraint(
                fields=["domain"], condition=Q(state="confirmed"), name="email_domain_of_one_organisation"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "confirmed", "refused"]), name="email_domain_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True)
                | (~Q(state="asked") & Q(decided_at__isnull=False)),
                name="email_domain_decision_is_dated",
            ),
            models.CheckConstraint(condition=Q(domain__regex=r"^[a-z0-9.-]+$"), name="email_domain_in_ascii"),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(state="asked"), name="email_domain_waiting")]

    def __str__(self) -> str:
        return self.domain

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.ASKED

"""Work that a customer confirmed, by the link of a mail: what a buyer reads beside the public awards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import territory_q
from marketplace.web.history import tracked

from .supplier import Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class CustomerReferenceQuerySet(models.QuerySet["CustomerReference"]):
    def visible_to(self, user: User | AnonymousUser) -> CustomerReferenceQuerySet:
        """Members and staff of the territory. The public reads on the supplier's page what was confirmed, no row."""
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))

    def confirmed(self) -> CustomerReferenceQuerySet:
        return self.filter(state=CustomerReference.State.CONFIRMED)

    def unanswered(self) -> CustomerReferenceQuerySet:
        return self.filter(state=CustomerReference.State.ASKED)


@tracked
class CustomerReference(models.Model):
    """What was done for a customer, as the enterprise words it and the customer confirms it.

    `person` and `email` are the customer's personal data: they serve to write twice (the request, the receipt) and are
    blanked, history included, once answered or lapsed. What stays is the organisation, and what the address said of it:
    `from_domain`, empty where it was a mailbox that anybody opens. `email_hash` keeps from asking an address again that
    has refused. Of both links only the digest is kept (`references.py`).
    """

    class State(models.TextChoices):
        ASKED = "asked", _("demandée")
        CONFIRMED = "confirmed", _("confirmée")
        REFUSED = "refused", _("refusée")
        WITHDRAWN = "withdrawn", _("retirée par le client")
        REMOVED = "removed", _("retirée par le pôle")

    class Language(models.TextChoices):
        FRENCH = "fr", _("français")
        ENGLISH = "en", _("anglais")

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="references", verbose_name=_("fournisseur")
    )
    customer = models.CharField(_("organisation du client"), max_length=160)
    what = models.CharField(_("ce qui a été livré"), max_length=200)
    year = models.PositiveSmallIntegerField(_("année"))
    person = models.CharField(_("personne"), max_length=120, blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    language = models.CharField(_("langue"), max_length=2, choices=Language, default=Language.FRENCH)
    email_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    from_domain = models.CharField(_("domaine du courriel"), max_length=255, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.ASKED)
    token_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("demandée par"),
    )
    asked_at = models.DateTimeField(_("demandée le"), default=timezone.now)
    answered_at = models.DateTimeField(_("réponse reçue le"), null=True, blank=True)
    consent = models.TextField(_("ce que le client a accepté"), blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("retirée par"),
    )

    objects = CustomerReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("référence d’un client")
        verbose_name_plural = _("références de clients")
        ordering = ["-year", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked") | Q(person="", email="", answered_at__isnull=False),
                name="reference_answered_names_nobody",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | ~Q(consent=""), name="reference_confirmed_has_consent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer}, {self.what}"

    @property
    def is_open(self) -> bool:
        """The link of the request still answers."""
        return self.state == self.State.ASKED and self.expires_at > timezone.now()

"""Rows of a pôle's list that give no NEQ: by what they are known again, and which registry row they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, curation_q
from marketplace.territories.models import Pole
from marketplace.web.history import tracked

from .supplier import Status, Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class ListedRow(models.Model):
    """What a pôle's list last said in a row without a NEQ. The same pôle, name and place are the same row.

    `place_key` is the municipality's code where the town is known, else the town's folded words, else empty. When the
    NEQ is confirmed and two listings become one, the row follows, so that the next import finds it.
    """

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="listed_rows")
    pole = models.ForeignKey(Pole, on_delete=models.CASCADE, null=True, related_name="+")
    name_key = models.CharField(max_length=255)
    place_key = models.CharField(max_length=120, blank=True)
    mapping = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField(_("vue la première fois"), auto_now_add=True)
    last_changed_at = models.DateTimeField(_("changée le"), auto_now_add=True)

    class Meta:
        verbose_name = _("ligne d’une liste de pôle")
        verbose_name_plural = _("lignes d’une liste de pôle")
        constraints = [
            models.UniqueConstraint(
                fields=["name_key", "place_key", "pole"], name="listed_row_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}"


class NeqProposalQuerySet(models.QuerySet["NeqProposal"]):
    def open(self) -> NeqProposalQuerySet:
        """Those that somebody is to decide about: the supplier still has no NEQ."""
        return self.filter(
            state=NeqProposal.State.PROPOSED,
            supplier__organisation__neq__isnull=True,
            supplier__status=Status.PROSPECT,
        )

    def visible_to(self, user: User | AnonymousUser) -> NeqProposalQuerySet:
        """Of the suppliers in one's territory; what the registry's row shows is for `can_see_registered` to say."""
        return self.filter(curation_q(user, "supplier__organisation__"))


@tracked
class NeqProposal(models.Model):
    """« This row may be that NEQ »: what `neq_proposals` found or what staff typed, and what was decided.

    `confidence` is 0 to 99; None where a person typed the NEQ. `before` is what the confirmation changed, so that it can
    be taken back.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("à confirmer")
        CONFIRMED = "confirmed", _("confirmé")
        REJECTED = "rejected", _("écarté")

    class Outcome(models.TextChoices):
        """What a confirmation did."""

        NONE = "", _("rien")
        GIVEN = "given", _("NEQ donné")
        JOINED = "joined", _("fiches réunies")
        CLOSED = "closed", _("fiche en double fermée")

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="neq_proposals")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, related_name="neq_proposals"
    )
    neq = models.CharField(_("NEQ"), max_length=10)
    confidence = models.PositiveSmallIntegerField(_("confiance"), null=True)
    reasons = ArrayField(models.CharField(max_length=20), default=list)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.PROPOSED)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    before = models.JSONField(default=dict)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("décidé par"),
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True)
    created_at = models.DateTimeField(_("proposé le"), auto_now_add=True)

    objects = NeqProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposition de NEQ")
        verbose_name_plural = _("propositions de NEQ")
        constraints = [
            models.UniqueConstraint(fields=["supplier", "neq"], name="neq_proposed_once"),
            models.UniqueConstraint(
                fields=["supplier"], condition=models.Q(state="confirmed"), name="neq_confirmed_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "confirmed", "rejected"]),
                name="neq_proposal_state_known",
            ),
        ]
        indexes = [models.Index(fields=["state", "-confidence"])]

    def __str__(self) -> str:
        return f"{self.supplier_id} → {self.neq}"

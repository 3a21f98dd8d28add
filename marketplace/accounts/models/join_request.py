"""Somebody says that they act for an organisation, and asks to join it. It grants nothing before someone decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.web.history import tracked
from marketplace.web.private_files import PrivateFile

from .organisation import Membership, Organisation, curation_q

if TYPE_CHECKING:
    from .person import Visitor


class Side(models.TextChoices):
    """What the person wants to do for the organisation: hold its supplier page, or act for it as an institution."""

    SELLING = "selling", _("revendication")
    BUYING = "buying", _("inscription d’acheteur")


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def open(self) -> JoinRequestQuerySet:
        """Nobody has decided, and the person has not taken it back."""
        return self.filter(state=JoinRequest.State.OPEN)

    def visible_to(self, user: Visitor) -> JoinRequestQuerySet:
        """The person's own, those that staff decide about, and for owners of a verified institution their colleagues'.

        Members of an enterprise see none: they hear a name and a function by mail.
        """
        if user.is_superuser:
            return self
        if not user.is_authenticated:
            return self.none()
        colleagues = JoinRequest.objects.answered_by_owner(user).values("pk")
        return self.filter(Q(user=user) | curation_q(user, "organisation__") | Q(pk__in=colleagues))

    def curated_by(self, user: Visitor) -> JoinRequestQuerySet:
        return self if user.is_superuser else self.filter(curation_q(user, "organisation__"))

    def answered_by_owner(self, user: Visitor) -> JoinRequestQuerySet:
        """Of colleagues who ask to join a verified institution that the person answers for."""
        return self.filter(
            side=Side.BUYING,
            organisation__institution_verified_on__isnull=False,
            organisation__memberships__user=user.pk,
            organisation__memberships__role=Membership.Role.OWNER,
        )


@tracked
class JoinRequest(models.Model):
    """Who they are there, how it may be checked, and what was decided. Personal data of who asks.

    `email` is the confirmed address at the time, `domain` its domain where that says something of an organisation.
    `claimed_neq` is what the person declares of an organisation without NEQ: accepting gives it that one.
    """

    class State(models.TextChoices):
        OPEN = "open", _("à décider")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")
        WITHDRAWN = "withdrawn", _("retirée")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="join_requests", verbose_name=_("organisation")
    )
    side = models.CharField(_("type"), max_length=10, choices=Side)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("personne")
    )
    title = models.CharField(_("fonction"), max_length=120)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    message = models.TextField(_("message"), blank=True)
    evidence = models.OneToOneField(
        PrivateFile,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pièce"),
    )
    email = models.EmailField(_("courriel"), blank=True)
    domain = models.CharField(_("domaine"), max_length=120, blank=True)
    claimed_neq = models.CharField(_("NEQ déclaré"), max_length=10, blank=True, default="")
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(_("réponse"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("décidée par"),
    )
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    created_at = models.DateTimeField(_("déposée le"), auto_now_add=True)
    #: When members were told, by a worker: how long the page takes tells nobody whether there are any.
    members_told_at = models.DateTimeField(null=True, blank=True, editable=False)

    #: What the acceptance wrote over, so that it can be undone (`join_undoing`): a role, an NEQ, other requests.
    before = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), editable=False)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande pour agir au nom d’une organisation")
        verbose_name_plural = _("demandes pour agir au nom d’une organisation")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "side", "user"],
                condition=Q(state="open"),
                name="one_open_join_request_per_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "refused", "withdrawn"]),
                name="join_request_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="join_request_decision_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(side__in=["selling", "buying"]), name="join_request_side_known"
            ),
            models.CheckConstraint(
                condition=Q(claimed_neq="") | Q(claimed_neq__regex=r"^[0-9]{10}$"),
                name="join_request_claimed_neq_ten_digits",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "created_at"], name="join_request_queue"),
            models.Index(
                fields=["created_at"],
                condition=Q(members_told_at__isnull=True),
                name="join_request_to_tell",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.user}"

    def get_absolute_url(self) -> str:
        return reverse(self.page_name, args=[self.pk])

    @property
    def page_name(self) -> str:
        """The name of the page where the person follows it; its one argument is the key."""
        return "accounts:claim" if self.side == Side.SELLING else "accounts:enrolment"

    @property
    def is_selling(self) -> bool:
        return self.side == Side.SELLING

    @property
    def cause(self) -> str:
        """How the letters that tell of its decision name that one (`outbox.decisions`); empty where nobody decided."""
        if self.decided_at is None or self.decided_by_id is None:
            return ""
        return f"join_request:{self.pk}.{int(self.decided_at.timestamp() * 1000)}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_forgotten(self) -> bool:
        """Its words have served and are gone (`accounts.retention`): nobody asks without a function."""
        return not self.title

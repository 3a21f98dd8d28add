"""Whom a pôle wants to bring in, and how far it has come with each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer
from marketplace.accounts.models import Invitation, Membership, Organisation, pole_q
from marketplace.territories.models import Pole
from marketplace.web.history import tracked

from .contact_log import ContactEntry

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor

#: Asked or invited, and no word for so long: silent.
SILENT_AFTER = timedelta(days=30)


class ApproachQuerySet(models.QuerySet["Approach"]):
    def visible_to(self, user: Visitor) -> ApproachQuerySet:
        """Its pôle's, and platform admins'."""
        return self.filter(pole_q(user))

    def placed(self) -> ApproachQuerySet:
        """With `place`, `is_silent`, `last_on` and what is next: read from what happened, not from what was typed.

        Who has members here has arrived, whoever wrote what; an open invitation says that one is invited. Who gave way to
        another organisation is courted no more: the row that could not follow waits there, should both stand again.
        """
        log = ContactEntry.objects.standing().filter(
            organisation=OuterRef("organisation"), pole=OuterRef("pole")
        )
        answered = log.filter(
            Q(direction="in") | Q(kind="meeting") | Q(result="reached"), on__gte=OuterRef("stage_on")
        )
        upcoming = log.filter(next_on__isnull=False, next_done_at__isnull=True).order_by("next_on", "pk")
        members = Membership.objects.filter(organisation=OuterRef("organisation"))
        invited = Invitation.objects.open().filter(organisation=OuterRef("organisation"))
        standing = self.filter(organisation__merged_into=None)
        return standing.annotate(
            place=Case(
                When(committed_on__isnull=False, then=Value(Approach.COMMITTED)),
                When(Exists(members), then=Value(Approach.ARRIVED)),
                When(stage=Approach.Stage.DECLINED, then=Value(Approach.Stage.DECLINED)),
                When(Exists(invited), then=Value(Approach.INVITED)),
                default=F("stage"),
                output_field=CharField(),
            ),
            last_on=Subquery(log.order_by("-on").values("on")[:1]),
            next_on=Subquery(upcoming.values("next_on")[:1]),
            next_action=Subquery(upcoming.values("next_action")[:1]),
        ).annotate(
            is_silent=Case(
                When(
                    Q(place__in=[Approach.Stage.ASKED, Approach.INVITED])
                    & Q(stage_on__lte=timezone.localdate() - SILENT_AFTER)
                    & ~Exists(answered),
                    then=Value(value=True),
                ),
                default=Value(value=False),
                output_field=models.BooleanField(),
            )
        )


@tracked
class Approach(models.Model):
    """One organisation that a pôle courts, as an institution that buys or an enterprise that sells.

    `stage` is what staff say; `placed()` adds what rows say (invited, arrived) and what was promised (`committed_on`).
    `batch` names the import that brought it, `kind` what the list says of an institution that has no profile yet.
    """

    class Side(models.TextChoices):
        BUYING = "buying", _("institution")
        SELLING = "selling", _("entreprise")

    class Stage(models.TextChoices):
        TO_ASK = "to_ask", _("jamais approchée")
        ASKED = "asked", _("approchée")
        TALKING = "talking", _("en discussion")
        DECLINED = "declined", _("ne donne pas suite")

    class Source(models.TextChoices):
        LIST = "list", _("liste importée")
        TRIAGE = "triage", _("tri des fiches à démarcher")
        NOTICES = "notices", _("avis publiés")
        CONTACT = "contact", _("nous a écrit ou téléphoné")
        REFERRED = "referred", _("recommandée")
        OTHER = "other", _("autre")

    INVITED, ARRIVED, COMMITTED = "invited", "arrived", "committed"

    pole = models.ForeignKey(Pole, models.PROTECT, related_name="+", verbose_name=_("pôle"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="approaches", verbose_name=_("organisation")
    )
    side = models.CharField(_("type"), max_length=7, choices=Side)
    kind = models.CharField(_("type d’institution"), max_length=20, choices=Buyer.Kind, blank=True)
    stage = models.CharField(_("étape"), max_length=10, choices=Stage, default=Stage.TO_ASK)
    stage_on = models.DateField(_("depuis le"), default=timezone.localdate)
    why_declined = models.CharField(_("raison du refus"), max_length=300, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsable"),
    )
    contact_name = models.CharField(_("personne à joindre"), max_length=160, blank=True)
    contact_title = models.CharField(_("fonction"), max_length=160, blank=True)
    contact_email = models.EmailField(_("courriel"), blank=True)
    contact_phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    # By whom and how the person agreed to be written to (anti-spam law); without a date nothing is sent to the address.
    consent_on = models.DateField(_("accepte nos courriels depuis le"), null=True, blank=True)
    consent_how = models.CharField(_("comment la personne a accepté"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.OTHER)
    committed_on = models.DateField(_("engagée le"), null=True, blank=True)
    promise = models.CharField(_("engagement"), max_length=500, blank=True)
    batch = models.UUIDField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("ajoutée le"), auto_now_add=True)

    objects = ApproachQuerySet.as_manager()

    class Meta:
        verbose_name = _("démarche")
        verbose_name_plural = _("démarches")
        constraints = [
            models.UniqueConstraint(fields=["pole", "organisation"], name="approach_once_per_pole"),
            models.CheckConstraint(condition=Q(side__in=["buying", "selling"]), name="approach_side_known"),
            models.CheckConstraint(
                condition=Q(stage__in=["to_ask", "asked", "talking", "declined"]), name="approach_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(consent_on__isnull=True) | ~Q(consent_how=""), name="approach_consent_says_how"
            ),
            models.CheckConstraint(
                condition=Q(committed_on__isnull=True) | ~Q(promise=""), name="approach_promise_said"
            ),
        ]
        indexes = [models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="approach_batch")]

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def place_label(self) -> str | Promise:
        """Of a row of `placed()`."""
        return PLACE_LABELS[getattr(self, "place", self.stage)]


#: In the order of the board's columns.
PLACE_LABELS: dict[Any, str | Promise] = {
    Approach.Stage.TO_ASK.value: Approach.Stage.TO_ASK.label,
    Approach.Stage.ASKED.value: Approach.Stage.ASKED.label,
    Approach.Stage.TALKING.value: Approach.Stage.TALKING.label,
    Approach.INVITED: _("invitée"),
    Approach.ARRIVED: _("inscrite"),
    Approach.COMMITTED: _("engagée"),
    Approach.Stage.DECLINED.value: Approach.Stage.DECLINED.label,
}


@tracked
class InstitutionInvitation(models.Model):
    """Staff invited a named person to act for an institution; `invitation` goes when it lapses, who was invited stays
    until it is forgotten. `arrived_at`: they joined, and the institution was verified in the pôle's name."""

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    approach = models.ForeignKey(Approach, models.CASCADE, related_name="invitations")
    invitation = models.OneToOneField(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    name = models.CharField(_("personne invitée"), max_length=160)
    title = models.CharField(_("fonction"), max_length=160, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("invitée le"), default=timezone.now)
    arrived_at = models.DateTimeField(_("arrivée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation d’une institution")
        verbose_name_plural = _("invitations d’institutions")

    def __str__(self) -> str:
        return self.name


class RespondentQuerySet(models.QuerySet["Respondent"]):
    def visible_to(self, user: Visitor) -> RespondentQuerySet:
        return self.filter(pole_q(user))

    def current(self) -> RespondentQuerySet:
        return self.filter(until__isnull=True)


@tracked
class Respondent(models.Model):
    """Who answers for an organisation towards a pôle, from a day; `until` is exclusive, `replaces` whom they follow."""

    pole = models.ForeignKey(Pole, models.PROTECT, related_name="+", verbose_name=_("pôle"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="respondents", verbose_name=_("organisation")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("compte"),
    )
    name = models.CharField(_("nom"), max_length=160)
    title = models.CharField(_("fonction"), max_length=160, blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    since = models.DateField(_("depuis le"), default=timezone.localdate)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    replaces = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("remplace"),
    )

    objects = RespondentQuerySet.as_manager()

    class Meta:
        verbose_name = _("répondante ou répondant")
        verbose_name_plural = _("répondantes et répondants")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="respondent_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["pole", "organisation"],
                condition=Q(until__isnull=True),
                name="one_current_respondent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

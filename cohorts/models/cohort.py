"""Programmes, and the cohorts of suppliers that follow them: how many, when, where, and how one gets in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.territories.models import Pole, Region
from marketplace.web.history import tracked
from marketplace.web.languages import OnlyFrench, is_english

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, user: Visitor) -> ProgrammeQuerySet:
        """In the admin: those of the reader's pôles and the provincial ones. Pages show them through a cohort."""
        if user.is_superuser:
            return self
        if not user.is_authenticated or not user.pole_codes:
            return self.none()
        return self.filter(Q(pole__in=user.pole_codes) | Q(pole__isnull=True))


@tracked
class Programme(models.Model):
    """A path of workshops and coaching, of one pôle or of the whole province (`pole` None)."""

    name = models.CharField(_("nom"), max_length=140)
    name_en = models.CharField(_("nom en anglais"), max_length=140, blank=True)
    teaches = models.TextField(_("ce qu’on y apprend"))
    teaches_en = models.TextField(_("ce qu’on y apprend, en anglais"), blank=True)
    pole = models.ForeignKey(
        Pole,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="programmes",
        verbose_name=_("pôle"),
        help_text=_("Vide : parcours provincial, ouvert à tous les pôles."),
    )
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("parcours")
        verbose_name_plural = _("parcours")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language, where it was given."""
        return text_in_reading_language(self.name, self.name_en)

    @property
    def about(self) -> str:
        return text_in_reading_language(self.teaches, self.teaches_en)


def text_in_reading_language(french: str, english: str) -> str:
    """A text in the reader's language; an English page that has only the French can say so (`{% lang_of text %}`)."""
    if not is_english():
        return french
    return english or OnlyFrench(french)


class State(models.TextChoices):
    """draft → open → closed → running → done; any of them but the last → cancelled. `lifecycle.py` holds the moves."""

    DRAFT = "draft", _("en préparation")
    OPEN = "open", _("annoncée")
    CLOSED = "closed", _("candidatures fermées")
    RUNNING = "running", _("en cours")
    DONE = "done", _("terminée")
    CANCELLED = "cancelled", _("annulée")


#: Places may still be given and taken.
STANDING = (State.OPEN, State.CLOSED, State.RUNNING)


class CohortQuerySet(models.QuerySet["Cohort"]):
    def visible_to(self, user: Visitor) -> CohortQuerySet:
        """Opened ones to everyone, also once over or cancelled; drafts to the staff of the pôles that run them."""
        if user.is_superuser:
            return self
        return self.filter(Q(opened_at__isnull=False) | _runs_q(user))

    def curated_by(self, user: Visitor) -> CohortQuerySet:
        """What a person runs: a platform admin all, staff those of their pôles, alone or with others."""
        return self if user.is_superuser else self.filter(_runs_q(user))

    def public(self) -> CohortQuerySet:
        return self.filter(opened_at__isnull=False)

    def coming(self) -> CohortQuerySet:
        """Announced, and not started yet."""
        return self.filter(state__in=[State.OPEN, State.CLOSED], starts_on__gt=timezone.localdate())

    def counted(self) -> CohortQuerySet:
        """With `taken`, `waiting` and `to_decide`: how many hold a seat, stand in line, await an answer."""
        return self.annotate(
            taken=Count("applications", filter=Q(applications__seat__isnull=False)),
            waiting=Count("applications", filter=Q(applications__state="waiting")),
            to_decide=Count("applications", filter=Q(applications__state="applied")),
        )


def _runs_q(user: Visitor) -> Q:
    if not user.is_authenticated or not user.pole_codes:
        return Q(pk__in=[])
    with_others = Cohort.partners.through.objects.filter(pole__in=user.pole_codes).values("cohort")
    return Q(pole__in=user.pole_codes) | Q(pk__in=with_others)


@tracked
class Cohort(models.Model):
    """A group of suppliers that follows a programme, with so many places.

    How one gets in: *first come*, a request takes a place at once while there is one, then a rank in line; *by
    selection*, requests wait for the pôle's decision. See docs/adr/0010.
    """

    class Admission(models.TextChoices):
        FIRST_COME = "first_come", _("premier arrivé, premier servi")
        SELECTION = "selection", _("sur sélection du pôle")

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="cohorts", verbose_name=_("parcours")
    )
    pole = models.ForeignKey(
        Pole,
        on_delete=models.PROTECT,
        related_name="cohorts",
        verbose_name=_("pôle responsable"),
        help_text=_("Il signe les courriels et reçoit les réponses."),
    )
    partners = models.ManyToManyField(
        Pole,
        blank=True,
        related_name="shared_cohorts",
        verbose_name=_("avec ces pôles"),
        help_text=_("Leurs équipes décident aussi des candidatures."),
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("région"),
        help_text=_("Vide : ouverte à toutes les régions."),
    )
    title = models.CharField(_("titre"), max_length=140)
    title_en = models.CharField(_("titre en anglais"), max_length=140, blank=True)
    slug = models.SlugField(_("adresse de la page"), max_length=80, unique=True)
    text = models.TextField(_("présentation"), blank=True)
    text_en = models.TextField(_("présentation en anglais"), blank=True)
    audience = models.TextField(_("à qui elle s’adresse"), blank=True)
    audience_en = models.TextField(_("à qui elle s’adresse, en anglais"), blank=True)
    admission = models.CharField(
        _("admission"), max_length=10, choices=Admission, default=Admission.FIRST_COME
    )
    places = models.PositiveSmallIntegerField(
        _("places"), default=12, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    confirm_days = models.PositiveSmallIntegerField(
        _("jours pour confirmer une place offerte"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("Quand une place se libère, la première en attente a ce délai pour la prendre."),
    )
    opens_at = models.DateTimeField(_("candidatures à partir du"))
    closes_at = models.DateTimeField(_("candidatures jusqu’au"))
    starts_on = models.DateField(_("début"))
    ends_on = models.DateField(_("fin"))
    is_online = models.BooleanField(_("en ligne"), default=False)
    place = models.CharField(_("lieu"), max_length=140, blank=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    state_changed_at = models.DateTimeField(_("depuis le"), default=timezone.now, editable=False)
    opened_at = models.DateTimeField(_("annoncée le"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(_("rappel envoyé le"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("cohorte")
        verbose_name_plural = _("cohortes")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="cohort_state_known"),
            models.CheckConstraint(
                condition=Q(admission__in=["first_come", "selection"]), name="cohort_admission_known"
            ),
            models.CheckConstraint(condition=Q(places__gte=1), name="cohort_has_a_place"),
            models.CheckConstraint(condition=Q(confirm_days__gte=1), name="cohort_leaves_time_to_confirm"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(opened_at__isnull=False),
                name="cohort_open_is_dated",
            ),
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="cohort_opens_then_closes"),
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="cohort_starts_then_ends"),
        ]
        indexes = [models.Index(fields=["state", "starts_on"], name="cohort_state_start")]
        triggers = [
            pgtrigger.Trigger(
                name="seats_fit_in_places",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("places"),
                func="""
                    IF EXISTS (SELECT FROM cohorts_application WHERE cohort_id = NEW.id AND seat > NEW.places) THEN
                        RAISE EXCEPTION 'cohort %: a seat past the % places is taken', NEW.id, NEW.places
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'seats_fit_in_places';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def cause(self) -> str:
        """How the letters that tell of its last move name that one (`outbox.decisions`)."""
        return f"cohort:{self.pk}.{int(self.state_changed_at.timestamp() * 1000)}"

    @property
    def name(self) -> str:
        """The title in the reader's language, where it was given."""
        return text_in_reading_language(self.title, self.title_en)

    @property
    def about(self) -> str:
        return text_in_reading_language(self.text, self.text_en)

    @property
    def for_whom(self) -> str:
        return text_in_reading_language(self.audience, self.audience_en)

    @property
    def is_first_come(self) -> bool:
        return self.admission == self.Admission.FIRST_COME

    @property
    def takes_applications(self) -> bool:
        return self.state == State.OPEN and self.opens_at <= timezone.now() < self.closes_at

    @property
    def is_standing(self) -> bool:
        return self.state in STANDING

    @property
    def fills_by_itself(self) -> bool:
        """A place that frees is offered at once until the cohort starts; after that, staff decide."""
        return self.state in (State.OPEN, State.CLOSED)


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    def to_come(self) -> WorkshopQuerySet:
        """Those that will be held, the next one first."""
        return self.filter(is_cancelled=False, starts_at__gt=timezone.now()).order_by("starts_at")

    def visible_to(self, user: Visitor) -> WorkshopQuerySet:
        return self.filter(cohort__in=Cohort.objects.visible_to(user))


@tracked
class Workshop(models.Model):
    """One meeting of a cohort. Without a place of its own it is held where the cohort is."""

    cohort = models.ForeignKey(
        Cohort, on_delete=models.CASCADE, related_name="workshops", verbose_name=_("cohorte")
    )
    title = models.CharField(_("titre"), max_length=140)
    title_en = models.CharField(_("titre en anglais"), max_length=140, blank=True)
    starts_at = models.DateTimeField(_("le"))
    minutes = models.PositiveSmallIntegerField(
        _("durée (minutes)"), default=120, validators=[MinValueValidator(15), MaxValueValidator(720)]
    )
    place = models.CharField(_("lieu, s’il diffère"), max_length=140, blank=True)
    is_cancelled = models.BooleanField(_("annulé"), default=False)
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)  # of the entry that calendars hold
    updated_at = models.DateTimeField(auto_now=True)

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        verbose_name = _("atelier")
        verbose_name_plural = _("ateliers")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=15), name="workshop_lasts"),
            models.UniqueConstraint(
                fields=["cohort", "starts_at"],
                condition=Q(is_cancelled=False),
                name="workshop_once_per_hour",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return text_in_reading_language(self.title, self.title_en)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

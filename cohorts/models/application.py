"""An enterprise asks to join a cohort: its number in the order of arrival, its seat, its rank in line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.web.history import tracked
from suppliers.models import Supplier

from .cohort import STANDING, Cohort

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: Visitor) -> ApplicationQuerySet:
        """The members of the enterprise, and the staff who run the cohort; nobody else knows who asked."""
        if user.is_superuser:
            return self
        if not user.is_authenticated:
            return self.none()
        mine = Q(supplier__organisation__in=user.organisation_ids)
        if user.pole_codes:
            mine |= Q(cohort__in=Cohort.objects.curated_by(user))
        return self.filter(mine)

    def curated_by(self, user: Visitor) -> ApplicationQuerySet:
        """What a person decides about: their membership of the enterprise gives nothing in the admin."""
        if user.is_superuser:
            return self
        return self.filter(cohort__in=Cohort.objects.curated_by(user))

    def of_members(self, user: Visitor) -> ApplicationQuerySet:
        """Those of the person's own enterprises."""
        if not user.is_authenticated or not user.organisation_ids:
            return self.none()
        return self.filter(supplier__organisation__in=user.organisation_ids)

    def live(self) -> ApplicationQuerySet:
        """Neither ended by the enterprise, nor by the pôle, nor by silence."""
        return self.filter(state__in=Application.LIVE)

    def to_decide(self) -> ApplicationQuerySet:
        """What the pôle has not answered, in cohorts that still stand."""
        return self.filter(state=Application.State.APPLIED, cohort__state__in=STANDING)

    def seated(self) -> ApplicationQuerySet:
        return self.filter(seat__isnull=False)

    def in_line(self) -> ApplicationQuerySet:
        """The waiting list, the next one first."""
        return self.filter(state=Application.State.WAITING).order_by("queue")

    def ranked(self) -> ApplicationQuerySet:
        """With `rank`: 1 for the next in line, None for who does not wait."""
        before = (
            Application.objects.filter(
                cohort=OuterRef("cohort"), state=Application.State.WAITING, queue__lt=OuterRef("queue")
            )
            .order_by()
            .values("cohort")
            .annotate(n=Count("pk"))
            .values("n")
        )
        ahead = Coalesce(Subquery(before, output_field=IntegerField()), 0)
        return self.annotate(
            rank=models.Case(
                models.When(queue__isnull=False, then=ahead + Value(1)),
                default=None,
                output_field=IntegerField(),
            )
        )


@tracked
class Application(models.Model):
    """A request to join. `arrival` is its number in the cohort, given under the cohort's lock: no gap, no double.

    Whoever is accepted or is offered a place holds a `seat`, a number from 1 to the cohort's places; whoever waits
    holds a `queue` number above those already in line: a rank that was told never gets worse.
    """

    class State(models.TextChoices):
        APPLIED = "applied", _("à décider")
        ACCEPTED = "accepted", _("acceptée")
        OFFERED = "offered", _("place offerte")
        WAITING = "waiting", _("en attente d’une place")
        DECLINED = "declined", _("refusée")
        WITHDRAWN = "withdrawn", _("retirée")
        LAPSED = "lapsed", _("sans réponse à temps")

    LIVE = ("applied", "accepted", "offered", "waiting")
    #: Ended by the enterprise or by its silence: it may ask again, at the end of the line.
    MAY_RETURN = ("withdrawn", "lapsed")

    cohort = models.ForeignKey(
        Cohort, on_delete=models.PROTECT, related_name="applications", verbose_name=_("cohorte")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="applications", verbose_name=_("entreprise")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("posée par"),
    )
    motivation = models.TextField(_("motivation"), blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State)
    arrival = models.PositiveIntegerField(_("arrivée"))
    seat = models.PositiveSmallIntegerField(_("place"), null=True, blank=True)
    queue = models.PositiveIntegerField(_("numéro d’attente"), null=True, blank=True)
    confirm_by = models.DateTimeField(_("à confirmer avant le"), null=True, blank=True)
    message = models.TextField(_("message du pôle"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("décidée par"),
    )
    applied_at = models.DateTimeField(_("posée le"), default=timezone.now)
    state_changed_at = models.DateTimeField(_("depuis le"), default=timezone.now)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidature")
        verbose_name_plural = _("candidatures")
        constraints = [
            models.UniqueConstraint(fields=["cohort", "arrival"], name="application_one_per_arrival"),
            models.UniqueConstraint(fields=["cohort", "seat"], name="application_one_per_seat"),
            models.UniqueConstraint(fields=["cohort", "queue"], name="application_one_per_queue_number"),
            models.UniqueConstraint(
                fields=["cohort", "supplier"],
                condition=~Q(state__in=["withdrawn", "lapsed"]),
                name="application_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["applied", "accepted", "offered", "waiting", "declined", "withdrawn", "lapsed"]
                ),
                name="application_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "offered"], seat__isnull=False)
                | (~Q(state__in=["accepted", "offered"]) & Q(seat__isnull=True)),
                name="application_in_holds_a_seat",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", queue__isnull=False)
                | (~Q(state="waiting") & Q(queue__isnull=True)),
                name="application_waiting_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", confirm_by__isnull=False)
                | (~Q(state="offered") & Q(confirm_by__isnull=True)),
                name="application_offer_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(seat__isnull=True) | Q(seat__gte=1), name="application_seats_from_one"
            ),
        ]
        indexes = [
            models.Index(fields=["confirm_by"], condition=Q(state="offered"), name="application_offers"),
            models.Index(fields=["cohort", "state", "arrival"], name="application_by_state"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="seat_is_one_of_the_places",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__seat__isnull=False),
                declare=[("most", "integer")],
                func="""
                    SELECT places INTO most FROM cohorts_cohort WHERE id = NEW.cohort_id FOR SHARE;
                    IF NEW.seat > most THEN
                        RAISE EXCEPTION 'cohort %: there is no seat %', NEW.cohort_id, NEW.seat
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_is_one_of_the_places';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.supplier}, {self.cohort}"

    @property
    def cause(self) -> str:
        """How the letters that tell of its last move name that one (`outbox.decisions`)."""
        return f"application:{self.pk}.{int(self.state_changed_at.timestamp() * 1000)}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

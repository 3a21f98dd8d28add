"""What the scheduler proposed, and the meetings that stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.web.history import tracked

from .event import SHOWN, MatchmakingEvent, State
from .participation import Participation

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: Visitor) -> PlanQuerySet:
        """The staff of the pôle: it says whose wishes were not met."""
        if user.is_superuser:
            return self
        if not user.is_authenticated or not user.pole_codes:
            return self.none()
        return self.filter(event__pole__in=user.pole_codes)


class Plan(models.Model):
    """One run of the scheduler, as it ended. `unmet` is a list of {buyer, supplier, why}: participations and a reason."""

    class Kind(models.TextChoices):
        WHOLE = "whole", _("grille entière")
        REPAIR = "repair", _("ajustement")

    event = models.ForeignKey(MatchmakingEvent, on_delete=models.CASCADE, related_name="plans")
    kind = models.CharField(_("type"), max_length=8, choices=Kind, default=Kind.WHOLE)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("par"),
    )
    at = models.DateTimeField(_("le"), auto_now_add=True)
    meetings = models.PositiveIntegerField(_("rencontres placées"))
    wished = models.PositiveIntegerField(_("rencontres souhaitées"))
    met = models.PositiveIntegerField(_("rencontres souhaitées et placées"))
    value = models.IntegerField(_("valeur"))
    bound = models.IntegerField(_("maximum possible"))
    worst_served = models.PositiveSmallIntegerField(_("rencontres de l’organisation qui en a le moins"))
    moved = models.PositiveIntegerField(_("rencontres déplacées"), default=0)
    unmet = models.JSONField(_("souhaits sans rencontre"), default=list)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("calcul de la grille")
        verbose_name_plural = _("calculs de la grille")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(value__lte=models.F("bound")), name="plan_within_its_bound"),
            models.CheckConstraint(
                condition=Q(met__lte=models.F("wished")), name="plan_meets_what_was_wished"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.value}/{self.bound}"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Visitor) -> MeetingQuerySet:
        """The staff of the pôle at once; the two who meet, once agendas are published."""
        if user.is_superuser:
            return self
        if not user.is_authenticated:
            return self.none()
        mine = Q(buyer__organisation__in=user.organisation_ids) | Q(
            supplier__organisation__in=user.organisation_ids
        )
        return self.filter(Q(event__pole__in=user.pole_codes) | (mine & Q(event__state__in=SHOWN)))

    def of(self, participation: Participation) -> MeetingQuerySet:
        return self.filter(Q(buyer=participation) | Q(supplier=participation))

    def placed(self) -> MeetingQuerySet:
        """That have an hour and a table; the others fell with an absence."""
        return self.filter(slot__isnull=False)

    def held(self) -> MeetingQuerySet:
        """Placed, on a day that is over and that people came to."""
        over = Q(event__state=State.DONE) | Q(
            event__state=State.PUBLISHED, event__day__lt=timezone.localdate()
        )
        return self.placed().filter(over)


@tracked
class Meeting(models.Model):
    """A buyer and a supplier, at a table, in a slot. Without slot and table it will not take place.

    The three rules that people would feel are the database's; two are checked when the transaction ends, so that
    meetings can change places with each other.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("prévue")
        MOVED = "moved", _("déplacée")
        ABSENT = "absent", _("annulée, absence")
        DONE = "done", _("terminée")

    event = models.ForeignKey(MatchmakingEvent, on_delete=models.CASCADE, related_name="meetings")
    buyer = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="meetings_as_buyer")
    supplier = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="meetings_as_supplier")
    slot = models.PositiveSmallIntegerField(_("heure"), null=True, blank=True)
    table = models.PositiveSmallIntegerField(_("table"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=8, choices=State, default=State.PLANNED)
    # Where it was before it moved or fell, and when that was: people are told.
    was_slot = models.PositiveSmallIntegerField(null=True, blank=True)
    was_table = models.PositiveSmallIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField(_("changée le"), null=True, blank=True)
    sequence = models.PositiveSmallIntegerField(default=0)  # of the calendar entry: programs take the highest
    created_at = models.DateTimeField(_("placée le"), auto_now_add=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rencontre")
        verbose_name_plural = _("rencontres")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "slot", "table"],
                name="meeting_one_per_table",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["buyer", "slot"],
                name="meeting_buyer_once_per_slot",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["supplier", "slot"],
                name="meeting_supplier_once_per_slot",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["buyer", "supplier"], name="meeting_pair_once"),
            models.CheckConstraint(
                condition=Q(state="absent", slot__isnull=True, table__isnull=True)
                | (~Q(state="absent") & Q(slot__isnull=False, table__isnull=False)),
                name="meeting_placed_unless_absent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "moved", "absent", "done"]), name="meeting_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.buyer_id} × {self.supplier_id}"

    def other(self, participation: Participation) -> Participation:
        """Whom a participant meets here."""
        return self.supplier if self.buyer_id == participation.pk else self.buyer

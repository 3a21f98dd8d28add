"""An organisation that comes, on one side of the table, and whom it wishes to meet."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer
from marketplace.accounts.models import Organisation
from marketplace.web.history import tracked
from suppliers.models import Supplier

from .event import MatchmakingEvent

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class Side(models.TextChoices):
    BUYER = "buyer", _("acheteur")
    SUPPLIER = "supplier", _("fournisseur")

    @property
    def other(self) -> Side:
        return Side.SUPPLIER if self is Side.BUYER else Side.BUYER


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def visible_to(self, user: Visitor) -> ParticipationQuerySet:
        """Whole rows: the staff of the event's pôle, and the members of the organisation."""
        if user.is_superuser:
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(event__pole__in=user.pole_codes) | Q(organisation__in=user.organisation_ids))

    def of_members(self, user: Visitor) -> ParticipationQuerySet:
        """Of the organisations that a person is a member of; being staff gives nothing here."""
        return self.filter(organisation__in=user.organisation_ids) if user.is_authenticated else self.none()

    def standing(self) -> ParticipationQuerySet:
        """Registered, and not withdrawn since; whoever is absent on the day had registered."""
        return self.exclude(state=Participation.State.WITHDRAWN)

    def coming(self) -> ParticipationQuerySet:
        return self.filter(state=Participation.State.REGISTERED)

    def without_wishes(self) -> ParticipationQuerySet:
        """Those that come and have wished for nobody, where there is somebody to choose."""
        in_front = (
            Participation.objects.coming()
            .filter(event=OuterRef("event"))
            .exclude(side=OuterRef("side"))
            .exclude(organisation=OuterRef("organisation"))
        )
        return self.coming().filter(~Exists(Wish.objects.filter(wisher=OuterRef("pk"))), Exists(in_front))

    def listed(self) -> ParticipationQuerySet:
        """Those that agreed to stand on the public page."""
        return self.coming().filter(is_listed=True)

    def met_by(self, participation: Participation) -> ParticipationQuerySet:
        """Who sits on the other side of the table: what a participant may choose among."""
        return self.coming().filter(event=participation.event_id, side=Side(participation.side).other.value)


@tracked
class Participation(models.Model):
    """An organisation comes to an event as a buyer or as a supplier, represented by a person."""

    class State(models.TextChoices):
        REGISTERED = "registered", _("inscrite")
        WITHDRAWN = "withdrawn", _("retirée")
        ABSENT = "absent", _("absente")

    event = models.ForeignKey(MatchmakingEvent, on_delete=models.CASCADE, related_name="participations")
    side = models.CharField(_("côté"), max_length=8, choices=Side)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="event_participations",
        verbose_name=_("organisation"),
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, null=True, blank=True, related_name="event_participations"
    )
    buyer = models.ForeignKey(
        Buyer, on_delete=models.CASCADE, null=True, blank=True, related_name="event_participations"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="event_participations",
        verbose_name=_("personne"),
    )
    needs = models.CharField(_("ce que vous cherchez ou offrez"), max_length=300, blank=True)
    free_slots = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name=_("présence"))
    most_meetings = models.PositiveSmallIntegerField(
        _("rencontres, au plus"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    is_listed = models.BooleanField(_("nommée sur la page publique"), default=False)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.REGISTERED)
    # Signs the addresses that calendar programs open, one per member: renewed, they are others.
    token = models.CharField(max_length=64, unique=True, default=secrets.token_urlsafe, editable=False)
    registered_at = models.DateTimeField(_("inscrite le"), default=timezone.now, editable=False)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "organisation", "side"], name="participation_once_per_side"
            ),
            models.CheckConstraint(
                condition=Q(side="buyer", buyer__isnull=False, supplier__isnull=True)
                | Q(side="supplier", supplier__isnull=False, buyer__isnull=True),
                name="participation_side_is_what_it_is",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["registered", "withdrawn", "absent"]), name="participation_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def party(self) -> Buyer | Supplier:
        """The side of the organisation that comes."""
        found = self.buyer or self.supplier
        assert found is not None  # noqa: S101 - the database checks it
        return found

    @property
    def is_buyer(self) -> bool:
        return self.side == Side.BUYER


class WishQuerySet(models.QuerySet["Wish"]):
    def visible_to(self, user: Visitor) -> WishQuerySet:
        """Who wished, and the staff of the event's pôle: never whoever is wished for."""
        if user.is_superuser:
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(wisher__event__pole__in=user.pole_codes) | Q(wisher__organisation__in=user.organisation_ids)
        )


@tracked
class Wish(models.Model):
    """A participant wishes to meet another one; rank 1 is wanted most."""

    wisher = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="wishes")
    wanted = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="wished_by")
    rank = models.PositiveSmallIntegerField(_("rang"))
    created_at = models.DateTimeField(_("exprimé le"), auto_now_add=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = _("souhait")
        verbose_name_plural = _("souhaits")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["wisher", "wanted"], name="wish_once"),
            models.UniqueConstraint(
                fields=["wisher", "rank"], name="wish_one_per_rank", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=~Q(wisher=F("wanted")), name="wish_for_another"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="wish_rank_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.wisher_id} → {self.wanted_id} ({self.rank})"

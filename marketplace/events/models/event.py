"""A day of meetings at tables, and the hours at which they start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.territories.models import Pole, Region
from marketplace.web.history import tracked

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor

SHORTEST, USUAL, BETWEEN = 20, 25, 5  # minutes: fifteen proved too short


class State(models.TextChoices):
    """draft → open → wishes → scheduled → published → done; any of them → cancelled."""

    DRAFT = "draft", _("en préparation")
    OPEN = "open", _("inscriptions ouvertes")
    WISHES = "wishes", _("choix des rencontres")
    SCHEDULED = "scheduled", _("grille proposée")
    PUBLISHED = "published", _("horaires publiés")
    DONE = "done", _("terminée")
    CANCELLED = "cancelled", _("annulée")


#: Meetings stand and people know of them.
SHOWN = (State.PUBLISHED, State.DONE)
COMING = (State.OPEN, State.WISHES, State.SCHEDULED, State.PUBLISHED)


class EventQuerySet(models.QuerySet["MatchmakingEvent"]):
    def public(self) -> EventQuerySet:
        """What has been opened, also what was cancelled after that."""
        return self.filter(opened_at__isnull=False)

    def visible_to(self, user: Visitor) -> EventQuerySet:
        """Opened ones to everyone; the rest to the staff of the pôle."""
        if user.is_superuser:
            return self
        mine = Q(pole__in=user.pole_codes) if user.is_authenticated and user.pole_codes else Q(pk__in=[])
        return self.filter(Q(opened_at__isnull=False) | mine)

    def curated_by(self, user: Visitor) -> EventQuerySet:
        """What a person organises: a platform admin all, staff of a pôle those of their pôle."""
        if user.is_superuser:
            return self
        if not user.is_authenticated or not user.pole_codes:
            return self.none()
        return self.filter(pole__in=user.pole_codes)

    def coming(self) -> EventQuerySet:
        """Today or later, and not cancelled."""
        return self.filter(state__in=COMING, day__gte=timezone.localdate())

    def closing_wishes(self, *, within: timedelta) -> EventQuerySet:
        """Wishes may still be made, and end soon."""
        now = timezone.now()
        return self.filter(
            state__in=[State.OPEN, State.WISHES], wishes_close_at__gt=now, wishes_close_at__lte=now + within
        )

    def to_plan(self) -> EventQuerySet:
        """Wishes are over and no grid was proposed."""
        return self.filter(state=State.WISHES, wishes_close_at__lte=timezone.now())

    def past(self) -> EventQuerySet:
        return self.filter(Q(state=State.DONE) | Q(state__in=COMING, day__lt=timezone.localdate()))


@dataclass(frozen=True, slots=True)
class Slot:
    """One start of the day; `number` counts from 0 in the order of the day, `pause` stands before it."""

    number: int
    starts_at: datetime
    ends_at: datetime
    pause: str = ""
    pause_at: datetime | None = None


@tracked
class MatchmakingEvent(models.Model):
    """A day of 1:1 meetings at tables between buyers and suppliers, run by a pôle."""

    pole = models.ForeignKey(
        Pole, on_delete=models.PROTECT, related_name="matchmaking_events", verbose_name=_("pôle organisateur")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("région"))
    title = models.CharField(_("titre"), max_length=140)
    title_en = models.CharField(_("titre en anglais"), max_length=140, blank=True)
    slug = models.SlugField(_("adresse de la page"), max_length=80, unique=True)
    text = models.TextField(_("présentation"), blank=True)
    text_en = models.TextField(_("présentation en anglais"), blank=True)
    day = models.DateField(_("jour"))
    place = models.CharField(_("lieu"), max_length=140)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    registration_opens_at = models.DateTimeField(_("inscriptions à partir du"))
    registration_closes_at = models.DateTimeField(_("inscriptions jusqu’au"))
    wishes_close_at = models.DateTimeField(_("souhaits jusqu’au"))
    slot_minutes = models.PositiveSmallIntegerField(
        _("durée d’une rencontre (minutes)"),
        default=USUAL,
        validators=[MinValueValidator(SHORTEST), MaxValueValidator(120)],
        help_text=_("Au moins 20 minutes : quinze minutes, c’est trop court."),
    )
    gap_minutes = models.PositiveSmallIntegerField(
        _("temps pour changer de table (minutes)"), default=BETWEEN, validators=[MaxValueValidator(60)]
    )
    tables = models.PositiveSmallIntegerField(
        _("tables"), default=10, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    spare_tables = models.PositiveSmallIntegerField(
        _("tables de réserve"),
        default=2,
        validators=[MaxValueValidator(20)],
        help_text=_("Elles restent libres pour les imprévus du jour."),
    )
    most_wishes = models.PositiveSmallIntegerField(
        _("souhaits par organisation, au plus"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    buyer_places = models.PositiveSmallIntegerField(
        _("places pour les acheteurs"), null=True, blank=True, help_text=_("Vide : sans limite.")
    )
    supplier_places = models.PositiveSmallIntegerField(
        _("places pour les fournisseurs"), null=True, blank=True, help_text=_("Vide : sans limite.")
    )
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.DRAFT)
    state_changed_at = models.DateTimeField(_("depuis le"), default=timezone.now, editable=False)
    opened_at = models.DateTimeField(_("annoncée le"), null=True, blank=True, editable=False)
    # Another day or place since it was opened: how many times, and the last; calendars take the highest.
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)
    rescheduled_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("activité de maillage")
        verbose_name_plural = _("activités de maillage")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="event_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(opened_at__isnull=False),
                name="event_open_is_dated",
            ),
            models.CheckConstraint(condition=Q(slot_minutes__gte=SHORTEST), name="event_slots_long_enough"),
            models.CheckConstraint(condition=Q(tables__gte=1), name="event_has_a_table"),
            models.CheckConstraint(
                condition=Q(registration_opens_at__lt=F("registration_closes_at"))
                & Q(registration_closes_at__lte=F("wishes_close_at")),
                name="event_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["state", "day"], name="event_state_day")]

    def __str__(self) -> str:
        return self.name

    @property
    def cause(self) -> str:
        """How the letters that tell of its last move name that one (`outbox.decisions`)."""
        return f"event:{self.pk}.{int(self.state_changed_at.timestamp() * 1000)}"

    @property
    def name(self) -> str:
        """The title in the reader's language, where it was given."""
        return (self.title_en if _english() else "") or self.title

    @property
    def about(self) -> str:
        return (self.text_en if _english() else "") or self.text

    @property
    def about_language(self) -> str:
        """« fr » where an English page must fall back on the French text."""
        return "en" if _english() and self.text_en else "fr"

    @property
    def takes_registrations(self) -> bool:
        return (
            self.state == State.OPEN
            and self.registration_opens_at <= timezone.now() < self.registration_closes_at
        )

    @property
    def takes_wishes(self) -> bool:
        return self.state in (State.OPEN, State.WISHES) and timezone.now() < self.wishes_close_at

    @property
    def shows_agendas(self) -> bool:
        return self.state in SHOWN

    @cached_property
    def slots(self) -> list[Slot]:
        """Every start of the day, in order; one query unless `blocks` was fetched along."""
        return self.slots_of(self.blocks.all())

    def slots_of(self, blocks: Iterable[Block]) -> list[Slot]:
        """The same, of blocks that are known already; no query."""
        zone = timezone.get_default_timezone()
        found: list[Slot] = []
        end: datetime | None = None
        for block in sorted(blocks, key=lambda block: block.starts_at):
            start = datetime.combine(self.day, block.starts_at, zone)
            for place in range(block.slots):
                pause, since = (block.pause, end) if place == 0 and end else ("", None)
                end = start + timedelta(minutes=self.slot_minutes)
                found.append(Slot(len(found), start, end, pause, since))
                start = end + timedelta(minutes=self.gap_minutes)
        return found

    def forget_slots(self) -> None:
        """Read the slots again: they are kept on the instance, and the day or the blocks have just changed."""
        vars(self).pop("slots", None)

    def table_label(self, table: int) -> str:
        """« 12 »; the spare tables are « A », « B »…"""
        return str(table) if table <= self.tables else chr(ord("A") + table - self.tables - 1)


@tracked
class Block(models.Model):
    """A run of meetings without a break: « 9 h, four meetings ». The pause named here comes before it."""

    event = models.ForeignKey(MatchmakingEvent, on_delete=models.CASCADE, related_name="blocks")
    starts_at = models.TimeField(_("première rencontre à"))
    slots = models.PositiveSmallIntegerField(
        _("nombre de rencontres"), validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    pause = models.CharField(
        _("pause avant ce bloc"), max_length=80, blank=True, help_text=_("Par exemple : dîner, café.")
    )

    class Meta:
        verbose_name = _("bloc de rencontres")
        verbose_name_plural = _("blocs de rencontres")
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["event", "starts_at"], name="block_once_per_hour"),
            models.CheckConstraint(condition=Q(slots__gte=1, slots__lte=20), name="block_has_slots"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M} × {self.slots}"


def _english() -> bool:
    return (get_language() or "").startswith("en")

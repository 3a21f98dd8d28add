"""What a pôle said to an organisation and heard from it, so that a colleague takes over without asking."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, pole_q
from marketplace.territories.models import Pole
from marketplace.web.history import tracked

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


class ContactEntryQuerySet(models.QuerySet["ContactEntry"]):
    def visible_to(self, user: Visitor) -> ContactEntryQuerySet:
        """What one's pôle wrote, whoever it is about; a platform admin reads all."""
        return self.filter(pole_q(user))

    def standing(self) -> ContactEntryQuerySet:
        """Without what was withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def with_open_action(self) -> ContactEntryQuerySet:
        """Something is still to be done about it."""
        return self.standing().filter(next_on__isnull=False, next_done_at__isnull=True)


@tracked
class ContactEntry(models.Model):
    """One call, mail, meeting or note. `pole` None: a platform admin wrote it, and only they read it.

    `key` comes with the form or the letter: the same one again writes nothing. A withdrawn entry stays, struck out.
    """

    class Kind(models.TextChoices):
        CALL = "call", _("appel")
        MAIL = "mail", _("courriel ou lettre")
        MEETING = "meeting", _("rencontre")
        NOTE = "note", _("note")

    class Direction(models.TextChoices):
        OUT = "out", _("par nous")
        IN = "in", _("par l’organisation")

    class Result(models.TextChoices):
        REACHED = "reached", _("a répondu")
        MESSAGE = "message", _("message laissé")
        NO_ANSWER = "no_answer", _("pas de réponse")

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="contact_entries", verbose_name=_("organisation")
    )
    pole = models.ForeignKey(
        Pole, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pôle")
    )
    kind = models.CharField(_("type"), max_length=10, choices=Kind)
    direction = models.CharField(_("sens"), max_length=3, choices=Direction, blank=True)
    result = models.CharField(_("résultat"), max_length=10, choices=Result, blank=True)
    on = models.DateField(_("le"), default=timezone.localdate)
    with_whom = models.CharField(_("avec qui"), max_length=160, blank=True)
    said = models.TextField(_("ce qui s’est dit"), blank=True)
    next_action = models.CharField(_("prochaine action"), max_length=200, blank=True)
    next_on = models.DateField(_("pour le"), null=True, blank=True)
    next_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsable"),
    )
    next_done_at = models.DateTimeField(_("faite le"), null=True, blank=True)
    next_done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("faite par"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("noté par"),
    )
    created_at = models.DateTimeField(_("noté le"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("retiré par"),
    )

    objects = ContactEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact noté")
        verbose_name_plural = _("contacts notés")
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["call", "mail", "meeting", "note"]), name="contact_entry_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["call", "mail"], direction__in=["out", "in"])
                | Q(kind__in=["meeting", "note"], direction=""),
                name="contact_entry_direction",
            ),
            models.CheckConstraint(
                condition=Q(next_on__isnull=False) | Q(next_by__isnull=True, next_done_at__isnull=True),
                name="contact_entry_action_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-on"], name="contact_entry_of"),
            models.Index(
                fields=["pole", "next_on"],
                condition=Q(next_on__isnull=False, next_done_at__isnull=True),
                name="contact_entry_open_action",
            ),
        ]

    def __str__(self) -> str:
        return str(self.kind_label)

    @property
    def kind_label(self) -> str:
        """« appel fait », « courriel reçu », « rencontre »."""
        return str(KIND_LABELS[self.way])

    @property
    def way(self) -> str:
        """Kind and direction in one word, as the form asks: « call_out »."""
        return f"{self.kind}_{self.direction}" if self.direction else self.kind

    @property
    def has_open_action(self) -> bool:
        return self.next_on is not None and self.next_done_at is None and self.withdrawn_at is None


KIND_LABELS = {
    "call_out": _("appel fait"),
    "call_in": _("appel reçu"),
    "mail_out": _("courriel ou lettre envoyé"),
    "mail_in": _("courriel ou lettre reçu"),
    "meeting": _("rencontre"),
    "note": _("note"),
}

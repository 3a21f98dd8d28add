"""What leaves a transaction: events for other apps, messages for people. A row here is the truth; the broker only wakes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.web.typography import format_moment

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User

# How long a claim holds unless it is renewed (`batches.Heartbeat`): the rows of a worker that died come back after this.
LEASE = timedelta(seconds=getattr(settings, "OUTBOX_LEASE_SECONDS", 20))

#: Mails about one's own account begin so (reset, confirmation, second factor): somebody waits at the screen for them.
ACCOUNT_KINDS = "account."
#: Mails that carry what one party wrote to another: staff may try them again, and read nothing of them but the title.
PRIVATE_KINDS = r"^inquiry\."
#: Mails that say who answered what is sealed until an hour: for whom they were written, and for nobody else.
SEALED_KINDS = r"^exchange\.(quote_|question_answered)"


class Event(models.Model):
    """Something happened to a subject: `supplier.published`, `supplier:42`, version 3. Posted once per version."""

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    version = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("événement")
        verbose_name_plural = _("événements")
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject", "version"], name="event_once_per_version")
        ]

    def __str__(self) -> str:
        return _("Événement du %(moment)s") % {"moment": format_moment(self.created_at)}


class Attempted(models.Model):
    """Shared by what is tried until it works: state, attempts, the next try, the lease of who is trying.

    A row is somebody's while its lease runs. Of a mail, `queued` with a lease is kept in a batch, not begun; `sending` is
    with the server at this moment, and in doubt should its worker die.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("en attente")
        SENDING = "sending", _("en cours")
        DONE = "done", _("fait")
        FAILED = "failed", _("en échec")
        CANCELLED = "cancelled", _("annulé")

    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    next_attempt_at = models.DateTimeField(_("prochain essai"), default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(_("dernière erreur"), blank=True)
    done_at = models.DateTimeField(_("fait le"), null=True, blank=True)

    class Meta:
        abstract = True


def _due(now: datetime | None) -> Q:
    """What is to be tried now, rows of dead workers included."""
    now = now or timezone.now()
    is_free = Q(leased_until=None) | Q(leased_until__lte=now)
    return Q(status__in=["queued", "sending"], next_attempt_at__lte=now) & is_free


def _states(table: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(condition=Q(status__in=Attempted.Status.values), name=f"{table}_status_known"),
        models.CheckConstraint(
            condition=~Q(status="sending") | Q(leased_until__isnull=False), name=f"{table}_sending_is_leased"
        ),
        models.CheckConstraint(
            condition=~Q(status="done") | Q(done_at__isnull=False), name=f"{table}_done_is_dated"
        ),
    ]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime | None = None) -> DeliveryQuerySet:
        return self.filter(_due(now))

    def failed(self) -> DeliveryQuerySet:
        return self.filter(status=Attempted.Status.FAILED)


class Delivery(Attempted):
    """One handler's share of an event: done once, retried until then."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=120)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("traitement d’événement")
        verbose_name_plural = _("traitements d’événements")
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="delivery_once_per_handler"),
            *_states("delivery"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status__in=["queued", "sending"]),
                name="delivery_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.handler}"


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime | None = None) -> MessageQuerySet:
        return self.filter(_due(now))

    def in_order_of_haste(self) -> MessageQuerySet:
        """Account mail, then what is told at once, then digests; among these, what has been due longest."""
        return self.order_by("haste", "next_attempt_at")

    def failed(self) -> MessageQuerySet:
        """What was given up: staff read why, and may try again."""
        return self.filter(status=Attempted.Status.FAILED)

    def untried(self) -> MessageQuerySet:
        """Those that no worker has taken in hand: they may still be held, released or replaced."""
        return self.filter(status=Attempted.Status.QUEUED, attempts=0)

    def visible_to(self, user: User | AnonymousUser) -> MessageQuerySet:
        """A platform admin all, pôle staff what their pôle signs in its own name, a person what was written to them."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.filter(~Q(kind__regex=SEALED_KINDS) | Q(recipient=user))
        signed = Q(pole__in=user.pole_codes) & ~Q(kind__regex=f"{PRIVATE_KINDS}|{SEALED_KINDS}")
        return self.filter(Q(recipient=user) | signed)


class Message(Attempted):
    """A mail as it leaves: rendered when its cause is committed, handed over at least once, same Message-ID always."""

    class Haste(models.IntegerChoices):
        """Which mail goes before which: somebody waits at the screen; it is told at once; it was gathered for an hour."""

        ACCOUNT = 0
        AT_ONCE = 1
        DIGEST = 2

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="messages"
    )
    address = models.EmailField(_("à"))
    kind = models.CharField(_("type"), max_length=40)
    subject = models.CharField(max_length=120)
    version = models.CharField(max_length=60)
    title = models.CharField(_("objet"), max_length=200)
    text = models.TextField(_("texte"))
    html = models.TextField(_("HTML"))
    sender_name = models.CharField(_("de"), max_length=120)
    reply_to = models.EmailField(_("réponse à"), blank=True)
    headers = models.JSONField(default=dict)
    message_id = models.CharField(max_length=120, unique=True)
    # What is checked at send: a consent, a membership, and until when each mention holds.
    purpose = models.CharField(_("consentement requis"), max_length=20, blank=True)
    members_of = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("réservé aux membres de"),
    )
    # The decision that this one tells of, « supplier_decision:42 »: it waits ten minutes, and leaves only if it stands.
    decision = models.CharField(_("décision annoncée"), max_length=80, blank=True, default="", db_default="")
    # The mail that this one says too. It is cancelled while this one stands, and leaves after all if this one must not.
    instead_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tient lieu de"),
    )
    # The body holds a link that signs someone in: it is blanked once the server has it.
    is_secret = models.BooleanField(_("contenu retiré après l’envoi"), default=False)
    # An attempt may have been accepted without our knowing: only this very mail may go again.
    in_doubt = models.BooleanField(_("peut-être déjà reçu"), default=False)
    pole = models.ForeignKey(
        "territories.Pole",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pôle"),
    )
    created_at = models.DateTimeField(_("écrit le"), default=timezone.now)
    haste = models.PositiveSmallIntegerField(
        choices=Haste, default=Haste.AT_ONCE, db_default=Haste.AT_ONCE, editable=False
    )
    # Whose batch it is in, while its lease runs: the proof, at each step, that it is still ours.
    claim = models.UUIDField(null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("courriel")
        verbose_name_plural = _("courriels")
        constraints = [
            models.UniqueConstraint(
                fields=["address", "kind", "subject", "version"], name="message_once_per_recipient_and_cause"
            ),
            *_states("message"),
        ]
        indexes = [
            models.Index(
                fields=["haste", "next_attempt_at"],
                condition=Q(status__in=["queued", "sending"]),
                name="message_due_by_haste",
            ),
            models.Index(fields=["done_at"], condition=Q(status="done"), name="message_done"),
            models.Index(fields=["decision"], condition=~Q(decision=""), name="message_of_decision"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_account_mail(self) -> bool:
        return self.haste == self.Haste.ACCOUNT


class MentionQuerySet(models.QuerySet["Mention"]):
    def unsent(self) -> MentionQuerySet:
        """Of mails that have not left: changing `open_until` here changes what may leave."""
        return self.exclude(message__status__in=[Attempted.Status.DONE, Attempted.Status.CANCELLED])

    def close(self) -> int:
        """No mail may speak of these notices from now on; for how many that is news."""
        return self._still_open().update(open_until=timezone.now())

    def follow(self, open_until: Mapping[str, datetime | None]) -> None:
        """Notices (by name) close at another moment than was said, or at none that is known. What was closed stays so."""
        rows = self._still_open()
        for notice in set(rows.filter(notice__in=list(open_until)).values_list("notice", flat=True)):
            rows.filter(notice=notice).update(open_until=open_until[notice])

    def _still_open(self) -> MentionQuerySet:
        return self.filter(Q(open_until=None) | Q(open_until__gt=timezone.now()))


class Mention(models.Model):
    """A notice stands in a mail to someone: it does not stand in a second one in the same version.

    `open_until`: the mail may speak of the notice until then; who knows that it closed earlier writes it here.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    notice = models.CharField(max_length=500)
    version = models.CharField(max_length=60)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    open_until = models.DateTimeField(null=True, blank=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "notice", "version"], name="mention_once_per_version"
            )
        ]
        indexes = [models.Index(fields=["notice"], name="mention_notice")]

    def __str__(self) -> str:
        return f"{self.recipient_id}: {self.notice}"


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def standing(self) -> SuppressionQuerySet:
        return self.filter(lifted_at=None)

    def visible_to(self, user: User | AnonymousUser) -> SuppressionQuerySet:
        """A platform admin all, pôle staff those of mails that their pôle signed, a person their own."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(Q(recipient=user) | Q(pole__in=user.pole_codes))


class Suppression(models.Model):
    """An address that refuses our mail: since when, who says so, until when. Account mail is sent to it all the same."""

    class Reason(models.TextChoices):
        REFUSED = "refused", _("adresse refusée par son fournisseur")
        COMPLAINT = "complaint", _("signalé comme indésirable par la personne")

    class Source(models.TextChoices):
        SERVER = "server", _("refus à l’envoi")
        REPORT = "report", _("avis de non-remise")
        SERVICE = "service", _("service d’envoi")

    address = models.EmailField(_("adresse"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("personne"),
    )
    pole = models.ForeignKey(
        "territories.Pole",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pôle"),
    )
    message = models.ForeignKey(
        Message,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("courriel"),
    )
    reason = models.CharField(_("raison"), max_length=10, choices=Reason)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    said = models.TextField(_("réponse du serveur"), blank=True)
    since = models.DateTimeField(_("depuis le"), default=timezone.now)
    lifted_at = models.DateTimeField(_("rétablie le"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("rétablie par"),
    )

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("adresse qui refuse nos courriels")
        verbose_name_plural = _("adresses qui refusent nos courriels")
        constraints = [
            models.UniqueConstraint(
                fields=["address"], condition=Q(lifted_at=None), name="one_standing_suppression"
            )
        ]

    def __str__(self) -> str:
        return self.address

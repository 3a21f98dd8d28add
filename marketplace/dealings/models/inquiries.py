"""A buyer's question to suppliers: what was asked, of whom, what each wrote back, and what was reported.

What was written is its two parties' alone: neither history nor the admin keeps or shows it, unless a party reports it.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, curation_q
from marketplace.web.history import tracked
from marketplace.web.private_files import PrivateFile
from marketplace.web.typography import format_day_short
from suppliers.models import Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor

SUBJECT, BODY, REASON = 120, 4000, 500  # characters


def asking_q(user: Visitor, prefix: str = "") -> Q:
    """Inquiries that a person is a party to on the asking side: of an institution of theirs, or asked alone."""
    if not user.is_authenticated or not user.is_active:
        return Q(pk__in=[])
    alone = Q(**{f"{prefix}organisation__isnull": True, f"{prefix}asked_by": user.pk})
    return Q(**{f"{prefix}organisation__in": user.organisation_ids}) | alone


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def visible_to(self, user: Visitor) -> InquiryQuerySet:
        """Those who asked, nobody else: what a supplier sees is its own `InquiryRecipient`."""
        return self.filter(asking_q(user))

    def open(self) -> InquiryQuerySet:
        return self.filter(closed_at__isnull=True)


class Inquiry(models.Model):
    """One message to one or several suppliers. `organisation` is empty where a person asks for themselves."""

    class Kind(models.TextChoices):
        AVAILABILITY = "availability", _("disponibilité")
        PRICE = "price", _("prix")
        VISIT = "visit", _("visite")
        OTHER = "other", _("autre")

    # Of the form that was sent: a second click finds it.
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="inquiries",
        verbose_name=_("institution"),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("posée par"),
    )
    kind = models.CharField(_("sorte"), max_length=12, choices=Kind)
    subject = models.CharField(_("objet"), max_length=SUBJECT)
    body = models.TextField(_("message"))
    answer_by = models.DateField(_("réponse attendue le"))
    asked_at = models.DateTimeField(_("envoyée le"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(_("fermée le"), null=True, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande de renseignements")
        verbose_name_plural = _("demandes de renseignements")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["availability", "price", "visit", "other"]), name="inquiry_kind_known"
            ),
            models.CheckConstraint(condition=~Q(subject="") & ~Q(body=""), name="inquiry_says_something"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-asked_at"], name="inquiry_of_organisation"),
            models.Index(fields=["asked_by", "-asked_at"], name="inquiry_of_person"),
            models.Index(fields=["answer_by"], condition=Q(closed_at__isnull=True), name="inquiry_open"),
        ]

    def __str__(self) -> str:
        """Without a word of what was written: staff read this too."""
        return _("Demande du %(day)s") % {"day": format_day_short(self.asked_at)}

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def is_late(self, today: date | None = None) -> bool:
        return self.answer_by < (today or timezone.localdate())


class InquiryRecipientQuerySet(models.QuerySet["InquiryRecipient"]):
    def visible_to(self, user: Visitor) -> InquiryRecipientQuerySet:
        """Its two parties: those who asked, and the members of the supplier that got it."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(asking_q(user, "inquiry__") | self._received_q(user))

    def received_by(self, user: Visitor) -> InquiryRecipientQuerySet:
        """What the suppliers of a person got."""
        return self.filter(self._received_q(user)) if user.is_authenticated else self.none()

    def curated_by(self, user: Visitor) -> InquiryRecipientQuerySet:
        """That it exists: staff of the territory of either party. Its words are not theirs."""
        return self.filter(
            curation_q(user, "supplier__organisation__") | curation_q(user, "inquiry__organisation__")
        )

    def open(self) -> InquiryRecipientQuerySet:
        return self.filter(inquiry__closed_at__isnull=True, blocked_at__isnull=True)

    def silent(self) -> InquiryRecipientQuerySet:
        """Sent, and neither answered nor declined."""
        return self.filter(state=InquiryRecipient.State.SENT)

    @staticmethod
    def _received_q(user: Visitor) -> Q:
        mine = Q(supplier__organisation__in=getattr(user, "organisation_ids", ()))
        return mine & ~Q(state=InquiryRecipient.State.UNSENT)


@tracked
class InquiryRecipient(models.Model):
    """One supplier of an inquiry: the exchange between the two, that no other supplier sees."""

    class State(models.TextChoices):
        SENT = "sent", _("sans réponse")
        ANSWERED = "answered", _("réponse reçue")
        DECLINED = "declined", _("refusée")
        UNSENT = "unsent", _("non envoyée")

    class Reason(models.TextChoices):
        """Why a supplier declines, and why a question did not leave (the last two)."""

        NONE = "", _("aucun")
        DATES = "dates", _("pas disponible à ces dates")
        AREA = "area", _("trop loin de notre territoire")
        OFFER = "offer", _("ce n’est pas ce que nous offrons")
        SIZE = "size", _("la quantité ne nous convient pas")
        OTHER = "other", _("autre raison")
        UNPUBLISHED = "unpublished", _("fiche retirée du répertoire")
        NO_ADDRESS = "no_address", _("aucune adresse connue")

    inquiry = models.ForeignKey(
        Inquiry, on_delete=models.CASCADE, related_name="recipients", verbose_name=_("demande")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="inquiries", verbose_name=_("fournisseur")
    )
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.SENT)
    reason = models.CharField(_("raison"), max_length=12, choices=Reason, blank=True, default="")
    opened_at = models.DateTimeField(_("lue le"), null=True, blank=True)
    answered_at = models.DateTimeField(_("réponse du"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("dernier rappel"), null=True, blank=True)
    # The deadline that the automatic reminder was sent for: a later one has its own.
    reminded_for = models.DateField(null=True, blank=True)
    blocked_at = models.DateTimeField(_("fermé par le pôle le"), null=True, blank=True)

    objects = InquiryRecipientQuerySet.as_manager()

    class Meta:
        verbose_name = _("échange avec un fournisseur")
        verbose_name_plural = _("échanges avec des fournisseurs")
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "supplier"], name="inquiry_once_per_supplier"),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "answered", "declined", "unsent"]),
                name="inquiry_recipient_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["declined", "unsent"]) | Q(reason=""),
                name="inquiry_recipient_reason_of_a_no",
            ),
        ]

    def __str__(self) -> str:
        return _("%(inquiry)s à « %(supplier)s »") % {"inquiry": self.inquiry, "supplier": self.supplier}

    @property
    def is_open(self) -> bool:
        """Whether more may be written."""
        return self.inquiry.is_open and self.blocked_at is None and self.state != self.State.UNSENT


class InquiryMessageQuerySet(models.QuerySet["InquiryMessage"]):
    def visible_to(self, user: Visitor) -> InquiryMessageQuerySet:
        return self.filter(recipient__in=InquiryRecipient.objects.visible_to(user).values("pk"))


class InquiryMessage(models.Model):
    """What one side wrote to the other after the question, on the site or by answering the mail.

    `whole` is the mail's text as it came, where quotes or a signature were cut from `body`. A mail from an address that
    is not known of its side, or whose server says that it is forged, is `is_held`: shown as such, and no answer until the other side says whose it is.
    """

    class Side(models.TextChoices):
        BUYER = "buyer", _("acheteur")
        SUPPLIER = "supplier", _("fournisseur")

    class SenderCheck(models.TextChoices):
        """Of a mail: whether its server proved that it comes from the domain of its From."""

        UNKNOWN = "", _("expéditeur non vérifié")
        PASSED = "passed", _("expéditeur vérifié")
        FAILED = "failed", _("expéditeur contredit par son serveur")

    recipient = models.ForeignKey(InquiryRecipient, on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(max_length=10, choices=Side)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(max_length=120, blank=True)
    by_mail = models.BooleanField(default=False)
    from_address = models.EmailField(blank=True)
    is_held = models.BooleanField(default=False)
    sender_check = models.CharField(max_length=6, choices=SenderCheck, blank=True, default="", db_default="")
    body = models.TextField()
    whole = models.TextField(blank=True)
    # Of a mail: what makes a second delivery of the same one known.
    mail_id = models.CharField(max_length=64, blank=True)
    # Names of what came along and could not be kept, each with why.
    refused_files = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = InquiryMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message d’un échange")
        verbose_name_plural = _("messages d’un échange")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                F("recipient"), F("mail_id"), condition=~Q(mail_id=""), name="inquiry_mail_once"
            ),
            models.CheckConstraint(
                condition=Q(side__in=["buyer", "supplier"]), name="inquiry_message_side_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id}/{self.pk}"


class InquiryFile(models.Model):
    """A file that came with a message, checked as evidence is."""

    message = models.ForeignKey(InquiryMessage, on_delete=models.CASCADE, related_name="files")
    file = models.OneToOneField(PrivateFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("pièce d’un échange")
        verbose_name_plural = _("pièces d’un échange")

    def __str__(self) -> str:
        return str(self.file)


class InquiryReportQuerySet(models.QuerySet["InquiryReport"]):
    def curated_by(self, user: Visitor) -> InquiryReportQuerySet:
        """Staff of the territory of either party."""
        return self.filter(recipient__in=InquiryRecipient.objects.curated_by(user).values("pk"))

    def unhandled(self) -> InquiryReportQuerySet:
        return self.filter(handled_at__isnull=True)


@tracked
class InquiryReport(models.Model):
    """A party reports what it got: the pôle reads that message, and no other. No `message`: the question itself."""

    class Outcome(models.TextChoices):
        NONE = "", _("à traiter")
        DISMISSED = "dismissed", _("rien à reprocher")
        WARNED = "warned", _("avertissement donné")
        BLOCKED = "blocked", _("échange fermé")

    recipient = models.ForeignKey(
        InquiryRecipient, on_delete=models.CASCADE, related_name="reports", verbose_name=_("échange")
    )
    message = models.ForeignKey(
        InquiryMessage, on_delete=models.CASCADE, null=True, blank=True, related_name="reports"
    )
    side = models.CharField(_("signalé par"), max_length=10, choices=InquiryMessage.Side)
    why = models.CharField(_("pourquoi"), max_length=REASON)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("signalé le"), default=timezone.now, editable=False)
    outcome = models.CharField(_("suite donnée"), max_length=10, choices=Outcome, blank=True, default="")
    note = models.TextField(_("note du pôle"), blank=True, default="")
    handled_at = models.DateTimeField(_("traité le"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("traité par"),
    )

    objects = InquiryReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("message signalé")
        verbose_name_plural = _("messages signalés")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "message", "side"],
                nulls_distinct=False,
                name="inquiry_message_reported_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(handled_at__isnull=False), name="inquiry_report_handled_is_dated"
            ),
        ]

    def __str__(self) -> str:
        return _("Signalement du %(day)s") % {"day": format_day_short(self.at)}

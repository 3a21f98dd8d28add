"""Letters of a pôle to enterprises: templates, a letter and those it is for, and addresses that want no more of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.territories.models import Pole
from marketplace.web.history import tracked
from suppliers.models import Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor

TITLE, BODY = 150, 8_000  # characters


class Purpose(models.TextChoices):
    """What a letter is about; `writing.purposes` says to whom each may go, and on what ground."""

    LISTING = "listing", _("la fiche de l’entreprise")
    INVITATION = "invitation", _("invitation à gérer sa fiche")
    ACTIVITIES = "pole_activities", _("formations, cohortes et activités")
    NEWS = "pole_news", _("occasions d’affaires et nouvelles du réseau")


class LetterWords(models.Model):
    """The words of a letter, French and, where somebody wrote it, English: each reader gets their language."""

    purpose = models.CharField(_("but"), max_length=20, choices=Purpose, default=Purpose.LISTING)
    title = models.CharField(_("objet"), max_length=TITLE)
    body = models.TextField(_("texte"), max_length=BODY)
    title_en = models.CharField(_("objet en anglais"), max_length=TITLE, blank=True, default="")
    body_en = models.TextField(_("texte en anglais"), max_length=BODY, blank=True, default="")

    class Meta:
        abstract = True


class LetterTemplateQuerySet(models.QuerySet["LetterTemplate"]):
    def visible_to(self, user: Visitor) -> LetterTemplateQuerySet:
        """Those of one's pôles, and those that the platform gives to all."""
        if not user.is_authenticated or not user.is_staff:
            return self.none()
        return self if user.is_superuser else self.filter(Q(pole=None) | Q(pole__in=user.pole_codes))

    def curated_by(self, user: Visitor) -> LetterTemplateQuerySet:
        if not user.is_authenticated or not user.is_staff:
            return self.none()
        return self if user.is_superuser else self.filter(pole__in=user.pole_codes)

    def in_use(self) -> LetterTemplateQuerySet:
        return self.filter(is_active=True)


@tracked
class LetterTemplate(LetterWords):
    """Words to start from. `pole` None: every pôle may start from it, the platform's admins edit it."""

    name = models.CharField(_("nom"), max_length=120)
    pole = models.ForeignKey(
        Pole, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("pôle")
    )
    is_active = models.BooleanField(_("utilisé"), default=True)

    objects = LetterTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("modèle de lettre")
        verbose_name_plural = _("modèles de lettre")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: Visitor) -> LetterQuerySet:
        """What one's pôle writes; a platform admin reads all."""
        if not user.is_authenticated or not user.is_staff:
            return self.none()
        return self if user.is_superuser else self.filter(pole__in=user.pole_codes)


@tracked
class Letter(LetterWords):
    """One letter to some enterprises. `pole` None: a platform admin writes in the platform's name.

    Once confirmed its words do not change. A worker writes its mails; until they leave it can be stopped.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("brouillon")
        WRITING = "writing", _("en préparation")
        WRITTEN = "written", _("écrite")
        STOPPED = "stopped", _("arrêtée")

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    pole = models.ForeignKey(
        Pole, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pôle")
    )
    # A draft may still be empty.
    title = models.CharField(_("objet"), max_length=TITLE, blank=True)
    body = models.TextField(_("texte"), max_length=BODY, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("écrite par"),
    )
    chosen = models.CharField(_("destinataires choisis"), max_length=300, blank=True, default="")
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField(_("commencée le"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("arrêtée le"), null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("arrêtée par"),
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("lettre")
        verbose_name_plural = _("lettres")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "writing", "written", "stopped"]), name="letter_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(confirmed_at__isnull=False), name="letter_confirmed_is_dated"
            ),
            models.CheckConstraint(
                condition=~Q(state="stopped") | Q(stopped_at__isnull=False), name="letter_stopped_is_dated"
            ),
        ]
        indexes = [
            models.Index(fields=["state"], condition=Q(state="writing"), name="letter_to_write"),
            models.Index(fields=["pole", "-created_at"], name="letter_of_pole"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Lettre sans objet"))

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def subject(self) -> str:
        """How its mails name it in the outbox."""
        return f"letter:{self.pk}"

    def contact_key(self, supplier_id: int) -> UUID:
        """Of the entry of the contact log that says that this enterprise was written to."""
        return uuid5(self.key, f"supplier:{supplier_id}")


class LetterTarget(models.Model):
    """An enterprise that a letter is for. `settled_at`: its mails are written, or `left_out` says why there are none."""

    class LeftOut(models.TextChoices):
        NONE = "", _("écrite")
        NO_ADDRESS = "no_address", _("ni membre ni courriel")
        NO_CONSENT = "no_consent", _("aucun membre n’a accepté cette sorte de lettre")
        REFUSED = "refused", _("ne veut plus recevoir de lettres de cette sorte")
        SUPPRESSED = "suppressed", _("l’adresse refuse nos courriels")
        HAS_MEMBERS = "has_members", _("des membres gèrent déjà la fiche")
        INVITED_LATELY = "invited", _("déjà invitée dans les 90 derniers jours")
        SAME_ADDRESS = "same_address", _("même adresse qu’une autre entreprise de la lettre")
        ARCHIVED = "archived", _("fiche archivée")
        NOT_YOURS = "not_yours", _("hors du territoire du pôle")

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="targets", verbose_name=_("lettre"))
    supplier = models.ForeignKey(
        Supplier, models.CASCADE, related_name="letter_targets", verbose_name=_("fournisseur")
    )
    left_out = models.CharField(
        _("laissée de côté"), max_length=12, choices=LeftOut, blank=True, default=LeftOut.NONE
    )
    settled_at = models.DateTimeField(_("traitée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("destinataire d’une lettre")
        verbose_name_plural = _("destinataires d’une lettre")
        constraints = [models.UniqueConstraint(fields=["letter", "supplier"], name="letter_target_once")]
        indexes = [
            models.Index(fields=["letter", "id"], condition=Q(settled_at=None), name="letter_target_waits")
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}/{self.supplier_id}"

    def cause(self, user_id: int | None) -> str:
        """How the mail of one of its readers names it (`outbox.decisions`); None: the listing's own address."""
        return f"letter_target:{self.pk}.{user_id or 0}"


class LetterRefusal(models.Model):
    """An address that wants no more letters of a purpose. A keyed digest alone is kept: it outlives the person's erasure."""

    purpose = models.CharField(max_length=20, choices=Purpose)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lettres refusées")
        verbose_name_plural = _("lettres refusées")
        constraints = [models.UniqueConstraint(fields=["purpose", "digest"], name="letter_refusal_once")]

    def __str__(self) -> str:
        return self.purpose

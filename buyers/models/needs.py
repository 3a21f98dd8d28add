"""What a buyer looks for and posts here by itself, every version of it, and the documents that go along."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buyers.needs.audience import audience_condition
from marketplace.accounts.models import Organisation, curation_q
from marketplace.territories.models import Mrc, Municipality, Region
from marketplace.web.history import tracked
from marketplace.web.private_files import PrivateFile

from .buyer import Buyer

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor

#: What an amount may be, in dollars, by the band that its buyer shows: from, up to; None: no bound, or none is known.
BANDS: dict[str, tuple[int | None, int | None]] = {
    "": (None, None),
    "5k": (0, 5_000),
    "25k": (5_000, 25_000),
    "50k": (25_000, 50_000),
    "100k": (50_000, 100_000),
    "250k": (100_000, 250_000),
    "more": (250_000, None),
}


class NeedQuerySet(models.QuerySet["Need"]):
    def shown_once(self) -> NeedQuerySet:
        """What was published, whatever came of it: neither drafts nor what waits for a look."""
        return self.exclude(status__in=Need.UNSEEN)

    def public(self) -> NeedQuerySet:
        """What everyone may read: the same rows for whoever asks."""
        return self.shown_once().filter(audience=Need.Audience.EVERYONE)

    def running(self) -> NeedQuerySet:
        """Answers are still received, be it of the invited alone: as `Need.is_running`."""
        return self.filter(status=Need.Status.PUBLISHED, closes_at__gt=timezone.now())

    def open(self) -> NeedQuerySet:
        """Any enterprise can still answer: as `Need.is_open`."""
        return self.running().exclude(method=Need.Method.LIMITED)

    def of(self, user: Visitor) -> NeedQuerySet:
        """Those of the institutions that a person acts for, drafts included."""
        return self.filter(buyer__organisation__in=getattr(user, "organisation_ids", ()))

    def in_order_of_work(self) -> NeedQuerySet:
        """What asks for something first: drafts, what waits or runs by its closing, then what is over, the latest first."""
        order = Case(
            When(status=Need.Status.DRAFT, then=0),
            When(status=Need.Status.SUBMITTED, then=1),
            When(status=Need.Status.PUBLISHED, then=2),
            default=3,
        )
        return self.order_by(order, F("closes_at").desc(), "-pk")

    def curated_by(self, user: Visitor) -> NeedQuerySet:
        """Those that the staff of a territory look at: never a draft, which is the institution's own."""
        return self.filter(curation_q(user, "buyer__organisation__")).exclude(status=Need.Status.DRAFT)

    def visible_to(self, user: Visitor) -> NeedQuerySet:
        """Its institution sees it from the first word; the staff of the territory once it was sent; everyone, those whom
        it fits or those invited once it is published, as its buyer chose (`needs.audience`)."""
        if not user.is_authenticated or not user.is_active:
            return self.public()
        shown = ~Q(status__in=Need.UNSEEN) & (
            Q(audience=Need.Audience.EVERYONE) | audience_condition(user, Need.Audience.values)
        )
        own = Q(buyer__organisation__in=user.organisation_ids)
        staff = ~Q(status=Need.Status.DRAFT) & curation_q(user, "buyer__organisation__")
        return self.filter(shown | own | staff)


@tracked
class Need(models.Model):
    """A call of a buyer to the social economy, outside of SEAO: what, where, when, how much, until when.

    Whether it runs is told by the clock, to the second: PUBLISHED until `closes_at` (`is_running`, `is_closed`).
    """

    #: Not even the back room's history shows the institution's own figure.
    PRIVATE = ("estimated_amount",)

    class Status(models.TextChoices):
        DRAFT = "draft", _("brouillon")
        SUBMITTED = "submitted", _("en vérification")
        PUBLISHED = "published", pgettext_lazy("besoin", "publié")
        DECIDED = "decided", _("décision prise")
        CANCELLED = "cancelled", _("annulé")

    class Method(models.TextChoices):
        """As those of notices are called, where they are the same."""

        SURVEY = "survey", _("sondage du marché")
        DIRECT = "direct", _("de gré à gré")
        LIMITED = "limited", _("sur invitation")

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("tout le monde")
        FITTING = "fitting", _("les entreprises à qui il convient")
        INVITED = "invited", _("les entreprises invitées")

    class Band(models.TextChoices):
        UNKNOWN = "", _("à préciser")
        UNDER_5K = "5k", _("moins de 5 000 $")
        UNDER_25K = "25k", _("de 5 000 à 25 000 $")
        UNDER_50K = "50k", _("de 25 000 à 50 000 $")
        UNDER_100K = "100k", _("de 50 000 à 100 000 $")
        UNDER_250K = "250k", _("de 100 000 à 250 000 $")
        MORE = "more", _("250 000 $ et plus")

    #: Nobody outside of the institution and the staff of its territory sees these.
    UNSEEN = (Status.DRAFT.value, Status.SUBMITTED.value)

    buyer = models.ForeignKey(
        Buyer, on_delete=models.CASCADE, related_name="needs", verbose_name=_("acheteur")
    )
    slug = models.SlugField(_("adresse"), max_length=80, unique=True)
    title = models.CharField(_("objet"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    reference = models.CharField(_("numéro de dossier"), max_length=60, blank=True)
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.DRAFT)
    method = models.CharField(_("mode"), max_length=10, choices=Method, default=Method.SURVEY)
    audience = models.CharField(_("visible pour"), max_length=10, choices=Audience, default=Audience.EVERYONE)
    # Where: as typed, and what it means. Neither region nor MRC: anywhere in Québec.
    place = models.CharField(_("lieu"), max_length=120, blank=True)
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("municipalité"),
    )
    mrc = models.ForeignKey(
        Mrc, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("MRC")
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("région")
    )
    starts_on = models.DateField(_("début"), null=True, blank=True)
    ends_on = models.DateField(_("fin"), null=True, blank=True)
    band = models.CharField(_("ordre de grandeur"), max_length=5, choices=Band, blank=True, default="")
    # The institution's own figure: what rules of purchase are told by. Nobody else reads it.
    estimated_amount = models.DecimalField(
        _("montant estimé"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    unspsc = ArrayField(
        models.CharField(max_length=8), default=list, blank=True, verbose_name=_("codes UNSPSC")
    )
    questions_until = models.DateTimeField(_("questions jusqu’au"), null=True, blank=True)
    closes_at = models.DateTimeField(_("clôture"), null=True, blank=True)
    # Nobody, staff included, opens an answer before the closing.
    is_sealed = models.BooleanField(_("propositions scellées jusqu’à la clôture"), default=False)
    copied_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("copié de")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("rédigé par"),
    )
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)
    published_at = models.DateTimeField(_("publié le"), null=True, blank=True)
    decided_at = models.DateTimeField(_("décision du"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, blank=True)
    # Why it was cancelled, for everyone who could read it.
    cancelled_because = models.TextField(_("motif de l’annulation"), blank=True)
    # What staff asked for when they gave it back; empty once it is sent again.
    returned_because = models.TextField(_("message du pôle"), blank=True)
    # How often it changed since it was published: 1 at first (`NeedVersion.number`), 0 before.
    version = models.PositiveIntegerField(_("version"), default=0)
    # The closing that `need.closed` was posted for: moved meanwhile, it is posted again.
    closing_told = models.DateTimeField(null=True, blank=True, editable=False)
    search = models.GeneratedField(
        expression=Func(
            F("title"),
            F("description"),
            template=(
                "(setweight(to_tsvector('public.french_unaccent'::regconfig, title), 'A')"
                " || setweight(to_tsvector('public.french_unaccent'::regconfig, description), 'C'))"
            ),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("besoin")
        verbose_name_plural = _("besoins")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted"])
                | Q(published_at__isnull=False, closes_at__isnull=False, version__gt=0),
                name="need_published_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(questions_until__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(questions_until__lte=F("closes_at")),
                name="need_questions_before_closing",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="need_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(estimated_amount__isnull=True) | Q(estimated_amount__gte=0),
                name="need_amount_not_negative",
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="need_search"),
            GinIndex(fields=["unspsc"], name="need_unspsc"),
            models.Index(fields=["status", "closes_at"], name="need_open"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def organisation(self) -> Organisation:
        return self.buyer.organisation

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_by_invitation(self) -> bool:
        return self.method == self.Method.LIMITED

    @property
    def is_open(self) -> bool:
        """Whether any enterprise that sees it can still answer."""
        return self.is_running and not self.is_by_invitation

    @property
    def is_running(self) -> bool:
        """Whether answers are still received, be it of the invited alone: to the second."""
        return (
            self.status == self.Status.PUBLISHED
            and self.closes_at is not None
            and self.closes_at > timezone.now()
        )

    @property
    def is_closed(self) -> bool:
        """Its closing is past, and nothing is decided yet."""
        return self.status == self.Status.PUBLISHED and not self.is_running

    @property
    def is_shown(self) -> bool:
        """Published once: others than its institution may have read it."""
        return self.status not in self.UNSEEN

    @property
    def takes_questions(self) -> bool:
        until = self.questions_until or self.closes_at
        return self.is_running and until is not None and until > timezone.now()

    @property
    def amounts(self) -> tuple[Decimal | None, Decimal | None]:
        """Between which amounts it lies: its own figure where the institution gave one, else its band's."""
        if self.estimated_amount is not None:
            return self.estimated_amount, self.estimated_amount
        low, high = BANDS[self.band]
        return (None if low is None else Decimal(low), None if high is None else Decimal(high))

    @property
    def area(self) -> str:
        """As a served area is written: « 371 », « R04 », « Q »."""
        return self.mrc_id or (f"R{self.region_id}" if self.region_id else "Q")

    @property
    def opened_at(self) -> datetime | None:
        """From when on sealed answers may be read: at once where they are not sealed."""
        return self.closes_at if self.is_sealed else self.published_at


class NeedVersion(models.Model):
    """What a need said from one moment on: `said` holds its fields by name, as `needs.versions` writes and compares them."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    at = models.DateTimeField(_("le"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    said = models.JSONField()

    class Meta:
        verbose_name = _("version d’un besoin")
        verbose_name_plural = _("versions d’un besoin")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["need", "number"], name="need_version_once")]

    def __str__(self) -> str:
        return f"{self.need_id} v{self.number}"


class NeedDocumentQuerySet(models.QuerySet["NeedDocument"]):
    def visible_to(self, user: Visitor) -> NeedDocumentQuerySet:
        """Whoever reads the need reads its documents."""
        return self.filter(need__in=Need.objects.visible_to(user))


@tracked
class NeedDocument(models.Model):
    """A document of a need: specifications, a plan, a photo."""

    need = models.ForeignKey(
        Need, on_delete=models.CASCADE, related_name="documents", verbose_name=_("besoin")
    )
    file = models.OneToOneField(
        PrivateFile, on_delete=models.CASCADE, related_name="+", verbose_name=_("fichier")
    )

    objects = NeedDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document d’un besoin")
        verbose_name_plural = _("documents d’un besoin")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file_id)

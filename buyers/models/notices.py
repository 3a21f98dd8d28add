"""Notices, every version of them, their lots, who bid and who won."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.ocds.identifiers import fit_id
from marketplace.accounts.models import Organisation
from marketplace.classification.models import SeaoCategory
from marketplace.territories.models import Mrc, Region

from .buyer import Buyer, BuyerParty

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User

DOLLARS = "CAD"  # amounts in other currencies are shown with their code and never compared with dollars
HTTP_OR_EMPTY = r"^(https?://.*)?$"


class TenderQuerySet(models.QuerySet["Tender"]):
    def visible_to(self, user: User | AnonymousUser) -> TenderQuerySet:
        """Notices are public records: everyone sees all of them."""
        return self

    def open(self) -> TenderQuerySet:
        """Can still be answered, as far as anyone knows: see `open_condition`."""
        return self.filter(open_condition())


def open_condition(prefix: str = "") -> Q:
    """Running, and not by invitation: whoever was not invited cannot answer.

    `prefix` leads to the notice (« tender__ »). `Tender.is_open` and `OPEN_SQL` say the same.
    """
    return running_condition(prefix) & ~Q(**{f"{prefix}method": Tender.Method.LIMITED})


def running_condition(prefix: str = "") -> Q:
    """Active, and its closing is ahead; or its closing is not known and nobody has won anything yet.

    `Tender.is_running` says the same.
    """
    return Q(**{f"{prefix}status": Tender.Status.ACTIVE}) & (
        Q(**{f"{prefix}closes_at__gt": timezone.now()})
        | Q(**{f"{prefix}closes_at": None, f"{prefix}awarded": Tender.Awarded.NOTHING})
    )


def announced_condition(prefix: str = "") -> Q:
    """What mails may tell of: open, and where its closing is not known, published lately. Else it may be long over."""
    lately = timezone.now() - NEWS_LASTS
    return open_condition(prefix) & (
        Q(**{f"{prefix}closes_at__isnull": False}) | Q(**{f"{prefix}published_at__gt": lately})
    )


#: `open_condition` for a statement in which notices are called `t`.
OPEN_SQL = "t.status = 'active' AND t.method <> 'limited' AND (t.closes_at > now() OR t.closes_at IS NULL AND t.awarded = '')"
#: A notice that does not say until when it can be answered is no news after this long.
NEWS_LASTS = timedelta(days=30)


class Tender(models.Model):
    """A notice from SEAO (or any OCDS source), as all its `versions` together say: see `ocds.derivation`."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("annoncé")
        ACTIVE = "active", _("ouvert")
        COMPLETE = "complete", _("attribué")
        CANCELLED = "cancelled", _("annulé")
        UNSUCCESSFUL = "unsuccessful", _("sans suite")

    class Method(models.TextChoices):
        OPEN = "open", _("appel d’offres public")
        SELECTIVE = "selective", _("appel d’offres qualifié")
        LIMITED = "limited", _("sur invitation")
        DIRECT = "direct", _("de gré à gré")

    class Category(models.TextChoices):
        UNKNOWN = "", _("inconnue")
        GOODS = "goods", _("biens")
        SERVICES = "services", _("services")
        WORKS = "works", _("travaux")

    class Awarded(models.TextChoices):
        NOTHING = "", _("rien d’attribué")
        PART = "part", _("attribué en partie")
        WHOLE = "whole", _("attribué")

    class RegionSource(models.TextChoices):
        UNKNOWN = "", _("inconnue")
        BUYER = "buyer", _("profil de l’acheteur")
        NAME = "name", _("nom de l’acheteur")
        POSTAL_CODE = "postal_code", _("code postal de l’acheteur")
        TITLE = "title", _("objet de l’avis")
        DELIVERY = "delivery", _("lieu de livraison")

    ocid = models.CharField(_("OCID"), max_length=500, unique=True)
    number = models.CharField(_("numéro SEAO"), max_length=40, blank=True)
    reference = models.CharField(_("référence de l’acheteur"), max_length=120, blank=True)
    title = models.CharField(_("objet"), max_length=500)
    # What `title` is written in; and the same in English, where the source gives both.
    language = models.CharField(_("langue"), max_length=2, default="fr", db_default="fr")
    title_en = models.CharField(_("objet en anglais"), max_length=500, blank=True, default="", db_default="")
    description = models.TextField(_("description"), blank=True)
    status = models.CharField(_("état"), max_length=12, choices=Status)
    method = models.CharField(_("mode"), max_length=10, choices=Method, blank=True)
    method_details = models.CharField(_("précision du mode"), max_length=200, blank=True)
    category = models.CharField(_("nature"), max_length=10, choices=Category, blank=True)
    seao_category = models.ForeignKey(
        SeaoCategory, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("catégorie SEAO")
    )
    unspsc = ArrayField(
        models.CharField(max_length=8), default=list, blank=True, verbose_name=_("codes UNSPSC")
    )
    buyer = models.ForeignKey(
        Buyer,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="tenders",
        verbose_name=_("acheteur"),
    )
    party = models.ForeignKey(
        BuyerParty, on_delete=models.SET_NULL, null=True, blank=True, related_name="tenders"
    )
    buyer_name = models.CharField(_("acheteur, tel qu’écrit"), max_length=255, blank=True)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("région")
    )
    mrc = models.ForeignKey(
        Mrc, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("MRC")
    )
    region_source = models.CharField(_("région d’après"), max_length=12, choices=RegionSource, blank=True)
    estimated_amount = models.DecimalField(
        _("montant estimé"), max_digits=15, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("devise"), max_length=3, default=DOLLARS, db_default=DOLLARS)
    published_at = models.DateTimeField(_("publié le"), null=True, blank=True)
    # None where no version gives a closing, or the last to speak of one cannot be understood.
    closes_at = models.DateTimeField(_("clôture"), null=True, blank=True)
    awarded = models.CharField(
        _("attribution"), max_length=5, choices=Awarded, blank=True, default="", db_default=""
    )
    bidder_count = models.PositiveIntegerField(_("soumissionnaires"), default=0, db_default=0)
    # Titles and descriptions of the lots, one a line, for the search and for the suggestions.
    lots_text = models.TextField(_("lots"), blank=True, default="", db_default="")
    version = models.CharField(_("version"), max_length=500)  # the latest release's id
    url = models.URLField(_("avis d’origine"), max_length=500, blank=True)
    imported_at = models.DateTimeField(_("importé le"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changé le"), default=timezone.now)
    # Which edition of `ocds.derivation` wrote this row; 0 before there was one.
    derivation = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    search = models.GeneratedField(
        expression=Func(
            F("title"),
            F("buyer_name"),
            F("description"),
            F("lots_text"),
            template=(
                "(setweight(to_tsvector('public.french_unaccent'::regconfig, title), 'A')"
                " || setweight(to_tsvector('public.french_unaccent'::regconfig, buyer_name), 'B')"
                " || setweight(to_tsvector('public.french_unaccent'::regconfig, description), 'C')"
                " || setweight(to_tsvector('public.french_unaccent'::regconfig, lots_text), 'B'))"
            ),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = TenderQuerySet.as_manager()

    class Meta:
        verbose_name = _("appel d’offres")
        verbose_name_plural = _("appels d’offres")
        constraints = [
            models.CheckConstraint(condition=Q(url__regex=HTTP_OR_EMPTY), name="tender_url_http"),
        ]
        indexes = [
            GinIndex(fields=["search"], name="tender_search"),
            GinIndex(fields=["unspsc"], name="tender_unspsc"),
            models.Index(fields=["status", "closes_at"], name="tender_open"),
            models.Index(fields=["-published_at", "-id"], name="tender_recent"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def amount_in_dollars(self) -> Decimal | None:
        """The estimate where it is in Canadian dollars: what may be compared with a capacity."""
        return self.estimated_amount if self.currency == DOLLARS else None

    @property
    def short_version(self) -> str:
        """`version` in 60 characters, for events, mentions and suggestions: a long id ends in its digest."""
        return fit_id(self.version, 60)

    @property
    def is_by_invitation(self) -> bool:
        """Only who was invited may answer; its source does not say who was."""
        return self.method == self.Method.LIMITED

    @property
    def is_open(self) -> bool:
        """Whether any enterprise can still answer."""
        return self.is_running and not self.is_by_invitation

    @property
    def is_running(self) -> bool:
        """Whether answers are still received, be it of the invited alone."""
        if self.status != self.Status.ACTIVE:
            return False
        if self.closes_at is None:
            return not self.awarded
        return self.closes_at > timezone.now()

    @property
    def is_news(self) -> bool:
        """Whether mails may tell of it: see `announced_condition`."""
        if not self.is_open:
            return False
        if self.closes_at is not None:
            return True
        return self.published_at is not None and self.published_at > timezone.now() - NEWS_LASTS

    @property
    def open_until(self) -> datetime | None:
        """From when on nobody can answer it: its closing, or now where it is closed already; None if nobody knows."""
        return self.closes_at if self.is_open else timezone.now()


class TenderVersion(models.Model):
    """One release as read, less what the notice page never says. `ocds.derivation.version_order` puts them in order."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="versions")
    release_id = models.CharField(max_length=500)
    tags = ArrayField(models.CharField(max_length=30), default=list)
    released_at = models.DateTimeField(null=True)
    # Of the package that it came in: of two texts of one release, the one published last is kept.
    package_published_at = models.DateTimeField(null=True)
    release = models.JSONField()
    fingerprint = models.CharField(
        max_length=32, default="", editable=False
    )  # of `release`, to know it again

    class Meta:
        verbose_name = _("version d’un avis")
        verbose_name_plural = _("versions d’avis")
        ordering = ["release_id"]
        constraints = [
            models.UniqueConstraint(fields=["tender", "release_id"], name="version_once_per_release")
        ]

    def __str__(self) -> str:
        return self.release_id


class LotQuerySet(models.QuerySet["Lot"]):
    def visible_to(self, user: User | AnonymousUser) -> LotQuerySet:
        """Lots are public, as their notices."""
        return self


class Lot(models.Model):
    """A part of a notice that can be won alone. `unspsc` are those of its items; `status` is empty where it is not said."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="lots", verbose_name=_("avis"))
    lot_id = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("objet"), max_length=500, blank=True)
    description = models.TextField(_("description"), blank=True)
    amount = models.DecimalField(_("montant"), max_digits=15, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("devise"), max_length=3, default=DOLLARS, db_default=DOLLARS)
    status = models.CharField(_("état"), max_length=12, choices=Tender.Status, blank=True)
    unspsc = ArrayField(models.CharField(max_length=8), default=list, blank=True)

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["tender", "lot_id"], name="lot_once_per_notice")]

    def __str__(self) -> str:
        return self.title or self.lot_id


class BidderQuerySet(models.QuerySet["Bidder"]):
    def visible_to(self, user: User | AnonymousUser) -> BidderQuerySet:
        """Who bid is a public record."""
        return self


class Bidder(models.Model):
    """Someone who bid on a notice, once however many lots or versions name them. `party_id` is the feed's own."""

    tender = models.ForeignKey(
        Tender, on_delete=models.CASCADE, related_name="bidders", verbose_name=_("avis")
    )
    party_id = models.CharField(max_length=60, blank=True)
    neq = models.CharField(_("NEQ"), max_length=10, blank=True)
    name = models.CharField(_("nom"), max_length=255, blank=True)
    won = models.BooleanField(_("adjudicataire"), default=False)

    objects = BidderQuerySet.as_manager()

    class Meta:
        verbose_name = _("soumissionnaire")
        verbose_name_plural = _("soumissionnaires")
        constraints = [
            models.UniqueConstraint(
                fields=["tender", "party_id", "neq", "name"], name="bidder_once_per_notice"
            )
        ]
        indexes = [models.Index(fields=["neq"], condition=~Q(neq=""), name="bidder_by_neq")]

    def __str__(self) -> str:
        return self.name or self.party_id


#: Awards by which nobody won: called off, or still to be settled.
NOT_WON = ("cancelled", "unsuccessful", "pending")


class AwardQuerySet(models.QuerySet["Award"]):
    def visible_to(self, user: User | AnonymousUser) -> AwardQuerySet:
        """Awards are public records."""
        return self

    def standing(self) -> AwardQuerySet:
        """Someone won by them. `ReleaseAward.stands` says the same."""
        return self.exclude(status__in=NOT_WON)

    def ending_between(self, first: date, last: date) -> AwardQuerySet:
        """Contracts that end in these days, and may be bought again."""
        return self.standing().filter(ends_on__range=(first, last))


class Award(models.Model):
    """Who won: a seller by NEQ and name, linked to its organisation where known. `amount` is in `currency`."""

    tender = models.ForeignKey(
        Tender, on_delete=models.CASCADE, related_name="awards", verbose_name=_("avis")
    )
    award_id = models.CharField(max_length=60)
    neq = models.CharField(_("NEQ"), max_length=10, blank=True)
    name = models.CharField(_("nom"), max_length=255)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="awards"
    )
    amount = models.DecimalField(_("montant"), max_digits=15, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("devise"), max_length=3, default=DOLLARS, db_default=DOLLARS)
    awarded_on = models.DateField(_("attribué le"), null=True, blank=True)
    status = models.CharField(max_length=20, blank=True)
    # The seller's town as written, kept where no NEQ says who it is.
    town = models.CharField(_("ville"), max_length=120, blank=True, default="", db_default="")
    # When its contract ends: by the contract's own period, else reckoned from the period or the duration of the notice.
    ends_on = models.DateField(_("fin du contrat"), null=True, blank=True)
    end_is_reckoned = models.BooleanField(default=False, db_default=False)
    # `lot_id`s of what was won; empty where the release does not say.
    lots = ArrayField(models.CharField(max_length=60), default=list, blank=True, db_default=[])

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("attribution")
        verbose_name_plural = _("attributions")
        constraints = [
            models.UniqueConstraint(
                fields=["tender", "award_id", "neq", "name"], name="award_once_per_seller"
            ),
        ]
        indexes = [
            models.Index(fields=["neq"], condition=~Q(neq=""), name="award_by_neq"),
            models.Index(fields=["ends_on"], condition=Q(ends_on__isnull=False), name="award_by_end"),
        ]

    def __str__(self) -> str:
        return self.name

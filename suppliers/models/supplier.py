"""A supplier, its people, what the registry says of it, and what was decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, curation_q, territory_q
from marketplace.classification.models import Certification, Purpose, Sector
from marketplace.territories.models import Pole
from marketplace.web.history import tracked

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class Status(models.TextChoices):
    """prospect → draft → submitted → published → suspended → archived; `curation.py` holds the moves."""

    PROSPECT = "prospect", _("à démarcher")
    DRAFT = "draft", _("brouillon")
    SUBMITTED = "submitted", _("à vérifier")
    PUBLISHED = "published", _("publiée")
    SUSPENDED = "suspended", _("suspendue")
    ARCHIVED = "archived", _("archivée")


class LegalForm(models.TextChoices):
    """Legal forms of the Loi sur l'économie sociale. `family` is what the directory filters by."""

    OBNL = "obnl", _("OBNL")
    COOP_WORK = "coop_travail", _("coopérative de travail")
    COOP_SOLIDARITY = "coop_solidarite", _("coopérative de solidarité")
    COOP_CONSUMERS = "coop_consommateurs", _("coopérative de consommateurs")
    COOP_PRODUCERS = "coop_producteurs", _("coopérative de producteurs")
    COOP_SHAREHOLDERS = "coop_actionnaires", _("coopérative de travailleurs actionnaire")
    COOP = "coop", _("coopérative")
    MUTUAL = "mutuelle", _("mutuelle")

    @property
    def family(self) -> str:
        """obnl, coop or mutuelle."""
        return self.value.partition("_")[0]


class SupplierQuerySet(models.QuerySet["Supplier"]):
    def published(self) -> SupplierQuerySet:
        return self.filter(status=Status.PUBLISHED)

    def waiting(self) -> SupplierQuerySet:
        """The queue: what someone submitted and nobody has decided, and what changed since it was verified,
        and what the enterprise attests unchanged at the end of its verification.

        Prospects are not in it. The oldest first is `order_by_wait`.
        """
        changed = models.Q(recheck_since__isnull=False) | models.Q(attested_at__isnull=False)
        return self.filter(models.Q(status=Status.SUBMITTED) | models.Q(status=Status.PUBLISHED) & changed)

    def verified(self, day: date | None = None) -> SupplierQuerySet:
        """Six criteria of six proved, and in date on this day (today)."""
        return self.filter(verified_until__gte=day or timezone.localdate())

    def lapsed(self, day: date | None = None) -> SupplierQuerySet:
        """Published, once verified, and no longer: the six stand, one at least is past its last day."""
        return self.published().filter(verified_until__lt=day or timezone.localdate())

    def lapsing(self, *, by: date) -> SupplierQuerySet:
        """Published and verified today, and no longer after this day; what lapses first comes first."""
        rows = self.published().filter(verified_until__gte=timezone.localdate(), verified_until__lte=by)
        return rows.order_by("verified_until", "pk")

    def for_review(self) -> SupplierQuerySet:
        """With what stands beside a supplier on the pages of curation, in one query."""
        purposes = Supplier.purposes.through.objects.filter(supplier=models.OuterRef("pk"))
        certifications = Supplier.certifications.through.objects.filter(supplier=models.OuterRef("pk"))
        return self.annotate(
            purpose_codes=ArraySubquery(purposes.values("purpose")),
            certification_codes=ArraySubquery(certifications.values("certification")),
        ).select_related(
            "organisation__mrc",
            "organisation__municipality__mrc",
            "verified_by",
            "registry",
            "registration__started_by",
            "registration__declared_by",
        )

    def order_by_wait(self) -> SupplierQuerySet:
        return self.order_by(Coalesce("recheck_since", "attested_at", "status_changed_at"), "pk")

    def visible_to(self, user: User | AnonymousUser) -> SupplierQuerySet:
        """Published suppliers to everyone; the rest to staff of the territory and to members."""
        if user.is_superuser:
            return self
        return self.filter(models.Q(status=Status.PUBLISHED) | territory_q(user, "organisation__"))

    def awaiting_neq(self) -> SupplierQuerySet:
        """Prospects from a pôle's list, without a NEQ and without a registration that declares one."""
        return self.filter(
            status=Status.PROSPECT, organisation__neq__isnull=True, registration__isnull=True
        ).filter(
            models.Exists(
                self.model.listed_rows.rel.related_model.objects.filter(supplier=models.OuterRef("pk"))
            )
        )

    def curated_by(self, user: User | AnonymousUser) -> SupplierQuerySet:
        """What a person may decide about: a platform admin all, pôle staff their territory; nobody else."""
        return self.filter(curation_q(user, "organisation__"))


@tracked
class Supplier(models.Model):
    """An organisation's selling side: co-operative, non-profit with a commercial side, mutual."""

    class Reason(models.TextChoices):
        NONE = "", _("aucun")
        NOT_SOCIAL_ECONOMY = "not_social_economy", _("n’est pas une entreprise d’économie sociale")
        NO_COMMERCIAL_ACTIVITY = "no_commercial_activity", _("ne vend ni bien ni service")
        CLOSED = "closed", _("a cessé ses activités")
        DUPLICATE = "duplicate", _("fiche en double")
        EXPIRED = "expired", _("vérification échue")
        ASKED = "asked", _("à la demande de l’entreprise")
        OTHER = "other", _("autre motif")

    class Source(models.TextChoices):
        REGISTRY = "registry", _("registre des entreprises")
        FILE = "file", _("fichier d’un pôle")
        PERSON = "person", _("saisie")

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="supplier", verbose_name=_("organisation")
    )
    slug = models.SlugField(_("adresse de la fiche"), max_length=80, unique=True)
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.PROSPECT)
    reason = models.CharField(_("motif"), max_length=30, choices=Reason, blank=True, default="")
    status_changed_at = models.DateTimeField(_("depuis le"), auto_now_add=True)
    legal_form = models.CharField(  # a pôle's list may not say it
        _("forme juridique"), max_length=20, choices=LegalForm, blank=True, default=""
    )
    activity = models.TextField(_("activité"), blank=True)
    sector = models.ForeignKey(
        Sector, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("secteur (SCIAN)")
    )
    purposes = models.ManyToManyField(Purpose, blank=True, verbose_name=_("finalités"))
    certifications = models.ManyToManyField(
        Certification, through="HeldCertification", blank=True, verbose_name=_("certifications")
    )
    staff_count = models.PositiveIntegerField(_("nombre de personnes"), null=True, blank=True)
    capacity = models.PositiveIntegerField(
        _("capacité par contrat ($)"),
        null=True,
        blank=True,
        help_text=_("Le plus gros contrat que vous pouvez livrer."),
    )
    # What helps a buyer decide; the enterprise says so itself, and may say nothing.
    hours = models.CharField(
        _("heures d’ouverture"),
        max_length=160,
        blank=True,
        default="",
        db_default="",
        help_text=_("« Du lundi au vendredi, de 8 h à 17 h »."),
    )
    people_served = models.CharField(
        _("personnes que l’entreprise sert ou accompagne"),
        max_length=160,
        blank=True,
        default="",
        db_default="",
        help_text=_("« 35 personnes en insertion par année », « 1 200 familles »."),
    )
    insured_for = models.PositiveIntegerField(_("assurance responsabilité civile ($)"), null=True, blank=True)
    insured_until = models.DateField(_("assurée jusqu’au"), null=True, blank=True)
    # What follows from the proofs of its criteria, kept by `verification.refresh_verification`. Whether it is verified
    # is asked of the day: `verified_until` lapses by itself.
    proved_until = ArrayField(
        models.DateField(), default=list, db_default=Value([]), blank=True, editable=False
    )  # the last day of each standing proof, the first to lapse first
    verified_on = models.DateField(_("vérifiée le"), null=True, blank=True)
    verified_until = models.DateField(_("vérifiée jusqu’au"), null=True, blank=True)
    verified_by = models.ForeignKey(
        Pole,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vérifiée par"),
    )
    recheck_since = models.DateTimeField(_("modifiée depuis la vérification"), null=True, blank=True)
    recheck = ArrayField(  # what changed: « name », « legal_form », « c3 »
        models.CharField(max_length=20), default=list, db_default=Value([]), blank=True, editable=False
    )
    attested_at = models.DateTimeField(
        _("attestée sans changement le"), null=True, blank=True, editable=False
    )  # by the enterprise; empty again once the pôle renewed the proofs
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.PERSON)
    curated_at = models.DateTimeField(
        _("gérée par une personne depuis"), null=True, blank=True, editable=False
    )  # once set, an import no longer changes the supplier
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)

    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("fournisseur")
        verbose_name_plural = _("fournisseurs")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="supplier_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(verified_on__isnull=True, verified_until__isnull=True)
                | models.Q(verified_on__isnull=False, verified_until__isnull=False, proved_until__len=6),
                name="supplier_verified_has_six_proofs",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="published") | ~models.Q(legal_form=""),
                name="supplier_published_has_legal_form",
            ),
            models.CheckConstraint(
                condition=models.Q(recheck_since__isnull=True) | models.Q(status="published"),
                name="supplier_recheck_is_of_the_published",
            ),
        ]
        indexes = [models.Index(fields=["status", "status_changed_at"])]

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def neq(self) -> str:
        """For staff: the organisation's, or the one that whoever registered it declared (no query where fetched along)."""
        registration = getattr(self, "registration", None)
        return self.organisation.neq or (registration.claimed_neq if registration else "")

    @property
    def form(self) -> LegalForm | None:
        """None where nobody has said it yet."""
        return LegalForm(self.legal_form) if self.legal_form else None

    @property
    def form_label(self) -> str:
        """For reading, in the middle of a sentence."""
        return str(self.form.label if self.form else _("forme juridique inconnue"))

    @property
    def awaits_neq(self) -> bool:
        """A row of a pôle's list whose NEQ nobody has confirmed: it stays a prospect until then."""
        return not self.neq and self.listed_rows.exists()

    @property
    def waiting_since(self) -> datetime:
        """Since when it is in the queue, where it is."""
        return self.recheck_since or self.attested_at or self.status_changed_at


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User | AnonymousUser) -> ContactQuerySet:
        """Public contacts of published suppliers to everyone; all of them to who sees the whole organisation."""
        if user.is_superuser:
            return self
        public = models.Q(is_public=True, supplier__status=Status.PUBLISHED)
        return self.filter(public | territory_q(user, "supplier__organisation__"))


@tracked
class Contact(models.Model):
    """Someone to write to at a supplier. Personal data: shown to the public only where `is_public`."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("fournisseur")
    )
    name = models.CharField(_("nom"), max_length=120)
    title = models.CharField(_("fonction"), max_length=120, blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    is_public = models.BooleanField(_("affiché au public"), default=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("personne-ressource")
        verbose_name_plural = _("personnes-ressources")

    def __str__(self) -> str:
        return self.name


class RegistryRecord(models.Model):
    """What the last import said, as read, whatever people have written on the supplier since."""

    supplier = models.OneToOneField(Supplier, on_delete=models.CASCADE, related_name="registry")
    mapping = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64)
    differs = ArrayField(  # of a listing that a person keeps: the columns where the file says otherwise, not settled yet
        models.CharField(max_length=20), default=list, db_default=Value([]), blank=True, editable=False
    )
    settled = models.CharField(  # the fingerprint of the row beside which a person kept what stood
        max_length=64, default="", db_default="", blank=True, editable=False
    )
    first_seen_at = models.DateTimeField(_("vue la première fois"), auto_now_add=True)
    last_changed_at = models.DateTimeField(_("changée le"), auto_now_add=True)

    class Meta:
        verbose_name = _("ligne du registre")
        verbose_name_plural = _("lignes du registre")

    def __str__(self) -> str:
        return f"{self.supplier_id}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: User | AnonymousUser) -> DecisionQuerySet:
        if user.is_superuser:
            return self
        return self.filter(territory_q(user, "supplier__organisation__"))


class Decision(models.Model):
    """One move of a supplier's life, for people: who, when, why, and whether it was asked by telephone."""

    class Channel(models.TextChoices):
        SCREEN = "screen", _("à l’écran")
        PHONE = "phone", _("par téléphone")
        IMPORT = "import", _("importation")

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="decisions")
    verb = models.CharField(_("action"), max_length=20)
    to_status = models.CharField(_("nouvel état"), max_length=10, choices=Status)
    reason = models.CharField(_("motif"), max_length=30, blank=True, choices=Supplier.Reason)
    message = models.TextField(_("message"), blank=True)
    channel = models.CharField(_("moyen"), max_length=10, choices=Channel, default=Channel.SCREEN)
    on_behalf_of = models.CharField(_("au nom de"), max_length=120, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("par"),
    )
    at = models.DateTimeField(_("le"), auto_now_add=True)
    # What the move wrote over, by column, so that it can be undone (`suppliers/undoing.py`).
    before = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), editable=False)
    # Decisions of one gesture on many suppliers share it: they are found, and undone, together.
    batch = models.UUIDField(_("décision en lot"), null=True, blank=True, editable=False)
    undoes = models.OneToOneField(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="undoing",
        editable=False,
        verbose_name=_("annule"),
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("décision")
        verbose_name_plural = _("décisions")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["batch"], condition=models.Q(batch__isnull=False), name="decision_of_batch")
        ]

    def __str__(self) -> str:
        return f"{self.supplier}, {self.get_to_status_display()}"

    @property
    def cause(self) -> str:
        """How the letters that tell of it name it (`outbox.decisions`)."""
        return f"supplier_decision:{self.pk}"

    @property
    def undone(self) -> Decision | None:
        """The decision that undid this one (no query where `undoing` was fetched along)."""
        return getattr(self, "undoing", None)

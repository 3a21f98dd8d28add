"""What helps an institution to buy: dated rules of purchase with their sources, and social clauses that a need can take.

Rows are edited in the back room, with their history. A rule is never a ruling: it says what may apply and what to confirm.
"""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.classification.labelled import in_reader_language
from marketplace.classification.models import Certification
from marketplace.web.history import tracked
from marketplace.web.typography import format_money

from .buyer import Buyer
from .needs import Need
from .notices import HTTP_OR_EMPTY, Tender


class Regime(models.TextChoices):
    """Under which rules an institution buys, by its kind."""

    MUNICIPAL = "municipal", _("municipal")
    HEALTH = "health", _("santé")
    EDUCATION = "education", _("éducation")
    MINISTRY = "ministry", _("ministères et organismes")


#: Other kinds (a Crown corporation, a private buyer) have rules of their own, that nobody has entered.
REGIMES: dict[str, Regime] = {
    Buyer.Kind.MUNICIPALITY: Regime.MUNICIPAL,
    Buyer.Kind.MRC: Regime.MUNICIPAL,
    Buyer.Kind.HEALTH: Regime.HEALTH,
    Buyer.Kind.SCHOOL: Regime.EDUCATION,
    Buyer.Kind.CEGEP: Regime.EDUCATION,
    Buyer.Kind.UNIVERSITY: Regime.EDUCATION,
    Buyer.Kind.MINISTRY: Regime.MINISTRY,
}


def _today() -> Q:
    """Of dated rules: those that run today."""
    today = timezone.localdate()
    return (Q(valid_from=None) | Q(valid_from__lte=today)) & (Q(valid_until=None) | Q(valid_until__gte=today))


class InForce(models.TextChoices):
    YES = "yes", _("en vigueur")
    NO = "no", _("pas en vigueur")
    UNKNOWN = "unknown", pgettext_lazy("règle", "à vérifier")


class CitedRule(models.Model):
    """What a law or regulation says of a purchase, by nature and from an amount on: dated, and with the text that says so."""

    category = models.CharField(
        _("nature du contrat"),
        max_length=10,
        choices=[*Tender.Category.choices[1:]],
        blank=True,
        default="",
        help_text=_("Vide : biens, services et travaux."),
    )
    amount_from = models.DecimalField(
        _("à partir de"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("En dollars, inclus."),
    )
    citation = models.CharField(_("source"), max_length=300)
    source_url = models.URLField(_("adresse de la source"), max_length=500, blank=True)
    in_force = models.CharField(_("vigueur"), max_length=8, choices=InForce, default=InForce.UNKNOWN)
    valid_from = models.DateField(_("valable du"), null=True, blank=True)
    valid_until = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    # Empty until someone of the platform has read the source and said so.
    checked_on = models.DateField(_("vérifiée le"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_reader_language(self.label, self.label_en)


class ProcedureRuleQuerySet(models.QuerySet["ProcedureRule"]):
    def standing(self) -> ProcedureRuleQuerySet:
        """Those that run today, in force or not: what is not in force is said so."""
        return self.filter(_today())

    def visible_to(self, user: object) -> ProcedureRuleQuerySet:
        """The law is everyone's."""
        return self


@tracked
class ProcedureRule(CitedRule):
    """A path that a purchase may take, under a regime, between two amounts: what it is, what to confirm, which text says so."""

    InForce = InForce

    class Form(models.TextChoices):
        ANY = "", _("toutes")
        NON_PROFIT = "obnl", _("OBNL")
        COOPERATIVE = "coop", _("coopérative")
        SOCIAL_ECONOMY = "social", _("entreprise d’économie sociale")

    class Path(models.TextChoices):
        DIRECT = "direct", _("de gré à gré")
        LIMITED = "limited", _("sur invitation")
        OPEN = "open", _("appel d’offres public")

    label = models.CharField(_("voie possible"), max_length=200)
    label_en = models.CharField(_("voie possible, en anglais"), max_length=200, blank=True)
    confirm = models.TextField(_("à confirmer"), help_text=_("Ce que l’institution doit vérifier elle-même."))
    confirm_en = models.TextField(_("à confirmer, en anglais"), blank=True)
    regimes = ArrayField(models.CharField(max_length=10, choices=Regime), verbose_name=_("régimes"))
    supplier_form = models.CharField(
        _("forme du fournisseur"), max_length=10, choices=Form, blank=True, default=""
    )
    amount_to = models.DecimalField(
        _("jusqu’à"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("En dollars, exclu."),
    )
    paths = ArrayField(
        models.CharField(max_length=10, choices=Path), verbose_name=_("modes"), default=list, blank=True
    )

    objects = ProcedureRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("règle d’achat")
        verbose_name_plural = _("règles d’achat")
        ordering = [F("amount_from").asc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_from__isnull=True)
                | Q(amount_to__isnull=True)
                | Q(amount_to__gt=F("amount_from")),
                name="rule_amounts_in_order",
            ),
            models.CheckConstraint(condition=Q(source_url__regex=HTTP_OR_EMPTY), name="rule_source_http"),
        ]

    @property
    def amount_words(self) -> str:
        """« de 25 000 $ à 139 000 $ », « à partir de… », « sous… »; empty: whatever the amount."""
        low, high = format_money(self.amount_from), format_money(self.amount_to)
        if low and high:
            return gettext("de %(low)s à %(high)s") % {"low": low, "high": high}
        if low:
            return gettext("à partir de %(low)s") % {"low": low}
        return gettext("sous %(high)s") % {"high": high} if high else ""

    @property
    def to_confirm(self) -> str:
        return in_reader_language(self.confirm, self.confirm_en)


class AuthorisationRuleQuerySet(models.QuerySet["AuthorisationRule"]):
    def standing(self) -> AuthorisationRuleQuerySet:
        """Those that run today and that nobody has found out of force."""
        return self.filter(_today()).exclude(in_force=InForce.NO)

    def asked_by(self, *, category: str, amount: Decimal | None) -> AuthorisationRuleQuerySet:
        """Those that a contract of this nature and amount may come under, an unknown amount under those of any amount.

        Where the nature is not known (""), those that begin at an amount may apply, whatever theirs.
        """
        reached = Q(amount_from=None) if amount is None else Q(amount_from=None) | Q(amount_from__lte=amount)
        alike = Q(category="") | (Q(category=category) if category else Q(amount_from__isnull=False))
        return self.standing().filter(reached, alike)

    def visible_to(self, user: object) -> AuthorisationRuleQuerySet:
        """The law is everyone's."""
        return self


@tracked
class AuthorisationRule(CitedRule):
    """What the law may ask of who answers a call, by nature and from an amount on: an authorisation, a licence."""

    label = models.CharField(_("ce qu’il faut"), max_length=200)
    label_en = models.CharField(_("ce qu’il faut, en anglais"), max_length=200, blank=True)
    certification = models.ForeignKey(
        Certification,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("certification qui le montre"),
        help_text=_("L’entreprise qui la déclare lit qu’elle l’a."),
    )
    citation_en = models.CharField(_("source, en anglais"), max_length=300, blank=True)

    objects = AuthorisationRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("autorisation à détenir")
        verbose_name_plural = _("autorisations à détenir")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source_url__regex=HTTP_OR_EMPTY), name="authorisation_source_http"
            ),
        ]

    @property
    def source(self) -> str:
        return in_reader_language(self.citation, self.citation_en)


class ClauseQuerySet(models.QuerySet["Clause"]):
    def in_use(self) -> ClauseQuerySet:
        return self.filter(is_active=True)

    def visible_to(self, user: object) -> ClauseQuerySet:
        return self


@tracked
class Clause(models.Model):
    """A social clause of the library, to read whole before it is taken: what it asks, what it may weigh, an example."""

    title = models.CharField(_("titre"), max_length=160)
    title_en = models.CharField(_("titre anglais"), max_length=160, blank=True)
    text = models.TextField(_("clause"))
    text_en = models.TextField(_("clause, en anglais"), blank=True)
    weight = models.PositiveSmallIntegerField(
        _("poids suggéré"),
        null=True,
        blank=True,
        help_text=_("En points sur cent. Laissez vide pour une exigence sans points."),
    )
    example = models.TextField(_("exemple"), blank=True)
    example_en = models.TextField(_("exemple, en anglais"), blank=True)
    words = models.CharField(
        _("mots qui la proposent"),
        max_length=400,
        blank=True,
        help_text=_("Séparés par des virgules. Elle est proposée quand le besoin contient l’un d’eux."),
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("rang"), default=50)
    is_active = models.BooleanField(_("offerte"), default=True)

    objects = ClauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("clause sociale")
        verbose_name_plural = _("clauses sociales")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__isnull=True) | Q(weight__lte=100), name="clause_weight_of_a_hundred"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_reader_language(self.title, self.title_en)

    @property
    def wording(self) -> str:
        return in_reader_language(self.text, self.text_en)

    @property
    def example_here(self) -> str:
        return in_reader_language(self.example, self.example_en)

    def clean(self) -> None:
        if self.weight is not None and self.weight > 100:
            raise ValidationError({"weight": gettext("Le poids va de 0 à 100.")})


class NeedClause(models.Model):
    """A clause as a need took it: what the library says later changes nothing of it."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="clauses")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="+", verbose_name=_("clause"))
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160, blank=True)
    text = models.TextField()
    text_en = models.TextField(blank=True)
    weight = models.PositiveSmallIntegerField(_("poids"), null=True, blank=True)

    class Meta:
        verbose_name = _("clause d’un besoin")
        verbose_name_plural = _("clauses d’un besoin")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["need", "clause"], name="need_clause_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_reader_language(self.title, self.title_en)

    @property
    def wording(self) -> str:
        return in_reader_language(self.text, self.text_en)

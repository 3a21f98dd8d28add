"""What a need sets going: who is invited, what is asked and answered, quotes, the decision, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Need
from marketplace.accounts.models import Organisation, curation_q, territory_q
from marketplace.web.history import tracked
from marketplace.web.private_files import PrivateFile
from suppliers.models import Status, Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor

BUYER, SUPPLIER = "need__buyer__organisation", "supplier__organisation"


def _own(user: Visitor, organisation: str) -> Q:
    return Q(**{f"{organisation}__in": getattr(user, "organisation_ids", ())})


def _told(user: Visitor) -> Q:
    """Rows of needs that were published once: nothing of a draft reaches anyone but its institution."""
    return ~Q(need__status__in=Need.UNSEEN) & _own(user, SUPPLIER)


class NeedInvitationQuerySet(models.QuerySet["NeedInvitation"]):
    def visible_to(self, user: Visitor) -> NeedInvitationQuerySet:
        """Who invites sees all of theirs, who is invited its own, the staff of either's territory that it exists."""
        if user.is_superuser:
            return self
        staff = curation_q(user, f"{BUYER}__") | curation_q(user, f"{SUPPLIER}__")
        return self.filter(_own(user, BUYER) | _told(user) | staff & ~Q(need__status=Need.Status.DRAFT))

    def of_members(self, user: Visitor) -> NeedInvitationQuerySet:
        """Those of the enterprises that a person acts for, once their need is published."""
        return self.filter(_told(user))

    def waiting(self) -> NeedInvitationQuerySet:
        """Neither declined nor answered by a quote, and still answerable."""
        quoted = Quote.objects.submitted().filter(
            need=models.OuterRef("need"), supplier=models.OuterRef("supplier")
        )
        return self.filter(
            ~models.Exists(quoted),
            declined_at__isnull=True,
            need__status=Need.Status.PUBLISHED,
            need__closes_at__gt=timezone.now(),
        )


@tracked
class NeedInvitation(models.Model):
    """A buyer invites a supplier to answer a need. Kept for good: it is the record of whose turn it was."""

    class Reason(models.TextChoices):
        BUSY = "busy", _("pas disponible à ces dates")
        TOO_LARGE = "too_large", _("trop gros pour nous")
        TOO_SMALL = "too_small", _("trop petit pour nous")
        AREA = "area", _("hors de notre territoire")
        NOT_OURS = "not_ours", _("nous ne vendons pas cela")
        CONDITIONS = "conditions", _("les conditions ne conviennent pas")
        OTHER = "other", _("autre motif")

    need = models.ForeignKey(
        Need, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("besoin")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="need_invitations", verbose_name=_("fournisseur")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("choisi le"), default=timezone.now)
    told_at = models.DateTimeField(_("invité le"), null=True, blank=True)
    declined_at = models.DateTimeField(_("refusée le"), null=True, blank=True)
    decline_reason = models.CharField(_("motif"), max_length=12, choices=Reason, blank=True, default="")
    decline_note = models.CharField(_("précision"), max_length=500, blank=True, default="")

    objects = NeedInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation à répondre")
        verbose_name_plural = _("invitations à répondre")
        constraints = [
            models.UniqueConstraint(fields=["need", "supplier"], name="need_invitation_once"),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True, decline_reason="")
                | Q(declined_at__isnull=False) & ~Q(decline_reason=""),
                name="need_invitation_declined_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Invitation nº %(n)s") % {"n": self.pk})

    @property
    def is_withdrawn_supplier(self) -> bool:
        """Its listing was archived or suspended since: it stays in the record."""
        return self.supplier.status != Status.PUBLISHED


class NeedQuestionQuerySet(models.QuerySet["NeedQuestion"]):
    def answered(self) -> NeedQuestionQuerySet:
        return self.filter(answered_at__isnull=False)

    def unanswered(self) -> NeedQuestionQuerySet:
        return self.filter(answered_at__isnull=True)

    def visible_to(self, user: Visitor) -> NeedQuestionQuerySet:
        """With its words: the institution, and who asked. What is published is read by way of `published_questions`,
        which names nobody."""
        return self.filter(_own(user, BUYER) | _told(user))

    def existing_for(self, user: Visitor) -> NeedQuestionQuerySet:
        """That it was asked, and whether it was answered: the staff of either's territory, without its words."""
        if user.is_superuser:
            return self
        return self.filter(curation_q(user, f"{BUYER}__") | curation_q(user, f"{SUPPLIER}__"))


@tracked
class NeedQuestion(models.Model):
    """A supplier asks privately; the answer is for everyone, with the question as the buyer publishes it."""

    need = models.ForeignKey(
        Need, on_delete=models.CASCADE, related_name="questions", verbose_name=_("besoin")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="need_questions", verbose_name=_("fournisseur")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("question"))
    asked_at = models.DateTimeField(_("posée le"), default=timezone.now)
    public_text = models.TextField(_("question publiée"), blank=True, default="")
    answer = models.TextField(_("réponse"), blank=True, default="")
    answered_at = models.DateTimeField(_("répondue le"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = NeedQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question sur un besoin")
        verbose_name_plural = _("questions sur un besoin")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer="") & ~Q(public_text=""),
                name="need_question_answered_in_words",
            )
        ]

    def __str__(self) -> str:
        return str(_("Question nº %(n)s") % {"n": self.pk})


class QuoteQuerySet(models.QuerySet["Quote"]):
    def submitted(self) -> QuoteQuerySet:
        return self.filter(submitted_at__isnull=False, withdrawn_at__isnull=True)

    def told(self) -> QuoteQuerySet:
        """Those that their buyer knows of, by the clock of the database: not sealed, or past the closing that was promised
        to the supplier and the one that holds now. Until then not even who answered is said."""
        until = Greatest("need__closes_at", Coalesce("sealed_until", "need__closes_at"))
        by_clock = self.submitted().alias(until=until)
        return by_clock.filter(Q(is_sealed=False, need__is_sealed=False) | Q(until__lte=Now()))

    def opened(self) -> QuoteQuerySet:
        """Those of them that may be read: of a need that was cancelled nobody reads any."""
        return self.told().exclude(need__status=Need.Status.CANCELLED)

    def of_members(self, user: Visitor) -> QuoteQuerySet:
        return self.filter(_own(user, SUPPLIER))

    def visible_to(self, user: Visitor) -> QuoteQuerySet:
        """That it exists, never what it says (`sealing` alone reads that): its enterprise always; its buyer once it may be
        opened; platform admins and the staff of either's territory once its buyer knows of it. Before, not even who answered
        is said."""
        told = Q(pk__in=Quote.objects.told().values("pk"))
        if user.is_superuser:
            return self.filter(told)
        opened = Quote.objects.opened().values("pk")
        staff = curation_q(user, f"{BUYER}__") | curation_q(user, f"{SUPPLIER}__")
        return self.filter(_own(user, SUPPLIER) | _own(user, BUYER) & Q(pk__in=opened) | staff & told)


@tracked
class Quote(models.Model):
    """What a supplier proposes. Its words are kept encrypted, here, in the history and in the file (`sealing`): a row of
    this table says who and when, nothing else."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="quotes", verbose_name=_("besoin"))
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="quotes", verbose_name=_("fournisseur")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    draft = models.TextField(blank=True, default="", editable=False)
    draft_file = models.ForeignKey(
        PrivateFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    content = models.TextField(blank=True, default="", editable=False)
    file = models.ForeignKey(
        PrivateFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    is_sealed = models.BooleanField(_("scellée"), default=False)
    #: The closing that stood when it was submitted: it is part of the key, and never opens earlier.
    sealed_until = models.DateTimeField(_("scellée jusqu’au"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("déposée le"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)
    times = models.PositiveSmallIntegerField(_("dépôts"), default=0)
    saved_at = models.DateTimeField(_("enregistrée le"), default=timezone.now)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposition")
        verbose_name_plural = _("propositions")
        constraints = [
            models.UniqueConstraint(fields=["need", "supplier"], name="quote_once"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | ~Q(content="") & Q(sealed_until__isnull=False, submitted_at__lt=F("sealed_until")),
                name="quote_submitted_in_time",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Proposition %(n)s") % {"n": self.pk})

    @staticmethod
    def count_is_secret(need: Need) -> bool:
        """Sealed, and only those invited answer: how many did would say who."""
        invited = need.is_by_invitation or need.audience == Need.Audience.INVITED
        return need.is_sealed and need.is_running and invited

    @property
    def is_submitted(self) -> bool:
        return self.submitted_at is not None and self.withdrawn_at is None

    @property
    def opens_at(self) -> datetime | None:
        """When its buyer may read it."""
        if not (self.is_sealed or self.need.is_sealed):
            return self.submitted_at
        known = [at for at in (self.sealed_until, self.need.closes_at) if at]
        return max(known, default=None)


class NeedDecisionQuerySet(models.QuerySet["NeedDecision"]):
    def standing(self) -> NeedDecisionQuerySet:
        """Those that can no longer be undone: until then nobody but their institution knows of them (docs/adr/0018)."""
        return self.filter(need__status=Need.Status.DECIDED)

    def visible_to(self, user: Visitor) -> NeedDecisionQuerySet:
        """Its institution; once it stands, the enterprises that had a part in it and the staff of its territory."""
        if user.is_superuser:
            return self.standing()
        mine = getattr(user, "organisation_ids", ())
        took_part = Q(need__quotes__in=Quote.objects.submitted().of_members(user)) | Q(
            need__invitations__in=NeedInvitation.objects.of_members(user)
        )
        seen = self.model.objects.filter(
            Q(need__buyer__organisation__in=mine)
            | Q(need__status=Need.Status.DECIDED) & (took_part | territory_q(user, f"{BUYER}__"))
        )
        return self.filter(pk__in=seen.values("pk"))

    def chosen(self) -> NeedDecisionQuerySet:
        """Awards: an enterprise was chosen, and it stands."""
        return self.standing().exclude(name="")


@tracked
class NeedDecision(models.Model):
    """What a buyer decided: whom it chose and why, or nobody and why. It is the award of a need: the seller by NEQ and
    name, as in notices, whatever becomes of its listing."""

    need = models.OneToOneField(
        Need, on_delete=models.CASCADE, related_name="decision", verbose_name=_("besoin")
    )
    quote = models.ForeignKey(Quote, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="need_awards",
        verbose_name=_("fournisseur choisi"),
    )
    neq = models.CharField(_("NEQ"), max_length=10, blank=True, default="")
    name = models.CharField(_("nom"), max_length=255, blank=True, default="")
    amount = models.DecimalField(_("montant"), max_digits=12, decimal_places=2, null=True, blank=True)
    why = models.TextField(_("motif"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("décidé le"), default=timezone.now)

    objects = NeedDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("décision sur un besoin")
        verbose_name_plural = _("décisions sur un besoin")
        constraints = [
            models.CheckConstraint(
                condition=Q(name="", amount__isnull=True) | ~Q(name="") & Q(amount__isnull=False),
                name="need_decision_chosen_has_amount",
            )
        ]

    def __str__(self) -> str:
        return self.name or str(_("personne"))

    @property
    def is_chosen(self) -> bool:
        return bool(self.name)


class ContractAnswerQuerySet(models.QuerySet["ContractAnswer"]):
    def visible_to(self, user: Visitor) -> ContractAnswerQuerySet:
        """Both parties."""
        return self.filter(
            _own(user, "decision__need__buyer__organisation") | _own(user, "decision__organisation")
        )


@tracked
class ContractAnswer(models.Model):
    """« Contrat conclu? », as each side says it; said again, the last one counts."""

    class Side(models.TextChoices):
        BUYER = "buyer", _("acheteur")
        SELLER = "seller", _("fournisseur")

    class Said(models.TextChoices):
        YES = "yes", _("oui, le contrat est conclu")
        NOT_YET = "not_yet", _("pas encore")
        NO = "no", _("non, il ne le sera pas")

    decision = models.ForeignKey(NeedDecision, on_delete=models.CASCADE, related_name="contract_answers")
    side = models.CharField(_("partie"), max_length=6, choices=Side)
    said = models.CharField(_("réponse"), max_length=8, choices=Said)
    amount = models.DecimalField(
        _("montant du contrat"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("dit le"), default=timezone.now)

    objects = ContractAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("suite d’un contrat")
        verbose_name_plural = _("suites d’un contrat")
        constraints = [
            models.UniqueConstraint(fields=["decision", "side"], name="contract_answer_once"),
            models.CheckConstraint(
                condition=~Q(said="yes") | Q(amount__isnull=False), name="contract_concluded_has_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.side}"

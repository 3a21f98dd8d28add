"""The steps of a registration: their order, which are done, and what each still lacks. No page knows better."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from suppliers import criteria
from suppliers.models import Contact, CriterionAnswer, EvidenceFile, Finding, Offer, Status, Supplier

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from suppliers.models.supplier import SupplierQuerySet

IDENTITY, ACTIVITY, OFFERS, CRITERIA, PREVIEW, SUBMIT = ORDER = (
    "identity",
    "activity",
    "offers",
    "criteria",
    "preview",
    "submit",
)
LABELS: dict[str, _StrPromise] = {
    IDENTITY: _("L’entreprise"),
    ACTIVITY: _("Ce que vous faites"),
    OFFERS: pgettext_lazy("étape", "Offres"),
    CRITERIA: _("Les six critères"),
    PREVIEW: _("Aperçu"),
    SUBMIT: _("Envoyer"),
}
#: As they stand in addresses: words of the reader's language.
PATHS: dict[str, _StrPromise] = {
    IDENTITY: _("identite"),
    ACTIVITY: _("activite"),
    OFFERS: _("offres"),
    CRITERIA: _("criteres"),
    PREVIEW: _("apercu"),
    SUBMIT: _("envoi"),
}


@dataclass(frozen=True)
class Lack:
    """Something to write before the supplier can be sent, and where."""

    step: str
    text: _StrPromise | str
    url: str


@dataclass(frozen=True)
class Answered:
    """One criterion as the wizard shows it."""

    ask: criteria.Ask
    answer: CriterionAnswer
    files: int
    url: str

    @property
    def is_said(self) -> bool:
        return bool(self.answer.text.strip())

    @property
    def is_proved(self) -> bool:
        """A proof stands and is in date, whatever was answered since."""
        return self.answer.expires_on is not None and self.answer.expires_on >= timezone.localdate()

    @property
    def is_asked(self) -> bool:
        """The pôle looked and wants something; the enterprise has not touched it since."""
        return self.answer.state in (Finding.INCOMPLETE, Finding.NOT_MET)


@dataclass
class Progress:
    """Where a supplier stands."""

    supplier: Supplier
    answers: list[Answered] = field(default_factory=list)
    offers: int = 0
    reachable: bool = False

    @property
    def lacks(self) -> list[Lack]:
        """What is missing before it can be sent, in the order of the steps. Evidence may be missing: it is said."""
        supplier, organisation = self.supplier, self.supplier.organisation
        at = {step: step_url(supplier, step) for step in ORDER}
        found = []
        registration = getattr(supplier, "registration", None)
        if not organisation.name or (
            registration and organisation.name == provisional_name(registration.claimed_neq)
        ):
            found.append(Lack(IDENTITY, _("le nom de l’entreprise"), at[IDENTITY]))
        if not supplier.legal_form:
            found.append(Lack(IDENTITY, _("la forme juridique"), at[IDENTITY]))
        if not organisation.mrc_id and not (organisation.pole_id and organisation.town):
            found.append(Lack(IDENTITY, _("la municipalité du siège"), at[IDENTITY]))
        if not self.reachable:
            found.append(Lack(IDENTITY, _("un courriel ou un téléphone public"), at[IDENTITY]))
        if not supplier.activity.strip():
            found.append(Lack(ACTIVITY, _("ce que vous faites"), at[ACTIVITY]))
        if not supplier.sector_id:
            found.append(Lack(ACTIVITY, _("le secteur"), at[ACTIVITY]))
        if not self.offers:
            found.append(Lack(OFFERS, _("une offre"), at[OFFERS]))
        found += [
            Lack(CRITERIA, f"{one.ask.number}. {one.ask.title}", one.url)
            for one in self.answers
            if not one.is_said and not one.is_proved
        ]
        return found

    @property
    def asked(self) -> list[Answered]:
        """Criteria that the pôle wants completed."""
        return [one for one in self.answers if one.is_asked]

    @property
    def unproven(self) -> list[Answered]:
        """Criteria that were answered without any document."""
        return [one for one in self.answers if one.is_said and not one.files]

    def is_done(self, step: str) -> bool:
        if step == SUBMIT:
            return self.supplier.status in (Status.SUBMITTED, Status.PUBLISHED)
        if step == PREVIEW:
            return self.is_done(SUBMIT)
        if step == CRITERIA and (self.asked or not self.answers):
            return False
        return step not in {lack.step for lack in self.lacks}

    def shown(self, now: str) -> list[dict[str, Any]]:
        """For `_steps.html`: any step may be opened at any time, nothing is lost by leaving one half-done."""
        return [
            {
                "label": LABELS[step],
                "url": step_url(self.supplier, step),
                "state": "now" if step == now else "done" if self.is_done(step) else "",
            }
            for step in ORDER
        ]


def provisional_name(neq: str) -> str:
    """What a supplier is called before its first step is filled in."""
    return f"NEQ {neq}"


def step_url(supplier: Supplier, step: str) -> str:
    return reverse("suppliers:register_step", kwargs={"pk": supplier.pk, "step": step})


def with_progress_facts(suppliers: SupplierQuerySet) -> Any:
    """Suppliers with what the steps need to know of their rows, in the query that finds them."""
    offers = (
        Offer.objects.filter(supplier=OuterRef("pk")).order_by().values("supplier").annotate(n=Count("pk"))
    )
    return suppliers.annotate(
        offer_count=Coalesce(Subquery(offers.values("n")), 0),
        is_reachable=Exists(Contact.objects.filter(supplier=OuterRef("pk"), is_public=True)),
    )


def progress_of(supplier: Any) -> Progress:
    """Where a supplier stands: one query for its answers, one more where it was not found `with_progress_facts`."""
    if not hasattr(supplier, "offer_count"):
        supplier = with_progress_facts(Supplier.objects.select_related("organisation", "registration")).get(
            pk=supplier.pk
        )
    return Progress(supplier, criterion_answers(supplier), supplier.offer_count, supplier.is_reachable)


def criterion_answers(supplier: Supplier) -> list[Answered]:
    """All six criteria, also those that the supplier has no row for yet."""
    documents = EvidenceFile.objects.filter(
        supplier=OuterRef("supplier"), criteria__contains=[OuterRef("criterion")]
    )
    counted = documents.order_by().values("supplier").annotate(n=Count("pk")).values("n")
    rows = {
        answer.criterion: answer
        for answer in CriterionAnswer.objects.filter(supplier=supplier).annotate(
            files=Coalesce(Subquery(counted), 0)
        )
    }
    return [
        Answered(
            ask,
            rows.get(ask.number) or CriterionAnswer(supplier=supplier, criterion=ask.number),
            getattr(rows.get(ask.number), "files", 0),
            reverse("suppliers:register_criterion", kwargs={"pk": supplier.pk, "criterion": ask.number}),
        )
        for ask in criteria.ASKS
    ]


def first_step_url(progress: Progress) -> str:
    """The address of the first thing to do: where one comes back to."""
    if progress.asked:
        return step_url(progress.supplier, CRITERIA)
    return progress.lacks[0].url if progress.lacks else step_url(progress.supplier, PREVIEW)


def next_step(step: str) -> str:
    return ORDER[min(ORDER.index(step) + 1, len(ORDER) - 1)]


def previous_step(step: str) -> str:
    return ORDER[max(ORDER.index(step) - 1, 0)]

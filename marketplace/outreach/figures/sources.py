"""The rows behind each figure for a funder, all with the same columns, so that a figure and its list are the same rows.

What is not measured has no rows here: the page says so in words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from buyers.models import Award
from buyers.models.notices import DOLLARS
from cohorts.models import State as CohortState
from cohorts.models import Workshop
from marketplace.accounts.models import JoinRequest, Organisation
from marketplace.dealings.models import NeedDecision
from marketplace.outreach.figures.periods import Period
from marketplace.outreach.models import ContactEntry
from marketplace.outreach.service_levels.answers import answered_submissions
from marketplace.outreach.service_levels.kinds import pole_of_mrc
from marketplace.web.slots import read_facts
from suppliers import states
from suppliers.models import Decision, Supplier

MONEY = DecimalField(max_digits=18, decimal_places=2)
COLUMNS = ("f_mrc", "f_name", "f_what", "f_at", "f_amount", "f_key")
#: The slot where the days of meetings put theirs.
MEETINGS = "outreach.meetings"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`parts(period)`: uniform rows. `unit`: count, hours or money, the last with how many. `page` opens one row by `f_key`.

    `by_mrc`: its rows lie in an MRC.
    """

    key: str
    slug: str
    label: Promise
    says: Promise
    parts: Callable[[Period], list[QuerySet[Any]]]
    page: str = ""
    unit: str = "count"
    by_mrc: bool = True

    def rows(self, period: Period, poles: Collection[str] | None, mrc: str = "") -> list[QuerySet[Any]]:
        found = []
        for part in self.parts(period):
            rows = part.filter(f_at__gte=period.start, f_at__lt=period.end)
            if poles is not None:
                rows = rows.filter(f_pole__in=poles)
            found.append(rows.filter(f_mrc=mrc) if mrc else rows)
        return found

    def listed(self, period: Period, poles: Collection[str] | None, mrc: str = "") -> QuerySet[Any]:
        """The rows one by one, the latest first."""
        first, *others = [rows.order_by().values_list(*COLUMNS) for rows in self.rows(period, poles, mrc)]
        return (first.union(*others, all=True) if others else first).order_by("-f_at", "f_name", "f_key")

    def counted(self, period: Period, poles: Collection[str] | None) -> list[QuerySet[Any]]:
        """For the union of all figures: the key, the MRC, how many, how much."""
        return [
            rows.order_by()
            .values(figure=Value(self.key, output_field=TextField()), mrc_code=F("f_mrc"))
            .annotate(n=Count("pk"), total=Coalesce(Sum("f_amount"), Value(0), output_field=MONEY))
            .values_list("figure", "mrc_code", "n", "total")
            for rows in self.rows(period, poles)
        ]


def uniform(
    rows: QuerySet[Any],
    *,
    organisation: str = "",
    at: Any,
    name: Any = None,
    what: Any = "",
    key: Any = "pk",
    amount: Any = 0,
    pole: Any = None,
    mrc: Any = None,
) -> QuerySet[Any]:
    """The rows with the columns that every figure has; `organisation` leads to the one that says where they lie."""
    if organisation:
        mrc = mrc or F(f"{organisation}__mrc")
        pole = pole or Coalesce(F(f"{organisation}__pole"), pole_of_mrc(f"{organisation}__mrc"))
        name = name or F(f"{organisation}__name")
    return rows.order_by().annotate(
        f_mrc=Cast(mrc if mrc is not None else Value(None), CharField()),
        f_pole=Cast(pole, TextField()),
        f_name=Cast(name, TextField()),
        f_what=Cast(what if hasattr(what, "resolve_expression") else Value(what), TextField()),
        f_at=Cast(at, DateTimeField()),
        f_amount=Cast(amount if hasattr(amount, "resolve_expression") else Value(amount), MONEY),
        f_key=Cast(F(key) if isinstance(key, str) else key, TextField()),
    )


def _decisions(verb: str) -> QuerySet[Any]:
    rows = Decision.objects.filter(verb=verb, undoing=None)
    return uniform(rows, organisation="supplier__organisation", at=F("at"), key="supplier_id")


def _answered(period: Period) -> list[QuerySet[Any]]:
    """Beside each the day when it was asked: with that of the answer, its delay can be counted again."""
    rows = answered_submissions(period.start, period.end)
    asked = Concat(Value(gettext("soumise le %(day)s") % {"day": ""}), Cast(TruncDate("asked"), TextField()))
    return [uniform(rows, organisation="supplier__organisation", at=F("at"), what=asked, key="supplier_id")]


def _noon(day: str) -> Any:
    """A day as a moment of it, in whatever zone it is read."""
    return Cast(Cast(F(day), DateTimeField()) + Value(timedelta(hours=17)), DateTimeField())


def _verified(period: Period) -> list[QuerySet[Any]]:
    rows = Supplier.objects.published().filter(verified_on__isnull=False)
    return [uniform(rows, organisation="organisation", at=_noon("verified_on"))]


def _institutions(period: Period) -> list[QuerySet[Any]]:
    rows = Organisation.objects.filter(institution_verified_on__isnull=False)
    return [
        uniform(
            rows,
            at=_noon("institution_verified_on"),
            name=F("name"),
            mrc=F("mrc"),
            pole=Coalesce(F("pole"), pole_of_mrc("mrc")),
        )
    ]


def _requests(period: Period) -> list[QuerySet[Any]]:
    decided = [JoinRequest.State.ACCEPTED, JoinRequest.State.REFUSED]
    rows = JoinRequest.objects.filter(state__in=decided)
    return [uniform(rows, organisation="organisation", at=F("decided_at"))]


def _contacts(period: Period) -> list[QuerySet[Any]]:
    kinds = [ContactEntry.Kind.CALL, ContactEntry.Kind.MEETING]
    rows = ContactEntry.objects.standing().filter(kind__in=kinds)
    return [
        uniform(
            rows,
            at=_noon("on"),
            name=F("organisation__name"),
            mrc=F("organisation__mrc"),
            pole=F("pole"),
            key="organisation_id",
        )
    ]


def _meetings(period: Period) -> list[QuerySet[Any]]:
    return [
        uniform(
            rows,
            at=_noon("event__day"),
            name=F("supplier__organisation__name"),
            what=F("buyer__organisation__name"),
            mrc=F("supplier__organisation__mrc"),
            pole=F("event__pole"),
            key=Value(""),
        )
        for rows in read_facts(MEETINGS)
    ]


def _workshops(period: Period) -> list[QuerySet[Any]]:
    """Those that were held: not cancelled, of a cohort that stands, and begun."""
    rows = Workshop.objects.filter(is_cancelled=False, starts_at__lt=timezone.now())
    rows = rows.exclude(cohort__state__in=[CohortState.DRAFT, CohortState.CANCELLED])
    hours = Cast(F("minutes"), MONEY) / Value(60, output_field=MONEY)
    return [
        uniform(
            rows,
            at=F("starts_at"),
            name=F("title"),
            what=F("cohort__title"),
            amount=hours,
            pole=F("cohort__pole"),
            key="cohort__slug",
        )
    ]


def _contracts(period: Period) -> list[QuerySet[Any]]:
    """Awards of public notices and choices made here, to enterprises that are listed today."""
    listed = Organisation.objects.filter(supplier__status="published")
    dollars = Q(currency=DOLLARS)
    day = Coalesce(
        _noon("awarded_on"), Cast(F("tender__published_at"), DateTimeField()), output_field=DateTimeField()
    )
    named = Award.objects.standing().annotate(is_listed=Exists(listed.filter(pk=OuterRef("organisation"))))
    by_neq = (
        Award.objects.standing()
        .filter(organisation=None)
        .exclude(neq="")
        .annotate(seller=Subquery(listed.filter(neq=OuterRef("neq")).values("pk")[:1]))
        .filter(seller__isnull=False)
    )
    seller = Organisation.objects.filter(pk=OuterRef("seller"))
    seller_pole = Subquery(
        seller.annotate(code=Coalesce(F("pole"), pole_of_mrc("mrc"), output_field=TextField())).values(
            "code"
        )[:1]
    )
    chosen = NeedDecision.objects.chosen().filter(Exists(listed.filter(pk=OuterRef("organisation"))))
    return [
        uniform(
            named.filter(is_listed=True),
            organisation="organisation",
            at=day,
            what=F("tender__title"),
            amount=_amount(dollars),
            key="tender__ocid",
        ),
        uniform(
            by_neq,
            at=day,
            name=F("name"),
            what=F("tender__title"),
            amount=_amount(dollars),
            mrc=Subquery(seller.values("mrc")[:1]),
            pole=seller_pole,
            key="tender__ocid",
        ),
        uniform(
            chosen,
            organisation="organisation",
            at=F("decided_at"),
            what=F("need__title"),
            amount=Coalesce(F("amount"), Value(0), output_field=MONEY),
            key=Value(""),
        ),
    ]


def _amount(dollars: Q) -> Any:
    """Of a contract in dollars; of any other, nothing is added up."""
    return Case(
        When(dollars & Q(amount__isnull=False), then=F("amount")), default=Value(0), output_field=MONEY
    )


_SHEET = "admin:suppliers_supplier_change"
FIGURES: tuple[Figure, ...] = (
    Figure(
        key="submitted",
        slug="soumises",
        label=_("Fiches soumises"),
        says=_("Chaque envoi d’une fiche au pôle compte, y compris après un complément."),
        parts=lambda period: [_decisions(states.SUBMIT.verb)],
        page=_SHEET,
    ),
    Figure(
        key="answered",
        slug="repondues",
        label=_("Fiches soumises qui ont eu une réponse"),
        says=_("Publiées, refusées, ou complément demandé, pendant la période. Les délais sont ceux de ces réponses."),
        parts=_answered,
        page=_SHEET,
    ),
    Figure(
        key="published",
        slug="publiees",
        label=_("Fiches publiées"),
        says=_("Décisions de publier une fiche, moins celles qui ont été annulées."),
        parts=lambda period: [_decisions(states.PUBLISH.verb)],
        page=_SHEET,
    ),
    Figure(
        key="verified",
        slug="verifiees",
        label=_("Entreprises vérifiées"),
        says=_("Les six critères de la Loi sont prouvés, et la preuve la plus récente date de la période. Une vérification renouvelée depuis compte à sa nouvelle date."),
        parts=_verified,
        page=_SHEET,
    ),
    Figure(
        key="requests",
        slug="demandes",
        label=_("Demandes pour agir, acceptées ou refusées"),
        says=_("Personnes qui ont demandé à agir pour une entreprise ou une institution, et à qui le pôle a répondu."),
        parts=_requests,
        page="admin:accounts_joinrequest_change",
    ),
    Figure(
        key="institutions",
        slug="institutions",
        label=_("Institutions vérifiées"),
        says=_("Acheteurs publics dont le pôle a confirmé la première personne pendant la période."),
        parts=_institutions,
    ),
    Figure(
        key="contacts",
        slug="contacts",
        label=_("Appels et rencontres notés au journal"),
        says=_("Ce que l’équipe du pôle a noté au journal des organisations, moins ce qui a été retiré. La durée n’y est pas notée."),
        parts=_contacts,
        page="outreach_admin:organisation_log",
    ),
    Figure(
        key="meetings",
        slug="rencontres",
        label=_("Rencontres tenues"),
        says=_("Rencontres entre un acheteur et une entreprise, placées à la grille d’une journée qui a eu lieu. Les absences signalées n’y sont pas. La MRC est celle de l’entreprise."),
        parts=_meetings,
    ),
    Figure(
        key="workshops",
        slug="ateliers",
        label=_("Heures d’atelier"),
        says=_("Durée prévue des ateliers de cohorte qui ont eu lieu, une fois par atelier. Qui était présent n’est pas noté, ni les heures d’accompagnement individuel."),
        parts=_workshops,
        page="cohorts:cohort",
        unit="hours",
        by_mrc=False,
    ),
    Figure(
        key="contracts",
        slug="contrats",
        label=_("Contrats obtenus"),
        says=_("Attributions d’avis publics et choix faits ici, à des entreprises publiées au répertoire. Seuls les montants publiés en dollars canadiens sont additionnés."),
        parts=_contracts,
        page="tenders:tender",
        unit="money",
    ),
)  # fmt: skip
BY_SLUG = {figure.slug: figure for figure in FIGURES}

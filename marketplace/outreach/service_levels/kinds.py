"""Everything that waits and has a promise, one entry a kind: which rows, since when, of which enterprise, where to act.

What a promise is worth stands in `web.promises`; which pôle a row is of follows its organisation, or its cohort.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohorts.models import Application
from marketplace.accounts.models import EmailDomain, Invitation, JoinRequest
from marketplace.dealings.models import InquiryRecipient, InquiryReport
from marketplace.territories.models import PoleCoverage
from marketplace.web import promises
from suppliers import states
from suppliers.models import Decision, Status, Supplier


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`key` is that of its promise; `slug` stands in addresses. `is_ours`: it waits for a decision of the pôle, else
    for somebody else, and the pôle follows it up. `organisation` leads to the organisation; `pole` to the pôle itself, where
    the rows are not of the one of the organisation. `page` names the page where one acts, `page_of` the key that it takes.
    """

    key: str
    slug: str
    label: Promise
    says: Promise
    is_ours: bool
    rows: Callable[[], QuerySet[Any]]
    organisation: str
    since: Any
    page: str
    page_of: str = "pk"
    pole: str = ""

    @property
    def workdays(self) -> int:
        return promises.PROMISES[self.key]

    def waiting(self) -> QuerySet[Any]:
        """The rows, each with `since`, `name`, `mrc` and the code of the pôle that looks after it (`pole_code`)."""
        path = self.organisation
        pole = F(self.pole) if self.pole else Coalesce(F(f"{path}__pole"), pole_of_mrc(f"{path}__mrc"))
        return (
            self.rows()
            .order_by()
            .annotate(
                waits_since=Cast(self.since, DateTimeField()),
                pole_code=Cast(pole, TextField()),
                whose=F(f"{path}__name"),
                place=F(f"{path}__mrc__name"),
            )
        )


def pole_of_mrc(path: str) -> Subquery:
    """The code of the first pôle that covers an MRC today, as `accounts.poles.pole_for` has it."""
    return Subquery(
        PoleCoverage.objects.today().filter(mrc=OuterRef(path)).order_by("pole").values("pole")[:1]
    )


def _last_verb() -> Subquery:
    """What was last decided about a supplier; the enterprise's own edits are no decision."""
    decided = Decision.objects.filter(supplier=OuterRef("pk"), undoing=None)
    decided = decided.exclude(verb__in=[states.EDIT.verb, states.UPDATE.verb, states.UNDO.verb])
    return Subquery(decided.order_by("-at", "-pk").values("verb")[:1])


def _drafts(*, returned: bool) -> QuerySet[Any]:
    rows = Supplier.objects.filter(status=Status.DRAFT).annotate(last_verb=_last_verb())
    is_returned = Q(last_verb=states.RETURN.verb)
    return rows.filter(is_returned) if returned else rows.exclude(is_returned)


#: A verification holds through its last day: it has lapsed since the next midnight.
_LAPSED_SINCE = F("verified_until") + Value(timedelta(days=1))
_SHEET = "admin:suppliers_supplier_change"

KINDS: tuple[Kind, ...] = (
    Kind(
        key=promises.SUBMISSION,
        slug="soumises",
        label=_("Fiches soumises"),
        says=_("Une entreprise a soumis sa fiche. Le pôle la publie, demande un complément ou la refuse."),
        is_ours=True,
        rows=lambda: Supplier.objects.filter(status=Status.SUBMITTED),
        organisation="organisation",
        since=F("status_changed_at"),
        page=_SHEET,
    ),
    Kind(
        key=promises.JOIN_REQUEST,
        slug="demandes",
        label=_("Demandes pour agir au nom d’une organisation"),
        says=_("Une personne dit agir pour une entreprise ou une institution. Le pôle accepte ou refuse."),
        is_ours=True,
        rows=lambda: JoinRequest.objects.open(),
        organisation="organisation",
        since=F("created_at"),
        page="admin:accounts_joinrequest_change",
    ),
    Kind(
        key=promises.EMAIL_DOMAIN,
        slug="domaines",
        label=_("Domaines de courriel à confirmer"),
        says=_("Une institution dit qu’un domaine de courriel n’est qu’à elle. Le pôle confirme ou refuse."),
        is_ours=True,
        rows=lambda: EmailDomain.objects.waiting(),
        organisation="organisation",
        since=F("asked_at"),
        page="admin:accounts_emaildomain_change",
    ),
    Kind(
        key=promises.REPORT,
        slug="signalements",
        label=_("Messages signalés"),
        says=_("Une personne signale un message qu’elle a reçu. Le pôle le lit et y donne suite."),
        is_ours=True,
        rows=lambda: InquiryReport.objects.unhandled(),
        organisation="recipient__supplier__organisation",
        since=F("at"),
        page="admin:dealings_inquiryreport_change",
    ),
    Kind(
        key=promises.CHANGE,
        slug="modifiees",
        label=_("Fiches modifiées depuis la vérification"),
        says=_("Une entreprise a changé ce que le pôle avait vérifié. Le pôle accepte, ou lui écrit."),
        is_ours=True,
        rows=lambda: Supplier.objects.published().filter(recheck_since__isnull=False),
        organisation="organisation",
        since=F("recheck_since"),
        page=_SHEET,
    ),
    Kind(
        key=promises.RENEWAL,
        slug="a-renouveler",
        label=_("Preuves à renouveler"),
        says=_("Une entreprise atteste que rien n’a changé. Le pôle renouvelle les preuves."),
        is_ours=True,
        rows=lambda: Supplier.objects.published().filter(
            attested_at__isnull=False, recheck_since__isnull=True
        ),
        organisation="organisation",
        since=F("attested_at"),
        page=_SHEET,
    ),
    Kind(
        key=promises.APPLICATION,
        slug="candidatures",
        label=_("Candidatures à une cohorte"),
        says=_("Une entreprise veut se joindre à une cohorte. Le pôle qui l’organise répond."),
        is_ours=True,
        rows=lambda: Application.objects.to_decide(),
        organisation="supplier__organisation",
        pole="cohort__pole",
        since=F("applied_at"),
        page="admin:cohorts_application_change",
    ),
    Kind(
        key=promises.RETURNED,
        slug="complements",
        label=_("Compléments demandés"),
        says=_("Le pôle a demandé un complément et l’entreprise n’a pas encore répondu."),
        is_ours=False,
        rows=lambda: _drafts(returned=True),
        organisation="organisation",
        since=F("status_changed_at"),
        page=_SHEET,
    ),
    Kind(
        key=promises.DRAFT,
        slug="brouillons",
        label=_("Brouillons"),
        says=_("Une fiche est commencée et n’est pas soumise."),
        is_ours=False,
        rows=lambda: _drafts(returned=False),
        organisation="organisation",
        since=F("status_changed_at"),
        page=_SHEET,
    ),
    Kind(
        key=promises.LAPSED,
        slug="echues",
        label=_("Vérifications échues"),
        says=_("Une preuve est échue et l’entreprise n’a rien attesté, malgré les rappels."),
        is_ours=False,
        rows=lambda: Supplier.objects.lapsed().filter(attested_at__isnull=True),
        organisation="organisation",
        since=_LAPSED_SINCE,
        page=_SHEET,
    ),
    Kind(
        key=promises.INVITATION,
        slug="invitations",
        label=_("Invitations sans réponse"),
        says=_("Une personne est invitée à gérer une fiche ou une institution et n’a pas répondu."),
        is_ours=False,
        rows=lambda: Invitation.objects.open(),
        organisation="organisation",
        since=F("created_at"),
        page="admin:accounts_invitation_change",
    ),
    Kind(
        key=promises.INQUIRY,
        slug="questions",
        label=_("Questions d’acheteurs sans réponse"),
        says=_(
            "Un acheteur a posé une question et l’entreprise ne lui a rien répondu. Ce qu’il a écrit reste entre eux."
        ),
        is_ours=False,
        rows=lambda: InquiryRecipient.objects.open().silent(),
        organisation="supplier__organisation",
        since=F("inquiry__asked_at"),
        page=_SHEET,
        page_of="supplier_id",
    ),
)
BY_SLUG = {kind.slug: kind for kind in KINDS}

"""Asking suppliers one question: checked, counted, kept once, and sent to each of them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import Organisation, User
from marketplace.dealings.inquiries.emails import send_question
from marketplace.dealings.inquiries.parties import asking_organisations, readers_of_suppliers
from marketplace.dealings.models import Inquiry, InquiryRecipient
from marketplace.web.errors import NotAllowed, Refused, WrongMove
from marketplace.web.verbs import verb
from suppliers.models import Status, Supplier

#: Suppliers of one question, and questions within 24 hours: of a member of an institution, and of who asks alone.
MOST_SUPPLIERS, MOST_SUPPLIERS_ALONE = 20, 5
MOST_A_DAY, MOST_A_DAY_ALONE, MOST_A_DAY_OF_INSTITUTION = 10, 3, 30
#: How far ahead an answer may be asked for.
LONGEST = timedelta(days=90)
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a person writes. `answer_by`: the last day to answer."""

    kind: str
    subject: str
    body: str
    answer_by: date


def most_suppliers(user: User) -> int:
    return MOST_SUPPLIERS if asking_organisations(user) else MOST_SUPPLIERS_ALONE


def check_answer_by(day: date) -> None:
    """Raises `Refused` where nobody could answer by then, or would remember."""
    today = timezone.localdate()
    if day <= today:
        raise Refused(
            _("Cette date est passée ou tombe aujourd’hui. Laissez au moins un jour pour répondre.")
        )
    if day > today + LONGEST:
        raise Refused(_("Cette date est trop loin. Demandez une réponse d’ici trois mois."))


@verb
def ask_suppliers(
    *,
    key: UUID,
    question: Question,
    suppliers: Sequence[Supplier],
    organisation: Organisation | None,
    by: User,
) -> Inquiry:
    """Send a question to each supplier apart. The same `key` again answers with the first: a double click sends once.

    Those that left the directory or have no known address are kept as not sent; the others get theirs. Raises `Refused`
    where none can, where the day's limit is reached, or where `by` may not ask for `organisation`.
    """
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two clicks wait for each other
    if known := Inquiry.objects.filter(key=key).first():
        if known.asked_by_id != by.pk:
            raise NotAllowed
        return known
    mine = asking_organisations(by)
    if organisation is not None and organisation not in mine:
        raise NotAllowed(_("Vous n’agissez pas pour cette institution."))
    if organisation is None and mine:
        organisation = mine[0]
    check_answer_by(question.answer_by)
    chosen = _reachable(suppliers, by)
    _check_limits(by, organisation, len(chosen))
    inquiry = Inquiry.objects.create(
        key=key,
        organisation=organisation,
        asked_by=by,
        kind=question.kind,
        subject=question.subject,
        body=question.body,
        answer_by=question.answer_by,
    )
    _send_to_each(inquiry, chosen)
    return inquiry


def _reachable(suppliers: Sequence[Supplier], by: User) -> list[Supplier]:
    """Once each, none of one's own; those never published do not exist for who asks."""
    seen = {
        supplier.pk: supplier
        for supplier in suppliers
        if supplier.status in (Status.PUBLISHED, Status.SUSPENDED, Status.ARCHIVED)
    }
    if not any(supplier.status == Status.PUBLISHED for supplier in seen.values()):
        raise WrongMove(
            _("Aucun des fournisseurs choisis n’est au répertoire en ce moment. Choisissez-en d’autres.")
        )
    if any(supplier.organisation_id in by.organisation_ids for supplier in seen.values()):
        raise WrongMove(_("Une des entreprises choisies est la vôtre. Retirez-la de la liste."))
    return list(seen.values())


def _check_limits(by: User, organisation: Organisation | None, count: int) -> None:
    """Counted in the rows: it holds whatever else is away."""
    most = MOST_SUPPLIERS if organisation else MOST_SUPPLIERS_ALONE
    if count > most:
        raise WrongMove(
            ngettext(
                "Une demande va à %(n)s fournisseur au plus. Retirez-en.",
                "Une demande va à %(n)s fournisseurs au plus. Retirez-en.",
                most,
            )
            % {"n": most}
        )
    recent = Inquiry.objects.filter(asked_at__gt=timezone.now() - DAY)
    limit = MOST_A_DAY if organisation else MOST_A_DAY_ALONE
    if recent.filter(asked_by=by).count() >= limit:
        raise WrongMove(
            _("Vous avez envoyé %(n)s demandes en 24 heures : c’est la limite. Réessayez demain.")
            % {"n": limit}
        )
    if (
        organisation is not None
        and recent.filter(organisation=organisation).count() >= MOST_A_DAY_OF_INSTITUTION
    ):
        raise WrongMove(
            _("Votre institution a envoyé %(n)s demandes en 24 heures : c’est la limite. Réessayez demain.")
            % {"n": MOST_A_DAY_OF_INSTITUTION}
        )


def _send_to_each(inquiry: Inquiry, suppliers: Sequence[Supplier]) -> None:
    readers = readers_of_suppliers(suppliers)
    rows = []
    for supplier in suppliers:
        row = InquiryRecipient(inquiry=inquiry, supplier=supplier)
        if supplier.status != Status.PUBLISHED:
            row.state, row.reason = InquiryRecipient.State.UNSENT, InquiryRecipient.Reason.UNPUBLISHED
        elif not readers[supplier.pk]:
            row.state, row.reason = InquiryRecipient.State.UNSENT, InquiryRecipient.Reason.NO_ADDRESS
        rows.append(row)
    InquiryRecipient.objects.bulk_create(rows)
    sent = [row for row in rows if row.state == InquiryRecipient.State.SENT]
    if not sent:
        raise WrongMove(
            _("Aucun de ces fournisseurs n’a d’adresse connue. Demandez au pôle de vous mettre en contact.")
        )
    send_question(inquiry, sent, readers)

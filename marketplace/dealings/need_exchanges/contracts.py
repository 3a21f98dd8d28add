"""« Contrat conclu? »: asked of both sides thirty and a hundred and eighty days after the decision, and what they say."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.permissions import check_permission, is_member_of
from marketplace.dealings.models import ContractAnswer, NeedDecision
from marketplace.dealings.need_exchanges import emails
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb

#: Days after the decision. Who said that it is concluded, or that it will not be, is not asked again.
ASKED_AFTER = (30, 180)
Side, Said = ContractAnswer.Side, ContractAnswer.Said


def party_of(decision: NeedDecision, side: str) -> Organisation | None:
    return decision.need.buyer.organisation if side == Side.BUYER else decision.organisation


def sides_of(user: User, decision: NeedDecision) -> list[str]:
    """For which of the two a person may speak."""
    return [side for side in Side.values if is_member_of(user, party_of(decision, side))]


@verb
def record_contract_answer(
    *, decision: NeedDecision, side: str, said: str, amount: Decimal | None = None, by: User
) -> ContractAnswer:
    """What one side says, with the amount where it is concluded; said again, the last one counts."""
    check_permission(is_member_of, by, party_of(decision, side))
    if not decision.is_chosen:
        raise WrongMove(_("Aucune entreprise n’a été choisie : il n’y a pas de contrat à confirmer."))
    if said == Said.YES and amount is None:
        raise WrongMove(_("Inscrivez le montant du contrat, avant taxes."))
    answer, _is_new = ContractAnswer.objects.update_or_create(
        decision=decision,
        side=side,
        defaults={
            "said": said,
            "amount": amount if said == Said.YES else None,
            "by": by,
            "at": timezone.now(),
        },
    )
    return answer


@verb
def ask_about_contracts(*, by: None) -> int:
    """Write to each side of each decision whose day has come; how many sides. Safe to run twice: a mail is unique by its
    reader, the decision and the number of days."""
    now = timezone.now()
    settled = ContractAnswer.objects.exclude(said=Said.NOT_YET).values_list("decision", "side")
    asked = 0
    for days in ASKED_AFTER:
        due = (
            NeedDecision.objects.chosen()
            .filter(
                decided_at__lte=now - timedelta(days=days), decided_at__gt=now - timedelta(days=days + 30)
            )
            .select_related("need__buyer__organisation", "organisation")
            .order_by("pk")
        )
        decisions = list(due)
        done = set(settled.filter(decision__in=decisions)) if decisions else set()
        for decision in decisions:
            for side in Side.values:
                party = party_of(decision, side)
                if party is not None and (decision.pk, side) not in done:
                    asked += bool(emails.send_contract_asked(decision, party, side=side, days=days))
    return asked

"""The decision on a need: one quote chosen, or none, and why. It waits ten minutes, in which it can be undone and nobody
outside of the institution knows of it (docs/adr/0018); then the need is decided, and all who took part have their letter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Need
from buyers.needs.lifecycle import LONGEST_READING, decide_need, lock_need
from buyers.permissions import can_manage_need
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.dealings.models import NeedDecision, Quote
from marketplace.dealings.need_exchanges import emails
from marketplace.dealings.need_exchanges.sealing import database_now, open_quotes
from marketplace.outbox.decisions import decision_hold
from marketplace.web.errors import WrongMove
from marketplace.web.typography import format_moment, format_second
from marketplace.web.verbs import verb

log = structlog.get_logger("need_exchanges")


def decidable_from(need: Need) -> datetime | None:
    """What arrived in time may take a minute to be read: deciding before would leave it out."""
    return need.closes_at + LONGEST_READING if need.closes_at else None


def leaves_at(decision: NeedDecision) -> datetime:
    """Until when it can be undone."""
    return decision.decided_at + decision_hold()


@verb
def record_need_decision(
    *, need: Need, chosen: Quote | None, why: str, seen: Iterable[int] | None = None, by: User
) -> NeedDecision:
    """Choose one opened quote, or none. A colleague who decided first is not written over; `seen` are the quotes that the
    page showed: another one asks to look again."""
    check_permission(can_manage_need, by, need, sentence=_("Seuls les membres de l’institution décident."))
    current = lock_need(need)
    if (former := NeedDecision.objects.filter(need=current).select_related("by").first()) is not None:
        raise WrongMove(_already(former))
    _check_closed(current)
    opened = {one.quote.pk: one for one in open_quotes(need=current, by=by)}
    if seen is not None and set(seen) != set(opened):
        raise WrongMove(
            _("Les propositions ont changé depuis que cette page est ouverte. Relisez-les, puis décidez.")
        )
    if chosen is not None and chosen.pk not in opened:
        raise WrongMove(_("Cette proposition ne peut pas être choisie."))
    decision = NeedDecision(need=current, why=why, by=by)
    if chosen is not None:
        one = opened[chosen.pk]
        organisation = one.quote.supplier.organisation
        decision.quote, decision.organisation = one.quote, organisation
        decision.neq, decision.name = organisation.neq or "", organisation.name
        decision.amount = one.terms.amount
    decision.save()
    if not decision_hold():
        settle_need_decision(need=need, by=None)
    return decision


@verb
def undo_need_decision(*, need: Need, decision_id: int, by: User) -> None:
    """Before it stands, by any member of the institution: the exchange is again as it was. `decision_id` is the one that
    the page showed, so that an old page undoes no other."""
    check_permission(can_manage_need, by, need, sentence=_("Seuls les membres de l’institution décident."))
    current = lock_need(need)
    decision = NeedDecision.objects.filter(need=current).first()
    if decision is None:
        return
    if current.status == Need.Status.DECIDED:
        raise WrongMove(_("Les lettres sont parties : la décision ne peut plus être annulée."))
    if decision.pk != decision_id:
        raise WrongMove(_("Une autre décision a été prise depuis que cette page est ouverte. Relisez-la."))
    decision.delete()


@verb
def settle_need_decision(*, need: Need, by: None) -> bool:
    """Its ten minutes are over: the need is decided, the award kept, and letters are written. Where the need was cancelled
    meanwhile, there is nothing to decide. Safe to run twice."""
    current = lock_need(need)
    decision = (
        NeedDecision.objects.filter(need=current)
        .select_related("need__buyer__organisation", "organisation")
        .first()
    )
    if decision is None or current.status == Need.Status.DECIDED:
        return False
    if current.status == Need.Status.CANCELLED:
        decision.delete()
        return False
    decide_need(need=need, at=decision.decided_at, by=None)
    decision.need = need
    emails.send_decision(decision)
    return True


def settle_need_decisions() -> int:
    """Those that are due, each in its own transaction; how many stand now."""
    due = NeedDecision.objects.filter(decided_at__lte=timezone.now() - decision_hold())
    waiting = due.exclude(need__status=Need.Status.DECIDED).select_related("need__buyer__organisation")
    settled = 0
    for one in waiting.order_by("pk")[:200]:
        try:
            settled += settle_need_decision(need=one.need, by=None)
        except Exception as error:  # one that fails costs the others nothing, and is tried again
            log.error("decision_not_settled", need=one.need_id, error=type(error).__name__)
    return settled


def _check_closed(current: Need) -> None:
    start = decidable_from(current)
    if not current.is_closed or start is None:
        raise WrongMove(_("Une décision se prend après la clôture."))
    if database_now() < start:
        raise WrongMove(
            _("Une proposition arrivée à temps peut encore être en lecture. Décidez à partir du %(when)s.")
            % {"when": format_second(start)}
        )


def _already(decision: NeedDecision) -> str:
    who = decision.by.get_full_name() if decision.by else _("Un membre de votre institution")
    when = format_moment(decision.decided_at)
    if decision.is_chosen:
        return _("%(who)s a déjà décidé le %(when)s : « %(name)s » est choisie. Rien n’a changé.") % {
            "who": who,
            "when": when,
            "name": decision.name,
        }
    return _("%(who)s a déjà décidé le %(when)s de ne retenir personne. Rien n’a changé.") % {
        "who": who,
        "when": when,
    }

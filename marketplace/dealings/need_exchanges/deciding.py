"""The decision on a need: one quote chosen, or none, and why; letters to all who took part."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from buyers.models import Need
from buyers.needs.lifecycle import decide_need, lock_need
from buyers.permissions import can_manage_need
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.dealings.models import NeedDecision, Quote
from marketplace.dealings.need_exchanges import emails
from marketplace.dealings.need_exchanges.sealing import open_quotes
from marketplace.web.errors import WrongMove
from marketplace.web.typography import format_moment
from marketplace.web.verbs import verb


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
    decide_need(need=need, by=by)
    emails.send_decision(decision)
    return decision


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

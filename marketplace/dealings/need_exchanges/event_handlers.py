"""What follows from a need's own moves: who was chosen is told when it is published, the institution when it closes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from buyers.models import Need
from marketplace.dealings.need_exchanges.emails import send_need_closed
from marketplace.dealings.need_exchanges.inviting import tell_invited
from marketplace.outbox.events import handles_event
from marketplace.outbox.models import Event


@handles_event("need.published", does=_("écrire aux entreprises invitées"))
def tell_those_invited(event: Event) -> None:
    if (need := _need(event)) is not None:
        tell_invited(need=need, by=None)


@handles_event("need.closed", does=_("dire à l’institution que les propositions peuvent être lues"))
def tell_institution_of_closing(event: Event) -> None:
    need = _need(event)
    if need is not None and need.is_closed:
        send_need_closed(need)


def _need(event: Event) -> Need | None:
    number = int(event.subject.partition(":")[2])
    return Need.objects.select_related("buyer__organisation").filter(pk=number).first()

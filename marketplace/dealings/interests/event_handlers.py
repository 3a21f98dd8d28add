"""What following does when one of its mails must not leave."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from marketplace.dealings.interests.follows import tell_again
from marketplace.outbox.events import handles_event
from marketplace.outbox.models import Event, Message


@handles_event("message.withheld", does=_("redire dans le prochain courriel ce qui n’est pas parti"))
def tell_withheld_change_again(event: Event) -> None:
    message = Message.objects.filter(pk=int(event.subject.partition(":")[2])).first()
    if message is not None:
        tell_again(message=message)

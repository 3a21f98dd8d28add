"""What a mail service tells of our mails (refused later, complained of): it calls us, django-anymail checks who calls.

`TRACKING_WEBHOOK` names the service as anymail's addresses do (« postmark », « mailjet », « brevo »…); without it, or without its
secret, there is no such page. Hardly a service repeats our Message-ID: the last mail to the address is meant.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from marketplace.outbox.bounces import OLDEST, Report, note_report
from marketplace.outbox.models import Message, Suppression
from marketplace.outbox.refusals import enhanced_code

#: anymail's words for why, as codes of RFC 3463 where the service gives none.
_CODES = {"invalid": "5.1.1", "bounced": "5.0.0", "timed_out": "4.4.7", "blocked": "5.7.1", "spam": "5.7.1"}


@csrf_exempt  # the service has no cookie: its secret is the authority
def mail_tracking_webhook(request: HttpRequest) -> HttpResponseBase:
    """Hands over to anymail's view of the service; a fault answers 500, and the service calls again."""
    if not settings.TRACKING_WEBHOOK or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    try:
        view = resolve(f"/{settings.TRACKING_WEBHOOK}/tracking/", urlconf="anymail.urls").func
    except Resolver404 as unknown:
        raise Http404 from unknown
    answer: HttpResponseBase = view(request)
    return answer


def note_tracking(sender: Any, event: Any, **_kwargs: Any) -> None:
    """Told by anymail of each thing that a service says of a mail."""
    if event.event_type not in ("bounced", "rejected", "complained") or not event.recipient:
        return
    rows = Message.objects.filter(done_at__gt=timezone.now() - OLDEST)
    exact = rows.filter(message_id=f"<{str(event.message_id or '').strip('<>')}>").first()
    sent = exact or rows.filter(address=event.recipient.strip().lower()).order_by("-done_at").first()
    if sent is None:
        return
    said = str(event.mta_response or event.description or "")
    status = enhanced_code(said) or _CODES.get(event.reject_reason or "", "5.0.0")
    report = Report(status=status, said=said, is_complaint=event.event_type == "complained")
    note_report(sent, report, source=Suppression.Source.SERVICE)

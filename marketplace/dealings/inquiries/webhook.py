"""The same replies from a mail service: it calls us, django-anymail checks who calls and reads what it says.

`INBOUND_WEBHOOK` names the service as anymail's addresses do (« postmark », « mailjet », « brevo »…); without it, or without
its secret, there is no such page.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from marketplace.dealings.inquiries.incoming import receive_reply
from marketplace.dealings.inquiries.sender_check import results_of_service


@csrf_exempt  # the service has no cookie: its secret is the authority
def incoming_mail_webhook(request: HttpRequest) -> HttpResponseBase:
    """Hands over to anymail's view of the service; a fault answers 500, and the service calls again."""
    if not settings.INBOUND_WEBHOOK or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    try:
        view = resolve(f"/{settings.INBOUND_WEBHOOK}/inbound/", urlconf="anymail.urls").func
    except Resolver404 as unknown:
        raise Http404 from unknown
    answer: HttpResponseBase = view(request)
    return answer


def receive_from_service(sender: Any, event: Any, **_kwargs: Any) -> None:
    """Told by anymail of each mail that a service brings."""
    message = event.message
    recipients = [message.envelope_recipient] if message.envelope_recipient else []
    receive_reply(
        source=bytes(message.as_bytes()),
        recipients=recipients,
        envelope_from=message.envelope_sender,
        checked=results_of_service(settings.INBOUND_WEBHOOK, event),
    )

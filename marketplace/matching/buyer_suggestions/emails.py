"""The mail of Mondays: suppliers new in what an institution buys, each with its reasons."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import ngettext

from marketplace.accounts.models import Consent
from marketplace.accounts.poles import pole_for
from marketplace.matching.buyer_suggestions.lines import suggestion_lines
from marketplace.matching.buyer_suggestions.models import BuyerSuggestion, NewSupplierAlert
from marketplace.matching.buyer_suggestions.verbs import KIND, alert_subject, stop_path
from marketplace.matching.mail_preferences.links import preference_url
from marketplace.outbox.compose import Draft, send_draft, sender_for, unsubscribe_headers
from marketplace.outbox.models import Message
from marketplace.web.emails import Email, absolute_url

#: The template says why one receives it, with a date.
NEW_SUPPLIERS = Email(
    kind=KIND,
    title="%(title)s",
    template="buyer_suggestions/new_suppliers",
    purpose=Consent.Purpose.NEW_SUPPLIERS,
)


def send_new_suppliers(
    *, alert: NewSupplierAlert, suggestions: Sequence[BuyerSuggestion], more: int, version: str
) -> Message | None:
    """`more`: how many others stand on the page."""
    organisation = alert.buyer.organisation
    pole = pole_for(organisation)
    with translation.override(alert.user.language):
        lines = suggestion_lines(suggestions)
        name = Truncator(organisation.name).chars(100)
        stop_url = absolute_url(stop_path(alert))
        title = ngettext(
            "%(n)s nouveau fournisseur pour %(name)s", "%(n)s nouveaux fournisseurs pour %(name)s", len(lines)
        ) % {"n": len(lines), "name": name}
        context = {
            "title": title,
            "name": organisation.name,
            "items": [
                {"line": line, "url": absolute_url(line.url), "purchase_url": absolute_url(line.purchase_url)}
                for line in lines
            ],
            "more": more,
            "since": alert.created_at,
            "page_url": absolute_url(reverse("matching:new_suppliers")),
            "stop_url": stop_url,
            "preferences_url": preference_url(alert.user_id, NEW_SUPPLIERS.purpose),
        }
    return send_draft(
        Draft(
            email=NEW_SUPPLIERS,
            recipient=alert.user,
            subject=alert_subject(alert),
            version=version,
            context=context,
            pole=pole,
            headers=unsubscribe_headers(
                url=stop_url, reply_to=sender_for(pole).reply_to, reference=f"suggestions-{alert.pk}"
            ),
            members_of=organisation,
            is_digest=True,
        )
    )

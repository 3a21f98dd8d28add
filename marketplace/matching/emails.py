"""The mail of an alert: five lines per notice, with the reasons, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import ngettext

from buyers.models import Tender
from marketplace.accounts.models import Consent
from marketplace.accounts.poles import pole_for
from marketplace.matching import sentences
from marketplace.matching.alerts import stop_all_path, unsubscribe_path
from marketplace.matching.models import Alert, Suggestion
from marketplace.outbox.compose import Draft, send_draft, sender_for, unsubscribe_headers
from marketplace.outbox.models import Message
from marketplace.web.emails import Email, absolute_url
from marketplace.web.site import site_page_url
from marketplace.web.slots import render_slot
from suppliers.models import Decision

# The title counts or names the notices; the template says why one receives it, with a date.
ALERT_EMAIL = Email(
    kind="alert", title="%(title)s", template="matching/alert", purpose=Consent.Purpose.ALERTS
)

# What fits in a glance; the notice's page has all of them.
REASONS_SHOWN = 4


@dataclass(frozen=True)
class ReasonLine:
    """`fits`: ✓ what concords; otherwise ? what is to be checked."""

    fits: bool
    text: str


@dataclass(frozen=True)
class NoticeLine:
    """One notice as a mail shows it; addresses are whole. `actions`: links that higher apps add, as HTML."""

    title: str
    url: str
    source_url: str
    number: str
    buyer: str
    closes_at: datetime | None
    reasons: list[ReasonLine]
    actions: list[str]


def send_alert_email(
    *, alert: Alert, suggestions: Sequence[Suggestion], version: str, published: Message | None = None
) -> Message | None:
    """One mail for all these tenders, which are open.

    `published`: the mail that says that the supplier is published; this one says that too, and takes its place.
    """
    pole = published.pole if published else pole_for(alert.supplier.organisation)
    with translation.override(alert.user.language):
        notices = [_notice(alert, suggestion) for suggestion in suggestions]
        unsubscribe_url = absolute_url(unsubscribe_path(alert))
        context = {
            "title": published.title if published else _title(alert, notices),
            "alert": alert,
            "supplier": alert.supplier.organisation.name,
            "notices": notices,
            "my_space_url": absolute_url(site_page_url("my_space")),
            "frequency_url": absolute_url(reverse("matching:alert_list")),
            "unsubscribe_url": unsubscribe_url,
            "all_stop_url": absolute_url(stop_all_path(alert.user)),
            **(_publication(alert, published) if published else {}),
        }
    return send_draft(
        Draft(
            email=ALERT_EMAIL,
            recipient=alert.user,
            subject=alert.email_subject,
            version=version,
            context=context,
            pole=pole,
            headers=unsubscribe_headers(
                url=unsubscribe_url, reply_to=sender_for(pole).reply_to, reference=f"alerte-{alert.pk}"
            ),
            members_of=alert.supplier.organisation,
            instead_of=published,
            is_digest=alert.frequency != Alert.Frequency.INSTANT and published is None,
            mentions=[(s.tender.ocid, s.tender.short_version, s.tender.closes_at) for s in suggestions],
        )
    )


def _publication(alert: Alert, published: Message) -> dict[str, Any]:
    """What the mail of the publication says, for its part of the template."""
    decision = Decision.objects.get(pk=int(published.version))
    return {
        "is_publication": True,
        "organisation": alert.supplier.organisation.name,
        "message": decision.message,
        "supplier_url": absolute_url(reverse("suppliers:supplier", args=[alert.supplier.slug])),
    }


def _title(alert: Alert, notices: Sequence[NoticeLine]) -> str:
    if len(notices) == 1:
        [notice] = notices
        return f"{Truncator(notice.title).chars(130)}, {Truncator(notice.buyer).chars(60)}".removesuffix(", ")
    name = Truncator(alert.supplier.organisation.name).chars(120)
    title = ngettext("%(n)s nouvel avis pour %(name)s", "%(n)s nouveaux avis pour %(name)s", len(notices))
    return title % {"n": len(notices), "name": name}


def _notice(alert: Alert, suggestion: Suggestion) -> NoticeLine:
    tender: Tender = suggestion.tender
    return NoticeLine(
        title=tender.title,
        url=absolute_url(reverse("tenders:tender", kwargs={"ocid": tender.ocid})),
        source_url=tender.url,
        number=tender.number,
        buyer=tender.buyer_name or (str(tender.buyer) if tender.buyer else ""),
        closes_at=tender.closes_at,
        reasons=_reasons(suggestion),
        actions=render_slot(None, "alert.tender", alert, tender),
    )


def _reasons(suggestion: Suggestion) -> list[ReasonLine]:
    """What fits first, then what is to be checked; what is missing stands on the notice's page."""
    lines = [
        ReasonLine(verdict == "full", sentences.short_reason(reason))
        for verdict in ("full", "part")
        for reason in suggestion.reasons
        if reason["verdict"] == verdict
    ]
    return lines[:REASONS_SHOWN]

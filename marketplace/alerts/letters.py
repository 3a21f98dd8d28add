"""The mails of alerts: five lines per notice, with the reasons, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import ngettext

from buyers.models import Tender
from marketplace.accounts.models import Consent
from marketplace.alerts import links
from marketplace.alerts.models import Alert
from marketplace.dealings.links import decline_path
from marketplace.matching import sentences
from marketplace.matching.models import Suggestion
from marketplace.outbox.compose import Draft, send_draft, sender_for, unsubscribe_headers
from marketplace.outbox.models import Message
from marketplace.territories.models import Pole
from marketplace.web.emails import Email, absolute_url
from marketplace.web.site import site_page_url


def _declared(kind: str) -> Email:
    return Email(
        kind=kind, title="%(title)s", template="alerts/letter", purpose=Consent.Purpose.ALERTS
    )  # the title counts or names the notices; the template says why, with a date


ALERT_INSTANT, ALERT_DIGEST = _declared("alert.instant"), _declared("alert.digest")

# What fits in a glance; the notice's page has all of them.
REASONS_SHOWN = 4


@dataclass(frozen=True)
class ReasonLine:
    """`fits`: ✓ what concords; otherwise ? what is to be checked."""

    fits: bool
    text: str


@dataclass(frozen=True)
class NoticeLine:
    """One notice as a mail shows it; addresses are whole."""

    title: str
    url: str
    source_url: str
    number: str
    buyer: str
    closes_at: datetime
    reasons: list[ReasonLine]
    decline_url: str


def draft_instant(*, alert: Alert, suggestion: Suggestion, pole: Pole | None) -> Draft:
    """One mail for one notice, to be written together with others. A later version of it writes no second one."""
    return _draft(
        alert, [suggestion], email=ALERT_INSTANT, version=f"tender:{suggestion.tender_id}", pole=pole
    )


def write_digest(
    *, alert: Alert, suggestions: Sequence[Suggestion], version: str, pole: Pole | None
) -> Message | None:
    """One mail for all that waited."""
    return send_draft(_draft(alert, suggestions, email=ALERT_DIGEST, version=version, pole=pole))


def alert_id(message: Message) -> int:
    """The alert that a message of these kinds was written for."""
    return int(message.subject.removeprefix("alert:"))


def _draft(
    alert: Alert, suggestions: Sequence[Suggestion], *, email: Email, version: str, pole: Pole | None
) -> Draft:
    with translation.override(alert.user.language):
        notices = [_notice(alert, suggestion) for suggestion in suggestions]
        unsubscribe_url = absolute_url(links.unsubscribe_path(alert))
        return Draft(
            recipient=alert.user,
            email=email,
            subject=f"alert:{alert.pk}",
            version=version,
            context={
                "title": _title(alert, notices),
                "alert": alert,
                "supplier": alert.supplier.organisation.name,
                "notices": notices,
                "my_space_url": absolute_url(site_page_url("my_space")),
                "frequency_url": absolute_url(reverse("alerts:list")),
                "unsubscribe_url": unsubscribe_url,
                "all_stop_url": absolute_url(links.all_stop_path(alert.user)),
            },
            pole=pole,
            headers=unsubscribe_headers(
                url=unsubscribe_url, reply_to=sender_for(pole).reply_to, reference=f"alerte-{alert.pk}"
            ),
            mentions=[(s.tender.ocid, s.tender.version) for s in suggestions],
        )


def _title(alert: Alert, notices: Sequence[NoticeLine]) -> str:
    if len(notices) == 1:
        [notice] = notices
        return f"{Truncator(notice.title).chars(130)}, {Truncator(notice.buyer).chars(60)}".removesuffix(", ")
    name = Truncator(alert.supplier.organisation.name).chars(120)
    title = ngettext("%(n)s nouvel avis pour %(name)s", "%(n)s nouveaux avis pour %(name)s", len(notices))
    return title % {"n": len(notices), "name": name}


def _notice(alert: Alert, suggestion: Suggestion) -> NoticeLine:
    tender: Tender = suggestion.tender
    assert tender.closes_at is not None  # noqa: S101  # only open notices come here
    return NoticeLine(
        title=tender.title,
        url=absolute_url(reverse("tenders:tender", kwargs={"ocid": tender.ocid})),
        source_url=tender.url,
        number=tender.number,
        buyer=tender.buyer_name or (str(tender.buyer) if tender.buyer else ""),
        closes_at=tender.closes_at,
        reasons=_reasons(suggestion),
        decline_url=absolute_url(
            decline_path(supplier_id=alert.supplier_id, tender_id=tender.pk, reader_id=alert.user_id)
        ),
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

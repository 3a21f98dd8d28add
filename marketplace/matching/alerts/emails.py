"""The gathered mail of alerts: each notice once, with its reasons and every path that leads to it, in the reader's language."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from buyers.models import Tender
from marketplace.accounts.models import Consent, User
from marketplace.accounts.poles import poles_for
from marketplace.matching import sentences
from marketplace.matching.alerts.criteria import Pair
from marketplace.matching.alerts.followed import closing_of, followed_pairs
from marketplace.matching.alerts.models import Alert, AlertDigest
from marketplace.matching.alerts.verbs import KIND, email_subject, stop_all_path, stop_path
from marketplace.matching.mail_preferences.links import preference_tokens
from marketplace.outbox.compose import Draft, send_draft, send_emails, sender_for, unsubscribe_headers
from marketplace.outbox.models import Message
from marketplace.territories.models import Pole
from marketplace.web.emails import Email, absolute_url
from marketplace.web.slots import render_slot
from suppliers.models import Decision

# The title counts or names the notices; the template says why one receives it, with a date.
ALERT_EMAIL = Email(kind=KIND, title="%(title)s", template="matching/alert", purpose=Consent.Purpose.ALERTS)
CONFIRM_ADDRESS = Email(
    kind="alerts.confirm_address",
    audience=gettext_lazy(
        "Vous recevez ce courriel parce qu’une personne a donné cette adresse pour ses alertes."
    ),
    title=gettext_lazy("Confirmez cette adresse pour vos alertes"),
    template="matching/confirm_address",
)

# What fits in a glance; the notice's page has all of them.
REASONS_SHOWN = 4
#: What a mail shows; all of them stand on its page.
NOTICES_SHOWN = 30


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What one person is told in one mail. `missed`: how many came and closed during a pause."""

    pairs: Sequence[Pair]
    alerts: Mapping[int, Alert]
    version: str
    missed: int = 0
    published: Message | None = None

    @property
    def user(self) -> User:
        return next(iter(self.alerts.values())).user

    @property
    def alerts_named(self) -> list[Alert]:
        return [self.alerts[pk] for pk in sorted(self.alerts)]


@dataclass(frozen=True)
class ReasonLine:
    """`fits`: ✓ what concords; otherwise ? what is to be checked."""

    fits: bool
    text: str


@dataclass(frozen=True)
class NoticeLine:
    """One notice as a mail shows it; addresses are whole. `paths`: the alerts that found it, and whether it is followed.
    `actions`: links that higher apps add, as HTML."""

    title: str
    language: str
    url: str
    source_url: str
    number: str
    buyer: str
    closes_at: datetime | None
    reasons: list[ReasonLine]
    paths: list[str]
    actions: list[str] = field(default_factory=list)


class _Told:
    """What the digests of one batch need of the database, in a few statements for all of them."""

    def __init__(self, digests: Sequence[Digest], now: datetime) -> None:
        from marketplace.matching.models import Suggestion  # the models of this app import each other

        pairs = [pair for digest in digests for pair in digest.pairs]
        tenders = {pair.tender for pair in pairs}
        users = {digest.user.pk for digest in digests}
        rows = Tender.objects.filter(pk__in=tenders).select_related("buyer__organisation")
        self.tenders = {tender.pk: tender for tender in rows}
        suppliers = {alert.supplier_id for digest in digests for alert in digest.alerts.values()} - {None}
        found = Suggestion.objects.filter(supplier__in=suppliers, tender__in=tenders, set_aside_at=None)
        self.reasons = {
            (supplier, tender): reasons
            for supplier, tender, reasons in found.values_list("supplier", "tender", "reasons")
        }
        self.followed = followed_pairs(users, tenders)
        self.closing = closing_of(users, now)
        self.tokens = preference_tokens(users, Consent.Purpose.ALERTS)
        organisations = {
            alert.supplier.organisation
            for digest in digests
            for alert in digest.alerts.values()
            if alert.supplier is not None
        }
        self.poles = poles_for(organisations)


def send_digests(digests: Sequence[Digest], *, now: datetime) -> list[Message]:
    """Render and store them with their pages; those that were written."""
    if not digests:
        return []
    told = _Told(digests, now)
    tokens: dict[int, str] = {}
    lines: dict[int, list[dict[str, Any]]] = {}
    together, alone = [], []
    for digest in digests:
        user = digest.user.pk
        tokens[user] = secrets.token_urlsafe(32)
        lines[user] = digest_lines(digest.pairs, told.tenders)
        draft = _draft(digest, lines[user], told, tokens[user])
        (alone if digest.published else together).append(draft)
    messages = send_emails(together)
    messages += [message for draft in alone if (message := send_draft(draft))]
    AlertDigest.objects.bulk_create(
        AlertDigest(message=message, token=tokens[message.recipient_id], lines=lines[message.recipient_id])
        for message in messages
    )
    return messages


def digest_lines(pairs: Sequence[Pair], tenders: Mapping[int, Tender]) -> list[dict[str, Any]]:
    """Each notice once, with the alerts that it answers, the best fit first; what closes first comes first."""
    by_tender: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_tender[pair.tender].append(pair)
    order = sorted(
        by_tender, key=lambda pk: (closing.timestamp() if (closing := tenders[pk].closes_at) else inf, pk)
    )
    return [
        {
            "tender": pk,
            "alerts": [p.alert for p in sorted(by_tender[pk], key=lambda p: (-p.points, p.alert))],
        }
        for pk in order
    ]


def notice_line(
    tender: Tender,
    alerts: Sequence[Alert],
    reasons: Mapping[tuple[int, int], list[dict[str, Any]]],
    *,
    is_followed: bool,
    with_actions: bool = True,
) -> NoticeLine:
    """`alerts`: those that it answers, the best fit first."""
    best = next((alert for alert in alerts if (alert.supplier_id, tender.pk) in reasons), None)
    own = next((alert for alert in alerts if alert.supplier_id), None)
    return NoticeLine(
        title=tender.title,
        language=tender.language,
        url=absolute_url(reverse("tenders:tender", kwargs={"ocid": tender.ocid})),
        source_url=tender.url,
        number=tender.number,
        buyer=tender.buyer_name or (str(tender.buyer) if tender.buyer else ""),
        closes_at=tender.closes_at,
        reasons=_reasons(reasons[best.supplier_id, tender.pk]) if best else [],
        paths=_paths(alerts, is_followed=is_followed),
        actions=render_slot(None, "alert.tender", own, tender) if own and with_actions else [],
    )


def _paths(alerts: Sequence[Alert], *, is_followed: bool) -> list[str]:
    """« Déneigement » et « Coop du Rang »; only said where there is more than one way to say."""
    names = [_("« %(title)s »") % {"title": name} for name in dict.fromkeys(alert.label for alert in alerts)]
    said = [_("Trouvé par %(names)s") % {"names": _and(names)}] if names else []
    return said + [_("Vous suivez cet avis")] * is_followed


def _and(names: Sequence[str]) -> str:
    return _(" et ").join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _reasons(found: Sequence[dict[str, Any]]) -> list[ReasonLine]:
    """What fits first, then what is to be checked; what is missing stands on the notice's page."""
    lines = [
        ReasonLine(verdict == "full", sentences.short_reason(reason))
        for verdict in ("full", "part")
        for reason in found
        if reason["verdict"] == verdict
    ]
    return lines[:REASONS_SHOWN]


def _draft(digest: Digest, lines: Sequence[dict[str, Any]], told: _Told, token: str) -> Draft:
    user, named, published = digest.user, digest.alerts_named, digest.published
    suppliers = {alert.supplier for alert in named}
    supplier = next(iter(suppliers)) if len(suppliers) == 1 else None
    pole: Pole | None = None
    if published:
        pole = published.pole
    elif supplier is not None:
        pole = told.poles[supplier.organisation_id]
    closing = told.closing.get(user.pk, [])
    stop_url = absolute_url(stop_path(alert.pk for alert in named))
    with translation.override(user.language):
        notices = [
            notice_line(
                told.tenders[line["tender"]],
                [digest.alerts[pk] for pk in line["alerts"]],
                told.reasons,
                is_followed=(user.pk, line["tender"]) in told.followed,
            )
            for line in lines[:NOTICES_SHOWN]
        ]
        context = {
            "title": published.title if published else _title(named, supplier, notices, len(lines)),
            "total": len(lines),
            "more": len(lines) - len(notices),
            "missed": digest.missed,
            "supplier": supplier.organisation.name if supplier else "",
            "notices": notices,
            "says_paths": len(named) > 1 or bool(named[0].name),
            "closing": closing,
            "page_url": absolute_url(reverse("matching:digest", args=[token])),
            "alerts": [
                {
                    "name": alert.label,
                    "since": alert.created_at,
                    "stop_url": absolute_url(stop_path([alert.pk])),
                }
                for alert in named
            ],
            "preferences_url": absolute_url(
                reverse("matching:mail_preferences", args=[told.tokens[user.pk]])
            ),
            "all_stop_url": absolute_url(stop_all_path(user)),
            **(_publication(published, supplier) if published and supplier else {}),
        }
    reader = getattr(user, "alert_reader", None)
    mentions = [
        (tender.ocid, tender.short_version, tender.closes_at)
        for tender in (told.tenders[line["tender"]] for line in lines)
    ]
    return Draft(
        email=ALERT_EMAIL,
        recipient=user,
        address=reader.used_address if reader else "",
        subject=email_subject(user.pk),
        version=digest.version,
        context=context,
        pole=pole,
        headers=unsubscribe_headers(
            url=stop_url,
            reply_to=sender_for(pole).reply_to,
            reference="alerte-" + "-".join(str(alert.pk) for alert in named),
        ),
        members_of=supplier.organisation if supplier else None,
        instead_of=published,
        is_digest=published is None and all(alert.frequency != Alert.Frequency.INSTANT for alert in named),
        mentions=[*mentions, *(one.mention for one in closing)],
    )


def _publication(published: Message, supplier: Any) -> dict[str, Any]:
    """What the mail of the publication says, for its part of the template."""
    decision = Decision.objects.get(pk=int(published.version))
    return {
        "is_publication": True,
        "organisation": supplier.organisation.name,
        "message": decision.message,
        "supplier_url": absolute_url(reverse("suppliers:supplier", args=[supplier.slug])),
    }


def _title(named: Sequence[Alert], supplier: Any, notices: Sequence[NoticeLine], total: int) -> str:
    """« 3 nouveaux avis pour Coop du Rang », « 3 nouveaux avis : Déneigement », or the notice where there is one."""
    if total == 1:
        [notice] = notices
        return f"{Truncator(notice.title).chars(130)}, {Truncator(notice.buyer).chars(60)}".removesuffix(", ")
    if supplier is not None:
        name = Truncator(supplier.organisation.name).chars(120)
        title = ngettext("%(n)s nouvel avis pour %(name)s", "%(n)s nouveaux avis pour %(name)s", total)
        return title % {"n": total, "name": name}
    said = ngettext("%(n)s nouvel avis", "%(n)s nouveaux avis", total) % {"n": total}
    if len(named) > 1:
        return said
    return _("%(label)s : %(value)s") % {"label": said, "value": named[0].label}

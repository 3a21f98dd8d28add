"""Where a person reads their alerts: another address once it is confirmed, and secret feeds that can be revoked."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from buyers.models import Tender
from marketplace.accounts.consents import check_own_mail
from marketplace.accounts.models import User
from marketplace.matching.alerts.criteria import recent_notices
from marketplace.matching.alerts.emails import CONFIRM_ADDRESS
from marketplace.matching.alerts.models import Alert, AlertReader
from marketplace.outbox.compose import send_email
from marketplace.web.calendar_feeds import CalendarFeed
from marketplace.web.emails import absolute_url, site_link
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb

#: A feed goes back so far, and names so many.
FEED_DAYS, MOST = timedelta(days=60), 200
BEFORE = timedelta(minutes=30)  # calendars want a length: the half hour before the closing


# --- Another address ----------------------------------------------------------------------------------------------------


@verb
def ask_address(*, user: User, address: str, by: User | None) -> AlertReader:
    """Write a link to another address; mails go there once somebody has pressed its button. The same again writes again."""
    check_own_mail(user, by)
    address = address.strip().lower()
    if address == user.email.lower():
        raise WrongMove(_("C’est déjà l’adresse de votre compte."))
    reader, _is_new = AlertReader.objects.select_for_update().get_or_create(user=user)
    if reader.used_address == address:
        return reader
    reader.address, reader.address_confirmed_at = address, None
    reader.address_token = secrets.token_urlsafe(32)
    reader.save()
    send_email(
        CONFIRM_ADDRESS,
        recipient=user,
        address=address,
        subject=f"address:{user.pk}",
        version=secrets.token_hex(8),
        context={"confirm_url": site_link("matching:confirm_address", reader.address_token)},
    )
    return reader


@verb
def confirm_address(*, reader: AlertReader, by: User | None) -> bool:
    """Mails of alerts go there from now on; whether that is news."""
    confirmed = AlertReader.objects.filter(pk=reader.pk, address_token=reader.address_token)
    return bool(
        confirmed.exclude(address_token="").update(address_confirmed_at=timezone.now(), address_token="")
    )


@verb
def drop_address(*, user: User, by: User | None) -> bool:
    """Mails of alerts go to the account's own address again; whether another was known."""
    check_own_mail(user, by)
    rows = AlertReader.objects.filter(user=user).exclude(address="")
    return bool(rows.update(address="", address_token="", address_confirmed_at=None))


def reader_to_confirm(token: str) -> AlertReader | None:
    if not token:
        return None
    return (
        AlertReader.objects.select_related("user").filter(address_token=token, user__is_active=True).first()
    )


# --- Feeds --------------------------------------------------------------------------------------------------------------


@verb
def renew_feeds(*, user: User, by: User | None) -> AlertReader:
    """A secret address for the person's feeds; the former opens nothing from now on."""
    check_own_mail(user, by)
    reader, _is_new = AlertReader.objects.select_for_update().get_or_create(user=user)
    reader.feed_token = secrets.token_urlsafe(32)
    reader.save(update_fields=["feed_token"])
    return reader


@verb
def close_feeds(*, user: User, by: User | None) -> bool:
    """No address opens them any more; whether one did."""
    check_own_mail(user, by)
    return bool(AlertReader.objects.filter(user=user).exclude(feed_token=None).update(feed_token=None))


def reader_of_feed(token: str) -> AlertReader | None:
    """Whose feeds a secret address opens; None if renewed or closed since, or the account is."""
    return AlertReader.objects.select_related("user").filter(feed_token=token, user__is_active=True).first()


def feed_notices(user: User) -> list[Tender]:
    """What answers the person's alerts lately, the latest first, each once: what they consented to mails or not."""
    alerts = list(Alert.objects.active().of_members().filter(user=user))
    if not alerts:
        return []
    found = recent_notices(alerts, since=timezone.now() - FEED_DAYS)
    latest = {one.tender: one.moment for one in found}
    order = sorted(latest, key=lambda pk: (latest[pk], pk), reverse=True)[:MOST]
    rows = Tender.objects.in_bulk(order)
    return [rows[pk] for pk in order if pk in rows]


def notice_calendar(user: User) -> bytes:
    """The closings of what answers the person's alerts. Texts in the active language."""
    feed = CalendarFeed(_("Avis de mes alertes"))
    for tender in feed_notices(user):
        if tender.closes_at is None:
            continue
        called_off = tender.status in (Tender.Status.CANCELLED, Tender.Status.UNSUCCESSFUL)
        feed.add_entry(
            f"alert-{tender.ocid}",
            summary=_("%(what)s : %(notice)s") % {"what": _("Clôture"), "notice": tender.title},
            starts_at=tender.closes_at - BEFORE,
            ends_at=tender.closes_at,
            place="",
            page=reverse("tenders:tender", kwargs={"ocid": tender.ocid}),
            status="CANCELLED" if called_off else "CONFIRMED",
            sequence=int(tender.changed_at.timestamp()) // 60,
            changed_at=tender.changed_at,
            description=tender.buyer_name,
        )
    return feed.render()


def notice_rss(user: User, address: str) -> str:
    """The same as RSS 2.0."""
    feed = Rss201rev2Feed(
        title=_("Avis de mes alertes"),
        link=absolute_url(reverse("matching:alert_list")),
        description=_("Les avis publics qui répondent à mes alertes, dans Maillage."),
        language=get_language(),
        feed_url=address,
    )
    for tender in feed_notices(user):
        page = absolute_url(reverse("tenders:tender", kwargs={"ocid": tender.ocid}))
        feed.add_item(
            title=_readable(tender.title),
            link=page,
            description=_readable(tender.buyer_name),
            unique_id=tender.ocid,
            unique_id_is_permalink=False,
            pubdate=tender.published_at or tender.imported_at,
        )
    return feed.writeString("utf-8")


def _readable(text: str) -> str:
    """XML has no control characters: one in a publisher's title would spoil the whole feed."""
    return "".join(c if c.isprintable() or c == "\u00a0" else " " for c in text)

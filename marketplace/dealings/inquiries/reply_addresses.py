"""The address that a mail about an exchange is answered at: it says which exchange and which side, and names nobody.

« f42.9c1e…@reponses.maillage.example »: the side that writes back, the number of the exchange, and a keyed digest of both.
Lower case and digits only: mail servers on the way may fold the case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from marketplace.dealings.models import InquiryMessage

Side = InquiryMessage.Side
_LETTERS = {Side.BUYER: "a", Side.SUPPLIER: "f"}
_LOCAL = re.compile(r"(?P<what>(?P<side>[af])(?P<pk>[1-9][0-9]{0,17}))\.(?P<mark>[0-9a-f]{20})")

_WRITTEN = re.compile(r"\b[af][1-9][0-9]{0,17}\.[0-9a-f]{20}\b", re.IGNORECASE)


@dataclass(frozen=True)
class ReplyTo:
    """Which exchange a mail answers, and for which of its sides."""

    recipient_id: int
    side: InquiryMessage.Side


def reply_address(*, recipient_id: int, side: InquiryMessage.Side) -> str:
    """Where `side` writes back; empty where this installation receives no mail."""
    if not settings.INBOUND_MAIL_DOMAIN:
        return ""
    what = f"{_LETTERS[side]}{recipient_id}"
    return f"{what}.{_mark(what, settings.SECRET_KEY)}@{settings.INBOUND_MAIL_DOMAIN}"


def read_reply_address(address: str) -> ReplyTo | None:
    """None where the address was not made here."""
    local, _at, domain = address.strip().lower().rpartition("@")
    found = _LOCAL.fullmatch(local)
    if not settings.INBOUND_MAIL_DOMAIN or domain != settings.INBOUND_MAIL_DOMAIN.lower() or not found:
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(constant_time_compare(found["mark"], _mark(found["what"], key)) for key in keys):
        return None
    side = next(side for side, letter in _LETTERS.items() if letter == found["side"])
    return ReplyTo(int(found["pk"]), side)


def without_reply_addresses(text: str) -> str:
    """A mail quotes the one that it answers, with the address that it was answered at: whoever reads that address could
    write in the name of the other side."""
    return _WRITTEN.sub("…", text)


def _mark(what: str, key: str) -> str:
    return salted_hmac("dealings.inquiries.reply", what, secret=key, algorithm="sha256").hexdigest()[:20]

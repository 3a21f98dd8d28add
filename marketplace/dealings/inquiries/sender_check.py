"""Whether a mail comes from the domain that its From names, as far as somebody whom we trust has checked (SPF, DKIM, DMARC).

Two say so: a mail server of the host, by the `Authentication-Results` that it writes on what it hands over (RFC 8601; its name
stands in INBOUND_TRUSTED_AUTHSERV), and the mail service that calls us, each in its own way. A result counts for a From only
where the domain that passed is that of the From, as DMARC wants it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from django.conf import settings

from marketplace.dealings.models import InquiryMessage

SenderCheck = InquiryMessage.SenderCheck


@dataclass(frozen=True, kw_only=True)
class Result:
    """« spf », « dkim » or « dmarc »; « pass », « fail »…; the domain that it is about, empty where it is not said."""

    method: str
    said: str
    domain: str = ""


def check_sender(sender: str, results: Iterable[Result]) -> str:
    """What is known of a From address. Nobody having checked, or nothing that speaks of its domain: unknown; so is a mail that
    SPF alone refuses, as it does with what somebody forwards."""
    domain = sender.rpartition("@")[2].lower()
    found = list(results)
    passed = [one for one in found if one.said == "pass" and _is_same(one.domain, domain)]
    if passed:
        return SenderCheck.PASSED
    failed = [one.method for one in found if one.said == "fail" and _is_same(one.domain or domain, domain)]
    if "dmarc" in failed or "dkim" in failed:
        return SenderCheck.FAILED
    return SenderCheck.UNKNOWN


def _is_same(one: str, other: str) -> bool:
    """The same domain, or one below the other; a name without a dot is nobody's."""
    if "." not in one or "." not in other:
        return False
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


# --- A server of the host's ---------------------------------------------------------------------------------------------

_COMMENT = re.compile(r"\([^()]*\)")
_METHOD = re.compile(r"\s*([\w-]+)(?:/\d+)?\s*=\s*(\w+)")
_ABOUT = {
    "dkim": re.compile(r"\bheader\.[di]\s*=\s*\"?(?:[^\s;\"]*@)?([\w.-]+)"),
    "spf": re.compile(r"\bsmtp\.(?:mailfrom|helo)\s*=\s*\"?(?:[^\s;\"]*@)?([\w.-]+)"),
    "dmarc": re.compile(r"\bheader\.from\s*=\s*\"?(?:[^\s;\"]*@)?([\w.-]+)"),
}


def results_of_headers(values: Iterable[str]) -> list[Result]:
    """Of the first `Authentication-Results` that a trusted server wrote: it puts its own above what came along."""
    trusted = {name.lower() for name in settings.INBOUND_TRUSTED_AUTHSERV}
    for value in values:
        text = _COMMENT.sub(" ", value[:4000])
        server, _semicolon, rest = text.partition(";")
        if server.split()[:1] and server.split()[0].lower() in trusted:
            return list(_read(rest))
    return []


def _read(text: str) -> Iterator[Result]:
    for part in text.split(";"):
        found = _METHOD.match(part)
        if found and (about := _ABOUT.get(found[1].lower())):
            domain = about.search(part)
            yield Result(
                method=found[1].lower(),
                said=found[2].lower(),
                domain=domain[1].lower().strip(".") if domain else "",
            )


# --- A mail service -----------------------------------------------------------------------------------------------------


def results_of_service(name: str, event: Any) -> list[Result]:
    """What the service that brought a mail says of it; those that say nothing of their own are read by their headers."""
    message: EmailMessage = event.message
    envelope = str(getattr(message, "envelope_sender", "") or "").rpartition("@")[2].lower()
    said = event.esp_event
    if name == "sendgrid":
        posted: Mapping[str, str] = getattr(said, "POST", {})
        keys = re.findall(r"@([\w.-]+)\s*:\s*(\w+)", posted.get("dkim", ""))
        return [
            _spf(posted.get("SPF", ""), envelope),
            *(Result(method="dkim", said=how.lower(), domain=domain.lower()) for domain, how in keys),
        ]
    if name == "mailersend" and isinstance(said, Mapping):
        code = ((said.get("data") or {}).get("spf_check") or {}).get("code", "")
        return [_spf({"+": "pass", "-": "fail"}.get(code, ""), envelope)]
    if name == "mailgun":
        return [_spf(str(message.get("X-Mailgun-Spf", "")), envelope)]
    if name == "postmark":
        words = str(message.get("Received-SPF", "")).split()
        return [_spf(words[0] if words else "", envelope)]
    return []


def _spf(said: str, envelope: str) -> Result:
    return Result(method="spf", said=said.strip().lower(), domain=envelope)

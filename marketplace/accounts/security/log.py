"""The security log: who did or tried what, from where. Only added to (a trigger holds that), read by platform admins.

`record_security_event` writes what was done, in the transaction of the verb that does it: both stand or neither does.
`note_refusal` keeps what was refused until the page has answered, so that no rolled back transaction takes it along.
Nothing that was typed is kept: no password, no address that opens no account, no query, no token.
"""

from __future__ import annotations

import hashlib
import ipaddress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from allauth.account.models import EmailAddress
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Count, F, Max, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.security.devices import describe_device
from marketplace.accounts.security.models import Kind, SecurityEvent
from marketplace.web.limits import client_address

log = structlog.get_logger("security")

#: Different refusals of one kind that one hour may add, from one address and from all; the rest are counted together.
MOST_PER_ADDRESS = 60
MOST_PER_KIND = 2000
#: `target` of a row that counts different refusals together.
MANY = "many"
#: What an address may say of the page: a key, or a name that the site itself made. Anything else may be a token.
SAID_IN_PATHS = frozenset({"pk", "slug", "ocid", "object_id", "number"})


@dataclass
class Asked:
    """The request that is being answered, and what it was refused."""

    request: HttpRequest
    refusals: list[dict[str, Any]] = field(default_factory=list)


asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


def record_security_event(
    *,
    kind: str,
    by: Any,
    person: User | None = None,
    organisation: Organisation | None = None,
    target: str = "",
    rows: int | None = None,
) -> None:
    """Write that something was done. `by` None: the system. `person`: whose account changed, where one did."""
    event = SecurityEvent(
        kind=Kind(kind),
        actor=by if isinstance(by, User) else None,
        person=person,
        organisation=organisation,
        target=target[:200],
        rows=rows,
        **_origin(),
    )
    event.save(force_insert=True)
    transaction.on_commit(lambda: _tell_collectors(event))


def note_refusal(
    *, kind: str, by: User | None = None, person: User | None = None, email: str | None = None
) -> None:
    """Something was refused, or failed: written once the page has answered. Outside a page there is nobody to refuse.

    `email` is what was typed at the door: the account that it opens is kept, else a keyed digest.
    """
    if (current := asked.get()) is not None:
        current.refusals.append({"kind": kind, "by": by, "person": person, "email": email})


def write_refusals(current: Asked) -> None:
    """What the page refused, each once. A database that is away has already been told of elsewhere."""
    for said in current.refusals:
        try:
            _write_refusal(**said)
        except DatabaseError:
            log.exception("refusal_not_written", kind=said["kind"])


def _write_refusal(*, kind: str, by: User | None, person: User | None, email: str | None) -> None:
    tried = ""
    if email is not None and person is None:
        person = account_at(email)
        tried = "" if person else digest_of_address(email)
    event = SecurityEvent(
        kind=Kind(kind),
        actor=by,
        person=person,
        tried=tried,
        **_origin(),
    )
    _tell_collectors(event)
    _count_alike(event)


def _count_alike(event: SecurityEvent) -> None:
    """A row that says the same within this hour counts one more; a flood of different ones becomes one row."""
    hour = event.at.replace(minute=0, second=0, microsecond=0)
    if _is_counted(event, hour):
        return
    recent = SecurityEvent.objects.filter(kind=event.kind, at__gte=hour).order_by()[:MOST_PER_KIND]
    found = recent.aggregate(all=Count("pk"), here=Count("pk", filter=Q(address=event.address)))
    if found["here"] >= MOST_PER_ADDRESS or found["all"] >= MOST_PER_KIND:
        event.actor = event.person = None
        event.tried, event.path, event.target = "", "", MANY
        if found["all"] >= MOST_PER_KIND:
            event.address = event.browser = event.system = ""
        if _is_counted(event, hour):
            return
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError:  # another process wrote the same at the same moment
        _is_counted(event, hour)


def _is_counted(event: SecurityEvent, hour: datetime) -> bool:
    said = (event.kind, event.actor_id, event.person_id, event.tried, event.address, event.path, event.target)
    event.fingerprint = hashlib.sha256(repr((*said, hour.isoformat())).encode()).hexdigest()
    alike = SecurityEvent.objects.filter(fingerprint=event.fingerprint)
    return bool(alike.update(count=F("count") + 1, last_at=event.last_at))


def last_restore() -> datetime | None:
    """When a backup was last brought back; what was signed before and serves once may have served since."""
    found = SecurityEvent.objects.filter(kind=Kind.BACKUP_RESTORED).aggregate(last=Max("at"))
    last: datetime | None = found["last"]
    return last


def account_at(email: str) -> User | None:
    """The account that an address opens, main or second."""
    email = email.strip()
    found = User.objects.filter(email__iexact=email).first()
    if found is None:
        second = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user")
        found = next((row.user for row in second[:1]), None)
    return found


def digest_of_address(email: str) -> str:
    """The same for the same address, and nothing without the site's key."""
    return salted_hmac("security-event", email.strip().lower(), algorithm="sha256").hexdigest()[:16]


def network_of(address: str) -> str:
    """« 203.0.113.7 » → « 203.0.113.0/24 »; an IPv6 address becomes its /48."""
    if not address or "/" in address:
        return address
    prefix = 48 if ":" in address else 24
    return str(ipaddress.ip_network((address, prefix), strict=False))


def _origin() -> dict[str, Any]:
    """From where: empty for what a worker or a command does."""
    now = timezone.now()
    origin: dict[str, Any] = {"at": now, "last_at": now}
    if (current := asked.get()) is None:
        return origin
    request = current.request
    address = client_address(request)
    browser, system = describe_device(request.headers.get("User-Agent", ""))
    return origin | {
        "address": "" if address == "0.0.0.0" else address,  # noqa: S104 - over a socket: nobody's address
        "browser": browser,
        "system": system,
        "path": page_of(request),
    }


def page_of(request: HttpRequest) -> str:
    """The address of the page without its query, and without what only the person who got a link should know."""
    if (match := request.resolver_match) is None:
        return ""
    path = request.path
    for name, value in match.kwargs.items():
        if not (isinstance(value, int) or name in SAID_IN_PATHS) and str(value):
            path = path.replace(str(value), "…")
    return path[:200]


def _tell_collectors(event: SecurityEvent) -> None:
    """One line for whoever gathers logs: no name, no e-mail, no whole address."""
    log.info(
        event.kind,
        outcome=event.outcome.value,
        actor=_digest_of_account(event.actor),
        account=_digest_of_account(event.person) or event.tried,
        organisation=event.organisation_id,
        network=network_of(event.address),
        browser=event.browser,
        system=event.system,
        rows=event.rows,
    )


def _digest_of_account(user: User | None) -> str:
    return digest_of_address(user.email) if user else ""

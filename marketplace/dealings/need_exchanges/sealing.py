"""What a quote says, kept encrypted; and the only ways to read it (docs/adr/0031).

A quote's words and its file are encrypted before they reach any table, history or storage, with a key of that quote: made
from the site's secret, the need, the supplier and the closing that was promised. A row copied by a trigger, a backup, an
export or an administrator's page shows nothing. `open_quotes` decides by the clock of the database; there is no other way
for the buyer, and none at all for staff.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import connection
from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.crypto import salted_hmac

from buyers.models import Need
from marketplace.accounts.models import User
from marketplace.accounts.permissions import is_member_of
from marketplace.dealings.models import Quote
from marketplace.web.errors import NotAllowed
from marketplace.web.private_files import Checked, PrivateFile, read_kept_file
from marketplace.web.private_files.kinds import Kind
from marketplace.web.private_files.storage import RESPONSE_HEADERS

TPS, TVQ = Decimal("0.05"), Decimal("0.09975")
CENT = Decimal("0.01")
#: Of a file in the storage: everything about it is inside.
SEALED_KIND = Kind("pdf", "application/octet-stream", ("bin",), "")
SEALED_NAME = "proposition.bin"
DRAFT = "draft"


@dataclass(frozen=True, kw_only=True)
class QuoteTerms:
    """What a supplier proposes. `amount` is before taxes, in dollars; `file_name` and `file_type` are those of its file."""

    amount: Decimal | None = None
    taxes: str = "added"  # « added »: TPS and TVQ come on top; « none »: it charges none
    valid_until: date | None = None
    conditions: str = ""
    file_name: str = ""
    file_type: str = ""

    @property
    def total(self) -> Decimal | None:
        """With taxes: each is rounded to a cent, as an invoice does."""
        if self.amount is None or self.taxes != "added":
            return self.amount
        return self.amount + (self.amount * TPS).quantize(CENT) + (self.amount * TVQ).quantize(CENT)

    def as_json(self) -> str:
        said = {
            "amount": None if self.amount is None else str(self.amount),
            "taxes": self.taxes,
            "valid_until": self.valid_until and self.valid_until.isoformat(),
            "conditions": self.conditions,
            "file_name": self.file_name,
            "file_type": self.file_type,
        }
        return json.dumps(said, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> QuoteTerms:
        said: dict[str, Any] = json.loads(text)
        return cls(
            amount=None if said["amount"] is None else Decimal(said["amount"]),
            taxes=said["taxes"],
            valid_until=date.fromisoformat(said["valid_until"]) if said["valid_until"] else None,
            conditions=said["conditions"],
            file_name=said["file_name"],
            file_type=said["file_type"],
        )


@dataclass(frozen=True, kw_only=True)
class OpenedQuote:
    quote: Quote
    terms: QuoteTerms


def database_now() -> datetime:
    """The clock that decides, for every process alike."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


# --- Writing ----------------------------------------------------------------------------------------------------------


def _cipher(quote: Quote, until: datetime | str) -> MultiFernet:
    """One key for each quote and promise: moved to another row, or promised otherwise, it opens nothing."""
    moment = until if isinstance(until, str) else until.astimezone(timezone.get_fixed_timezone(0)).isoformat()
    about = f"{quote.need_id}:{quote.supplier_id}:{moment}"
    return MultiFernet(
        [
            Fernet(
                base64.urlsafe_b64encode(
                    salted_hmac("dealings.quote", about, secret=secret, algorithm="sha256").digest()
                )
            )
            for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        ]
    )


def seal_draft(quote: Quote, terms: QuoteTerms) -> str:
    return _cipher(quote, DRAFT).encrypt(terms.as_json().encode()).decode()


def seal_terms(quote: Quote, terms: QuoteTerms, *, until: datetime) -> str:
    return _cipher(quote, until).encrypt(terms.as_json().encode()).decode()


def seal_upload(quote: Quote, upload: Checked) -> Checked:
    """A checked file as it may lie in the storage: without its name, its kind or its bytes."""
    upload.content.seek(0)
    sealed = _cipher(quote, "file").encrypt(upload.content.read())
    digest = hashlib.sha256(sealed).hexdigest()
    return Checked(
        name=SEALED_NAME, kind=SEALED_KIND, content=io.BytesIO(sealed), size=len(sealed), sha256=digest
    )


# --- Reading ----------------------------------------------------------------------------------------------------------


def open_quotes(*, need: Need, by: User) -> list[OpenedQuote]:
    """What the buyer may read now: every quote in time once the database's clock has passed the closing, or at once where
    nothing was sealed. Only for members of the institution: neither staff nor platform admins are party to it."""
    if not is_member_of(by, need.buyer.organisation):
        raise NotAllowed
    rows = Quote.objects.opened().filter(need=need).select_related("supplier__organisation", "file")
    return _read(rows.order_by("submitted_at", "pk"))


def read_own_quote(*, quote: Quote, by: User) -> QuoteTerms | None:
    """What its enterprise submitted, for its members."""
    _check_own(quote, by)
    return _terms(quote) if quote.content else None


def read_own_draft(*, quote: Quote, by: User) -> QuoteTerms | None:
    """What its enterprise is writing, for its members."""
    _check_own(quote, by)
    if not quote.draft:
        return None
    return QuoteTerms.from_json(_cipher(quote, DRAFT).decrypt(quote.draft).decode())


def sealed_file_response(*, quote: Quote, file: PrivateFile, terms: QuoteTerms) -> FileResponse:
    """The file as it was handed over. Whoever calls got `terms` from one of the ways above."""
    try:
        content = _cipher(quote, "file").decrypt(read_kept_file(file))
    except InvalidToken as fault:
        raise Http404 from fault
    return FileResponse(
        io.BytesIO(content),
        as_attachment=True,
        filename=terms.file_name,
        content_type=terms.file_type,
        headers=RESPONSE_HEADERS,
    )


def _check_own(quote: Quote, by: User) -> None:
    if not is_member_of(by, quote.supplier.organisation):
        raise NotAllowed


def _read(quotes: Iterable[Quote]) -> list[OpenedQuote]:
    return [OpenedQuote(quote=quote, terms=_terms(quote)) for quote in quotes]


def _terms(quote: Quote) -> QuoteTerms:
    if quote.sealed_until is None:
        raise ValueError("a submitted quote says until when it is sealed")
    return QuoteTerms.from_json(_cipher(quote, quote.sealed_until).decrypt(quote.content).decode())


def order_by_total(opened: Sequence[OpenedQuote]) -> list[OpenedQuote]:
    """The lowest first; of equals, what came first."""
    return sorted(opened, key=lambda one: (one.terms.total or Decimal(0), one.quote.submitted_at))

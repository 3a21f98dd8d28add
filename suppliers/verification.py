"""Whether a supplier is verified, asked of a day: six criteria of six proved, each in date (docs/adr/0016).

What is stored are the last days of the proofs (`Supplier.proved_until`, and the directory's copy); whether they still hold
is worked out where it is read, so that a badge goes the day after, whether or not a task has run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.typography import format_day_short, format_number

from .models import Criterion

OF = len(Criterion)
#: So long before its end, a verification lapses: the enterprise is reminded and may attest that nothing changed.
SOON = timedelta(days=60)
VERIFIED, IN_PROGRESS, LAPSED = "verified", "in_progress", "lapsed"


class HasProofs(Protocol):
    """A `Supplier`, or a row of the directory."""

    @property
    def proved_until(self) -> Sequence[date]: ...
    @property
    def verified_on(self) -> date | None: ...
    @property
    def verified_until(self) -> date | None: ...


@dataclass(frozen=True)
class Verification:
    """What may be said of a supplier on `today`. `proved` criteria of six are in date."""

    proved: int
    verified_on: date | None
    verified_until: date | None
    today: date

    @property
    def state(self) -> str:
        """verified, in_progress, or lapsed: the six were proved, and one at least no longer holds."""
        if self.verified_until is None:
            return IN_PROGRESS
        return VERIFIED if self.verified_until >= self.today else LAPSED

    @property
    def is_verified(self) -> bool:
        return self.state == VERIFIED

    @property
    def kind(self) -> str:
        """Of the badge."""
        return {VERIFIED: "ok", LAPSED: "wait", IN_PROGRESS: "plain"}[self.state]

    @property
    def sentence(self) -> str:
        """« Vérifiée le 3 sept. 2026 », « Vérification échue depuis 2 mois », « Inscrite; vérification en cours… »."""
        if self.state == VERIFIED:
            return _("Vérifiée le %(day)s") % {"day": format_day_short(self.verified_on)}
        if self.verified_until is None:
            return ngettext(
                "Inscrite; vérification en cours\u00a0: %(n)s critère sur %(of)s",
                "Inscrite; vérification en cours\u00a0: %(n)s critères sur %(of)s",
                self.proved,
            ) % {"n": self.proved, "of": OF}
        months = _whole_months(self.verified_until, self.today)
        if not months:
            return _("Vérification échue depuis moins d’un mois")
        text = ngettext(
            "Vérification échue depuis %(n)s mois", "Vérification échue depuis %(n)s mois", months
        )
        return text % {"n": format_number(months)}

    def as_json(self) -> dict[str, Any]:
        """For the API. The two days are those of a verification that holds, or that lapsed: `state` says which."""
        return {
            "state": self.state,
            "proved": self.proved,
            "of": OF,
            "verified_on": self.verified_on,
            "expires_on": self.verified_until,
        }


def verification_of(row: HasProofs, today: date | None = None) -> Verification:
    today = today or timezone.localdate()
    proved = sum(day >= today for day in row.proved_until)
    return Verification(proved, row.verified_on, row.verified_until, today)


def proof_until(basis: str, proved_on: date) -> date:
    """The last day of a proof, `settings.PROOF_MONTHS` of its basis after the day on which it was found."""
    months = proved_on.month - 1 + settings.PROOF_MONTHS[basis]
    year, month = proved_on.year + months // 12, months % 12 + 1
    for day in range(proved_on.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:  # 30 February
            continue
    return date(year, month, proved_on.day)


def _whole_months(since: date, today: date) -> int:
    months = (today.year - since.year) * 12 + today.month - since.month
    return max(0, months - (today.day < since.day))


# The pôle is the one that established the newest proof.
_REFRESH = """
UPDATE suppliers_supplier s
SET proved_until = p.until,
    verified_on = CASE WHEN p.n = %(of)s THEN p.proved_on END,
    verified_until = CASE WHEN p.n = %(of)s THEN p.until[1] END,
    verified_by_id = CASE WHEN p.n = %(of)s THEN p.pole END
FROM (
    SELECT s.id, count(a.id) AS n, max(a.proved_on) AS proved_on,
           (array_agg(a.pole_id ORDER BY a.proved_on DESC, a.criterion DESC) FILTER (WHERE a.id IS NOT NULL))[1] AS pole,
           coalesce(array_agg(a.expires_on ORDER BY a.expires_on) FILTER (WHERE a.id IS NOT NULL), '{}') AS until
    FROM suppliers_supplier s
    LEFT JOIN suppliers_criterionanswer a ON a.supplier_id = s.id AND a.proved_on IS NOT NULL
    WHERE s.id = ANY(%(ids)s)
    GROUP BY s.id
) p
WHERE p.id = s.id
"""


def refresh_verification(*, supplier_ids: list[int]) -> None:
    """Write on suppliers what follows from their proofs. Call it in the transaction that writes a proof, then reindex."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"ids": supplier_ids, "of": OF})

"""How often each enterprise is suggested and told, and at which rank: whether the same ones always come first.

Counted from the suggestions that stand and from the mails that left. Only read: nobody's alert waits because of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Avg, Count, Q
from django.utils import timezone
from django.utils.functional import cached_property

from marketplace.matching.models import Suggestion
from suppliers.models import Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User

PERIODS = (30, 90, 365)
#: The first ten are those that anyone reads.
FIRST_TEN = 10

# By the notices that mails named, once each, whoever of its members read them.
_TOLD = """
SELECT s.id, count(DISTINCT mention.notice), max(message.done_at)
FROM outbox_mention mention
JOIN outbox_message message ON message.id = mention.message_id AND message.status = 'done' AND message.done_at >= %(since)s
JOIN accounts_membership member ON member.user_id = mention.recipient_id
JOIN suppliers_supplier s ON s.organisation_id = member.organisation_id
WHERE s.id = ANY(%(ids)s)
  AND EXISTS (SELECT FROM matching_suggestion k JOIN buyers_tender t ON t.id = k.tender_id
              WHERE k.supplier_id = s.id AND t.ocid = mention.notice)
GROUP BY s.id
"""


@dataclass(frozen=True)
class Exposure:
    """One enterprise over a period: how many notices it was suggested for, first, among the ten first; its mean rank; how
    many of them a mail named."""

    supplier_id: int
    suggested: int = 0
    first: int = 0
    in_ten: int = 0
    mean_rank: float | None = None
    told: int = 0
    told_at: datetime | None = None


@dataclass(frozen=True)
class Exposures:
    """Of all enterprises of a territory."""

    rows: list[Exposure]

    @cached_property
    def suggested(self) -> list[Exposure]:
        return [row for row in self.rows if row.suggested]

    @cached_property
    def never_suggested(self) -> list[Exposure]:
        return [row for row in self.rows if not row.suggested]

    @cached_property
    def never_told(self) -> list[Exposure]:
        """Suggested, and yet no mail named it to anyone: nobody of theirs asked for alerts."""
        return [row for row in self.rows if row.suggested and not row.told]

    @cached_property
    def often_first(self) -> list[Exposure]:
        rows = [row for row in self.rows if row.first]
        return sorted(rows, key=lambda row: (-row.first, -row.suggested, row.supplier_id))

    @property
    def first_places(self) -> int:
        return sum(row.first for row in self.rows)

    @property
    def share_of_few(self) -> int:
        """Which part of the first places, in hundredths, the tenth of enterprises that is most often first has."""
        few = max(len(self.suggested) // 10, 1)
        places = sum(row.first for row in self.often_first[:few])
        return round(100 * places / self.first_places) if self.first_places else 0


def exposures_of(user: User, *, days: int) -> Exposures:
    """Every published enterprise that the reader looks after, by name: three statements."""
    since = timezone.now() - timedelta(days=days)
    suppliers = Supplier.objects.published().curated_by(user)
    ids = list(suppliers.order_by("organisation__name", "pk").values_list("pk", flat=True))
    return Exposures(_counted(ids, since))


def _counted(ids: list[int], since: datetime) -> list[Exposure]:
    counted: dict[int, dict[str, Any]] = {
        row.pop("supplier"): row
        for row in Suggestion.objects.filter(supplier__in=ids, computed_at__gte=since, rank__gt=0)
        .order_by()
        .values("supplier")
        .annotate(
            suggested=Count("pk"),
            first=Count("pk", filter=Q(rank=1)),
            in_ten=Count("pk", filter=Q(rank__lte=FIRST_TEN)),
            mean_rank=Avg("rank"),
        )
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, {"ids": ids, "since": since})
        told = {pk: {"told": n, "told_at": at} for pk, n, at in cursor.fetchall()}
    return [Exposure(pk, **counted.get(pk, {}), **told.get(pk, {})) for pk in ids]


def names_of(rows: Iterable[Exposure]) -> dict[int, Supplier]:
    """The enterprises of a page of rows, by id."""
    wanted = Supplier.objects.filter(pk__in=[row.supplier_id for row in rows])
    return {one.pk: one for one in wanted.select_related("organisation")}

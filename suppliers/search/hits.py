"""Who answers wishes, and how well: one statement over the directory's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection

from .wishes import Wishes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from suppliers.directory_columns import DirectoryColumns

#: Every wish, the important ones, any one of them.
ALL, IMPORTANT, ANY = 0, 1, 2

_FOUND = """
SELECT t.entry_id, ts_rank('{0.1,0.2,0.4,1.0}', t.search, %(query)s::tsquery)
FROM suppliers_directorytext t WHERE t.search @@ %(query)s::tsquery ORDER BY 1
"""
_BY_NEQ = """
SELECT e.supplier_id, 1.0 FROM suppliers_directoryentry e JOIN suppliers_supplier s ON s.id = e.supplier_id
JOIN accounts_organisation o ON o.id = s.organisation_id WHERE o.neq = %(neq)s ORDER BY 1
"""


@dataclass(frozen=True, kw_only=True)
class Hits:
    """The suppliers that answer, by rising id; the four arrays are in step.

    `fits` compares within a tier only. `matched` has bit n set where wish n is met.
    """

    ids: NDArray[np.int64]
    tiers: NDArray[np.int8]
    fits: NDArray[np.float32]
    matched: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, kept: NDArray[Any]) -> Hits:
        """Some of them, by mask or by position."""
        return Hits(
            ids=self.ids[kept], tiers=self.tiers[kept], fits=self.fits[kept], matched=self.matched[kept]
        )


def find_hits(wishes: Wishes) -> Hits:
    """Who answers; ask only where `wishes` are true. One SQL statement."""
    text = wishes.text
    with connection.cursor() as cursor:
        if text.neq:
            cursor.execute(_BY_NEQ, {"neq": text.neq})
        else:
            cursor.execute(_FOUND, {"query": text.tsquery})
        rows = cursor.fetchall()
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    fits = np.array([row[1] for row in rows], dtype=np.float32)
    return Hits(
        ids=ids,
        tiers=np.zeros(len(ids), dtype=np.int8),
        fits=fits,
        matched=np.ones(len(ids), dtype=np.uint32),
    )


def order_hits(hits: Hits, columns: DirectoryColumns, wishes: Wishes) -> NDArray[np.intp]:
    """Positions in `hits`, the best first: by tier, then fit, then name.

    `columns.ids` rises; `columns.name_rank` says where each stands in the order of names.
    """
    at = np.searchsorted(columns.ids, hits.ids)
    at = np.minimum(at, max(0, len(columns.ids) - 1))
    names = columns.name_rank[at] if len(columns.ids) else np.zeros(len(hits), dtype=np.int64)
    return np.lexsort((hits.ids, names, -hits.fits, hits.tiers))

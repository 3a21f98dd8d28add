"""From ranked suppliers to ranked keys: those of one enterprise are ranked by how often contracts are written under each."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from marketplace.matching import weights
from marketplace.matching.engine import Match
from marketplace.matching.evaluation.rows import AwardRow
from suppliers.models import Supplier

#: After so many years a third of a contract's say is left; and what a key keeps that was used long ago only.
FADES_IN_YEARS = 2.0
LEAST = 0.01


class Keys:
    """The keys that may be ranked, the winners of `rows`, by supplier id; each with its share of the supplier's contracts."""

    def __init__(self, rows: Iterable[AwardRow], suppliers: Mapping[str, Supplier]) -> None:
        rows = list(rows)
        days = sorted(row.on for row in rows if row.on)
        # A few dates are wrong and lie ahead: the last but one in a hundred says when the file ends.
        last = days[len(days) * 99 // 100] if days else date(2000, 1, 1)
        won: dict[str, float] = defaultdict(float)
        for row in rows:
            years = max((last - row.on).days, 0) / 365.25 if row.on else 5.0
            for key in row.winners:
                won[key] += math.exp(-years / FADES_IN_YEARS)
        self.owner = {key: suppliers[key].pk for key in won}
        self.of: dict[int, list[tuple[str, float]]] = defaultdict(list)
        for key in sorted(won):
            self.of[self.owner[key]].append((key, won[key] + LEAST))
        #: Where nothing speaks for anyone: the most active first.
        self.active = sorted(won, key=lambda key: (-won[key], key))

    @property
    def candidates(self) -> frozenset[str]:
        return frozenset(self.active)

    def ranked(self, matches: Sequence[Match], limit: int) -> list[str]:
        """The best `limit` keys, those that nothing speaks for after the others."""
        found: list[tuple[float, str]] = []
        for match in matches:
            keys = self.of.get(int(match.key), [])
            whole = sum(share for _key, share in keys)
            evidence = -weights.SCALE * math.log(max(1 - match.points / 100, 1e-12))
            found += [(-evidence - math.log(share / whole), key) for key, share in keys]
        ranked = [key for _worth, key in sorted(found)][:limit]
        if len(ranked) < limit:
            seen = set(ranked)
            ranked += [key for key in self.active if key not in seen][: limit - len(ranked)]
        return ranked

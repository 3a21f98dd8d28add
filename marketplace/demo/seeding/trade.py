"""What a trade is, for the seeded enterprises and the notices that ask for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """One line of work.

    `names`: ways to call an enterprise; `{brand}` is filled in with « de » and its article (« du Pivot »). `offers`: (title, UNSPSC code, kind).
    `notices`: titles of notices that this trade could answer, `{place}` filled in. `seao`: category of such notices.
    `nature`: goods or services. `weight`: share among the seeded enterprises.
    """

    key: str
    sector: str
    seao: str
    nature: str
    weight: int
    purposes: tuple[str, ...]
    names: tuple[str, ...]
    offers: tuple[tuple[str, str, str], ...]
    activities: tuple[str, ...]
    notices: tuple[str, ...] = ()


SERVICE, GOOD, RENTAL = "service", "good", "rental"

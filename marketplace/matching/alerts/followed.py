"""What a person follows, as an app above tells it: a digest says so beside a notice, and what closes soon stands in it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

#: What one follows is told of once more so long before its closing.
CLOSING_SOON = timedelta(days=5)


@dataclass(frozen=True, kw_only=True)
class Closing:
    """A notice that one follows and that closes soon. `mention` keeps a second mail from saying it."""

    title: str
    url: str
    buyer: str
    closes_at: datetime
    mention: tuple[str, str, datetime | None]


Followed = Callable[[Collection[int], Collection[int]], set[tuple[int, int]]]
ClosingSoon = Callable[[Collection[int], datetime], dict[int, list[Closing]]]
_registered: list[tuple[Followed, ClosingSoon]] = []


def register_followed(*, followed: Followed, closing_soon: ClosingSoon) -> None:
    """`followed(users, tenders)`: the pairs of them that are so. `closing_soon(users, now)`: what to tell each."""
    _registered[:] = [(followed, closing_soon)]


def followed_pairs(users: Collection[int], tenders: Collection[int]) -> set[tuple[int, int]]:
    return set().union(*(followed(users, tenders) for followed, _closing in _registered))


def closing_of(users: Collection[int], now: datetime) -> dict[int, list[Closing]]:
    return next((closing(users, now) for _followed, closing in _registered), {})

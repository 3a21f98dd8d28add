"""The kinds of mail that a person chooses, each registered once by what sends it: « Mes courriels » and the mailed pages list them.

Whatever is registered here can be stopped from a mail, one thing at a time or all of a kind, without signing in. Starting again
asks for a consent, and is done on the page of the thing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise

from marketplace.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class MailItem:
    """One thing that sends mail: `key` is its number as text. `frequency` is empty where it has no rhythm."""

    key: str
    name: str
    detail: str = ""
    frequency: str = ""
    paused_until: date | None = None
    is_paused: bool = False
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MailKind:
    """`running(user)` lists what still sends, rows; `item` shows one. `stop` and the rest take those rows.

    `page` names the address where it is asked again; `offered_to(user)`: who may ask for it at all, everyone by default.
    """

    key: str
    title: str | Promise
    says: str | Promise
    page: str
    running: Callable[[User], Sequence[Any]]
    item: Callable[[Any], MailItem]
    stop: Callable[[Sequence[Any], User], None]
    frequencies: Sequence[tuple[str, str | Promise]] = ()
    change_rhythm: Callable[[Any, str, User], None] | None = None
    pause: Callable[[Sequence[Any], date, date | None, User], None] | None = None
    resume: Callable[[Sequence[Any], User], None] | None = None
    offered_to: Callable[[User], bool] = lambda _user: True


_kinds: dict[str, MailKind] = {}


def register_mail_kind(kind: MailKind) -> None:
    """The same key again replaces it."""
    _kinds[kind.key] = kind


def mail_kinds() -> list[MailKind]:
    return list(_kinds.values())


def mail_kind(key: str) -> MailKind | None:
    return _kinds.get(key)

"""Letters that tell of a decision: they wait ten minutes, and leave only if the decision still stands (docs/adr/0018).

A letter names its decision: « supplier_decision:42 », a kind and what the app that registered it needs to find the row.
The check runs when the letter is claimed, for the whole batch, under the lock of the letters' rows. Whoever undoes a
decision locks its letters first (`delivery.withhold_letters`): each of them either stays here, or is told as gone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.accounts.models import JoinRequest
from marketplace.outbox.models import Attempted, Message

#: From what follows the colon, of several decisions: which no longer stand, and why, in the site's language. One query.
Check = Callable[[Collection[str]], Mapping[str, str]]

_checks: dict[str, Check] = {}


def register_decision(kind: str, why_fell: Check) -> None:
    """Called once per kind, from the app whose decisions they are; a second call replaces the first (reloads)."""
    _checks[kind] = why_fell


def decision_hold() -> timedelta:
    """How long a letter waits so that its decision can be undone."""
    return timedelta(seconds=settings.DECISION_HOLD_SECONDS)


def why_decisions_fell(decisions: Collection[str]) -> dict[str, str]:
    """Of these, the decisions whose letters must not leave, and why."""
    by_kind: dict[str, list[str]] = {}
    for decision in sorted(decisions):
        kind, _colon, what = decision.partition(":")
        by_kind.setdefault(kind, []).append(what)
    fallen: dict[str, str] = {}
    for kind, some in by_kind.items():
        if (check := _checks.get(kind)) is None:
            gone = _("Le contrôle « %(kind)s » n’existe plus : le courriel reste ici.") % {"kind": kind}
            fallen |= {f"{kind}:{what}": gone for what in some}
            continue
        try:
            why = check(some)
        except ValueError:  # a name that nobody can read holds its own letters here, and no others
            why = _fell_one_by_one(check, some)
        fallen |= {f"{kind}:{what}": reason for what, reason in why.items()}
    return fallen


def _fell_one_by_one(check: Check, whats: Collection[str]) -> dict[str, str]:
    fallen: dict[str, str] = {}
    for what in whats:
        try:
            fallen |= check([what])
        except ValueError:
            fallen[what] = _("La décision n’existe plus.")
    return fallen


def why_causes_fell(
    whats: Collection[str], rows: QuerySet[Any], cause: Callable[[Any], str]
) -> dict[str, str]:
    """For decisions that name a row and the moment, « 12.1796083200000 »: a row that is gone, or was decided anew since."""
    found = rows.in_bulk({int(what.partition(".")[0]) for what in whats})
    undone = _("La décision a été annulée avant le départ du courriel.")
    fallen = {}
    for what in whats:
        row = found.get(int(what.partition(".")[0]))
        if row is None or cause(row).partition(":")[2] != what:
            fallen[what] = undone
    return fallen


@dataclass(frozen=True)
class DecisionLetters:
    """The letters that tell of a decision, by what became of them. `leaves_at`: when those that wait are due."""

    waiting: list[Message] = field(default_factory=list)
    gone: list[Message] = field(default_factory=list)

    @property
    def leaves_at(self) -> datetime | None:
        return min((letter.next_attempt_at for letter in self.waiting), default=None)


def letters_of(*decisions: str) -> DecisionLetters:
    """Those of one or several decisions; in doubt, a letter counts as gone. One query."""
    return sort_letters(list(Message.objects.filter(decision__in=decisions).defer("text", "html")))


def sort_letters(letters: list[Message]) -> DecisionLetters:
    Status = Attempted.Status
    return DecisionLetters(
        waiting=[m for m in letters if m.status == Status.QUEUED and not m.in_doubt],
        gone=[m for m in letters if m.status in (Status.DONE, Status.SENDING) or m.in_doubt],
    )


register_decision(
    "join_request", lambda whats: why_causes_fell(whats, JoinRequest.objects.all(), lambda row: row.cause)
)

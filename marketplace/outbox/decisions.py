"""Letters that tell of a decision: they wait ten minutes, and leave only if the decision still stands (docs/adr/0018).

A letter names its decision: « supplier_decision:42 », a kind and what the app that registered it needs to find the row.
The check runs when the letter is claimed, under the lock of the letter's row. Whoever undoes a decision locks its letters
first (`delivery.withhold_letters`): each of them either stays here, or is told as gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.accounts.models import JoinRequest
from marketplace.outbox.models import Attempted, Message

#: From what follows the colon: why the letter has no more to say, in the site's language; empty while it stands.
Check = Callable[[str], str]

_checks: dict[str, Check] = {}


def register_decision(kind: str, why_not: Check) -> None:
    """Called once per kind, from the app whose decisions they are; a second call replaces the first (reloads)."""
    _checks[kind] = why_not


def decision_hold() -> timedelta:
    """How long a letter waits so that its decision can be undone."""
    return timedelta(seconds=settings.DECISION_HOLD_SECONDS)


def why_not_standing(decision: str) -> str:
    """Why the letters of this decision must not leave; empty while it stands."""
    kind, _colon, what = decision.partition(":")
    if (check := _checks.get(kind)) is None:
        return _("Le contrôle « %(kind)s » n’existe plus : le courriel reste ici.") % {"kind": kind}
    return check(what)


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


def _why_join_letter_stays(what: str) -> str:
    """« 12.1796083200000 »: a request to join, and when it was decided."""
    request = JoinRequest.objects.filter(pk=int(what.partition(".")[0])).first()
    stands = request is not None and request.cause == f"join_request:{what}"
    return "" if stands else _("La décision a été annulée avant le départ du courriel.")


register_decision("join_request", _why_join_letter_stays)

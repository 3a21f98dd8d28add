"""« État du service »: whether mail leaves in time, in words for anybody (docs/operations.md tells what to do about it)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.outbox.status import OutboxStatus
from marketplace.web.typography import format_number


@dataclass(frozen=True)
class Verdict:
    """`kind`: as `web/_note.html` has them."""

    kind: str
    title: str
    text: str = ""


def verdict_on(status: OutboxStatus) -> Verdict:
    """The sentence that says it all."""
    late = duration_words(status.oldest)
    if status.is_very_late:
        return Verdict(
            "no",
            _("Les courriels ne partent pas en ce moment."),
            _("Le plus ancien attend depuis %(duration)s. Aucun n’est perdu : tous partiront.")
            % {"duration": late},
        )
    if status.is_late:
        return Verdict(
            "wait",
            _("Les courriels partent avec du retard."),
            _("Le plus ancien attend depuis %(duration)s. Aucun n’est perdu : tous partiront.")
            % {"duration": late},
        )
    return Verdict("ok", _("Les courriels partent à temps."))


def prompt_words(status: OutboxStatus) -> str:
    """« 99,9 % », cut rather than rounded up; empty where nothing was sent."""
    share = status.prompt_share
    if share is None:
        return ""
    return _("%(share)s %%") % {"share": format_number(int(share * 1000) / 10, decimals=1)}


def duration_words(lasted: timedelta) -> str:
    seconds = int(lasted.total_seconds())
    if seconds < 120:
        return ngettext("%(n)s seconde", "%(n)s secondes", seconds) % {"n": seconds}
    if seconds < 7200:
        return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}
    return ngettext("%(n)s heure", "%(n)s heures", seconds // 3600) % {"n": seconds // 3600}
